"""Real pyserial on pseudo-terminals and sockets."""

import asyncio
import os
import socket
import stat
import time

import pytest
from wire_parts import Pty, serial_threads, until

from devices.address import parse_device
from devices.protocol import SerialLink
from devices.transport.line import line_settings
from devices.transport.problems import open_error
from devices.transport.serial import WRITE_TIMEOUT_S, SerialPort
from kapmonitor.clock import SystemClock
from kapmonitor.errors import AddressError, LinkError
from kapmonitor.model import LinkProblem

LINE = SerialLink(9600)


class End:
    """Both callbacks of a link, kept."""

    def __init__(self):
        self.data, self.stamps, self.lost = b"", [], []

    def received(self, data, t_ns):
        self.data += data
        self.stamps.append(t_ns)

    def gone(self, error):
        self.lost.append(error)


@pytest.fixture
def line():
    line = Pty()
    yield line
    line.close()


PROMPT_S = 15.0
"""Only shows that it does not hang: test_serial_ending says how long a port waits by itself."""


def run(coroutine):
    asyncio.run(asyncio.wait_for(coroutine, 60))


def test_bytes_come_with_the_time_they_were_read(line):
    async def body():
        port, end = SerialPort(line.path, LINE, SystemClock()), End()
        await port.open(end.received, end.gone)
        before = time.monotonic_ns()
        line.send(b"\x01\x02\x03")
        await until(lambda: end.data == b"\x01\x02\x03")
        assert before < end.stamps[0] < time.monotonic_ns()
        await port.close()

    run(body())


def test_a_pty_can_be_opened_again_with_a_parity_it_does_not_have(line):
    async def body():
        for number in range(3):
            settings = SerialLink(19200, bytesize=7, parity="E", rtscts=True)
            port, end = SerialPort(line.path, settings, SystemClock()), End()
            await port.open(end.received, end.gone)
            line.send(b"%d" % number)
            await until(lambda end=end: end.data)
            assert (end.data, end.lost) == (b"%d" % number, [])
            await port.close()

    run(body())


def test_writes_reach_the_far_end_in_order(line):
    async def body():
        port, end = SerialPort(line.path, LINE, SystemClock()), End()
        await port.open(end.received, end.gone)
        for n in range(50):
            port.write(bytes([n]))
        await port.close()
        came = b""
        while len(came) < 50:  # the kernel passes them on in its own time
            came += line.read()
        assert came == bytes(range(50))

    run(body())


def test_a_far_end_that_takes_nothing_does_not_hold_up_the_loop(line):
    async def body():
        port, end = SerialPort(line.path, LINE, SystemClock()), End()
        await port.open(end.received, end.gone)
        started = time.monotonic()
        port.write(bytes(1_000_000))
        assert time.monotonic() - started < 0.9 * WRITE_TIMEOUT_S
        line.send(b"still here")
        await until(lambda: end.data == b"still here")
        await until(lambda: [error.problem for error in end.lost] == [LinkProblem.LOST])
        await until(lambda: not serial_threads())
        await port.close()

    run(body())


def test_close_is_prompt_while_the_reader_waits_and_leaves_no_thread(line):
    async def body():
        port, end = SerialPort(line.path, LINE, SystemClock()), End()
        await port.open(end.received, end.gone)
        port.write(b"x")
        assert serial_threads()
        started = time.monotonic()
        await port.close()
        await port.close()
        assert time.monotonic() - started < PROMPT_S
        await until(lambda: not serial_threads())
        assert end.lost == []

    run(body())


def test_no_callback_after_close(line):
    async def body():
        port, end = SerialPort(line.path, LINE, SystemClock()), End()
        await port.open(end.received, end.gone)
        line.send(b"late")
        closing = asyncio.ensure_future(port.close())
        await closing
        seen = end.data
        await asyncio.sleep(0.05)
        assert (end.data, end.lost) == (seen, [])

    run(body())


def test_a_far_end_that_vanishes_is_lost_after_its_last_bytes(line):
    async def body():
        port, end = SerialPort(line.path, LINE, SystemClock()), End()
        await port.open(end.received, end.gone)
        line.send(b"last words")
        await until(lambda: end.data == b"last words")
        line.unplug()
        await until(lambda: end.lost)
        assert [error.problem for error in end.lost] == [LinkProblem.LOST]
        port.write(b"into nothing")
        await port.close()

    run(body())


def test_a_socket_is_read_in_bursts_and_its_end_is_noticed():
    async def body():
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"socket://127.0.0.1:{server.getsockname()[1]}"
            port, end = SerialPort(url, LINE, SystemClock()), End()
            await port.open(end.received, end.gone)
            far, _ = server.accept()
            far.sendall(bytes(125))
            await until(lambda: len(end.data) == 125)
            assert len(end.stamps) < 20
            port.write(b"ping")
            far.settimeout(10)
            assert await asyncio.to_thread(far.recv, 10) == b"ping"
            far.sendall(b"bye")
            far.close()
            await until(lambda: end.lost)
            assert end.data.endswith(b"bye")
            await port.close()

    run(body())


def test_closing_an_idle_socket_is_prompt():
    async def body():
        with socket.create_server(("127.0.0.1", 0)) as server:
            port, end = (
                SerialPort(f"socket://127.0.0.1:{server.getsockname()[1]}", LINE, SystemClock()),
                End(),
            )
            await port.open(end.received, end.gone)
            started = time.monotonic()
            await port.close()
            assert time.monotonic() - started < PROMPT_S
            assert end.lost == []

    run(body())


def test_a_url_without_a_descriptor_is_read_through_pyserial():
    async def body():
        port, end = SerialPort("loop://", LINE, SystemClock()), End()
        await port.open(end.received, end.gone)
        port.write(bytes(range(200)))
        await until(lambda: end.data == bytes(range(200)))
        started = time.monotonic()
        await port.close()
        assert time.monotonic() - started < PROMPT_S
        assert end.lost == []
        await until(lambda: not serial_threads())

    run(body())


def test_opening_can_be_given_up():
    async def body():
        server = socket.create_server(("127.0.0.1", 0), backlog=0)
        url = f"socket://127.0.0.1:{server.getsockname()[1]}"
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        port, end = SerialPort(url, LINE, SystemClock()), End()
        opening = asyncio.ensure_future(port.open(end.received, end.gone))
        await asyncio.sleep(0.05)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        started = time.monotonic()
        await port.close()
        assert time.monotonic() - started < PROMPT_S
        for filler in fillers:
            filler.close()
        server.close()

    run(body())


async def refused(where):
    with pytest.raises(LinkError) as caught:
        await SerialPort(where, LINE, SystemClock()).open(lambda data, t_ns: None, lambda error: None)
    return caught.value


def test_a_port_that_is_not_there(tmp_path):
    async def body():
        error = await refused(str(tmp_path / "ttyUSB7"))
        assert error.problem == LinkProblem.NOT_FOUND
        assert "plug" in error.hint
        error = await refused("socket://127.0.0.1:1")
        assert error.problem == LinkProblem.NOT_FOUND
        assert "nothing answers" in error.hint
        assert (await refused("socket://nowhere.invalid:1")).problem == LinkProblem.NOT_FOUND

    run(body())


def test_a_port_in_use_is_busy(line):
    async def body():
        first, end = SerialPort(line.path, LINE, SystemClock()), End()
        await first.open(end.received, end.gone)
        assert (await refused(line.path)).problem == LinkProblem.BUSY
        await first.close()
        again = SerialPort(line.path, LINE, SystemClock())
        await again.open(end.received, end.gone)
        await again.close()

    run(body())


def test_what_is_no_port_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("no port")

    async def body():
        for where in (str(tmp_path / "notes.txt"), str(tmp_path), "carrier-pigeon://x", "socket://x"):
            assert (await refused(where)).problem in {LinkProblem.REFUSED, LinkProblem.NOT_FOUND}, where
        assert (await refused(str(tmp_path / "notes.txt"))).problem == LinkProblem.REFUSED
        assert (await refused("carrier-pigeon://x")).problem == LinkProblem.REFUSED

    run(body())


def test_a_denied_port_names_the_group_that_may_open_it(tmp_path):
    where = tmp_path / "ttyS0"
    where.touch(mode=stat.S_IRUSR)
    error = open_error(str(where), PermissionError(13, "Permission denied"))
    assert error.problem == LinkProblem.DENIED
    if os.name == "posix":
        assert "group" in error.hint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("could not open port 'COM9': PermissionError(13, 'Access is denied.', None, 5)", LinkProblem.BUSY),
        ("could not open port 'COM9': FileNotFoundError(2, '...', None, 2)", LinkProblem.NOT_FOUND),
    ],
)
def test_what_windows_says_is_understood(text, problem):
    assert open_error("COM9", OSError(text)).problem == problem


def test_the_device_text_sets_the_line():
    address = parse_device("x@COM1?baud=19200&bytesize=7&parity=e&stopbits=2&rtscts=yes")
    assert line_settings(LINE, address) == SerialLink(19200, 7, "E", 2, rtscts=True)
    assert line_settings(LINE, parse_device("x@COM1?mood=bad")) == LINE


@pytest.mark.parametrize(
    "query", ["baud=fast", "baud=7", "baud=-9600", "parity=x", "bytesize=9", "stopbits=3", "rtscts=maybe"]
)
def test_an_impossible_line_is_an_address_error(query):
    with pytest.raises(AddressError, match=query.partition("=")[0]):
        line_settings(LINE, parse_device(f"x@COM1?{query}"))
