"""The text of a frame: lines `NAME=n;value 1;..;value n;label;message`, an empty value meaning none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kapmonitor.model import Absent, Measured, Reading, Validity

VALUES: Final = {"HR": 1, "RR": 1, "ETCO2": 1, "SPO2": 1, "NIBP": 4, "P1": 3, "P2": 3, "T1": 1, "T2": 1}
"""How many values the lines that are understood have."""

NO_TRANSDUCER: Final = "NO TRANSDUCER"
"""What the line of a pressure input says that is not used: recorded as label, expected as message too."""

_NUMBER: Final = re.compile(r"-?\d{1,4}(?:\.\d{1,3})?")
_PULSE: Final = re.compile(r"PR= *(\S*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; texts without the spaces around them."""

    name: str
    values: tuple[str, ...]
    label: str
    message: str

    @property
    def unused(self) -> bool:
        """Whether it is a pressure input that nothing is plugged into."""
        return NO_TRANSDUCER in (self.label, self.message)


def parse(line: bytes) -> Line | None:
    """A line without its CR; None if it is none that is understood."""
    name, _, rest = line.decode("ascii", "replace").partition("=")
    count, *fields = [field.strip() for field in rest.split(";")]
    wanted = VALUES.get(name)
    if wanted is None or count != str(wanted) or len(fields) != wanted + 2:
        return None
    return Line(name, tuple(fields[:-2]), fields[-2], fields[-1])


def pulse_word(label: str) -> str | None:
    """The pulse rate that stands in the label of the SPO2 line; None if there is none."""
    match = _PULSE.fullmatch(label)
    return match[1] if match else None


def number(word: str) -> float | None:
    """The number a value is, None if it is none."""
    return float(word) if _NUMBER.fullmatch(word) else None


def reading(word: str, judge: Callable[[float], Reading]) -> Reading:
    """A value as `judge` sees it; Absent if it is empty or no number."""
    value = number(word)
    if value is None:
        return Absent(Validity.INVALID if word else Validity.NOT_AVAILABLE)
    return judge(value)


def between(low: float, high: float) -> Callable[[float], Reading]:
    """A judge that takes what lies in inclusive limits."""
    return lambda value: Measured(value) if low <= value <= high else Absent(Validity.INVALID, value)
