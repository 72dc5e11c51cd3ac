"""Bytes of the Maibobo (Raycome RBP) arm-in blood pressure station.

`CC 80` from the host, `AA 80` from the station; then version 03, a length, that many bytes (type 01, what it
is, data), and the exclusive or of all bytes from the version on. Numbers are big-endian. Three independent
public programs agree on this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, IntEnum
from functools import reduce
from operator import xor
from typing import Final

from devices import plausible
from devices.framing import Scan
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_PULSE
from kapmonitor.model import Absent, FaultKind, Measured, NibpFailure, Reading, Validity

HEAD: Final = bytes([0xAA, 0x80, 0x03])
TYPE: Final = 0x01
LONGEST_BODY: Final = 32
EXTRA: Final = 5
"""Bytes of a packet beside its body: head, length and check."""


class Sub(IntEnum):
    """What a packet is about."""

    CONNECT = 1
    START = 2
    STOP = 3
    PRESSURE = 5
    RESULT = 6
    ERROR = 7


_SUBS: Final = {sub.value: sub for sub in Sub}
BODY: Final = {Sub.PRESSURE: 4, Sub.RESULT: 15, Sub.ERROR: 3}
"""Bytes of the body; an echo of a command may have any number."""


def check(data: bytes) -> int:
    """Exclusive or of all bytes."""
    return reduce(xor, data, 0)


def command(sub: Sub) -> bytes:
    """A host command."""
    data = bytes([0x03, 0x03, TYPE, sub, 0x00])
    return bytes([0xCC, 0x80, *data, check(data)])


class Ask(Enum):
    """All that this driver sends; the station answers each with an echo."""

    CONNECT = command(Sub.CONNECT)
    START = command(Sub.START)
    STOP = command(Sub.STOP)


ECHOES: Final = {Sub.CONNECT: Ask.CONNECT, Sub.START: Ask.START, Sub.STOP: Ask.STOP}

FAILURES: Final[dict[int, NibpFailure]] = {
    1: NibpFailure.OVERPRESSURE,
    2: NibpFailure.AIR_LEAK,
    5: NibpFailure.AIR_LEAK,
    6: NibpFailure.WEAK_SIGNAL,
    9: NibpFailure.TIMEOUT,
}
"""Error codes: 1 above the safety limit, 2 and 5 a bladder leaks or the arm lies wrongly, 6 no pulse found,
9 the air went out too slowly. The others are unknown."""


def frames() -> Scan:
    """A buffer that cuts the station's packets out of a byte stream."""
    return Scan(HEAD[:1], _judge)


def _judge(buffer: bytes, place: int) -> int | FaultKind | None:
    if not HEAD.startswith(buffer[place : place + len(HEAD)]):
        return FaultKind.NOISE
    if len(buffer) < place + 4:
        return None
    count = buffer[place + 3]
    if not 2 <= count <= LONGEST_BODY:
        return FaultKind.LENGTH
    size = count + EXTRA
    if len(buffer) < place + size:
        return None
    return size if check(buffer[place + 2 : place + size]) == 0 else FaultKind.CHECKSUM


def sub(packet: bytes) -> Sub | None:
    """What a packet is about; None if that is unknown or its length does not fit."""
    about = _SUBS.get(packet[5]) if packet[4] == TYPE else None
    return about if about is None or BODY.get(about, packet[3]) == packet[3] else None


def cuff_pressure(packet: bytes) -> Reading:
    """Cuff pressure of a packet PRESSURE, mmHg."""
    return plausible.within(CUFF_PRESSURE, int.from_bytes(packet[6:8], "big"))


@dataclass(frozen=True, slots=True)
class Result:
    """One determination, and the station's own time of it, None if it cannot be one."""

    systolic: Reading
    diastolic: Reading
    pulse: Reading
    device_time: str | None


def result(packet: bytes) -> Result:
    """Read a packet RESULT; the station tells no mean pressure.

    One check byte lets one damaged packet in 256 pass, so with pressures that cannot be no pulse counts.
    """
    systolic, diastolic, pulse = (int.from_bytes(packet[i : i + 2], "big") for i in (13, 15, 17))
    judged = plausible.pressures(systolic, diastolic, (systolic + diastolic) / 2)
    whole = isinstance(judged.systolic, Measured)
    rate = plausible.within(NIBP_PULSE, pulse) if whole else Absent(Validity.INVALID, float(pulse))
    return Result(judged.systolic, judged.diastolic, rate, _device_time(packet[7:13]))


def _device_time(field: bytes) -> str | None:
    year, month, day, hour, minute, second = field
    try:
        when = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return when.replace(tzinfo=None).isoformat()
