"""The pump between a port and a driver, on memory links and on real ptys."""

import asyncio
import logging

import numpy as np
import pytest
from wire_parts import (
    HEART,
    CuffLineProtocol,
    KeepingSink,
    LineProtocol,
    PartingLineProtocol,
    Pty,
    line_spec,
    serial_threads,
    until,
)

from devices.address import parse_device
from devices.backoff import Retries
from devices.blocks import join_blocks
from devices.pump import SerialPump
from devices.transport.memory import MemoryLink
from kapmonitor import mdc
from kapmonitor.clock import ScaledClock, SystemClock
from kapmonitor.errors import AddressError, CommandRefused, LinkError
from kapmonitor.model import (
    Direction,
    Fault,
    FaultKind,
    LinkProblem,
    LinkState,
    Measured,
    Metric,
    Observation,
    WaveformBlock,
)

pytestmark = pytest.mark.realtime

S = 1_000_000_000
GONE = LinkError("mem", LinkProblem.LOST, "gone")
ABSENT = LinkError("mem", LinkProblem.NOT_FOUND, "plug it in")


class Bench:
    """A pump on memory links that a test hands out one by one."""

    def __init__(self, protocol=LineProtocol, silence_s=3.0, refusals=0, clock=None, device="line@mem"):
        self.sink = KeepingSink()
        self.clock = clock or SystemClock()
        self.links, self.waits = [], []
        self._refusals = refusals
        self.pump = SerialPump(
            "hr1",
            line_spec(protocol, silence_s),
            parse_device(device),
            self.clock,
            self.sink,
            make_link=self._make,
            delay_s=self._delay,
        )

    def _make(self):
        refuse = ABSENT if len(self.links) < self._refusals else None
        self.links.append(MemoryLink(refuse))
        return self.links[-1]

    def _delay(self, attempt):
        self.waits.append(attempt)
        return 0.0

    def say(self, data):
        self.links[-1].deliver(data, self.clock.now_ns())

    async def __aenter__(self):
        self.task = asyncio.ensure_future(self.pump.run())
        await until(lambda: self.links and self.links[-1].is_open)
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def run(coroutine):
    asyncio.run(asyncio.wait_for(coroutine, 60))


def test_wire_before_events_and_live_with_the_first_value():
    async def body():
        async with Bench() as bench:
            bench.say(b"6")
            bench.say(b"1\n62\n")
            assert bench.sink.states() == [("connecting", "none"), ("live", "none")]
            assert bench.sink.values() == [61, 62]
            assert bench.sink.order == [
                "connecting",
                "wire out",
                "wire in",
                "wire in",
                "live",
                "event",
                "event",
            ]
            assert bench.links[-1].written == [b"hello\n"]
        assert bench.sink.links[-1].state is LinkState.OFF

    run(body())


def test_a_loss_is_waited_out_with_growing_delays_and_one_warning(caplog):
    async def body():
        async with Bench(refusals=3) as bench:
            assert bench.waits == [0, 1, 2]
            assert [c.retry_in_s for c in bench.sink.links if c.state is LinkState.WAITING] == [0.0] * 3
            assert bench.sink.links[1].problem is LinkProblem.NOT_FOUND
            assert bench.sink.links[1].detail == "plug it in"
            bench.say(b"60\n")
            for tries in (5, 6, 7):
                bench.links[-1].lose(GONE)
                await until(lambda tries=tries: len(bench.links) == tries and bench.links[-1].is_open)
                bench.say(b"60\n")
            assert bench.waits == [0, 1, 2, 3, 4, 5]

    caplog.set_level(logging.INFO, "devices.pump")
    run(body())
    texts = [r.getMessage() for r in caplog.records if r.name == "devices.pump"]
    assert len(texts) == 2, texts
    assert "plug it in" in texts[0]
    assert "back on" in texts[1]
    caplog.clear()


def test_thirty_good_seconds_begin_the_delays_anew(caplog, monkeypatch):
    monkeypatch.setattr("devices.backoff.RESET_AFTER_S", 0.05)

    async def body():
        async with Bench(refusals=3) as bench:
            bench.say(b"60\n")
            await asyncio.sleep(0.1)
            bench.say(b"60\n")
            bench.links[-1].lose(GONE)
            await until(lambda: len(bench.links) == 5)
            assert bench.waits == [0, 1, 2, 0]

    run(body())
    caplog.clear()


def test_half_a_frame_is_a_fault_when_the_link_ends(caplog):
    async def body():
        async with Bench() as bench:
            bench.say(b"60\n7")
            bench.links[-1].lose(GONE)
            await until(lambda: len(bench.links) == 2)
            assert isinstance(bench.sink.events[-1], Fault)
            bench.say(b"8\n")
            assert bench.sink.values() == [60, 8]

    run(body())
    caplog.clear()


def test_silence_and_nonsense_make_a_link_stale_and_a_value_makes_it_live():
    async def body():
        async with Bench(silence_s=0.5) as bench:
            bench.say(b"60\n")
            await until(lambda: bench.sink.links[-1].state is LinkState.STALE)
            assert bench.sink.links[-1].problem is LinkProblem.SILENT
            bench.say(b"nonsense\n")
            assert bench.sink.links[-1].problem is LinkProblem.GARBLED
            bench.say(b"60\n")
            assert bench.sink.links[-1].state is LinkState.LIVE
            assert len(bench.links) == 1

    run(body())


def test_acknowledgements_keep_a_link_alive():
    async def body():
        async with Bench(silence_s=0.5) as bench:
            bench.say(b"60\n")
            for _ in range(30):
                bench.say(b"ok\n")
                await asyncio.sleep(0.03)
            assert [c.state.value for c in bench.sink.links] == ["connecting", "live"]

    run(body())


def test_a_port_that_stays_silent_is_opened_anew_without_a_word(monkeypatch):
    monkeypatch.setattr("devices.pump.REOPEN_AFTER_S", 0.2)

    async def body():
        async with Bench(silence_s=0.5) as bench:
            bench.say(b"60\n")
            await until(lambda: len(bench.links) == 3)
            bench.say(b"61\n")
            assert [c.state.value for c in bench.sink.links] == ["connecting", "live", "stale", "live"]
            assert bench.waits == []

    run(body())


class RestingProtocol(LineProtocol):
    """One whose device is asked now and then."""

    streaming = False


def test_a_stream_that_pauses_is_stale_before_the_devices_own_limit(monkeypatch):
    monkeypatch.setattr("devices.pump.STALE_AFTER_S", 0.6)

    async def body(protocol, states):
        async with Bench(protocol, silence_s=1.5) as bench:
            await asyncio.sleep(0.9)
            assert bench.sink.states() == [("connecting", "none")]  # it has the device's own time to begin
            bench.say(b"60\n")
            await asyncio.sleep(0.9)
            assert bench.sink.states()[2:] == states
            bench.say(b"61\n")
            assert bench.sink.links[-1].state is LinkState.LIVE
            assert len(bench.links) == 1

    run(body(LineProtocol, [("stale", "silent")]))
    run(body(RestingProtocol, []))


def test_a_line_that_is_silent_after_a_sleep_is_opened_anew():
    async def body():
        async with Bench(silence_s=0.5) as bench:
            bench.say(b"60\n")
            bench.pump.woke(bench.clock.now_ns())
            assert bench.sink.links[-1].state is LinkState.STALE
            await until(lambda: len(bench.links) == 2 and bench.links[-1].is_open, 2)
            bench.say(b"61\n")
            assert bench.sink.states() == [
                ("connecting", "none"),
                ("live", "none"),
                ("stale", "silent"),
                ("live", "none"),
            ]

    run(body())


def test_a_line_that_speaks_after_a_sleep_is_kept():
    async def body():
        async with Bench(silence_s=0.5) as bench:
            bench.say(b"60\n")
            bench.pump.woke(bench.clock.now_ns())
            for _ in range(5):
                await asyncio.sleep(0.2)
                bench.say(b"61\n")
            assert len(bench.links) == 1
            assert bench.sink.links[-1].state is LinkState.LIVE

    run(body())


def test_a_lost_port_is_tried_at_once_after_a_sleep(caplog):
    async def body():
        async with Bench() as bench:
            bench.say(b"60\n")
            bench.pump._retries = Retries(lambda _attempt: 30.0)
            bench.links[-1].lose(GONE)
            await until(lambda: bench.sink.links[-1].state is LinkState.WAITING)
            bench.pump.woke(bench.clock.now_ns())
            assert bench.sink.links[-1].retry_in_s == 30.0
            await until(lambda: len(bench.links) == 2 and bench.links[-1].is_open, 2)
            bench.say(b"61\n")
            assert bench.sink.values() == [60, 61]
            assert bench.sink.states()[-3:] == [("waiting", "lost"), ("connecting", "none"), ("live", "none")]

    run(body())
    caplog.clear()


def test_a_sleep_while_a_port_is_being_opened_or_before_it_began_changes_nothing():
    async def body():
        sink, line = KeepingSink(), Pty()
        pump = SerialPump("hr1", line_spec(), parse_device(f"line@{line.path}"), SystemClock(), sink)
        pump.woke(0)
        task = asyncio.ensure_future(pump.run())
        await asyncio.sleep(0)
        pump.woke(0)
        await until(lambda: sink.wire)
        line.send(b"60\n")
        await until(sink.values)
        assert sink.values() == [60]
        assert sink.states() == [("connecting", "none"), ("live", "none")]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        line.close()

    run(body())


def test_on_a_fast_clock_silence_still_takes_real_time():
    async def body():
        async with Bench(silence_s=3.0, clock=ScaledClock(60, 0, 0)) as bench:
            bench.say(b"60\n")
            await asyncio.sleep(0.2)
            assert bench.sink.links[-1].state is LinkState.LIVE
            await until(lambda: bench.sink.links[-1].state is LinkState.STALE)

    run(body())


def test_deadlines_are_kept():
    async def body():
        async with Bench() as bench:
            bench.pump._protocol.deadline_ns = bench.clock.now_ns() + S // 20
            bench.say(b"ok\n")
            await until(lambda: b"poll\n" in bench.links[-1].written)
            assert bench.pump._protocol.calls == ["opened", "deadline"]

    run(body())


def test_a_driver_that_fails_is_logged_and_started_again(caplog):
    async def body():
        async with Bench() as bench:
            bench.say(b"60\nboom\n")
            await until(lambda: len(bench.links) == 2 and bench.links[-1].is_open)
            bench.say(b"61\n")
            assert bench.sink.values() == [61]
            assert ("waiting", "garbled") in bench.sink.states()

    run(body())
    assert any(r.exc_info for r in caplog.records)
    caplog.clear()


class BuggyProtocol(CuffLineProtocol):
    """Has a bug in one of the things a pump asks for, once it got the line `now`."""

    bug = ""

    def __init__(self, options):
        self._armed = False
        self._deadline_ns = None
        super().__init__(options)

    def opened(self, t_ns):
        self._armed = False
        super().opened(t_ns)

    def _line(self, line, t_ns):
        self._armed = self._armed or line == b"now"
        return super()._line(line, t_ns)

    def _fail(self, what):
        if self._armed and what == type(self).bug:
            raise ZeroDivisionError(what)

    @property
    def deadline_ns(self):
        self._fail("deadline")
        return self._deadline_ns

    @deadline_ns.setter
    def deadline_ns(self, due_ns):
        self._deadline_ns = due_ns

    @property
    def streaming(self):
        self._fail("streaming")
        return True

    def data_to_send(self):
        self._fail("send")
        return super().data_to_send()

    def start_cuff(self, t_ns):
        self._fail("start")
        super().start_cuff(t_ns)

    def stop_cuff(self, t_ns):
        self._fail("stop")
        super().stop_cuff(t_ns)


@pytest.mark.parametrize("bug", ["send", "deadline", "streaming", "start", "stop"])
def test_a_bug_anywhere_in_a_driver_ends_its_connection_and_no_more(bug, monkeypatch, caplog):
    async def body():
        async with Bench(BuggyProtocol) as bench:
            bench.say(b"60\nnow\n")
            if bug in ("start", "stop"):
                with pytest.raises(CommandRefused, match="not-connected"):
                    (bench.pump.start_cuff if bug == "start" else bench.pump.stop_cuff)()
            await until(lambda: len(bench.links) == 2 and bench.links[-1].is_open)
            assert ("waiting", "garbled") in bench.sink.states()
            bench.say(b"61\n")
            assert bench.sink.values()[-1] == 61

    monkeypatch.setattr(BuggyProtocol, "bug", bug)
    run(body())
    assert any(r.exc_info for r in caplog.records)
    caplog.clear()


@pytest.mark.parametrize("told_by", ["receive", "on_deadline"])
def test_silence_is_noticed_also_when_whoever_is_told_of_a_value_fails(told_by, monkeypatch):
    async def body():
        async with Bench(silence_s=0.6) as bench:
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)
            protocol = bench.pump._protocol
            bench.say(b"60\n")

            def fail(*_):
                raise KeyError("engine")

            monkeypatch.setattr(bench.sink, "on_event", fail)
            if told_by == "receive":
                with pytest.raises(KeyError):
                    bench.say(b"61\n")
            else:
                monkeypatch.setattr(
                    protocol, "on_deadline", lambda t_ns: protocol._line(b"62", t_ns), raising=True
                )
                protocol.deadline_ns = bench.clock.now_ns() + S // 20
                bench.pump._wake()
            await until(lambda: ("stale", "silent") in bench.sink.states())

    run(body())


def test_a_device_that_wants_it_is_told_when_the_program_goes():
    async def body():
        async with Bench(PartingLineProtocol) as bench:
            bench.say(b"60\n")
        assert bench.links[-1].written == [b"hello\n", b"bye\n"]
        assert [c.data for c in bench.sink.wire if c.direction is Direction.OUT] == [b"hello\n", b"bye\n"]

    run(body())


def test_a_line_that_is_lost_is_told_nothing(caplog):
    async def body():
        async with Bench(PartingLineProtocol) as bench:
            bench.links[-1].lose(GONE)
            await until(lambda: len(bench.links) == 2)
            assert b"bye\n" not in [chunk.data for chunk in bench.sink.wire]

    run(body())
    caplog.clear()


def test_a_bug_in_a_goodbye_ends_nothing_else(caplog):
    async def body():
        async with Bench(PartingLineProtocol, device="line@mem?mood=bad") as bench:
            bench.say(b"60\n")
        assert bench.links[-1].written == [b"hello\n"]
        assert bench.sink.links[-1].state is LinkState.OFF

    run(body())
    assert any(r.exc_info for r in caplog.records)
    caplog.clear()


def test_a_command_goes_out_at_once_and_is_recorded():
    async def body():
        async with Bench(CuffLineProtocol) as bench:
            bench.pump.start_cuff()
            assert bench.links[-1].written == [b"hello\n", b"start\n"]
            bench.pump.stop_cuff()
            assert bench.sink.wire[-1].direction is Direction.OUT
            assert bench.sink.wire[-1].data == b"stop\n"
        with pytest.raises(CommandRefused, match="not-connected"):
            bench.pump.stop_cuff()

    run(body())


def test_a_device_without_a_cuff_refuses():
    async def body():
        async with Bench() as bench:
            with pytest.raises(CommandRefused, match="no-cuff"):
                bench.pump.start_cuff()

    run(body())


def test_wrong_options_are_said_before_anything_is_opened():
    for query, says in (("mood=odd", "good, bad"), ("colour=red", "no option 'colour'"), ("baud=x", "baud")):
        with pytest.raises(AddressError, match=says):
            SerialPump("x", line_spec(), parse_device(f"line@mem?{query}"), SystemClock(), KeepingSink())
    pump = SerialPump("x", line_spec(), parse_device("line@mem?mood=bad"), SystemClock(), KeepingSink())
    assert pump._protocol.options == {"mood": "bad"}


def test_a_real_port_that_goes_away_and_comes_back(tmp_path, caplog):
    async def body():
        sink, line = KeepingSink(), Pty()
        where = tmp_path / "port"
        where.symlink_to(line.path)
        pump = SerialPump("hr1", line_spec(), parse_device(f"line@{where}"), SystemClock(), sink)
        pump._retries = Retries(lambda attempt: 0.02)
        task = asyncio.ensure_future(pump.run())
        await until(lambda: sink.wire)
        line.send(b"60\n")
        await until(lambda: sink.values() == [60])
        where.unlink()
        line.unplug()
        await until(lambda: ("waiting", "not-found") in sink.states())
        line = Pty()
        where.symlink_to(line.path)
        await until(lambda: len([c for c in sink.wire if c.direction is Direction.OUT]) == 2)
        line.send(b"61\n")
        await until(lambda: sink.values() == [60, 61])
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert sink.links[-1].state is LinkState.OFF
        await until(lambda: not serial_threads())
        line.close()

    run(body())
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1
    caplog.clear()


PLETH = Metric(mdc.PLETH, "Pleth", 75)
RESP = Metric(mdc.ECG_II, "II", 75)


def block(metric, t_ns, *samples):
    return WaveformBlock(metric, t_ns, np.array(samples, np.int16))


def test_blocks_that_arrive_together_are_joined_by_wave_within_a_run():
    number = Observation(HEART, 3, Measured(60.0))
    events = [block(PLETH, 1, 1), block(RESP, 1, 9), block(PLETH, 2, 2, 3), number, block(PLETH, 4, 4)]
    joined = join_blocks(events)
    assert [(e.metric.label, e.t_ns) for e in joined] == [("Pleth", 2), ("II", 1), ("HR", 3), ("Pleth", 4)]
    assert joined[0].samples.tolist() == [1, 2, 3]
    assert joined[0].samples.dtype == np.int16
    assert join_blocks([Fault(FaultKind.NOISE, 1, 1)]) == [Fault(FaultKind.NOISE, 1, 1)]


class EagerLink(MemoryLink):
    """Its first bytes are there before its opening is over."""

    async def open(self, received, ended):
        await super().open(received, ended)
        received(b"6", S)


class EagerBench(Bench):
    def _make(self):
        self.links.append(EagerLink(None))
        return self.links[-1]


def test_bytes_that_come_during_the_opening_belong_to_the_connection():
    async def body():
        async with EagerBench() as bench:
            bench.say(b"1\n")
            assert bench.sink.order[:3] == ["connecting", "wire in", "wire out"]
            assert bench.sink.values() == [61]

    run(body())
