"""Conditions of a checklist that the console finds out by itself, such as `minutes-since-dose>=120`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

FLAGS: Final = (
    "baseline",
    "pressure-back",
    "devices-confirmed",
    "clocks-compared",
    "staff-tone-heard",
    "room-tone-heard",
    "music-apart",
    "bedside-alarm-on",
    "record-written",
    "sleep-held-off",
    "updates-held-off",
    "mains",
    "no-alarm",
)
"""What is so or is not so."""
NUMBERS: Final = ("minutes-since-dose", "minutes-since-last-dose", "battery-percent", "disk-gb")
"""What is compared with a number; `scale:ID`, the newest score of a scale, is one of these, too."""
SCALE: Final = "scale:"
_SHAPE: Final = re.compile(r"\s*([a-z-]+(?::[a-z0-9-]+)?)\s*(?:(>=|<=)\s*(-?\d{1,6}(?:\.\d{1,3})?))?\s*")


@dataclass(frozen=True, slots=True)
class Auto:
    """`fact` is the name of what is looked at; `compare` is empty for what is so or is not so."""

    fact: str
    compare: str = ""
    number: float = 0.0

    @property
    def scale(self) -> str:
        """The id of the scale that is looked at, empty for anything else."""
        return self.fact.removeprefix(SCALE) if self.fact.startswith(SCALE) else ""

    def met(self, facts: Mapping[str, float | bool]) -> bool | None:
        """Whether it is so; None while the fact is not known."""
        value = facts.get(self.fact)
        if value is None:
            return None
        if not self.compare:
            return bool(value)
        return value >= self.number if self.compare == ">=" else value <= self.number


def parse_auto(text: str) -> Auto | str:
    """The condition of a text, or what would be allowed instead."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return "a name such as pressure-back, or a comparison such as minutes-since-dose>=120 (>= or <=)"
    fact, compare, number = shape.group(1), shape.group(2) or "", float(shape.group(3) or 0.0)
    if fact in FLAGS:
        return Auto(fact) if not compare else f"{fact} alone: it is so or is not so"
    if fact in NUMBERS or fact.startswith(SCALE):
        return Auto(fact, compare, number) if compare else f"{fact}>=NUMBER or {fact}<=NUMBER"
    known = (*FLAGS, *NUMBERS, f"{SCALE}ID")
    nearest = get_close_matches(fact, known, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    return f"{hint}one of {', '.join(known)}"
