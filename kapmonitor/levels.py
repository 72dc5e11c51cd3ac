"""Limits over time: which one a value would have met first, and from when until when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from kapmonitor.alarms.types import Priority
from kapmonitor.session.state import LimitLine
from kapmonitor.view import Role

HIGH_SIDE: Final = "high"
LOW_SIDE: Final = "low"
"""Words by which a rule's side is recorded."""


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
