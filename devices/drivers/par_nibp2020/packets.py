"""Text between STX and ETX, as the PAR NIBP2020 and modules like it send and take it.

Host: STX, two digits, `;;`, sum of these as two hex digits, ETX; or the single letter X, which aborts.
Module: STX, text, ETX, CR. Its texts are a cuff pressure `142C0S3`, the end `999`, and a status of 39
characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from devices import plausible
from devices.checksum import sum8
from devices.framing import Scan
from devices.plausible import Pressures
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_PULSE
from kapmonitor.model import Absent, FaultKind, Measured, NibpFailure, Reading, Validity

STX, ETX, CR = 0x02, 0x03, 0x0D
STATUS_SIZE: Final = 39
MEASURING: Final = 3
"""Status digit of the module."""

LEAST_PULSE: Final = 20
"""1/min; the module sends less where it found none."""


def command(number: int) -> bytes:
    """A host command. CR is sent behind it, as some modules want it and none minds."""
    text = b"%02d;;" % number
    return b"\x02%b%02X\x03\r" % (text, sum8(text))


class Ask(Enum):
    """Everything this driver can send to the module."""

    START = command(1)
    END_CYCLE = command(3)
    STATUS = command(18)
    FROM_100 = command(19)
    FROM_120 = command(20)
    FROM_140 = command(21)
    FROM_160 = command(22)
    FROM_180 = command(23)
    ADULT = command(24)
    NEONATE = command(25)
    ABORT = b"X\r"


MODES: Final = {"adult": Ask.ADULT, "neonate": Ask.NEONATE}
TARGETS: Final = {
    100: Ask.FROM_100,
    120: Ask.FROM_120,
    140: Ask.FROM_140,
    160: Ask.FROM_160,
    180: Ask.FROM_180,
}
"""First inflation in mmHg."""

TARGETS_OF: Final = {"adult": (140, 160, 180), "neonate": (100, 120, 140)}

FAILURES: Final[dict[int, NibpFailure]] = {
    2: NibpFailure.MODULE_FAULT,
    6: NibpFailure.CUFF_LOOSE,
    7: NibpFailure.AIR_LEAK,
    8: NibpFailure.MODULE_FAULT,
    9: NibpFailure.WEAK_SIGNAL,
    10: NibpFailure.OUT_OF_RANGE,
    11: NibpFailure.MOTION,
    12: NibpFailure.OVERPRESSURE,
    15: NibpFailure.MODULE_FAULT,
}
"""Message codes of the status; the others are not known by name."""

FAULTS: Final = frozenset({2, 15})
"""Messages about the module itself."""

_PRESSURE: Final = re.compile(rb"(\d{3})C(\d)S(\d)")
_STATUS: Final = re.compile(rb"S(\d);A\d;C\d\d;M(\d\d);P(\d{9}|-{9});R(\d{3}|-{3});T\d{4};;([0-9A-F]{2})")
END: Final = b"999"


def frames() -> Scan:
    """A buffer that cuts the module's texts out of a byte stream; a CR behind one is a frame of its own."""
    return Scan(bytes([STX, CR]), _judge)


def _judge(buffer: bytes, place: int) -> int | FaultKind | None:
    if buffer[place] == CR:
        return 1
    for end in range(place + 1, min(len(buffer), place + STATUS_SIZE + 2)):
        if buffer[end] == ETX:
            text = buffer[place + 1 : end]
            known = text == END or _PRESSURE.fullmatch(text) or _STATUS.fullmatch(text)
            return end + 1 - place if known else FaultKind.CONTENT
        if not 0x20 <= buffer[end] < 0x7F:
            return FaultKind.LENGTH
    return None if len(buffer) - place < STATUS_SIZE + 2 else FaultKind.LENGTH


@dataclass(frozen=True, slots=True)
class Cuff:
    """Pressure in the cuff, and whether the module says that it measures."""

    pressure: Reading
    measuring: bool


Said = tuple[bool, int, Pressures, Reading]


@dataclass(frozen=True, slots=True)
class Status:
    """What the module is doing and how its last determination ended; `message` 0 means nothing is wrong.

    `proved` is False where the sum does not fit; the only published status has one that does not, so that may
    be the module's way.
    """

    measuring: bool
    message: int
    pressures: Pressures
    pulse: Reading
    proved: bool

    @property
    def has_numbers(self) -> bool:
        """Whether a determination left pressures anybody could use."""
        return self.message == 0 and not isinstance(self.pressures.systolic, Absent)

    def questionable(self) -> Status:
        """The same with its numbers marked as ones that may be wrong."""
        found = self.pressures
        doubted = (_doubted(reading) for reading in (found.systolic, found.diastolic, found.mean))
        return replace(self, pressures=Pressures(*doubted), pulse=_doubted(self.pulse))

    @property
    def said(self) -> Said:
        """What makes two statuses tell of the same result."""
        return self.measuring, self.message, self.pressures, self.pulse


def _doubted(reading: Reading) -> Reading:
    return Measured(reading.value, Validity.QUESTIONABLE) if isinstance(reading, Measured) else reading


def cuff(frame: bytes) -> Cuff | None:
    """Read a cuff pressure; None if the frame is another one."""
    match = _PRESSURE.fullmatch(frame[1:-1])
    if match is None:
        return None
    return Cuff(plausible.within(CUFF_PRESSURE, int(match[1])), int(match[3]) == MEASURING)


def status(frame: bytes) -> Status | None:
    """Read a status; None if the frame is another one. With a message, no number counts."""
    text = frame[1:-1]
    match = _STATUS.fullmatch(text)
    if match is None:
        return None
    message = int(match[2])
    pulse: Reading = Absent(Validity.NOT_AVAILABLE)
    if match[4].isdigit():
        rate = int(match[4])
        counted = not message and rate >= LEAST_PULSE
        pulse = plausible.within(NIBP_PULSE, rate) if counted else Absent(Validity.NOT_AVAILABLE, float(rate))
    proved = sum8(text[:-2]) == int(match[5], 16)
    return Status(int(match[1]) == MEASURING, message, _pressures(match[3], message), pulse, proved)


def _pressures(text: bytes, message: int) -> Pressures:
    if not text.isdigit():
        none = Absent(Validity.NOT_AVAILABLE)
        return Pressures(none, none, none)
    systolic, diastolic, mean = int(text[:3]), int(text[3:6]), int(text[6:])
    if message:
        return plausible.no_pressures(systolic, diastolic, mean, Validity.NOT_AVAILABLE)
    return plausible.pressures(systolic, diastolic, mean)
