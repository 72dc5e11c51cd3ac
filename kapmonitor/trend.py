"""Numerics over a whole session, kept for drawing: one writer, readers on other threads, no lock.

Readings are appended to arrays that grow by doubling; what readers see is one frozen value that is replaced
at each reading and names how much of the arrays counts. There are no coarser levels: numpy finds the columns
of eight hours at 1 Hz in a tenth of a millisecond, and so they are exact at any width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kapmonitor.columns import Floats, Times, column_edges, extremes, hold
from kapmonitor.model import Columns

FIRST_SIZE: Final = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """The first `count` of `times` (int64 ns, rising) and `values` (NaN: a reading that gave no value)."""

    times: Times
    values: Floats
    count: int

    def span(self) -> tuple[Times, Floats]:
        """Views of what counts, shapes (count,)."""
        return self.times[: self.count], self.values[: self.count]


def columns(times: Times, values: Floats, t0_ns: int, t1_ns: int, width: int, gap_ns: int) -> Columns:
    """Minimum and maximum of the readings in each of `width` columns.

    A column between two readings shows the earlier one, unless they are more than `gap_ns` apart.
    """
    if t1_ns <= t0_ns or width < 1:
        raise ValueError(f"no columns: {width} from {t0_ns} to {t1_ns}")
    edges = column_edges(t0_ns, t1_ns, width)
    bounds = np.searchsorted(times, edges)
    lo_hi = extremes(values, values, bounds)
    hold(lo_hi, bounds, times, (values, values), gap_ns)
    return Columns(t0_ns, t1_ns, *lo_hi)


class TrendSeries:
    """One numeric. Readings further apart than `gap_ns` leave a gap between them."""

    def __init__(self, gap_ns: int) -> None:
        self.gap_ns = gap_ns
        self._now = Readings(np.empty(FIRST_SIZE, np.int64), np.empty(FIRST_SIZE, np.float32), 0)

    def append(self, t_ns: int, value: float | None) -> None:
        """Keep a reading, None for one without a value; one older than the newest goes to its place."""
        now = self._now
        if now.count and t_ns < now.times[now.count - 1]:
            self._insert(t_ns, value)
            return
        if now.count == len(now.times):
            now = Readings(
                np.resize(now.times, 2 * now.count), np.resize(now.values, 2 * now.count), now.count
            )
        now.times[now.count] = t_ns
        now.values[now.count] = np.nan if value is None else value
        self._now = Readings(now.times, now.values, now.count + 1)

    def readings(self) -> Readings:
        """What there is now; stays as it is while more arrive."""
        return self._now

    def span(self) -> tuple[int, int] | None:
        """Times of the first and the newest reading; None while there is none."""
        now = self._now
        return (int(now.times[0]), int(now.times[now.count - 1])) if now.count else None

    def columns(self, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Minimum and maximum in each of `width` columns, NaN in gaps and where a reading had no value."""
        return columns(*self._now.span(), t0_ns, t1_ns, width, self.gap_ns)

    def _insert(self, t_ns: int, value: float | None) -> None:
        times, values = self._now.span()
        at = int(np.searchsorted(times, t_ns, side="right"))
        spare = np.zeros(len(times))
        self._now = Readings(
            np.concatenate((times[:at], [t_ns], times[at:], spare.astype(np.int64))),
            np.concatenate(
                (values[:at], [np.nan if value is None else value], values[at:], spare), dtype=np.float32
            ),
            len(times) + 1,
        )
