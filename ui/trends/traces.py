"""From minimum and maximum per pixel column to what is drawn: bridged columns, and the gaps between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kapmonitor.model import Columns
    from kapmonitor.session.state import Interruption

GAP_NS: Final = 10_000_000_000
"""Silence up to this long is a reading or two that came late; longer is a gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without signal between two with signal, or up to now."""

    t0_ns: int
    t1_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Columns to draw: index, lower and upper value, each of shape (n,); lengths agree.

    Each column reaches to its left neighbour's range, so that a steep change has no hole.
    """

    index: NDArray[np.intp]
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]
    gaps: tuple[Gap, ...]

    @property
    def seen(self) -> tuple[float, float] | None:
        """The lowest and highest value, or None if there is nothing."""
        return (float(self.lo.min()), float(self.hi.max())) if len(self.lo) else None


def trace(columns: Columns, now_ns: int, interruptions: Sequence[Interruption] = ()) -> Trace:
    """What to draw of these columns at `now_ns`; what lies after it is neither signal nor gap.

    Over an interruption nothing is bridged, however short it is.
    """
    lo = columns.lo.astype(np.float64)
    hi = columns.hi.astype(np.float64)
    step_ns = (columns.t1_ns - columns.t0_ns) / max(1, len(lo))
    here = np.flatnonzero(~np.isnan(lo))
    if not len(here):
        return Trace(here, lo[here], hi[here], ())
    jumps = np.diff(here)
    long = (jumps - 1) * step_ns > GAP_NS
    gaps = [_gap(columns.t0_ns, step_ns, here[i] + 1, here[i + 1]) for i in np.flatnonzero(long)]
    end_ns = min(now_ns, columns.t1_ns)
    if end_ns - (columns.t0_ns + round((here[-1] + 1) * step_ns)) > GAP_NS:
        gaps.append(Gap(columns.t0_ns + round((here[-1] + 1) * step_ns), end_ns))
    index, lo, hi, first = _filled(here, lo, hi, long | _interrupted(columns, here, interruptions))
    return Trace(index, *_bridged(lo, hi, first), tuple(gaps))


def wave_trace(columns: Columns) -> Trace:
    """What to draw of a wave's columns: each that holds something; an empty one is a gap."""
    index = np.flatnonzero(~np.isnan(columns.lo))
    lo, hi = columns.lo[index].astype(np.float64), columns.hi[index].astype(np.float64)
    return Trace(index, *_bridged(lo, hi, np.diff(index, prepend=-2) > 1), ())


def _interrupted(
    columns: Columns, here: NDArray[np.intp], interruptions: Sequence[Interruption]
) -> NDArray[np.bool_]:
    """Between which neighbours in `here` an interruption lies, shape (n - 1,)."""
    step_ns = (columns.t1_ns - columns.t0_ns) / len(columns.lo)
    broken = np.zeros(len(here) - 1, dtype=bool)
    for gap in interruptions:
        last, next_ = (math.floor((t_ns - columns.t0_ns) / step_ns) for t_ns in (gap.t0_ns, gap.t1_ns))
        place = int(np.searchsorted(here, last, side="right")) - 1
        if last < next_ and 0 <= place < len(broken):
            broken[place] = True
    return broken


def _gap(t0_ns: int, step_ns: float, first: int, last: int) -> Gap:
    return Gap(t0_ns + round(first * step_ns), t0_ns + round(last * step_ns))


def _filled(
    here: NDArray[np.intp], lo: NDArray[np.float64], hi: NDArray[np.float64], apart: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Empty columns within a stretch of signal get the straight line between their neighbours.

    `apart` is between which neighbours in `here` a stretch ends. Returns the columns with the filled ones and
    which of them begin a stretch.
    """
    stretch = np.zeros(len(lo), dtype=bool)
    edges = np.concatenate(([0], np.flatnonzero(apart) + 1, [len(here)]))
    for start, stop in pairwise(edges.tolist()):
        stretch[here[start] : here[stop - 1] + 1] = True
    begins = np.zeros(len(lo), dtype=bool)
    begins[here[edges[:-1]]] = True
    index = np.flatnonzero(stretch)
    return index, np.interp(index, here, lo[here]), np.interp(index, here, hi[here]), begins[index]


def _bridged(
    lo: NDArray[np.float64], hi: NDArray[np.float64], first: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    before_hi = np.concatenate((hi[:1], hi[:-1]))
    before_lo = np.concatenate((lo[:1], lo[:-1]))
    low = np.where(first, lo, np.minimum(lo, before_hi))
    high = np.where(first, hi, np.maximum(hi, before_lo))
    return low, high
