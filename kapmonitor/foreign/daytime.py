"""Times of day of other programs as nanoseconds since 1970, within years that a record can hold and show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Dates that were shifted to hide whose they are lie in these years, too; what is beyond is a mistake."""


def exact_ns(at: datetime) -> int:
    """Of any time with a zone."""
    return (at - EPOCH) // timedelta(microseconds=1) * 1000


EARLIEST_NS: Final = exact_ns(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC))
LATEST_NS: Final = exact_ns(datetime(LAST_YEAR, 12, 31, tzinfo=UTC))


def in_years(utc_ns: int) -> bool:
    """Whether a recording can be of this time."""
    return EARLIEST_NS <= utc_ns <= LATEST_NS


def ns_of(at: datetime) -> int | None:
    """None for a time beyond the years in which there are recordings."""
    try:
        utc_ns = exact_ns(at)
    except OverflowError:  # a zone's distance leads out of the calendar
        return None
    return utc_ns if in_years(utc_ns) else None


def offset_min(utc_ns: int, zone: tzinfo) -> int:
    """A zone's distance from UTC at a time."""
    at = (EPOCH + timedelta(seconds=utc_ns // 1_000_000_000)).astimezone(zone)
    return int((at.utcoffset() or timedelta()) / timedelta(minutes=1))
