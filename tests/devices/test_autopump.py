"""A pump that looks for its device first: on real ptys, with simulated devices that come, go and change."""

import asyncio
import contextlib
import logging
import os

import pytest
import serial
from line_talk import specs
from searched_lines import Simulated, SpeedLine
from wire_parts import KeepingSink, Pty, serial_threads, until

from devices.address import parse_device
from devices.autopump import AutoPump
from devices.protocol import SerialLink
from devices.pump import PumpRefusal
from kapmonitor.clock import SystemClock
from kapmonitor.errors import AddressError, CommandRefused
from kapmonitor.model import CuffChanged, CuffState, LinkProblem, LinkState, Observation

pytestmark = [pytest.mark.realtime, pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")]


def only(*ids):
    return tuple(spec for spec in specs() if spec.id in ids)


def run(coroutine, limit_s=60):
    asyncio.run(asyncio.wait_for(coroutine, limit_s))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Shorter waits, as it is not the times that are tested."""
    for name, value_s in (("LISTEN_S", 0.2), ("ANSWER_S", 0.3), ("ASK_S", 0.5)):
        monkeypatch.setattr(f"devices.lineplan.{name}", value_s)
    for name, value_s in (("NOISE_S", 0.7), ("FEW_NOISE_S", 1.2), ("SETTLE_S", 0.05)):
        monkeypatch.setattr(f"devices.search.{name}", value_s)
    monkeypatch.setattr("devices.autopump.AGAIN_S", 1.5)


class Bench:
    """A pump that looks at one place; `found` is what it told, with the number of events until then."""

    def __init__(self, address, some_specs, **more):
        self.sink, self.found, self.waits = KeepingSink(), [], []
        text = address if address.startswith("auto@") else f"auto@{address}"
        self.pump = AutoPump(
            "x1", some_specs, parse_device(text), SystemClock(), self.sink, self._found,
            delay_s=self._delay, **more,
        )  # fmt: skip

    def _found(self, spec, address):
        self.found.append((spec.id, str(address), len(self.sink.events)))

    def _delay(self, attempt):
        self.waits.append(attempt)
        return 0.02

    @property
    def last(self):
        return self.sink.links[-1] if self.sink.links else None

    def live(self):
        return self.last is not None and self.last.state is LinkState.LIVE

    @contextlib.asynccontextmanager
    async def running(self):
        task = asyncio.ensure_future(self.pump.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def test_the_device_is_told_before_anything_of_it_and_then_speaks(tmp_path):
    async def body():
        async with Simulated("nonin?format=df7", f"pty:{tmp_path}/line").served() as device:
            async with Bench(device.address, specs()).running() as bench:
                await until(lambda: len(bench.sink.values()) > 3)
                assert bench.found == [("nonin", f"nonin@{device.address}", 0)]
                first = bench.sink.links[0]
                assert first.state is LinkState.CONNECTING
                assert first.detail.startswith("listening at 9600 8N1 (0 s of at most ")
                assert [c.state for c in bench.sink.links].count(LinkState.OFF) == 0
            assert bench.last.state is LinkState.OFF
            assert bench.sink.states().count(("off", "none")) == 1
            serial.Serial(device.address, exclusive=True).close()
        await until(lambda: not serial_threads())

    run(body())


def test_a_cuff_is_started_by_order_alone(tmp_path):
    async def body():
        async with Simulated("suntech", f"pty:{tmp_path}/line").served() as device:
            bench = Bench(device.address, only("suntech", "nonin"))
            for order in (bench.pump.start_cuff, bench.pump.stop_cuff):
                with pytest.raises(CommandRefused) as refused:
                    order()
                assert refused.value.reason == PumpRefusal.NOT_CONNECTED
            async with bench.running():
                await until(bench.live)
                assert device.inflated == 0.0
                bench.pump.start_cuff()
                await until(lambda: device.inflated > 5)
                assert any(isinstance(e, CuffChanged) for e in bench.sink.events)
                bench.pump.stop_cuff()
                await until(lambda: bench.sink.events[-1:] and _is_over(bench.sink.events))
            with pytest.raises(CommandRefused):
                bench.pump.start_cuff()

    run(body())


def _is_over(events):
    told = [event.state for event in events if isinstance(event, CuffChanged)]
    return told[-1] in {CuffState.ABORTED, CuffState.IDLE}


def test_an_oximeter_has_no_cuff_to_start(tmp_path):
    async def body():
        simulated = Simulated("masimo", f"pty:{tmp_path}/line")
        async with simulated.served(), Bench(simulated.address, only("masimo")).running() as bench:
            await until(bench.live)
            with pytest.raises(CommandRefused) as refused:
                bench.pump.start_cuff()
            assert refused.value.reason == PumpRefusal.NO_CUFF

    run(body())


def test_silence_is_waited_out_with_growing_delays_and_one_warning(caplog):
    async def body():
        line = Pty()
        async with Bench(line.path, only("suntech", "par-nibp2020")).running() as bench:
            await until(lambda: len(bench.waits) == 3)
        line.close()
        assert bench.waits == [0, 1, 2]
        waiting = [change for change in bench.sink.links if change.state is LinkState.WAITING]
        assert waiting[0].problem is LinkProblem.SILENT
        assert "null-modem" in waiting[0].detail
        assert waiting[0].retry_in_s == 0.02
        assert bench.found == []

    run(body())
    texts = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(texts) == 1
    assert "Nothing arrives" in texts[0]
    caplog.clear()


def test_noise_is_told_as_noise(caplog):
    async def body():
        far = SpeedLine([(n * 0.05, bytes(range(n % 7, 250, 7))) for n in range(400)], SerialLink(9600))
        async with Bench("/dev/none", only("suntech", "nonin"), make_link=far.make_link).running() as bench:
            await until(lambda: bench.waits)
            change = next(c for c in bench.sink.links if c.state is LinkState.WAITING)
            assert change.problem is LinkProblem.GARBLED
            assert "speed" in change.detail

    run(body())
    caplog.clear()


def test_a_port_that_is_missing_is_waited_for_and_then_searched(tmp_path, caplog):
    async def body():
        where = f"{tmp_path}/line"
        async with Bench(where, only("masimo", "nonin")).running() as bench:
            await until(lambda: len(bench.waits) > 3)
            assert bench.last.problem is LinkProblem.NOT_FOUND or bench.last.state is LinkState.CONNECTING
            async with Simulated("masimo", f"pty:{where}").served():
                await until(bench.live)
                assert bench.found[0][:2] == ("masimo", f"masimo@{where}")

    run(body())
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1
    caplog.clear()


def test_after_a_loss_the_driver_that_was_found_is_tried_without_a_search(tmp_path, caplog):
    async def body():
        where = f"{tmp_path}/line"
        async with Bench(where, only("masimo", "nonin", "suntech")).running() as bench:
            async with Simulated("masimo", f"pty:{where}").served():
                await until(bench.live)
            await until(lambda: bench.last.state is LinkState.WAITING)
            before = len(bench.sink.links)
            async with Simulated("masimo", f"pty:{where}").served():
                await until(bench.live)
            assert not any(change.detail.startswith("listening") for change in bench.sink.links[before:])
            assert len(bench.found) == 1

    run(body())
    caplog.clear()


def test_another_device_at_the_port_is_told_and_never_read(tmp_path, caplog):
    async def body():
        where = f"{tmp_path}/line"
        async with Bench(where, only("masimo", "nonin")).running() as bench:
            async with Simulated("masimo", f"pty:{where}").served():
                await until(bench.live)
            await until(lambda: bench.last.state is LinkState.WAITING)
            metrics = {_source(event) for event in bench.sink.events} | {"Fault"}
            async with Simulated("nonin?format=df7", f"pty:{where}").served():
                await until(lambda: any(c.problem is LinkProblem.REFUSED for c in bench.sink.links))
                told = next(c for c in bench.sink.links if c.problem is LinkProblem.REFUSED)
                assert told.state is LinkState.WAITING
                assert "Nonin" in told.detail
                assert "Masimo" in told.detail
                assert {_source(event) for event in bench.sink.events} <= metrics
                assert len(bench.found) == 1
            async with Simulated("masimo", f"pty:{where}").served():
                await until(bench.live)

    run(body())
    caplog.clear()


def test_a_device_that_fell_silent_is_asked_nothing_by_other_drivers(caplog):
    async def body():
        far = SpeedLine([(0.1 + n * 0.2, ROW) for n in range(200)], SerialLink(9600))
        async with Bench("/dev/none", only("masimo", "suntech"), make_link=far.make_link).running() as bench:
            await until(bench.live)
            far.chunks = []
            far.hang_up()
            await until(lambda: bench.last.problem is LinkProblem.SILENT and bench.waits[-1:] == [1])
        assert far.written == []

    run(body())
    caplog.clear()


def _source(event):
    return event.metric.label if isinstance(event, Observation) else type(event).__name__


def test_the_same_device_at_another_speed_is_found_again(caplog):
    async def body():
        far = SpeedLine([(0.2 + n * 0.3, ROW) for n in range(200)], SerialLink(9600))
        async with Bench("/dev/none", only("masimo", "contec"), make_link=far.make_link).running() as bench:
            await until(bench.live)
            far.line = SerialLink(38400)
            far.hang_up()
            await until(lambda: len(bench.found) == 2)
            await until(bench.live)
            assert [entry[1] for entry in bench.found] == [
                "masimo@/dev/none",
                "masimo@/dev/none?baud=38400",
            ]

    run(body())
    caplog.clear()


ROW = b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% ALARM=0000 EXC=000800\r\n\r\n"


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.1, 0.5, 1.3])
def test_it_can_be_ended_at_any_time(tmp_path, after_s):
    async def body():
        async with Simulated("masimo", f"pty:{tmp_path}/line").served() as device:
            async with Bench(device.address, only("masimo", "suntech")).running() as bench:
                await asyncio.sleep(after_s)
            assert not bench.sink.links or bench.last.state is LinkState.OFF
            await until(lambda: not serial_threads())
            serial.Serial(device.address, exclusive=True).close()

    run(body())


def test_waking_from_sleep_cuts_a_wait_short(caplog):
    async def body():
        bench = Bench("/dev/kapmonitor-none", only("masimo"))
        bench.pump = AutoPump(
            "x1", only("masimo"), parse_device("auto@/dev/kapmonitor-none"), SystemClock(), bench.sink,
            bench._found, delay_s=lambda attempt: 3600.0,
        )  # fmt: skip
        bench.pump.woke(SystemClock().now_ns())
        async with bench.running():
            await until(lambda: bench.last is not None and bench.last.state is LinkState.WAITING)
            tries = len(bench.sink.links)
            assert bench.last.retry_in_s == 3600.0
            bench.pump.woke(SystemClock().now_ns())
            await until(lambda: len(bench.sink.links) > tries)
            assert bench.sink.states()[tries:] == [("waiting", "not-found")], "it has tried once more"

    run(body())
    caplog.clear()


def test_waking_reaches_the_device_that_was_found(tmp_path):
    async def body():
        simulated = Simulated("nonin?format=df7", f"pty:{tmp_path}/line")
        async with simulated.served(), Bench(simulated.address, only("nonin")).running() as bench:
            await until(bench.live)
            seen = len(bench.sink.links)
            bench.pump.woke(SystemClock().now_ns())
            await until(lambda: len(bench.sink.links) > seen)
            assert bench.sink.links[seen].state is LinkState.STALE
            await until(bench.live)

    run(body())


def test_what_cannot_be_meant_is_refused_at_once():
    with pytest.raises(AddressError):
        Bench("auto@/dev/x?colour=red", specs())
    with pytest.raises(AddressError):
        Bench("AA:BB:CC:DD:EE:FF", specs())
