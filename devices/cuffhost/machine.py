"""What a cuff is doing as far as its driver knows, moved by a table, and what the program is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from kapmonitor.model import CuffChanged, CuffFailed, CuffState, DeviceEvent, NibpFailure

S = TypeVar("S", bound=Enum)
E = TypeVar("E", bound=Enum)

Tell = CuffState | NibpFailure
"""What is told on a step: what the cuff did in passing, or why there are no numbers."""


@dataclass(frozen=True, slots=True)
class Rules(Generic[S, E]):
    """A driver's table. A pair of state and event that is not listed changes nothing and tells nothing."""

    first: S
    """The state of a line that was just opened."""
    stopping: S
    """In this state a stop is sent again and again."""
    start: E
    stop: E
    guard: E
    """Happens when a state lasts longer than `guard_s` says; the others end by answers or last for ever."""
    steps: Mapping[S, Mapping[E, tuple[S, tuple[Tell, ...]]]]
    guard_s: Mapping[S, float]
    cuff: Mapping[S, CuffState]
    """What the cuff does in a state; in the others nothing is known that was not told before."""
    one_run: frozenset[S] = frozenset()
    """States of one determination, which share one guard."""

    def step(self, state: S, event: E) -> tuple[S, tuple[Tell, ...]]:
        """What follows from `event` in `state`."""
        return self.steps[state].get(event, (state, ()))


class Machine(Generic[S, E]):
    """The state of one cuff, and the events that will happen to it by themselves."""

    def __init__(self, rules: Rules[S, E]) -> None:
        self.rules = rules
        self.entered: Callable[[S, int], None] = _nobody_minds
        """Called with each new state and its time."""
        self.reset()

    def reset(self) -> None:
        """A line was opened: nothing is known."""
        self.state = self.rules.first
        self.timers: dict[E, int] = {}
        """When events happen by themselves; all but a shared guard end with the state."""
        self._told: CuffState | None = None

    @property
    def deadline_ns(self) -> int | None:
        """When the next event happens by itself."""
        return min(self.timers.values()) if self.timers else None

    def pop_due(self, now_ns: int) -> E | None:
        """An event whose time has come, the guard last; it will not come again."""
        due = [event for event, t_ns in self.timers.items() if now_ns >= t_ns]
        if not due:
            return None
        event = min(due, key=lambda event: event is self.rules.guard)
        del self.timers[event]
        return event

    def forget_told(self) -> None:
        """After a break of the line, what the cuff does is news again."""
        self._told = None

    def happen(self, event: E, t_ns: int, raw: int = 0) -> list[DeviceEvent]:
        """Move by the table; what the program is told of it, `raw` being the device's own word."""
        state, tells = self.rules.step(self.state, event)
        if state is not self.state:
            self._set_guard(state, t_ns)
            self.state = state
            self.entered(state, t_ns)
        if event in (self.rules.start, self.rules.stop):
            # Commands return nothing; what follows from a stop is news even if the same was told before.
            self._told = None if event is self.rules.stop else self._told
            return []
        return self._news(state, tells, t_ns, raw)

    def _news(self, state: S, tells: tuple[Tell, ...], t_ns: int, raw: int) -> list[DeviceEvent]:
        now = self.rules.cuff.get(state)
        if not tells and (now is None or now is self._told):
            return []
        passed = [tell for tell in tells if isinstance(tell, CuffState)]
        events: list[DeviceEvent] = []
        for cuff in (*passed, now):
            if cuff is not None and cuff is not self._told:
                self._told = cuff
                events.append(CuffChanged(cuff, t_ns))
        return events + [CuffFailed(tell, raw, t_ns) for tell in tells if isinstance(tell, NibpFailure)]

    def _set_guard(self, state: S, t_ns: int) -> None:
        rules = self.rules
        going_on = {self.state, state} <= rules.one_run
        guard_ns = self.timers.get(rules.guard) if going_on else None
        if guard_ns is None and state in rules.guard_s:
            guard_ns = t_ns + int(rules.guard_s[state] * 1e9)
        self.timers = {} if guard_ns is None else {rules.guard: guard_ns}


def _nobody_minds(_state: Enum, _t_ns: int) -> None:
    """A machine on its own."""
