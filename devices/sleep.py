"""Whether the computer was asleep between two looks at its clocks; pure.

The one clock stands still while the computer sleeps (Linux CLOCK_MONOTONIC, macOS), the other goes on
(CLOCK_BOOTTIME, or the wall clock where there is no such clock). On systems whose monotonic clock goes on
as well (Windows), only the gap between two looks shows that nothing ran.

    other clock ran ahead    gap between two looks    asleep for
    less than LEAST_NS       less than GAP_NS         -
    less than LEAST_NS       GAP_NS or more           the gap
    LEAST_NS or more         any                      what it ran ahead, and the gap if that is long

A wall clock that is set forward looks like a sleep, which costs each Bluetooth link one reconnection; one
that is set back is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEAST_NS: Final = 2_000_000_000
"""Clocks that are steered or read one after the other drift by far less between two looks."""
GAP_NS: Final = 20_000_000_000
"""Looks come several times a second; a computer that is only busy does not miss them for this long."""


@dataclass(frozen=True, slots=True)
class Slept:
    """The computer was asleep for so long, and woke before `now_ns` of the clock that stands still."""

    now_ns: int
    length_ns: int


class SleepWatch:
    """Give it both clocks a few times a second."""

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None

    def look(self, monotonic_ns: int, other_ns: int) -> Slept | None:
        """What has happened since the last look; None the first time."""
        last, self._last = self._last, (monotonic_ns, other_ns)
        if last is None:
            return None
        gap_ns = monotonic_ns - last[0]
        ahead_ns = other_ns - last[1] - gap_ns
        length_ns = (ahead_ns if ahead_ns >= LEAST_NS else 0) + (gap_ns if gap_ns >= GAP_NS else 0)
        return Slept(monotonic_ns, length_ns) if length_ns else None
