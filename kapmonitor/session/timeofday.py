"""Which time of day belongs to a session's own time, also after the computer's clock was set; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from kapmonitor.session.events import ClockAnchored, SessionResumed, SessionStarted, Stamped

ANCHORS = SessionStarted | SessionResumed | ClockAnchored


@dataclass(frozen=True, slots=True)
class TimesOfDay:
    """UTC minus the session's time, each with the time from which on it holds, in order; never none."""

    offsets: tuple[tuple[int, int], ...]

    def utc_ns(self, t_ns: int) -> int:
        """By the anchor in force then; before the first one by the first."""
        place = bisect_right(self.offsets, t_ns, key=itemgetter(0))
        return t_ns + self.offsets[max(0, place - 1)][1]


def times_of_day(events: Iterable[Stamped]) -> TimesOfDay:
    """As a session's events tell it; UTC and the session's time are one where none of them does."""
    found = [(s.t_ns, s.event.utc_ns - s.t_ns) for s in events if isinstance(s.event, ANCHORS)]
    return TimesOfDay(tuple(sorted(found, key=itemgetter(0))) or ((0, 0),))
