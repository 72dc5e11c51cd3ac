"""When what is written next will be heard, and whether the music runs as the record says. Pure."""

from __future__ import annotations

from typing import Final

from playlists.course import RATE

OFF_NS: Final = 50_000_000
SURE_NS: Final = 1_000_000_000
"""For so long the music must be elsewhere than the record says, before that is said."""


class Pace:
    """Follows an output by how much it holds, and counts what was written since the record was last told."""

    def __init__(self) -> None:
        self._next_ns = 0
        self._told_ns: int | None = None
        self._written = 0
        self._off_since_ns: int | None = None

    def look(self, t_ns: int, buffered: int) -> None:
        """At `t_ns` the output holds this many frames that are not yet heard."""
        self._next_ns = t_ns + _ns(buffered)

    def wrote(self, frames: int) -> None:
        """So much music was written."""
        self._next_ns += _ns(frames)
        self._written += frames

    def waited(self, frames: int) -> None:
        """So much silence was written because the music did not come."""
        self._next_ns += _ns(frames)

    def ahead_ns(self, t_ns: int) -> int:
        """How long after `t_ns` the next frame written is heard."""
        return max(0, self._next_ns - t_ns)

    def heard_after_s(self, t_ns: int, frames: int = 0) -> float:
        """How long after `t_ns` that is heard which is `frames` after the next frame written."""
        return round(max(0, self._next_ns + _ns(frames) - t_ns) / 1e9, 6)

    def told(self) -> None:
        """The record was told where the music is; what was late before that is known."""
        self._told_ns, self._written, self._off_since_ns = self._next_ns, 0, None

    def is_off(self, t_ns: int) -> bool:
        """Whether the music has been elsewhere than the record says for a while."""
        off = self._told_ns is not None and abs(self._told_ns + _ns(self._written) - self._next_ns) > OFF_NS
        if not off:
            self._off_since_ns = None
        elif self._off_since_ns is None:
            self._off_since_ns = t_ns
        return self._off_since_ns is not None and t_ns - self._off_since_ns >= SURE_NS


def _ns(frames: int) -> int:
    return round(frames * 1_000_000_000 / RATE)
