"""How long values stood beyond the limit of their time, and for how long there was one to look at; pure.

Only time counts for which a reading stands: a gap is neither beyond the limit nor within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.levels import HIGH_SIDE, Level
from kapmonitor.model import CuffReading, Measured, Reading
from kapmonitor.tiles import CUFF_STALE_NS

CUFF_STANDS_NS: Final = CUFF_STALE_NS
"""A cuff reading stands until the next one, and no longer than the console itself would trust it."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Beyond:
    """`seen_ns` is how long a reading stood while there was a limit, `beyond_ns` the part of that beyond it.

    `limits` are those that held meanwhile, in the order of time: of each value that was looked at (systolic
    and diastolic), or of the one.
    """

    beyond_ns: int = 0
    seen_ns: int = 0
    limits: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """One value and the stretch for which it stands."""

    t0_ns: int
    t1_ns: int
    value: float


def cuff_spans(cuffs: Sequence[CuffReading], end_ns: int, breaks: Sequence[Span]) -> tuple[Span, ...]:
    """For how long each of these readings stands, which are in the order of time.

    Until the next one, the end, or the beginning of a stretch without monitoring.
    """
    spans = []
    for place, cuff in enumerate(cuffs):
        ends = [cuff.t_ns + CUFF_STANDS_NS, end_ns, *(t0_ns for t0_ns, _ in breaks if t0_ns >= cuff.t_ns)]
        ends += [cuffs[place + 1].t_ns] if place + 1 < len(cuffs) else []
        spans.append((cuff.t_ns, max(cuff.t_ns, min(ends))))
    return tuple(spans)


def stands(readings: Iterable[Reading], spans: Iterable[Span]) -> tuple[Stand, ...]:
    """The readings that are values, each with its span."""
    return tuple(
        Stand(*span, reading.value)
        for reading, span in zip(readings, spans, strict=True)
        if isinstance(reading, Measured)
    )


def beyond_of(parts: Iterable[tuple[Sequence[Stand], Sequence[Level]]], side: str) -> Beyond:
    """Values against their own limits; where several are beyond theirs at once that counts once."""
    beyond: list[Span] = []
    seen: list[Span] = []
    limits: list[tuple[float, ...]] = []
    for values, levels in parts:
        used: list[float] = []
        for level in levels:
            pairs = ((stand, _within(stand, level)) for stand in values)
            held = [(stand, span) for stand, span in pairs if span is not None]
            seen += [span for _, span in held]
            beyond += [span for stand, span in held if is_beyond(stand.value, level.limit, side)]
            used += [level.limit] if held else []
        limits.append(tuple(dict.fromkeys(used)))
    return Beyond(length(beyond), length(seen), tuple(limits))


def beyond_by_second(
    times: NDArray[np.int64],
    low_high: tuple[NDArray[np.float32], NDArray[np.float32]],
    step_ns: int,
    levels: Sequence[Level],
    side: str,
) -> Beyond:
    """The same of a continuous value: shape (n,) each, smallest and largest within `step_ns` of a time."""
    values = low_high[1] if side == HIGH_SIDE else low_high[0]
    is_there = ~np.isnan(values)
    beyond = seen = 0
    limits: list[float] = []
    for level in levels:
        holds = is_there & (times >= level.t0_ns)
        if level.t1_ns is not None:
            holds &= times < level.t1_ns
        if not holds.any():
            continue
        found = values[holds]
        seen += len(found)
        beyond += int(np.count_nonzero(found >= level.limit if side == HIGH_SIDE else found <= level.limit))
        limits.append(level.limit)
    return Beyond(beyond * step_ns, seen * step_ns, (tuple(dict.fromkeys(limits)),))


def is_beyond(value: float, limit: float, side: str) -> bool:
    """A value equal to the limit is beyond it, as it is for the alarms."""
    return value >= limit if side == HIGH_SIDE else value <= limit


def _within(stand: Stand, level: Level) -> Span | None:
    """The part of a value's stretch in which a limit held."""
    t1_ns = stand.t1_ns if level.t1_ns is None else min(stand.t1_ns, level.t1_ns)
    t0_ns = max(stand.t0_ns, level.t0_ns)
    return (t0_ns, t1_ns) if t0_ns < t1_ns else None


def length(spans: Iterable[Span]) -> int:
    """Of all of them, what several share counted once."""
    total_ns, end_ns = 0, None
    for t0_ns, t1_ns in sorted(spans):
        from_ns = t0_ns if end_ns is None else max(t0_ns, end_ns)
        total_ns += max(0, t1_ns - from_ns)
        end_ns = t1_ns if end_ns is None else max(end_ns, t1_ns)
    return total_ns
