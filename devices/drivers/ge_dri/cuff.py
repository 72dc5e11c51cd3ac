"""The cuff: what it does, and which numbers are a new determination.

The monitor goes on showing the last numbers for hours. New ones are told by its clock where it gives the time
of the last determination (auxiliary info), else by the label: "measuring" fell while "older than a minute" is
not set, or "older than a minute" fell. Numbers found on opening were measured before and are told as stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from devices import plausible
from devices.drivers.ge_dri.numbers import Displayed
from devices.drivers.ge_dri.values import CUFF_PULSE, DIA, LOWEST, MEAN, SYS, clock_text, code, reading
from kapmonitor.model import (
    Absent,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceEvent,
    Measured,
    NibpFailure,
    Observation,
    Reading,
    Validity,
)

MEASURING, OLD = 0x20, 0x100
"""Bits of the label."""

PER_MMHG = 100
CLOCKED_NS = 30_000_000_000
"""Auxiliary info comes every few seconds; after so long without it, the label decides alone."""


@dataclass(frozen=True, slots=True)
class Determination:
    """One set of numbers in the order systolic, diastolic, mean, pulse."""

    readings: tuple[Reading, ...]
    words: tuple[int, ...]
    t_ns: int
    device_time: str | None
    stored: bool = False

    def events(self) -> list[DeviceEvent]:
        """The four observations, and that it failed if it is new and no pressure is among them."""
        pairs = zip((SYS, DIA, MEAN, CUFF_PULSE), self.readings, strict=True)
        events: list[DeviceEvent] = [
            Observation(m, self.t_ns, r, self.device_time, self.stored) for m, r in pairs
        ]
        failed = not self.stored and isinstance(self.readings[0], Absent)
        return [*events, CuffFailed(NibpFailure.UNKNOWN, self.words[0], self.t_ns)] if failed else events


class CuffLine:
    """Takes what is displayed and the time of the last determination, in the order they come."""

    def __init__(self) -> None:
        self._measuring: bool | None = None
        self._old = False
        self._ended = False
        self._found: Determination | None = None
        self._shown: Determination | None = None
        self._clock_s: int | None = None
        self._clock_ns = 0
        self._clock_moved = False
        self._told_early = False

    def displayed(self, displayed: Displayed, t_ns: int) -> list[DeviceEvent]:
        """What follows from one set of displayed values; without a cuff module, nothing."""
        group = displayed.nibp
        if not group.exists:
            return []
        events = self.finish()
        measuring, old = bool(group.label & MEASURING), bool(group.label & OLD)
        before, was_old = self._measuring, self._old
        self._measuring, self._old = measuring, old
        if measuring is not before:
            events.append(CuffChanged(CuffState.MEASURING if measuring else CuffState.IDLE, t_ns))
        now = self._shown = Determination(_readings(group.words), group.words, t_ns, displayed.time)
        if before is None:
            has_number = any(isinstance(r, Measured) for r in now.readings)
            self._found = replace(now, device_time=None, stored=True) if has_number else None
            return events
        just_ended = before and not measuring
        self._ended = (self._ended or just_ended) and not measuring
        if just_ended and max(group.words) < LOWEST:
            self._ended = False
            return [*events, CuffFailed(NibpFailure.UNKNOWN, group.words[0], t_ns)]
        fresh = (just_ended and not old) or (was_old and not old)
        return events + self._tell_new(now, fresh=fresh, old=old) if not measuring else events

    def timed(self, time_s: int, t_ns: int) -> list[DeviceEvent]:
        """The time of the last determination on the monitor's clock, 0 where it has none."""
        before, self._clock_s, self._clock_ns = self._clock_s, time_s, t_ns
        if before is not None and before != time_s and time_s:
            self._clock_moved, self._told_early = not self._told_early, False
        if self._found is not None and before is None:
            self._found = replace(self._found, device_time=clock_text(time_s))
        if self._shown is not None and self._clock_moved and self._ended:
            return self._tell_new(replace(self._shown, t_ns=t_ns), fresh=False, old=self._old)
        return self.finish()

    def finish(self) -> list[DeviceEvent]:
        """Tell the numbers found on opening, held back in the hope of learning their time."""
        found, self._found = self._found, None
        return found.events() if found is not None else []

    def _tell_new(self, now: Determination, *, fresh: bool, old: bool) -> list[DeviceEvent]:
        """The determination, if these numbers are a new one; the cuff is at rest."""
        if max(now.words) < LOWEST:
            self._clock_moved = self._ended = False
            return []
        clocked = bool(self._clock_s) and now.t_ns - self._clock_ns <= CLOCKED_NS
        if self._clock_moved and (self._ended or not old):
            now = replace(now, device_time=clock_text(self._clock_s or 0))
        elif clocked or not fresh:
            return []
        else:
            self._told_early = self._clock_s is not None
        self._clock_moved = self._ended = False
        return now.events()


def _readings(words: tuple[int, ...]) -> tuple[Reading, ...]:
    """Systolic, diastolic and mean judged together, and the pulse."""
    pulse = reading(words[3], CUFF_PULSE.term)
    pressures = words[:3]
    if all(word >= LOWEST for word in pressures):
        systolic, diastolic, mean = (word / PER_MMHG for word in pressures)
        judged = plausible.pressures(systolic, diastolic, mean)
        return judged.systolic, judged.diastolic, judged.mean, pulse
    systolic_diastolic = min(words[:2]) >= LOWEST
    if systolic_diastolic:
        systolic, diastolic = words[0] / PER_MMHG, words[1] / PER_MMHG
        judged = plausible.pressures(systolic, diastolic, (systolic + diastolic) / 2)
        return judged.systolic, judged.diastolic, Absent(code(words[2]), float(words[2])), pulse
    return (*(_no_number(word) for word in pressures), pulse)


def _no_number(word: int) -> Reading:
    """One of three words of which another is a code: they stand or fall together."""
    if word < LOWEST:
        return Absent(code(word), float(word))
    return Absent(Validity.INVALID, word / PER_MMHG)
