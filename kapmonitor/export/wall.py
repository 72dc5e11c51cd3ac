"""The time of day that belongs to a session's times, to the millisecond."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from kapmonitor.session.events import ClockAnchored, SessionResumed, SessionStarted, Stamped

MS_NS: Final = 1_000_000


class Wall:
    """Made from all events of a record; `shift_ns` moves every time of day, for a de-identified export."""

    def __init__(self, events: Iterable[Stamped], shift_ns: int = 0) -> None:
        found = sorted(
            (each.t_ns, each.event.utc_ns - each.t_ns + shift_ns)
            for each in events
            if isinstance(each.event, SessionStarted | SessionResumed | ClockAnchored)
        )
        self._shift_ns = shift_ns
        anchors = found or [(0, shift_ns)]
        self._from = [t_ns for t_ns, _ in anchors]
        self._offsets = [offset for _, offset in anchors]
        self._second, self._text = -1, ""

    def utc_ns(self, t_ns: int) -> int:
        """Nanoseconds since 1970, by the newest statement of the time of day before it."""
        return t_ns + self._offsets[max(0, bisect_right(self._from, t_ns) - 1)]

    def utc_ms(self, t_ns: int) -> int:
        return (self.utc_ns(t_ns) + MS_NS // 2) // MS_NS

    def text(self, t_ns: int) -> str:
        """As 2026-01-31T09:30:00.125Z; empty for a time that no calendar holds."""
        return self._of(self.utc_ms(t_ns))

    def text_of_utc(self, utc_ns: int) -> str:
        """A time of day of the record itself in the same words, moved as the others are."""
        return self._of((utc_ns + self._shift_ns + MS_NS // 2) // MS_NS)

    def _of(self, utc_ms: int) -> str:
        second, ms = divmod(utc_ms, 1000)
        if second != self._second:
            self._second, self._text = second, _second_text(second)
        return f"{self._text}.{ms:03d}Z" if self._text else ""


def _second_text(second: int) -> str:
    try:
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return ""


def seconds_text(length_ns: int) -> str:
    """Seconds with three decimals, exact."""
    ms = (abs(length_ns) + MS_NS // 2) // MS_NS
    return f"{'-' if length_ns < 0 and ms else ''}{ms // 1000}.{ms % 1000:03d}"
