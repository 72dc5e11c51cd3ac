"""A serial line to a cuff: bytes and times in, events and questions out, for any driver that brings a Talk.

What the host asks decides only what is sent; what is told follows from what the device says, and from its
silence. Nothing but start_cuff() makes the event `start` happen.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Generic, Protocol, TypeVar

from devices.cuffhost.machine import E, Machine, S
from devices.dialogue import Dialogue
from kapmonitor.model import DeviceEvent, Fault

Ask = TypeVar("Ask", bound=Enum)
S_contra = TypeVar("S_contra", bound=Enum, contravariant=True)

HALF_FRAME_NS: Final = 250_000_000
"""Longer than the longest packet takes on its line: a half one older than this will not be completed."""

BREAK_NS: Final = 2_500_000_000
"""A line without a word for this long may count as silent, and counts as live again only with news."""


class Frames(Protocol):
    """A buffer that cuts frames out of a byte stream; those of devices.framing."""

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun that is not yet whole."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def feed(self, data: bytes, t_ns: int) -> list[bytes | Fault]:
        """Take bytes; whole frames and faults."""
        ...

    def give_up(self, t_ns: int) -> list[bytes | Fault]:
        """The frame that has begun will not be completed."""
        ...

    def finish(self, t_ns: int) -> list[bytes | Fault]:
        """The stream is over."""
        ...


class Talk(Protocol[S_contra, Ask]):
    """What a driver knows of its device. It shares the host's machine and line, and moves only these."""

    def reset(self, t_ns: int) -> None:
        """A line is opened or closed: forget what was said on it."""
        ...

    def frame(self, frame: bytes, t_ns: int) -> list[DeviceEvent]:
        """What one whole frame says."""
        ...

    def ending(self, t_ns: int) -> list[DeviceEvent]:
        """The line is closed: what still waits to be told."""
        ...

    def entered(self, state: S_contra, t_ns: int) -> None:
        """The machine has just moved to another state."""
        ...

    def overdue(self, command: Ask, now_ns: int) -> list[DeviceEvent]:
        """A question got no answer in time."""
        ...

    def stop_command(self) -> Ask:
        """What stops the cuff, now."""
        ...

    def due_command(self, now_ns: int) -> Ask | None:
        """What to ask now that the line is free, if anything."""
        ...

    def next_ns(self, free_ns: int) -> int | None:
        """When something will be due on the line, which is free from `free_ns`; None if only bytes tell."""
        ...

    def question(self, command: Ask, now_ns: int) -> tuple[bytes, int]:
        """The bytes of a question that is sent now, and within how many ns it is answered."""
        ...


class CuffHost(Generic[S, E, Ask]):
    """One device on one line; implements WireProtocol and CuffControl."""

    def __init__(
        self,
        talk: Talk[S, Ask],
        machine: Machine[S, E],
        line: Dialogue[Ask],
        frames: Frames,
        half_frame_ns: int | None = None,
    ) -> None:
        """`half_frame_ns` where half a frame can hide whole ones behind it."""
        self.machine = machine
        machine.entered = talk.entered
        self._talk, self._line, self._frames, self._half_ns = talk, line, frames, half_frame_ns
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self._half_due_ns: int | None = None
        self._heard_ns = t_ns
        self._frames.clear()
        self._line.clear()
        self.machine.reset()
        self._talk.reset(t_ns)

    def opened(self, t_ns: int) -> None:
        self._reset(t_ns)
        self._ask_next(t_ns)

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events = self._heard(self._frames.finish(t_ns), t_ns) + self._talk.ending(t_ns)
        self._reset(t_ns)
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self._heard(self._frames.feed(data, t_ns), t_ns)
        self._ask_next(t_ns)
        return events

    def data_to_send(self) -> bytes:
        return self._line.take()

    def start_cuff(self, t_ns: int) -> None:
        self.machine.happen(self.machine.rules.start, t_ns)
        self._ask_next(t_ns)

    def stop_cuff(self, t_ns: int) -> None:
        self.machine.happen(self.machine.rules.stop, t_ns)
        self._ask(self._talk.stop_command(), t_ns)
        self._ask_next(t_ns)

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self._half_due_ns is not None and now_ns >= self._half_due_ns:
            events += self._heard(self._frames.give_up(now_ns), now_ns)
        before = self.machine.state
        if (command := self._line.overdue(now_ns)) is not None:
            events += self._talk.overdue(command, now_ns)
        while (event := self.machine.pop_due(now_ns)) is not None:
            events += self.machine.happen(event, now_ns)
        if self.machine.state is self.machine.rules.stopping and before is not self.machine.state:
            self._ask(self._talk.stop_command(), now_ns)
        self._ask_next(now_ns)
        return events

    def _heard(self, items: list[bytes | Fault], t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in items:
            if isinstance(item, Fault):
                events.append(item)
                continue
            if t_ns - self._heard_ns >= BREAK_NS:
                self.machine.forget_told()
            self._heard_ns = t_ns
            events += self._talk.frame(item, t_ns)
        half = self._half_ns is not None and self._frames.waiting
        self._half_due_ns = t_ns + (self._half_ns or 0) if half else None
        return events

    def _ask(self, command: Ask, now_ns: int) -> None:
        """Send a question now, in place of whatever waits."""
        data, limit_ns = self._talk.question(command, now_ns)
        self._line.ask(command, data, now_ns, limit_ns)

    def _ask_next(self, now_ns: int) -> None:
        """Ask what is due if the line is free, and say when to look again."""
        free_ns = self._line.free_ns
        if free_ns is not None and now_ns >= free_ns:
            command = self._talk.due_command(now_ns)
            if command is not None:
                self._ask(command, now_ns)
        due_ns = self._next_ns()
        for t_ns in (self.machine.deadline_ns, self._half_due_ns):
            if t_ns is not None and (due_ns is None or t_ns < due_ns):
                due_ns = t_ns
        self.deadline_ns = due_ns

    def _next_ns(self) -> int | None:
        free_ns = self._line.free_ns
        return self._line.limit_ns if free_ns is None else self._talk.next_ns(free_ns)
