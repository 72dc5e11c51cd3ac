"""A stretch of a session without waiting: simulated devices and their drivers joined in virtual time.

The bytes are the real ones and the drivers the real ones; only the ports and the waiting are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from devices.blocks import join_blocks
from devices.protocol import CuffControl, WireProtocol
from devices.sim.device import SimDevice
from devices.sink import DeviceSink
from kapmonitor.model import DeviceEvent, Direction, Fault, LinkChanged, LinkProblem, LinkState, WireChunk

STEP_NS: Final = 250_000_000
TURNS: Final = 8
"""Answers to answers within one instant; a real dialogue takes one or two."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A device id with its simulated device and the driver's protocol."""

    device: str
    sim: SimDevice
    protocol: WireProtocol


class FastForward:
    """Runs joined devices; `origin_ns` is what the session's clock shows at the patient's second 0."""

    def __init__(self, joined: Sequence[Joined], sink: DeviceSink, origin_ns: int) -> None:
        self._lines = [_Line(j, sink, origin_ns) for j in joined]

    def run(
        self,
        t0_ns: int,
        t1_ns: int,
        tick: Callable[[int], None],
        cuffs: Sequence[tuple[int, str]] = (),
    ) -> None:
        """From t0 to t1 on the session's clock, with `tick` after each step.

        `cuffs` are (time, device id) of measurements to start. At the end the links are closed, so that a
        live run can follow.
        """
        waiting = sorted(cuffs)
        t_ns = t0_ns
        while t_ns <= t1_ns:
            while waiting and waiting[0][0] <= t_ns:
                self._start_cuff(waiting.pop(0)[1], t_ns)
            for line in self._lines:
                line.step(t_ns)
            tick(t_ns)
            t_ns += STEP_NS
        for line in self._lines:
            line.end(t1_ns)

    def _start_cuff(self, device: str, t_ns: int) -> None:
        for line in self._lines:
            if line.joined.device == device and isinstance(line.joined.protocol, CuffControl):
                line.joined.protocol.start_cuff(t_ns)


class _Line:
    """One simulated device joined to its driver."""

    def __init__(self, joined: Joined, sink: DeviceSink, origin_ns: int) -> None:
        self.joined, self._sink, self._origin_ns = joined, sink, origin_ns
        self._state = LinkState.OFF

    def step(self, t_ns: int) -> None:
        sim, protocol = self.joined.sim, self.joined.protocol
        plugged = sim.plugged(t_ns - self._origin_ns)
        if not plugged:
            sim.advance(t_ns - self._origin_ns)
            if self._state not in {LinkState.OFF, LinkState.WAITING}:
                self._hand_over(protocol.closed(t_ns))
                self._report(LinkState.WAITING, t_ns, LinkProblem.LOST)
            return
        if self._state in {LinkState.OFF, LinkState.WAITING}:
            self._report(LinkState.CONNECTING, t_ns)
            protocol.opened(t_ns)
        deadline_ns = protocol.deadline_ns
        if deadline_ns is not None and deadline_ns <= t_ns:
            self._hand_over(protocol.on_deadline(t_ns))
        for _ in range(TURNS):
            if not self._turn(t_ns):
                break

    def end(self, t_ns: int) -> None:
        """Close the link."""
        if self._state not in {LinkState.OFF, LinkState.WAITING}:
            self._hand_over(self.joined.protocol.closed(t_ns))
        self._report(LinkState.OFF, t_ns)

    def _turn(self, t_ns: int) -> bool:
        """What the driver sends goes in, what the device sends comes out; whether anything did."""
        sim, protocol = self.joined.sim, self.joined.protocol
        out = protocol.data_to_send()
        if out:
            self._wire(t_ns, Direction.OUT, out)
            sim.receive(out, t_ns - self._origin_ns)
        data = sim.advance(t_ns - self._origin_ns)
        if data:
            self._wire(t_ns, Direction.IN, data)
            events = protocol.receive(data, t_ns)
            sensible = any(not isinstance(event, Fault) for event in events)
            if sensible and self._state is LinkState.CONNECTING:
                self._report(LinkState.LIVE, t_ns)
            self._hand_over(events)
        return bool(out or data)

    def _wire(self, t_ns: int, direction: Direction, data: bytes) -> None:
        self._sink.on_wire(self.joined.device, WireChunk(t_ns, direction, data))

    def _hand_over(self, events: list[DeviceEvent]) -> None:
        for event in join_blocks(events):
            self._sink.on_event(self.joined.device, event)

    def _report(self, state: LinkState, t_ns: int, problem: LinkProblem = LinkProblem.NONE) -> None:
        self._state = state
        self._sink.on_link(self.joined.device, LinkChanged(state, t_ns, problem))
