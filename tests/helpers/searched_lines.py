"""Lines that a search is let loose on: simulated devices on real ports, and a line with a speed in memory."""

import asyncio
import contextlib
import time

from line_talk import driver_of, specs
from uart_model import Sent, read

from devices.address import parse_device
from devices.search import Search
from devices.sim.endpoints import make_endpoint
from devices.sim.faults import afflict, with_fault
from devices.sim.scenario import bedside
from devices.sim.serve import Line, PatientTime, build
from kapmonitor.clock import SystemClock
from kapmonitor.errors import LinkError
from kapmonitor.model import LinkProblem

BEGIN_S = 1830.0


class Simulated:
    """A simulated device on a real port; `inflated` is the highest pressure its cuff had."""

    def __init__(self, name, port, fault=None):
        room = bedside("quiet", 7, 1800.0)
        if fault is not None:
            afflict(room, fault, BEGIN_S)
        device = build(name, room, None)
        if fault is not None:
            device = with_fault(device, fault, 7, name, room)
        self.asked = b""
        self._room, self._device = room, device
        self._endpoint = make_endpoint(port, driver_of(name))
        self.address = self._endpoint.address
        self.inflated = 0.0

    def receive(self, data, t_ns):
        self.asked += data
        self._device.receive(data, t_ns)

    def advance(self, t_ns):
        data = self._device.advance(t_ns)
        self.inflated = max(self.inflated, self._room.cuff_mmhg)
        return data

    def plugged(self, t_ns):
        return self._device.plugged(t_ns)

    async def serve(self):
        line = Line(self, self._endpoint, PatientTime(time.monotonic_ns(), BEGIN_S, 1.0).now_ns)
        try:
            while True:
                line.step()
                await asyncio.sleep(0.01)
        finally:
            line.close()

    @contextlib.asynccontextmanager
    async def served(self):
        task = asyncio.ensure_future(self.serve())
        try:
            await asyncio.sleep(0.02)
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def search(address, some_specs=None, progress=lambda _: None, **more):
    """A search at `address`, a place or a DEVICE text."""
    text = address if address.startswith("auto@") else f"auto@{address}"
    return Search(parse_device(text), some_specs or specs(), SystemClock(), progress, **more)


class SpeedLine:
    """A line in memory on which a device sends `chunks` (seconds, bytes) again and again, set as `line`.

    make_link() gives links that read it with their own settings. `refuse` are speeds that cannot be set;
    `answer` is called with what is written at the right setting, and returns what the device sends then.
    """

    def __init__(self, chunks, line, refuse=(), answer=None):
        self.line, self.answer, self.refuse = line, answer, refuse
        self.chunks = chunks
        self.opened, self.written, self.held = [], [], 0

        self.links = []

    def make_link(self, line):
        self.links.append(_SpeedLink(self, line))
        return self.links[-1]

    def hang_up(self):
        """Whoever has the line open loses it."""
        self.links[-1].lose()


class _SpeedLink:
    def __init__(self, far, line):
        self._far, self._line, self._timers = far, line, []
        self._open = False

    async def open(self, received, lost):
        if self._line.baud in self._far.refuse:
            raise LinkError("memory", LinkProblem.REFUSED, "this speed cannot be set")
        self._received, self._lost = received, lost
        self._open = True
        self._far.opened.append(self._line)
        self._far.held += 1
        for at_s, data in self._far.chunks:
            self._deliver_later(at_s, data)

    def _deliver_later(self, after_s, data):
        got, _, _ = read(Sent([(0.0, data)], self._far.line), self._line)
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(after_s, self._deliver, got))

    def _deliver(self, data):
        if self._open and data:
            self._received(data, time.monotonic_ns())

    def lose(self):
        self._lost(LinkError("memory", LinkProblem.LOST, "pulled out"))

    def write(self, data):
        self._far.written.append((self._line, data))
        same = (self._line.baud, self._line.parity) == (self._far.line.baud, self._far.line.parity)
        if same and self._far.answer is not None and (back := self._far.answer(data)):
            self._deliver_later(0.01, back)

    async def close(self):
        if self._open:
            self._far.held -= 1
        self._open = False
        for timer in self._timers:
            timer.cancel()
