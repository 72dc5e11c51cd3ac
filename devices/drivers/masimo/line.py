"""One line of the ASCII 1 output: date, time, then KEY=value in an order that differs from model to model.

    02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% ... ALARM=0000 EXC=000800

There is no checksum, so every value has to have the form its key is known to have, and the line has to go on
to its EXC word; a line that was cut, or into which another ran, has neither. A dash anywhere in a number says
that there is none; how many there are differs from model to model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_LINE: Final = re.compile(r"(\d\d)/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)((?: +[A-Z][A-Z0-9]*=[^ =]+)+) *")
_NONE: Final = r"[\d.+]*-[\d.+-]*"
_DECIMAL: Final = r"\d{1,3}(?:\.\d{1,2})?"
_FORMS: Final = {
    key: re.compile(form)
    for key, form in {
        "SN": r"[0-9A-Z]+|-+",
        "SPO2": rf"(?:\d{{3}}|{_NONE})%?",
        "BPM": rf"\d{{3}}|{_NONE}",
        "PI": rf"(?:\d\d\.\d\d|{_NONE})%?",
        "SPCO": rf"(?:{_DECIMAL}|{_NONE})%?",
        "SPMET": rf"(?:{_DECIMAL}|{_NONE})%?",
        "SPHB": rf"{_DECIMAL}|{_NONE}",
        "SPOC": rf"{_DECIMAL}|{_NONE}",
        "PVI": rf"(?:{_DECIMAL}|{_NONE})%?",
        "ALARM": "[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}",
        "EXC": "[0-9A-Fa-f]{6,7}",
    }.items()
}
_NEEDED: Final = ("SPO2", "BPM", "EXC")
NUMBERS: Final = ("SPO2", "BPM", "PI", "SPCO", "SPMET", "SPHB", "SPOC", "PVI")
CENTURY: Final = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One second; `numbers` has a number or None (dashes) for each key that was sent and is understood."""

    device_time: str | None
    serial: str
    numbers: Mapping[str, float | None]
    alarm: int
    exceptions: int


def parse(data: bytes) -> Line | None:
    """A line without its end; None if it is none that can be believed."""
    match = _LINE.fullmatch(data.decode("ascii", "replace"))
    if match is None:
        return None
    words: dict[str, str] = {}
    for item in match[5].split():
        key, _, value = item.partition("=")
        form = _FORMS.get(key)
        if key in words or (form is not None and form.fullmatch(value) is None):
            return None
        words[key] = value
    if any(key not in words for key in _NEEDED):
        return None
    serial = words.get("SN", "-")
    return Line(
        device_time=_device_time(match[1], match[2], match[3], match[4]),
        serial="" if "-" in serial else serial,
        numbers={key: _number(words[key]) for key in NUMBERS if key in words},
        alarm=int(words.get("ALARM", "0"), 16),
        exceptions=int(words["EXC"], 16),
    )


def _number(word: str) -> float | None:
    return None if "-" in word else float(word.rstrip("%"))


def _device_time(month: str, day: str, year: str, clock: str) -> str | None:
    """ISO 8601; None if the device's clock shows no time there is."""
    text = f"{CENTURY + int(year)}-{month}-{day}T{clock}"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text
