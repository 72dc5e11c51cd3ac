"""What a mapping says of the column of times: how they are written, and what they do not say themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kapmonitor.foreign.daytime import FIRST_YEAR, LAST_YEAR
from kapmonitor.tables import Table

ISO, SECONDS, MILLISECONDS = "iso", "seconds", "milliseconds"
_KNOWN: Final = frozenset("aAwdbBmyYHIpMSfzjUWcxXGuV%")
"""What strptime reads, but for %Z: it reads the name of a zone and forgets it."""
_DATE: Final = frozenset("aAwdbBmyYjUWcxGuV")
_WHOLE_DATES: Final = tuple(
    map(frozenset, ("c", "x", *(f"{day}{year}" for year in "yY" for day in ("dm", "db", "dB", "j"))))
)


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """Where the time stands and how; `start` is what seconds and milliseconds count from.

    `first_day` is that of the first row, where the format has none.
    """

    column: str
    format: str = ISO
    start: datetime | None = None
    first_day: date | None = None


def time_column(table: Table) -> TimeColumn | None:
    """What a mapping says of it; what is wrong is kept among the table's mistakes."""
    time = table.table("time")
    if time is None:
        return None
    time.only("column", "format", "start", "date")
    kind = time.text("format", ISO) or ISO
    counts = kind in (SECONDS, MILLISECONDS)
    if not counts and kind != ISO:
        _check_format(time, kind)
    if "date" in time.values and (counts or kind == ISO or _DATE & _directives(kind)):
        time.wrong("date", "only for a format that has no date of its own")
    start = _start(time) if counts else None
    return TimeColumn(time.needed_text("column"), kind, start, _first_date(time))


def _directives(kind: str) -> frozenset[str]:
    return frozenset(re.findall(r"%(.?)", kind, re.DOTALL)) - {"%"}


def _check_format(time: Table, kind: str) -> None:
    """A format has to say all of the date, or nothing of it: what is missing would be taken from 1900."""
    found = _directives(kind)
    if not found or found - _KNOWN or not _is_readable(kind):
        time.wrong("format", f"{ISO}, {SECONDS}, {MILLISECONDS}, or one such as %d.%m.%Y %H:%M:%S")
    elif "I" in found and "p" not in found:
        time.wrong("format", "with %I it needs %p, as the half of the day is not said otherwise")
    elif found & _DATE and not any(found >= whole for whole in _WHOLE_DATES):
        time.wrong("format", 'day, month and year, or none of them and the first row\'s date = "2026-01-31"')
    elif not found & _DATE and "date" not in time.values:
        time.wrong("format", 'it has no date; add the date of the first row, as in date = "2026-01-31"')


def _is_readable(kind: str) -> bool:
    """Whether nothing is in it twice."""
    try:
        datetime.strptime("", kind)  # noqa: DTZ007  # it is no time
    except re.error:
        return False
    except ValueError:
        pass
    return True


def _start(time: Table) -> datetime | None:
    try:
        start = datetime.fromisoformat(time.needed_text("start"))
    except ValueError:
        start = None
    if start is not None and FIRST_YEAR <= start.year <= LAST_YEAR:
        return start
    time.wrong("start", "what the times count from, such as 2026-01-31T09:30:00")
    return None


def _first_date(time: Table) -> date | None:
    value = time.values.get("date")
    if value is None:
        return None
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
        return found
    time.wrong("date", "the date of the first row, such as 2026-01-31")
    return None
