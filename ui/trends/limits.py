"""How a reading stood to the limits of its time."""

from __future__ import annotations

from collections.abc import Sequence

from kapmonitor.levels import HIGH_SIDE as HIGH_SIDE
from kapmonitor.levels import LOW_SIDE as LOW_SIDE
from kapmonitor.levels import Level as Level
from kapmonitor.levels import levels as levels
from kapmonitor.levels import priority_of as priority_of
from kapmonitor.model import CuffReading, Measured, Reading
from kapmonitor.session.state import AlarmSpan, LimitLine
from kapmonitor.snapshot import Priority
from kapmonitor.view import Role

SEEN_WITHIN_NS = 5_000_000_000
ORDER = (Priority.LOW, Priority.MEDIUM, Priority.HIGH)


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
