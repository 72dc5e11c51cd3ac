"""Decimation to pixel columns: the smallest and the largest value in each, gaps as NaN.

Everything is vectorised over samples; the ring, the trend store and the record all draw through here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kapmonitor.model import NO_SAMPLE, Columns

Floats = NDArray[np.float32]
Times = NDArray[np.int64]


def column_edges(t0: int, t1: int, width: int) -> Times:
    """The width + 1 bounds of the columns; column i covers edges[i] up to, not including, edges[i + 1]."""
    step, rest = divmod(t1 - t0, width)
    numbers = np.arange(width + 1, dtype=np.int64)
    # Not numbers * (t1 - t0), which a month in pixels is too long for.
    return t0 + numbers * step + numbers * rest // width


def nothing(width: int) -> Floats:
    """Columns in which there is nothing."""
    return np.full(width, np.nan, np.float32)


def as_floats(words: NDArray[np.int16]) -> Floats:
    """Raw wave words as numbers, NO_SAMPLE as NaN; shape kept."""
    floats = words.astype(np.float32)
    floats[words == NO_SAMPLE] = np.nan
    return floats


def extremes(lo: Floats, hi: Floats, bounds: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Minimum of `lo` and maximum of `hi` over items bounds[i]..bounds[i + 1] - 1, NaN for no item."""
    width = len(bounds) - 1
    out_lo, out_hi = nothing(width), nothing(width)
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    if len(filled):
        starts, stop = bounds[filled], bounds[-1]
        out_lo[filled] = np.fmin.reduceat(lo[:stop], starts)
        out_hi[filled] = np.fmax.reduceat(hi[:stop], starts)
    return out_lo, out_hi


def hold(
    columns: tuple[Floats, Floats],
    bounds: NDArray[np.intp],
    times: Times,
    items: tuple[Floats, Floats],
    gap: int,
) -> None:
    """Fill columns without an item with the one before them, where the next follows within `gap`."""
    between = _between(bounds, times, gap)
    if len(between):
        before = bounds[between] - 1
        columns[0][between], columns[1][between] = items[0][before], items[1][before]


def join(
    columns: tuple[Floats, Floats],
    bounds: NDArray[np.intp],
    times: Times,
    values: Floats,
    gap: int,
    edges: Times,
) -> None:
    """Fill columns without an item with the line between their neighbours, where these are within `gap`."""
    between = _between(bounds, times, gap)
    if not len(between):
        return
    after = bounds[between]
    before = after - 1
    middle = (edges[between] + edges[between + 1]) // 2
    part = (middle - times[before]) / (times[after] - times[before])
    line = values[before] + part * (values[after] - values[before])
    columns[0][between] = columns[1][between] = line


def _between(bounds: NDArray[np.intp], times: Times, gap: int) -> NDArray[np.intp]:
    """Columns without an item that lie between two items no further apart than `gap`."""
    empty = np.flatnonzero((bounds[1:] == bounds[:-1]) & (bounds[:-1] > 0) & (bounds[:-1] < len(times)))
    after = bounds[empty]
    return empty[times[after] - times[after - 1] <= gap]


def blank(columns: Columns, breaks: Iterable[tuple[int, int]]) -> Columns:
    """The same columns with nothing in those that lie within a break: between two times no value was had."""
    width = len(columns.lo)
    step = max(1.0, (columns.t1_ns - columns.t0_ns) / width)
    lo, hi = columns.lo.copy(), columns.hi.copy()
    for t0_ns, t1_ns in breaks:
        first = max(0, math.ceil((t0_ns - columns.t0_ns) / step))
        last = min(width, math.floor((t1_ns - columns.t0_ns) / step))
        if first < last:
            lo[first:last] = hi[first:last] = np.nan
    return Columns(columns.t0_ns, columns.t1_ns, lo, hi)
