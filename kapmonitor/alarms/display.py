"""Whether the dashboard still paints, judged by a counter that it moves on with each frame; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.types import RAISED, SEVERE

LATE_NS: Final = 1_000_000_000
STOPPED_NS: Final = 5_000_000_000


class DisplayWatch:
    """Times are the computer's own monotonic nanoseconds. A session without a window is never late."""

    def __init__(self) -> None:
        self._frames = 0
        self._moved_ns: int | None = None

    def saw(self, frames: int, real_ns: int) -> None:
        """The counter stands here now; 0 before the first frame."""
        if frames != self._frames:
            self._frames, self._moved_ns = frames, real_ns

    def level(self, real_ns: int) -> float:
        """0, RAISED after a second without a frame, SEVERE after five."""
        if self._moved_ns is None:
            return 0.0
        still_ns = real_ns - self._moved_ns
        if still_ns <= LATE_NS:
            return 0.0
        return SEVERE if still_ns > STOPPED_NS else RAISED
