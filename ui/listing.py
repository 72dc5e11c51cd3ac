"""A list over the trends that is longer than its place: which rows are in view. Pure."""

from __future__ import annotations


def in_view(count: int, chosen: int, room: int) -> tuple[int, int]:
    """First row and the one after the last, the chosen one in the middle where that is possible."""
    if count <= room:
        return 0, count
    first = min(max(0, chosen - room // 2), count - room)
    return first, first + room
