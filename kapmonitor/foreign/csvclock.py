"""Makes times of a column's cells; of which day and of which of two hours, the order of the rows says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import csvtext
from kapmonitor.foreign.daytime import in_years, ns_of
from kapmonitor.foreign.timecolumn import ISO, MILLISECONDS, SECONDS, TimeColumn

Clock = Callable[[int, str], int | None]
"""Nanoseconds since 1970 of a row's number and cell; None for a cell that is no time."""
LONGEST_S: Final = 1e10
OUT_OF_ORDER_NS: Final = 60_000_000_000
"""Rows of several devices may be so far out of order without the clock having been set."""
HALF_A_DAY: Final = timedelta(hours=12)
MOST_APART: Final = timedelta(hours=6)
"""Between rows without a date: of a longer step nobody can tell whether it leads over midnight."""


def clock_of(path: Path, time: TimeColumn, zone: tzinfo, decimal: str) -> Clock:
    """The clock of one reading of the file, as it goes by the rows it was asked for."""
    if time.format in (SECONDS, MILLISECONDS):
        start = time.start
        start_ns = None if start is None else ns_of(start if start.tzinfo else start.replace(tzinfo=zone))
        scale = 1e-3 if time.format == MILLISECONDS else 1.0
        return lambda _, text: _after(start_ns, csvtext.number(text, decimal), scale)
    if time.format == ISO:
        return _RowClock(path, datetime.fromisoformat, zone, time.first_day)
    return _RowClock(path, lambda text: datetime.strptime(text, time.format), zone, time.first_day)  # noqa: DTZ007  # the zone follows


def _after(start_ns: int | None, value: float | None, scale: float) -> int | None:
    """Whole microseconds: more digits are not a time."""
    if start_ns is None or value is None or not abs(value * scale) < LONGEST_S:
        return None
    utc_ns = start_ns + round(value * scale * 1e6) * 1000
    return utc_ns if in_years(utc_ns) else None


class _RowClock:
    """Times as a wall clock shows them, or with a zone; `first` is the first row's date, if none is there."""

    def __init__(
        self, path: Path, parse: Callable[[str], datetime], zone: tzinfo, first: date | None
    ) -> None:
        self._path = path
        self._parse = parse
        self._zone = zone
        self._first = first
        self._wall: datetime | None = None
        self._began_ns: int | None = None
        self._last_ns = 0

    def __call__(self, line: int, text: str) -> int | None:
        try:
            at = self._parse(text)
            if self._first is not None:
                at = self._dated(line, at, self._first)
        except (ValueError, OverflowError):
            return None
        utc_ns = ns_of(at) if at.tzinfo is not None else self._of_zone(at)
        if utc_ns is not None:
            self._began_ns = utc_ns if self._began_ns is None else self._began_ns
            self._last_ns = utc_ns
        return utc_ns

    def _dated(self, line: int, at: datetime, first: date) -> datetime:
        """On the day that brings it nearest to the row before."""
        before = self._wall or datetime.combine(first, at.time())
        wall = datetime.combine(before.date(), at.time())
        if wall - before > HALF_A_DAY:
            wall -= timedelta(days=1)
        elif before - wall > HALF_A_DAY:
            wall += timedelta(days=1)
        if abs(wall - before) > MOST_APART:
            step = f"line {line}: the time goes from {before:%H:%M:%S} to {wall:%H:%M:%S}"
            raise ImportRefused(
                str(self._path),
                f"{step}; without a date nobody can tell of which day; put it there",
            )
        self._wall = wall
        return wall.replace(tzinfo=at.tzinfo)

    def _of_zone(self, wall: datetime) -> int | None:
        """Of the hour that comes twice in autumn the one that goes on from the row before."""
        once, again = (ns_of(wall.replace(tzinfo=self._zone, fold=fold)) for fold in (0, 1))
        if once is None or again is None or again <= once or self._began_ns is None:
            return once
        if self._last_ns >= self._began_ns:
            return again if self._last_ns - once > OUT_OF_ORDER_NS else once
        return once if again - self._last_ns > OUT_OF_ORDER_NS else again  # the newest row comes first
