"""The cuff: what it does, and which numbers are a new determination.

The monitor goes on showing the last numbers for hours, and shows them again after a determination that
somebody stopped. Numbers found on opening were measured before and are told as stored. Later ones, shown
while the cuff is at rest, are judged like this:

| what was seen                                    | time of the last determination | they are         |
|--------------------------------------------------|--------------------------------|------------------|
| "measuring" fell, "older than a minute" fell, or | moved                          | new              |
| that time moved                                  |                                |                  |
| one of the first two, other numbers than before  | stands still, or not told      | new              |
| one of the first two, the same numbers, young    | not told                       | new              |
| one of the first two, the same numbers           | stands still                   | the old ones     |
| "measuring" fell, the same numbers, old          | not told                       | the old ones     |

The time comes with the auxiliary info a few seconds after the numbers, so these wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from devices import plausible
from devices.drivers.ge_dri.cuff_clock import CuffClock
from devices.drivers.ge_dri.numbers import Displayed
from devices.drivers.ge_dri.values import CUFF_PULSE, DIA, LOWEST, MEAN, SYS, clock_text, reading
from kapmonitor.model import (
    Absent,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceEvent,
    NibpFailure,
    Observation,
    Reading,
)

MEASURING, STASIS, OLD = 0x20, 0x40, 0x100
"""Bits of the label. In stasis the cuff stands inflated, without a determination."""

PER_MMHG = 100


@dataclass(frozen=True, slots=True)
class Determination:
    """One set of numbers in the order systolic, diastolic, mean, pulse."""

    words: tuple[int, ...]
    t_ns: int
    device_time: str | None
    stored: bool = False

    @property
    def has_pressure(self) -> bool:
        return max(self.words[:3]) >= LOWEST

    def events(self) -> list[DeviceEvent]:
        """The four observations, and that it failed if it is new and no pressure is among them."""
        readings = _readings(self.words)
        events: list[DeviceEvent] = [
            Observation(metric, self.t_ns, found, self.device_time, self.stored)
            for metric, found in zip((SYS, DIA, MEAN, CUFF_PULSE), readings, strict=True)
        ]
        failed = not self.stored and isinstance(readings[0], Absent)
        return [*events, CuffFailed(NibpFailure.UNKNOWN, self.words[0], self.t_ns)] if failed else events


@dataclass(frozen=True, slots=True)
class Candidate:
    """Numbers that may be new: `young` by their label, `changed` against those shown before."""

    numbers: Determination
    young: bool
    changed: bool


class CuffLine:
    """Takes what is displayed and the time of the last determination, in the order they come."""

    def __init__(self) -> None:
        self._clock = CuffClock()
        self._forget()

    def _forget(self) -> None:
        """No cuff was seen yet."""
        self._measuring: bool | None = None
        self._old = False
        self._state: CuffState | None = None
        self._at_rest: tuple[int, ...] = ()
        self._found: Determination | None = None
        self._candidate: Candidate | None = None

    def displayed(self, displayed: Displayed, t_ns: int) -> list[DeviceEvent]:
        """What follows from one set of displayed values; without a cuff module, that the cuff is at rest."""
        group = displayed.nibp
        events = self.finish()
        if not group.exists:
            events += self._is(CuffState.IDLE, t_ns) if self._state is CuffState.MEASURING else []
            self._forget()
            return events
        inflated = group.label & (MEASURING | STASIS)
        events += self._is(CuffState.MEASURING if inflated else CuffState.IDLE, t_ns)
        measuring, old = bool(group.label & MEASURING), bool(group.label & OLD)
        was_measuring, was_old = self._measuring, self._old
        self._measuring, self._old = measuring, old
        now = Determination(group.words, t_ns, displayed.time)
        if was_measuring is None:
            self._at_rest = group.words
            self._found = replace(now, device_time=None, stored=True) if now.has_pressure else None
            return events
        if measuring:
            self._clock.measuring(begun=not was_measuring)
            return events
        return events + self._rested(now, ended=was_measuring, turned_young=was_old and not old)

    def timed(self, time_s: int, t_ns: int) -> list[DeviceEvent]:
        """The time of the last determination on the monitor's clock, 0 where it has none."""
        self._clock.heard(time_s, t_ns)
        if self._found is not None:
            self._found = replace(self._found, device_time=clock_text(time_s))
        events = self.finish()
        candidate = self._candidate
        if candidate is None:
            return events
        if self._clock.moved or candidate.changed:
            return events + self._tell(candidate, t_ns)
        self._candidate = None
        return events

    def finish(self) -> list[DeviceEvent]:
        """Tell the numbers found on opening, held back in the hope of learning their time."""
        found, self._found = self._found, None
        return found.events() if found is not None else []

    def closed(self) -> list[DeviceEvent]:
        """Nothing more comes: what waits for its time is told without, if it is new for sure."""
        events, candidate = self.finish(), self._candidate
        if candidate is not None and candidate.changed:
            events += candidate.numbers.events()
        return events

    def _is(self, state: CuffState, t_ns: int) -> list[DeviceEvent]:
        before, self._state = self._state, state
        return [CuffChanged(state, t_ns)] if state is not before else []

    def _rested(self, now: Determination, *, ended: bool, turned_young: bool) -> list[DeviceEvent]:
        """What is shown while the cuff is at rest: a candidate, the one that waits, or nothing new."""
        if not now.has_pressure:
            self._candidate, self._at_rest = None, now.words
            self._clock.taken()
            return [CuffFailed(NibpFailure.UNKNOWN, now.words[0], now.t_ns)] if ended else []
        waiting = self._candidate is not None
        if ended or turned_young or self._clock.moved:
            self._candidate = Candidate(now, young=not self._old, changed=now.words != self._at_rest)
        candidate = self._candidate
        if candidate is None:
            self._at_rest = now.words
            return []
        if self._clock.moved or (waiting and candidate.changed):
            return self._tell(candidate, now.t_ns)
        if self._clock.tells(now.t_ns):
            return []
        if candidate.young or candidate.changed:
            return self._tell(candidate, now.t_ns)
        self._candidate = None
        return []

    def _tell(self, candidate: Candidate, t_ns: int) -> list[DeviceEvent]:
        """The candidate is a new determination; its time is the clock's if that has moved."""
        numbers = replace(candidate.numbers, t_ns=t_ns)
        if self._clock.moved:
            numbers = replace(numbers, device_time=clock_text(self._clock.time_s))
        self._clock.taken(late=not self._clock.moved)
        self._candidate, self._at_rest = None, numbers.words
        return numbers.events()


def _readings(words: tuple[int, ...]) -> tuple[Reading, ...]:
    """Systolic, diastolic and mean judged together, and the pulse."""
    systolic, diastolic, mean, pulse = words
    whole = plausible.together(
        reading(systolic, SYS.term, PER_MMHG),
        reading(diastolic, DIA.term, PER_MMHG),
        reading(mean, MEAN.term, PER_MMHG),
    )
    return whole.systolic, whole.diastolic, whole.mean, reading(pulse, CUFF_PULSE.term)
