"""The moment that a written note names for itself: `@14:05`, `@T+12:30` or `@-5`, then its words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

SIGN: Final = "@"
S_NS: Final = 1_000_000_000
MIN_NS: Final = 60 * S_NS
DAY_NS: Final = 24 * 60 * MIN_NS
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?")
_DOSE: Final = re.compile(r"[tT]([+\-−])(\d{1,3})(?:[:.]([0-5]\d))?")
_AGO: Final = re.compile(r"[-−](\d{1,3})(?:[:.]([0-5]\d))?")


@dataclass(frozen=True, slots=True)
class Clock:
    """What times are counted from: the session's span so far, the first dose, and the wall's clock."""

    start_ns: int
    now_ns: int
    dose_ns: int | None
    wall_minus_t_ns: int


@dataclass(frozen=True, slots=True)
class Named:
    """What was typed, taken apart: the time as it was written, what that means, and the words after it.

    `t_ns` is None where no time was named, or none of this session.
    """

    words: str
    time: str = ""
    t_ns: int | None = None

    @property
    def is_wrong(self) -> bool:
        """A time was named that cannot be meant."""
        return bool(self.time) and self.t_ns is None


def named(text: str, clock: Clock) -> Named:
    """The moment and the words of a text."""
    if not text.startswith(SIGN):
        return Named(text)
    time, _, words = text.partition(" ")
    t_ns = _t_ns(time.removeprefix(SIGN), clock)
    if t_ns is None or not clock.start_ns <= t_ns <= clock.now_ns:
        return Named(words, time)
    return Named(words, time, t_ns)


def _t_ns(time: str, clock: Clock) -> int | None:
    if found := _CLOCK.fullmatch(time):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return _last_at((hours * 60 + minutes) * MIN_NS + seconds * S_NS, clock)
    if found := _AGO.fullmatch(time):
        return clock.now_ns - _length(found[1], found[2])
    if (found := _DOSE.fullmatch(time)) and clock.dose_ns is not None:
        length_ns = _length(found[2], found[3])
        return clock.dose_ns + (length_ns if found[1] == "+" else -length_ns)
    return None


def _length(minutes: str, seconds: str | None) -> int:
    return int(minutes) * MIN_NS + int(seconds or 0) * S_NS


def _last_at(of_day_ns: int, clock: Clock) -> int:
    """The last time that the wall's clock showed this."""
    now_ns = clock.now_ns + clock.wall_minus_t_ns
    return clock.now_ns - (now_ns - of_day_ns) % DAY_NS
