"""Drawing what lies in a record: items in time, merged into one row, put into pixel columns."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from kapmonitor.columns import Floats, Times, column_edges, extremes, hold, join
from kapmonitor.model import Columns


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Minima and maxima at rising times, and how far apart two of them are without a gap between them."""

    times: Times
    lo: Floats
    hi: Floats
    gap_ns: int


def merged(parts: list[Items]) -> Items:
    """All items in order of time."""
    if not parts:
        return Items(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32), 0)
    times = np.concatenate([part.times for part in parts])
    lo = np.concatenate([part.lo for part in parts])
    hi = np.concatenate([part.hi for part in parts])
    if np.any(times[1:] < times[:-1]):
        order = np.argsort(times, kind="stable")
        times, lo, hi = times[order], lo[order], hi[order]
    return Items(times, lo, hi, max(part.gap_ns for part in parts))


def clipped(items: Items, t0_ns: int, t1_ns: int) -> Items:
    """The items at t0_ns or later and before t1_ns."""
    first, last = np.searchsorted(items.times, (t0_ns, t1_ns), side="left")
    return Items(items.times[first:last], items.lo[first:last], items.hi[first:last], items.gap_ns)


def draw(items: Items, t0_ns: int, t1_ns: int, width: int, *, line: bool) -> Columns:
    """Items in pixel columns; where one has none between two that touch, a line or the item before it."""
    edges = column_edges(t0_ns, t1_ns, width)
    bounds = np.searchsorted(items.times, edges)
    lo_hi = extremes(items.lo, items.hi, bounds)
    if line:
        join(lo_hi, bounds, items.times, items.lo, items.gap_ns, edges)
    else:
        hold(lo_hi, bounds, items.times, (items.lo, items.hi), items.gap_ns)
    return Columns(t0_ns, t1_ns, *lo_hi)


Made = TypeVar("Made")


class Kept(Generic[Made]):
    """The newest `size` things that were made, by number."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[int, Made] = OrderedDict()

    def get(self, number: int, make: Callable[[], Made]) -> Made:
        """The thing, made if it is not there; not to be written to."""
        if number in self._items:
            self._items.move_to_end(number)
            return self._items[number]
        made = self._items[number] = make()
        if len(self._items) > self._size:
            self._items.popitem(last=False)
        return made
