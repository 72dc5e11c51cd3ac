"""Readings of a session that were beyond the limits which held then; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from kapmonitor.alarms.types import Rule
from kapmonitor.columns import column_edges
from kapmonitor.model import Columns, CuffReading, Measured, Reading
from kapmonitor.reviewframes import Frame
from kapmonitor.tiles import nearest_limits
from kapmonitor.view import Role, SignalView

COARSE_NS: Final = 10_000_000_000
"""So wide are the columns in which a continuous value is looked for, and finer ones where it went beyond."""
FINE_NS: Final = 100_000_000
APART_NS: Final = 60_000_000_000
"""A value that is inside for less than this between two times outside was outside once."""
CUFF_ROLES: Final = (Role.NIBP_SYS, Role.NIBP_DIA, Role.NIBP_MEAN)
EDGES: Final = (Role.SPO2, *CUFF_ROLES)


@dataclass(frozen=True, slots=True)
class Beyond:
    """A reading outside its limit, `high` or else low; of a continuous one as soon as it was outside."""

    t_ns: int
    role: Role
    value: float
    limit: float
    high: bool
    cuff: CuffReading | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The nearest (low, high) limit of each role of EDGES, from `t0_ns` until before `t1_ns`."""

    t0_ns: int
    t1_ns: int
    bounds: tuple[tuple[float | None, float | None], ...]


def held(frames: Iterable[tuple[int, Frame]], end_ns: int) -> tuple[Held, ...]:
    """The stretches of a session in which its limits were the same; `frames` with when each begins."""
    found: list[Held] = []
    for (t0_ns, frame), (t1_ns, _) in pairwise([*frames, (end_ns + 1, Frame())]):
        for begin_ns, stop_ns in _until_back(frame, t0_ns, t1_ns):
            bounds = _bounds(frame, begin_ns)
            if found and found[-1].bounds == bounds:
                found[-1] = Held(found[-1].t0_ns, stop_ns, bounds)
            else:
                found.append(Held(begin_ns, stop_ns, bounds))
    return tuple(found)


def _until_back(frame: Frame, t0_ns: int, t1_ns: int) -> Iterator[tuple[int, int]]:
    """The frame's time, cut where a limit that was switched off comes back by itself."""
    backs = sorted({until_ns for _, until_ns in frame.off_until if t0_ns < until_ns < t1_ns})
    cuts = [t0_ns, *backs, t1_ns]
    return ((a, b) for a, b in pairwise(cuts) if a < b)


def _bounds(frame: Frame, t_ns: int) -> tuple[tuple[float | None, float | None], ...]:
    off = {rule for rule, until_ns in frame.off_until if until_ns > t_ns}
    phase = frame.session.phase.value
    rules = [rule for rule in frame.rules if rule.id not in off and _holds(rule, phase)]
    return tuple(nearest_limits(rules, role) for role in EDGES)


def _holds(rule: Rule, phase: str) -> bool:
    """Limits that another value must bear out say nothing of a reading alone."""
    return rule.companion is None and (not rule.phases or phase in rule.phases)


def readings_beyond(view: SignalView, stretches: Iterable[Held]) -> tuple[Beyond, ...]:
    """Cuff readings outside, and when a saturation went outside; oldest first."""
    found: list[Beyond] = []
    for each in stretches:
        found += _cuffs(view.cuffs(each.t0_ns, each.t1_ns - 1), each)
        found += _spells(view, each)
    return tuple(sorted(_once(found), key=lambda beyond: beyond.t_ns))


def _cuffs(cuffs: Iterable[CuffReading], stretch: Held) -> Iterator[Beyond]:
    bounds = dict(zip(EDGES, stretch.bounds, strict=True))
    for cuff in cuffs:
        if cuff.stored:
            continue
        values = (cuff.systolic, cuff.diastolic, cuff.mean)
        outside = (
            _outside(value, role, bounds[role], cuff) for role, value in zip(CUFF_ROLES, values, strict=True)
        )
        yield from [beyond for beyond in outside if beyond is not None][:1]


def _outside(
    value: Reading, role: Role, bounds: tuple[float | None, float | None], cuff: CuffReading
) -> Beyond | None:
    low, high = bounds
    if not isinstance(value, Measured):
        return None
    if high is not None and value.value >= high:
        return Beyond(cuff.t_ns, role, value.value, high, True, cuff)
    if low is not None and value.value <= low:
        return Beyond(cuff.t_ns, role, value.value, low, False, cuff)
    return None


def _spells(view: SignalView, stretch: Held) -> Iterator[Beyond]:
    low, high = stretch.bounds[EDGES.index(Role.SPO2)]
    first_ns, last_ns = view.span()
    begin_ns, stop_ns = max(stretch.t0_ns, first_ns), min(stretch.t1_ns, last_ns + COARSE_NS)
    if (low, high) == (None, None) or stop_ns <= begin_ns:
        return
    end_ns: int | None = None
    for t0_ns, t1_ns, lo, hi in _bad(_columns(view, begin_ns, stop_ns, COARSE_NS), low, high):
        if end_ns is None or t0_ns - end_ns > APART_NS:
            # Ten seconds stand where they begin, so what is outside may come after the column's end.
            fine = _columns(view, t0_ns, t1_ns + COARSE_NS, FINE_NS)
            first = next(_bad(fine, low, high), (t0_ns, t1_ns, lo, hi))
            yield _spell(first[1], first[2:], (low, high))
        end_ns = t1_ns


def _columns(view: SignalView, t0_ns: int, t1_ns: int, step_ns: int) -> Columns:
    return view.trend(Role.SPO2, t0_ns, t1_ns, max(1, (t1_ns - t0_ns) // step_ns))


def _bad(columns: Columns, low: float | None, high: float | None) -> Iterator[tuple[int, int, float, float]]:
    """Begin, end, smallest and largest value of each column that holds one outside."""
    outside = np.zeros(len(columns.lo), np.bool_)
    if low is not None:
        outside |= columns.lo <= low
    if high is not None:
        outside |= columns.hi >= high
    edges = column_edges(columns.t0_ns, columns.t1_ns, len(columns.lo))
    for at in np.flatnonzero(outside):
        yield int(edges[at]), int(edges[at + 1]), float(columns.lo[at]), float(columns.hi[at])


def _spell(t_ns: int, values: tuple[float, float], bounds: tuple[float | None, float | None]) -> Beyond:
    low, high = bounds
    if low is not None and values[0] <= low:
        return Beyond(t_ns, Role.SPO2, values[0], low, False)
    return Beyond(t_ns, Role.SPO2, values[1], high if high is not None else values[1], True)


def _once(found: Iterable[Beyond]) -> Iterator[Beyond]:
    """A saturation that stays outside while a limit changes went outside once."""
    last_ns: int | None = None
    for beyond in sorted(found, key=lambda each: each.t_ns):
        if beyond.role is Role.SPO2:
            is_same = last_ns is not None and beyond.t_ns - last_ns <= APART_NS
            last_ns = beyond.t_ns
            if is_same:
                continue
        yield beyond
