"""Which stretch of a session the trends show: a chosen length, a little of the future, whole steps.

The picture stands still while the now-line walks through it and then moves on by a small step, so nothing
slides in a dark room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MINUTE_NS: Final = 60_000_000_000
LENGTHS_MIN: Final = (15, 30, 60, 120)
"""Window lengths, minutes of the past; 0 stands for the whole session."""

WHOLE: Final = 0
AHEAD: Final = 0.25
"""How much future is shown beside the past, as a share of the window: due cuffs and the expected course."""

PAGE: Final = 12
"""The picture moves on by one part in twelve of the window."""

REVIEW_MARGIN: Final = 16
"""A record is shown with this part of its length left free after it, where the limits' numbers stand."""

BEFORE_NS: Final = MINUTE_NS // 2
"""What is shown before the session's first moment, so that its line is not hidden by the edge."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of session time."""

    t0_ns: int
    t1_ns: int


def wider(length_min: int) -> int:
    """The next longer window; the longest is the whole session."""
    longer = [length for length in LENGTHS_MIN if length > length_min]
    return longer[0] if length_min != WHOLE and longer else WHOLE


def narrower(length_min: int) -> int:
    """The next shorter window; the shortest stays."""
    if length_min == WHOLE:
        return LENGTHS_MIN[-1]
    shorter = [length for length in LENGTHS_MIN if length < length_min]
    return shorter[-1] if shorter else LENGTHS_MIN[0]


def live_span(length_min: int, start_ns: int, now_ns: int) -> Span:
    """What to show at `now_ns` of a running session that began at `start_ns`."""
    start_ns -= BEFORE_NS
    if length_min == WHOLE:
        return _whole(start_ns, now_ns)
    length_ns = length_min * MINUTE_NS
    page_ns = length_ns // PAGE
    overrun_ns = max(0, now_ns - start_ns - length_ns)
    t0_ns = start_ns + -(-overrun_ns // page_ns) * page_ns
    return Span(t0_ns, t0_ns + length_ns + round(length_ns * AHEAD))


def _whole(start_ns: int, now_ns: int) -> Span:
    """From the first moment on, in whole quarter hours, with at least a tenth left for the future."""
    quarter_ns = 15 * MINUTE_NS
    needed_ns = round(max(0, now_ns - start_ns) * 1.1) + 5 * MINUTE_NS
    return Span(start_ns, start_ns + max(2, -(-needed_ns // quarter_ns)) * quarter_ns)


def review_span(first_ns: int, last_ns: int) -> Span:
    """All of a finished record."""
    last_ns = max(last_ns, first_ns + MINUTE_NS)
    margin_ns = (last_ns - first_ns) // REVIEW_MARGIN
    return Span(first_ns - BEFORE_NS, last_ns + margin_ns)
