"""A serial link may be ended at any moment: the port is free within 2 s, and nothing stays behind."""

import asyncio
import os
import random
import socket
import threading
import time
from pathlib import Path

import pytest
from wire_parts import KeepingSink, Pty, line_spec, serial_threads, until

from devices.address import parse_device
from devices.protocol import SerialLink
from devices.pump import SerialPump
from devices.transport.serial import CLOSE_WAIT_S, DRAIN_S, DRAIN_STEP_S, LAST_WRITE_S, SerialPort, drain
from kapmonitor.clock import SystemClock
from kapmonitor.model import LinkState

pytestmark = pytest.mark.realtime

PROMISED_S = 2.0
END_LIMIT_S = 15.0
"""Shows on a busy computer, too, that an end comes; how long a port waits by itself, is asked apart."""


@pytest.fixture(autouse=True)
def _warnings_are_expected(caplog):
    yield
    caplog.get_records("call").clear()


def run(coroutine):
    asyncio.run(asyncio.wait_for(coroutine, 100))


def pump_at(where, protocol=None):
    sink = KeepingSink()
    spec = line_spec() if protocol is None else line_spec(protocol)
    return sink, SerialPump("d", spec, parse_device(f"line@{where}"), SystemClock(), sink)


async def ended(task):
    """Cancel it; how long that took."""
    began = time.monotonic()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return time.monotonic() - began


async def free(where):
    """Another program could open the port now."""
    port = SerialPort(where, SerialLink(9600), SystemClock())
    await port.open(lambda _data, _t_ns: None, lambda _error: None)
    await port.close()


def descriptors():
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH208, PTH112


def descriptors_at(path):
    """How many descriptors of this process are open on it."""
    opened = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]  # noqa: PTH208
    return sum(os.path.realpath(each) == path for each in opened)


def test_after_any_number_of_steps_of_the_loop_and_at_random_moments():
    async def body():
        line = Pty()
        await free(line.path)
        await until(lambda: not serial_threads(), END_LIMIT_S)
        before = descriptors()
        for round_ in range(60):
            sink, pump = pump_at(line.path)
            task = asyncio.ensure_future(pump.run())
            for _ in range(round_ % 12):
                await asyncio.sleep(0)
            if round_ >= 12:
                await asyncio.sleep(random.uniform(0, 0.02))
                line.send(b"60\n")
                await asyncio.sleep(random.uniform(0, 0.01))
            assert await ended(task) < END_LIMIT_S
            assert round_ == 0 or sink.links[-1].state is LinkState.OFF
            await until(lambda: not serial_threads(), END_LIMIT_S)
            await free(line.path)
        await until(lambda: not serial_threads(), END_LIMIT_S)
        assert descriptors() == before
        line.close()

    run(body())


def test_while_the_port_comes_and_goes(tmp_path):
    async def body():
        for _ in range(15):
            where = tmp_path / "port"
            _, pump = pump_at(where)
            pump._retries._delay_s = lambda _attempt: 0.01
            task = asyncio.ensure_future(pump.run())
            await asyncio.sleep(random.uniform(0, 0.02))
            line = Pty()
            where.symlink_to(line.path)
            await asyncio.sleep(random.uniform(0, 0.03))
            where.unlink()
            line.unplug()
            await asyncio.sleep(random.uniform(0, 0.02))
            assert await ended(task) < END_LIMIT_S
            await until(lambda: not serial_threads(), END_LIMIT_S)

    run(body())


def test_many_ports_at_once():
    async def body():
        lines = [Pty() for _ in range(24)]
        pumps = [pump_at(line.path)[1] for line in lines]
        tasks = [asyncio.ensure_future(pump.run()) for pump in pumps]
        await asyncio.sleep(random.uniform(0, 0.1))
        began = time.monotonic()
        await asyncio.gather(*(ended(task) for task in tasks))
        assert time.monotonic() - began < END_LIMIT_S
        await until(lambda: not serial_threads(), END_LIMIT_S)
        for line in lines:
            await free(line.path)
            line.close()

    run(body())


class Flood:
    """A WireProtocol that sends more than the far end takes."""

    deadline_ns = None

    def __init__(self, _options):
        self._out = bytes(1_000_000)

    def opened(self, _t_ns):
        pass

    def receive(self, _data, _t_ns):
        return []

    def closed(self, _t_ns):
        return []

    def data_to_send(self):
        out, self._out = self._out, b""
        return out

    def on_deadline(self, _now_ns):
        return []


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.9])
def test_while_the_far_end_takes_nothing(after_s):
    async def body():
        line = Pty()
        sink, pump = pump_at(line.path, Flood)
        task = asyncio.ensure_future(pump.run())
        await until(lambda: sink.wire)
        await asyncio.sleep(after_s)
        assert await ended(task) < END_LIMIT_S
        await until(lambda: not serial_threads(), END_LIMIT_S)
        await free(line.path)
        line.close()

    run(body())


def test_while_an_address_does_not_answer():
    async def body():
        server = socket.create_server(("127.0.0.1", 0), backlog=0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        _, pump = pump_at(f"socket://127.0.0.1:{server.getsockname()[1]}")
        task = asyncio.ensure_future(pump.run())
        await asyncio.sleep(0.1)
        assert await ended(task) < END_LIMIT_S
        server.close()
        for filler in fillers:
            filler.close()
        await until(lambda: not serial_threads())  # the system's own attempt goes on for some seconds

    run(body())


def test_a_port_is_free_sooner_than_was_promised():
    assert CLOSE_WAIT_S < PROMISED_S
    assert 2 * LAST_WRITE_S + DRAIN_S < PROMISED_S


class Stuck:
    """A port whose far end holds its handshake wire off: what it was given does not go out."""

    def __init__(self, waiting):
        self.out_waiting = waiting
        self.thrown_away = False

    def reset_output_buffer(self):
        self.out_waiting, self.thrown_away = 0, True


class HandClock:
    """Seconds that go by in sleep() alone."""

    def __init__(self):
        self.now_s = 0.0

    def monotonic(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds


def test_what_a_port_cannot_send_is_thrown_away_before_the_system_waits_for_it(monkeypatch):
    port, clock = Stuck(5), HandClock()
    monkeypatch.setattr("devices.transport.serial.time", clock)
    drain(port, DRAIN_S)
    assert DRAIN_S <= clock.now_s < DRAIN_S + 2 * DRAIN_STEP_S
    assert port.thrown_away


def test_what_a_port_is_sending_goes_out():
    port = Stuck(5)
    threading.Timer(0.05, lambda: setattr(port, "out_waiting", 0)).start()
    drain(port, 20)
    assert not port.thrown_away
    drain(object(), 20)  # a port that cannot tell


class HangsInClose:
    """A port of a driver that waits for its device when it is closed."""

    in_waiting = out_waiting = 0

    def __init__(self):
        self.may_close = threading.Event()
        self.cancelled = threading.Event()

    def read(self, _size):
        self.cancelled.wait(0.05)
        return b""

    def cancel_read(self):
        self.cancelled.set()

    def write(self, data):
        return len(data)

    def close(self):
        self.may_close.wait(30)


def test_a_port_that_hangs_when_it_is_closed_holds_nobody_up(monkeypatch):
    stuck = HangsInClose()
    monkeypatch.setattr("devices.transport.serial._open", lambda _where, _line: stuck)

    async def body():
        sink, pump = pump_at("anywhere")
        task = asyncio.ensure_future(pump.run())
        await until(lambda: sink.wire)
        assert await ended(task) < END_LIMIT_S
        assert serial_threads()
        stuck.may_close.set()
        await until(lambda: not serial_threads())

    run(body())


@pytest.mark.parametrize("after_s", [0.0, 0.1])
def test_an_opening_that_is_given_up_closes_what_it_opened_though_nobody_closes_it(after_s):
    async def body():
        line = Pty()
        port = SerialPort(line.path, SerialLink(9600), SystemClock())
        opening = asyncio.ensure_future(port.open(lambda _data, _t_ns: None, lambda _error: None))
        await asyncio.sleep(0)
        time.sleep(after_s)  # noqa: ASYNC251 the port is opened meanwhile, and the loop does not know
        before = descriptors_at(line.terminal)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await until(lambda: not serial_threads(), END_LIMIT_S)
        assert opening.cancelled()
        assert descriptors_at(line.terminal) == 1 <= before, "the test's own end is left"
        await free(line.path)
        line.close()

    run(body())


def test_a_port_that_fails_just_as_the_first_bytes_are_written_ends_properly(monkeypatch):
    """The writing thread is made, the port fails, and only then does it begin."""
    start = threading.Thread.start
    line = Pty()

    def late(thread):
        if thread.name.endswith("-out"):
            line.unplug()
            time.sleep(0.3)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", late)

    async def body():
        lost = []
        port = SerialPort(line.path, SerialLink(9600), SystemClock())
        await port.open(lambda _data, _t_ns: None, lost.append)
        port.write(b"x")
        await until(lambda: lost, END_LIMIT_S)
        await port.close()
        await until(lambda: not serial_threads(), END_LIMIT_S)

    run(body())
    assert descriptors_at(line.terminal) == 0
