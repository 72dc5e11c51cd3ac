"""Parts for tests of byte links and pumps: a tiny protocol, a sink that keeps everything, ptys."""

import asyncio
import os
import pty
import tempfile
import threading
import tty
from pathlib import Path

from devices.protocol import DriverOption, DriverSpec, Evidence, SerialLink
from kapmonitor import mdc
from kapmonitor.model import Fault, FaultKind, Measured, Metric, Observation

HEART = Metric(mdc.HEART_RATE, "HR")


class LineProtocol:
    """Lines of digits are heart rates, `ok` is an acknowledgement, `boom` a bug, anything else a fault."""

    def __init__(self, options):
        self.options = options
        self.deadline_ns = None
        self.calls = []
        self._buffer = b""
        self._out = b""

    def opened(self, t_ns):
        self.calls.append("opened")
        self._buffer = b""
        self._out += b"hello\n"

    def receive(self, data, t_ns):
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        return [event for line in lines for event in self._line(line, t_ns)]

    def _line(self, line, t_ns):
        if line == b"boom":
            raise ZeroDivisionError
        if line == b"ok":
            return []
        if line.isdigit():
            return [Observation(HEART, t_ns, Measured(float(line)))]
        return [Fault(FaultKind.NOISE, t_ns, len(line))]

    def closed(self, t_ns):
        self.calls.append("closed")
        return [Fault(FaultKind.LENGTH, t_ns, len(self._buffer))] if self._buffer else []

    def data_to_send(self):
        out, self._out = self._out, b""
        return out

    def on_deadline(self, now_ns):
        self.calls.append("deadline")
        self.deadline_ns = None
        self._out += b"poll\n"
        return []


class CuffLineProtocol(LineProtocol):
    """The same with a cuff."""

    def start_cuff(self, t_ns):
        self._out += b"start\n"

    def stop_cuff(self, t_ns):
        self._out = b"stop\n"


class PartingLineProtocol(LineProtocol):
    """The same, with a goodbye; in a bad mood it has a bug there."""

    def last_words(self):
        if self.options["mood"] == "bad":
            raise ZeroDivisionError
        return b"bye\n"


def line_spec(protocol=LineProtocol, silence_s=3.0):
    return DriverSpec(
        "line",
        "Line",
        "Test",
        SerialLink(9600, silence_s=silence_s),
        (HEART,),
        protocol,
        Evidence("manual", ()),
        options=(DriverOption("mood", "good", "", ("good", "bad")),),
    )


class KeepingSink:
    """Keeps what it is given, in order."""

    def __init__(self):
        self.events, self.links, self.wire, self.order = [], [], [], []

    def on_event(self, device, event):
        self.events.append(event)
        self.order.append("event")

    def on_link(self, device, change):
        self.links.append(change)
        self.order.append(change.state.value)

    def on_wire(self, device, chunk):
        self.wire.append(chunk)
        self.order.append(f"wire {chunk.direction.value}")

    def states(self):
        return [(change.state.value, change.problem.value) for change in self.links]

    def values(self):
        return [event.reading.value for event in self.events if isinstance(event, Observation)]


class Pty:
    """A pseudo-terminal whose far end the test holds.

    It has a name of its own, which goes before the terminal does: the system soon gives the number to another
    test, and whoever tries again would open the port of that one.
    """

    def __init__(self):
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.terminal = os.ttyname(slave)
        self._folder = tempfile.TemporaryDirectory(prefix="kapmonitor-pty-")
        link = Path(self._folder.name) / "port"
        link.symlink_to(self.terminal)
        self.path = str(link)
        self._slave = slave

    def send(self, data):
        os.write(self.master, data)

    def read(self, size=1000):
        return os.read(self.master, size)

    def unplug(self):
        self._folder.cleanup()
        os.close(self._slave)
        os.close(self.master)
        self.master = None

    def close(self):
        if self.master is not None:
            self.unplug()


async def until(condition, timeout_s=20):
    """Wait for a condition that another task or thread brings about."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 threads set no asyncio.Event
            await asyncio.sleep(0.005)


def serial_threads():
    return [t.name for t in threading.enumerate() if t.name.startswith("kap-serial")]
