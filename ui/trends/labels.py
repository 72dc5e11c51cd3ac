"""Where words go in a lane so that none overlaps another: by importance, elided if need be, else left out."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label of `width` pixels that belongs to pixel `x`; higher `rank` is placed first."""

    x: float
    width: float
    rank: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label may be written: from pixel `x`, at most `width` pixels, in a row counted from 0."""

    x: float
    width: float
    row: int


@dataclass(frozen=True, slots=True)
class Room:
    """The lane: pixels it runs from and to, its rows, the distance kept, the least width worth eliding to."""

    left: float
    right: float
    rows: int
    spacing: float
    least: float


def place(wanted: Sequence[Wanted], room: Room) -> tuple[Place | None, ...]:
    """A place for each label, in the order given; None where there is no room.

    Places in one row keep `spacing` between them and stay inside the lane; `taken` is sorted, so that only
    the neighbours of a place are looked at.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(room.rows)]
    places: list[Place | None] = [None] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i].rank, reverse=True)
    for i in order:
        found = _find(wanted[i], room, taken)
        if found is not None:
            insort(taken[found.row], (found.x, found.x + found.width))
        places[i] = found
    return tuple(places)


def _find(label: Wanted, room: Room, taken: list[list[tuple[float, float]]]) -> Place | None:
    """Right of its mark in the row that shows most of it; left only if half of it would be lost there."""
    right = [_right(label, room, spans, row) for row, spans in enumerate(taken)]
    best = _widest(right)
    if best is not None and best.width >= label.width / 2:
        return best
    return _widest([best, *(_left(label, room, spans, row) for row, spans in enumerate(taken))])


def _widest(places: Sequence[Place | None]) -> Place | None:
    found = [place for place in places if place is not None]
    return max(found, key=lambda place: place.width, default=None)


def _right(label: Wanted, room: Room, spans: list[tuple[float, float]], row: int) -> Place | None:
    start = max(label.x + room.spacing, room.left)
    after = bisect_left(spans, (start + room.spacing, 0.0))
    if after and start < spans[after - 1][1] + room.spacing:
        return None
    end = min(room.right, spans[after][0] - room.spacing) if after < len(spans) else room.right
    return _worth(label, room, Place(start, min(label.width, end - start), row))


def _left(label: Wanted, room: Room, spans: list[tuple[float, float]], row: int) -> Place | None:
    end = label.x - room.spacing
    after = bisect_left(spans, (end + room.spacing, 0.0))
    if after and end < spans[after - 1][1] + room.spacing:
        return None
    start = max(room.left, spans[after - 1][1] + room.spacing) if after else room.left
    width = min(label.width, end - start)
    return _worth(label, room, Place(end - width, width, row))


def _worth(label: Wanted, room: Room, found: Place) -> Place | None:
    if found.width >= min(label.width, room.least):
        return found
    return None
