"""Whether the dashboard still answers, judged by a counter that its thread moves on; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.types import RAISED, SEVERE

LATE_NS: Final = 2_000_000_000
STOPPED_NS: Final = 5_000_000_000


class DisplayWatch:
    """Times are the computer's own monotonic nanoseconds. A session without a window is never late."""

    def __init__(self) -> None:
        self._frames: int | None = None
        self._moved_ns: int | None = None

    def saw(self, frames: int | None, real_ns: int) -> None:
        """The counter stands here now; None while there is no dashboard."""
        if frames is None:
            self._frames = self._moved_ns = None
        elif frames != self._frames:
            self._frames, self._moved_ns = frames, real_ns

    def level(self, real_ns: int) -> float:
        """0, RAISED after two seconds without a sign of life, SEVERE after five."""
        if self._moved_ns is None:
            return 0.0
        still_ns = real_ns - self._moved_ns
        if still_ns <= LATE_NS:
            return 0.0
        return SEVERE if still_ns > STOPPED_NS else RAISED
