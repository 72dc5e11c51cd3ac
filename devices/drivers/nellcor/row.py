"""The rows of a Nellcor's data port: a heading now and then, and a row of numbers every two seconds.

    N-395 VERSION 2.0.0.0   CRC: XXXX   SpO2 Limit: 70-100%   PR Limit: 60-160BPM
                     ADULT 0SAT-S  SPO2 RESP MODE: NORMAL
    TIME               %SPO2   BPM   PA   Status
    12-NOV-97 14:00:05   100    120   50  PH

There is no checksum, so a row has to have all its parts, in their order, and its end. A star marks a number
that is outside an alarm limit of the device, dashes stand for no number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
PIVOT: Final = 70
"""Two-digit years from here on are of the last century."""

_NUMBER: Final = r"(\d{1,3}|-{1,3})(\*?)"
_ROW: Final = re.compile(
    rf"(\d\d)-([A-Z]{{3}})-(\d\d) (\d\d:\d\d:\d\d) +{_NUMBER} +{_NUMBER} +{_NUMBER}((?: +[A-Z]{{2}})*) *"
)
_VERSION: Final = re.compile(r"([A-Z0-9-]+) +VERSION +(\S+).*", re.IGNORECASE)
_MODE: Final = re.compile(r" *(?:ADULT|NEONATE|PEDIATRIC|NEO|PED)\b.*", re.IGNORECASE)
_TITLES: Final = re.compile(r" *TIME +%SPO2 +BPM +PA +STATUS *", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a number is None where the device shows dashes, `codes` in the order they stand."""

    device_time: str | None
    spo2: int | None
    pulse: int | None
    amplitude: int | None
    outside: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of a heading; what it tells of the device, if it is the one that does."""

    model: str = ""
    version: str = ""


def parse(data: bytes) -> Row | Heading | None:
    """A line without its end; None if it is neither row nor heading."""
    text = data.decode("ascii", "replace")
    if (row := _ROW.fullmatch(text)) is not None:
        return _row(row)
    if (version := _VERSION.fullmatch(text)) is not None:
        return Heading(version[1], version[2])
    return Heading() if _MODE.fullmatch(text) or _TITLES.fullmatch(text) else None


def _row(match: re.Match[str]) -> Row | None:
    if match[2] not in MONTHS:
        return None
    return Row(
        device_time=_device_time(match[1], match[2], int(match[3]), match[4]),
        spo2=_number(match[5]),
        pulse=_number(match[7]),
        amplitude=_number(match[9]),
        outside="*" in (match[6], match[8], match[10]),
        codes=tuple(match[11].split()),
    )


def _number(word: str) -> int | None:
    return None if "-" in word else int(word)


def _device_time(day: str, month: str, year: int, clock: str) -> str | None:
    """ISO 8601; None if the device's clock shows no time there is."""
    century = 1900 if year >= PIVOT else 2000
    text = f"{century + year}-{MONTHS.index(month) + 1:02d}-{day}T{clock}"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text
