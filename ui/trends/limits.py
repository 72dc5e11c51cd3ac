"""Limits with their history: which held when, and how a reading stood to the limits of its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kapmonitor.model import CuffReading, Measured, Reading
from kapmonitor.session.state import AlarmSpan, LimitLine
from kapmonitor.snapshot import Priority
from kapmonitor.view import Role

HIGH_SIDE = "high"
LOW_SIDE = "low"
"""Words by which a rule's side is recorded."""

SEEN_WITHIN_NS = 5_000_000_000
ORDER = (Priority.LOW, Priority.MEDIUM, Priority.HIGH)


def priority_of(word: str) -> Priority:
    """The priority that a record names; a word of some other version counts as medium."""
    return Priority(word) if word in set(Priority) else Priority.MEDIUM


@dataclass(frozen=True, slots=True)
class Level:
    """One limit in force over a stretch; `t1_ns` is None for the one in force now."""

    t0_ns: int
    t1_ns: int | None
    limit: float
    priority: Priority


def levels(lines: Sequence[LimitLine], role: Role, side: str) -> tuple[Level, ...]:
    """The nearest limit of a role over time, oldest first; equal neighbours are one level.

    Each setting of limits replaces the one before it as a whole.
    """
    times = sorted({line.t_ns for line in lines})
    found: list[Level] = []
    for t0_ns, t1_ns in zip_longest(times, times[1:]):
        nearest = _nearest([line for line in lines if line.t_ns == t0_ns], role, side)
        if nearest is None:
            continue
        level = Level(t0_ns, t1_ns, nearest.limit, priority_of(nearest.priority))
        if found and found[-1] == Level(found[-1].t0_ns, t0_ns, level.limit, level.priority):
            level = Level(found.pop().t0_ns, t1_ns, level.limit, level.priority)
        found.append(level)
    return tuple(found)


def _nearest(lines: list[LimitLine], role: Role, side: str) -> LimitLine | None:
    """The limit that a value meets first, of those that call somebody if there are any.

    That is the lowest high one, or the highest low one.
    """
    mine = [line for line in lines if line.role == role and line.direction == side]
    if not mine:
        return None
    calling = [line for line in mine if line.priority != Priority.LOW.value]
    return min(calling or mine, key=lambda line: line.limit if side == HIGH_SIDE else -line.limit)


def verdict(lines: Sequence[LimitLine], alarms: Sequence[AlarmSpan], cuff: CuffReading) -> Priority | None:
    """The highest priority with which a cuff reading alarmed; None if it did not.

    Being beyond a limit is not enough: it may be off, of another phase, or count only with another value.
    """
    times = [line.t_ns for line in lines if line.t_ns <= cuff.t_ns]
    if not times or cuff.stored:
        return None
    newest_ns = max(times)
    readings = {Role.NIBP_SYS: cuff.systolic, Role.NIBP_DIA: cuff.diastolic, Role.NIBP_MEAN: cuff.mean}
    reached = {
        line.rule
        for line in lines
        if line.t_ns == newest_ns and line.role in readings and _reached(readings[Role(line.role)], line)
    }
    alarmed = [
        priority_of(span.priority) for span in alarms if span.condition in reached and _holds(span, cuff.t_ns)
    ]
    return max(alarmed, key=ORDER.index, default=None)


def _holds(span: AlarmSpan, t_ns: int) -> bool:
    """Whether an alarm is of a reading of this time, which the alarms see a little later."""
    return span.t0_ns <= t_ns + SEEN_WITHIN_NS and (span.t1_ns is None or span.t1_ns > t_ns)


def _reached(reading: Reading, line: LimitLine) -> bool:
    if not isinstance(reading, Measured):
        return False
    return reading.value >= line.limit if line.direction == HIGH_SIDE else reading.value <= line.limit
