"""The text lines of a DINAMAP's host port: unit, two letters, arguments, two check characters, CR.

The unit is a blank. The first letter names a group (N blood pressure, R pulse rate), the second what is
asked. A monitor answers each line with one that begins alike. Facts from a public program that drove one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from devices import plausible
from devices.framing import Scan
from devices.plausible import Pressures
from kapmonitor.mdc import NIBP_PULSE
from kapmonitor.model import Absent, FaultKind, Reading, Validity

LONGEST: Final = 64
"""Bytes of a reply; those that are known have at most 22."""

SHORTEST: Final = 6
LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
"""What the two letters of a reply may be; the monitor has a "star" group, too."""

VALID: Final = 1
BUSY: Final = 2
"""Status words; above BUSY the determination failed, 0 says nothing."""


def check(text: bytes) -> bytes:
    """The two characters behind `text`: twelve bits of the sum of its characters, counted from the blank."""
    total = sum(text) - 0x1F * len(text)
    if total > 0xFFF:
        total -= 0xFFF
    return bytes([0x20 + (total >> 6 & 0x3F), 0x20 + (total & 0x3F)])


def line(text: bytes) -> bytes:
    """`text` as it is sent."""
    return text + check(text) + b"\r"


class Ask(Enum):
    """All that this driver sends."""

    START = line(b" NC0")
    STOP = line(b" ND")
    NIBP = line(b" NA")
    RATE = line(b" RC")

    @property
    def letters(self) -> bytes:
        """The two letters a reply to it begins with."""
        return self.value[1:3]


BY_LETTERS: Final = {ask.letters: ask for ask in Ask}


def lines() -> Scan:
    """A buffer that cuts replies out of a byte stream."""
    return Scan(b" ", _judge)


def _judge(buffer: bytes, place: int) -> int | FaultKind | None:
    window = buffer[place : place + LONGEST]
    if not all(letter in LETTERS for letter in window[1:3]):
        return FaultKind.NOISE
    end = window.find(b"\r")
    if end < 0:
        return FaultKind.NOISE if len(window) == LONGEST else None
    text = window[: end - 2]
    printable = all(0x20 <= byte < 0x7F for byte in window[:end])
    good = end + 1 >= SHORTEST and printable and check(text) == window[end - 2 : end]
    return end + 1 if good else FaultKind.CHECKSUM


@dataclass(frozen=True, slots=True)
class Nibp:
    """Answer to NIBP: how the last determination stands, how old it is, and what it found.

    `age` counts up, in seconds as far as is known, and starts anew with each reading; None where there is
    none.
    """

    status: int
    age: int | None
    pressures: Pressures


_NIBP: Final = re.compile(rb" NA(\d)..([ \d]{4})([ \d]{3})([ \d]{3})([ \d]{3}).*", re.DOTALL)
_RATE: Final = re.compile(rb" RC.([ \d]{3}).*", re.DOTALL)


def nibp(reply: bytes) -> Nibp | None:
    """Read an answer to NIBP; None for the short ones sent while the monitor starts up."""
    match = _NIBP.fullmatch(reply[:-3])
    if match is None:
        return None
    age = _number(match[2])
    systolic, diastolic, mean = (_number(match[place]) or 0 for place in (3, 4, 5))
    if not systolic or not diastolic:
        none = plausible.no_pressures(systolic, diastolic, mean, Validity.NOT_AVAILABLE)
        return Nibp(int(match[1]), age, none)
    judged = plausible.pressures(systolic, diastolic, mean)
    if not mean and not isinstance(judged.systolic, Absent):
        judged = replace(judged, mean=Absent(Validity.NOT_AVAILABLE, 0.0))
    return Nibp(int(match[1]), age, judged)


def rate(reply: bytes) -> Reading | None:
    """Read an answer to RATE, 1/min; None if it is too short to hold one."""
    match = _RATE.fullmatch(reply[:-3])
    if match is None:
        return None
    value = _number(match[1])
    return plausible.within(NIBP_PULSE, value) if value else Absent(Validity.NOT_AVAILABLE, 0.0)


def _number(field: bytes) -> int | None:
    text = field.strip()
    return int(text) if text.isdigit() else None
