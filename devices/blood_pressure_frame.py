"""The payloads of the Bluetooth Blood Pressure Service; their table is in ble_blood_pressure.

Those of version 1.1 may end with a check sum, low byte first: CRC-16 with polynomial 1021, begun with FFFF,
not reflected. Published packets of an insulin pump, which has the same check sum, confirm the reckoning.
"""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from devices import ieee11073
from kapmonitor.model import Absent, AlertKind, Measured, Reading, Validity

MMHG_PER_KPA: Final = 7.500617
PRESSURE_MAX_MMHG: Final = 350.0
"""Above what any cuff's valve lets through."""
PULSE_MIN: Final = 20.0
PULSE_MAX: Final = 250.0

_KPA, _TIME, _PULSE, _USER, _STATUS, _LOCAL_TIME, _SINCE_2000 = (1 << bit for bit in range(7))
_USER_UNKNOWN: Final = 255
_CRC_SIZE: Final = 2
_CRC_START: Final = 0xFFFF
_DOUBTFUL: Final = 0x23
"""Status bits that put the pressures themselves in doubt: movement, loose cuff, position."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded payload; pressures in mmHg: systolic, diastolic, mean, or the cuff's alone."""

    t_ns: int
    pressures: tuple[Reading, ...]
    device_time: str | None = None
    pulse: Reading | None = None
    user: int | None = None
    status: int | None = None


def decode(data: bytes, t_ns: int) -> Frame | None:
    """A 0x2A35 or 0x2A36 payload, or None if its length is not what its flags say."""
    return _decode(data, t_ns, pressures=3, enhanced=False)


def decode_enhanced(data: bytes, t_ns: int) -> Frame | None:
    """A 0x2B34 payload, or None if its length is not what its flags say."""
    return _decode(data, t_ns, pressures=3, enhanced=True)


def decode_enhanced_cuff(data: bytes, t_ns: int) -> Frame | None:
    """A 0x2B35 payload, or None if its length is not what its flags say."""
    return _decode(data, t_ns, pressures=1, enhanced=True)


def _decode(data: bytes, t_ns: int, pressures: int, *, enhanced: bool) -> Frame | None:
    fields = ieee11073.Fields(data)
    flags = fields.take(1)[0]
    values = tuple(ieee11073.sfloat(fields.take(2)) for _ in range(pressures))
    device_time: str | None = None
    if flags & _TIME:
        device_time = _epoch(fields.take(4), flags) if enhanced else ieee11073.date_time(fields.take(7))
    pulse = _pulse(ieee11073.sfloat(fields.take(2))) if flags & _PULSE else None
    user = fields.take(1)[0] if flags & _USER else None
    status = fields.word() if flags & _STATUS else None
    if enhanced and flags & _LOCAL_TIME:
        device_time = _epoch(fields.take(4), flags)
    if not fields.complete:
        return None
    return Frame(
        t_ns=t_ns,
        pressures=_plausible(tuple(_mmhg(value, flags) for value in values), status or 0),
        device_time=device_time,
        pulse=pulse,
        user=None if user == _USER_UNKNOWN else user,
        status=status,
    )


def has_check_sum(data: bytes) -> bool:
    """Whether the last two bytes are the check sum of those before."""
    body, end = data[:-_CRC_SIZE], data[-_CRC_SIZE:]
    return bool(body) and crc_hqx(body, _CRC_START) == int.from_bytes(end, "little")


def without_check_sum(data: bytes, expected: bool | None) -> bytes | None:
    """The payload alone; None if its check sum is wrong. `expected` None: there may be one."""
    if expected is False or (expected is None and not has_check_sum(data)):
        return data
    return data[:-_CRC_SIZE] if has_check_sum(data) else None


def cuff_pressure(reading: Reading) -> Reading:
    """The pressure of an inflating cuff; 0 is one, as the cuff starts and ends empty."""
    return Measured(0.0) if reading == Absent(Validity.INVALID, 0.0) else reading


def status_alerts(status: int | None) -> list[tuple[AlertKind, bool, str]]:
    """Each condition a status word can state, whether it does, and what more it says; none without a word."""
    if status is None:
        return []
    pulse_range = (status >> 3) & 3
    return [
        (AlertKind.MOVEMENT, bool(status & 0x01), ""),
        (AlertKind.CUFF_LOOSE, bool(status & 0x02), ""),
        (AlertKind.IRREGULAR_PULSE, bool(status & 0x04), ""),
        (AlertKind.PULSE_OUT_OF_RANGE, pulse_range in (1, 2), ("", "above", "below", "")[pulse_range]),
        (AlertKind.POSITION, bool(status & 0x20), ""),
    ]


def _epoch(data: bytes, flags: int) -> str | None:
    seconds = int.from_bytes(data, "little")
    start = datetime(2000 if flags & _SINCE_2000 else 1900, 1, 1)  # noqa: DTZ001 - the device's own clock
    return (start + timedelta(seconds=seconds)).isoformat() if seconds else None


def _mmhg(reading: Reading, flags: int) -> Reading:
    """In whole mmHg if it was in kPa, since a tenth of a kPa, all that cuffs tell, is most of one."""
    if isinstance(reading, Absent):
        return reading
    value = float(round(reading.value * MMHG_PER_KPA)) if flags & _KPA else reading.value
    if not 0 < value <= PRESSURE_MAX_MMHG:
        return Absent(Validity.INVALID, reading.value)
    return Measured(value)


def _pulse(reading: Reading) -> Reading:
    if isinstance(reading, Absent) or PULSE_MIN <= reading.value <= PULSE_MAX:
        return reading
    return Absent(Validity.NOT_AVAILABLE if reading.value == 0 else Validity.INVALID, reading.value)


def _plausible(pressures: tuple[Reading, ...], status: int) -> tuple[Reading, ...]:
    """No systolic at or below its diastolic is a blood pressure; a doubtful determination says so."""
    match pressures:
        case (Measured(value=systolic), Measured(value=diastolic), _) if systolic <= diastolic:
            return tuple(
                Absent(Validity.INVALID, reading.value) if isinstance(reading, Measured) else reading
                for reading in pressures
            )
    if not status & _DOUBTFUL:
        return pressures
    return tuple(
        Measured(reading.value, Validity.QUESTIONABLE) if isinstance(reading, Measured) else reading
        for reading in pressures
    )
