"""Payloads as Bluetooth devices send them; written from the tables, apart from the drivers' decoders."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Final

SFLOAT_NAN: Final = b"\xff\x07"
FLOAT_NAN: Final = b"\xff\xff\x7f\x00"
UNKNOWN_TIME: Final = bytes(7)


def sfloat(value: float | None, exponent: int = 0) -> bytes:
    """A value as SFLOAT with that exponent; None, or what does not fit 12 bits, is "not a number"."""
    if value is None:
        return SFLOAT_NAN
    mantissa = round(value * 10 ** (-exponent))
    if not -2045 <= mantissa <= 2045:
        return SFLOAT_NAN
    return struct.pack("<H", (exponent & 0xF) << 12 | mantissa & 0xFFF)


def date_time(when: datetime | None) -> bytes:
    """The 7 bytes of a Date Time; zeros for a clock that was never set."""
    if when is None:
        return UNKNOWN_TIME
    return struct.pack("<H5B", when.year, when.month, when.day, when.hour, when.minute, when.second)


def heart_rate(
    rate: int, *, contact: bool | None = True, energy_kj: int | None = None, rr: Sequence[int] = ()
) -> bytes:
    """A 0x2A37 payload; `rr` in 1/1024 s, oldest first."""
    wide = rate > 255
    flags = wide | (0 if contact is None else 6 if contact else 4)
    flags |= (energy_kj is not None) << 3 | bool(rr) << 4
    body = struct.pack("<H" if wide else "<B", rate)
    if energy_kj is not None:
        body += struct.pack("<H", min(energy_kj, 0xFFFF))
    return bytes([flags]) + body + struct.pack(f"<{len(rr)}H", *rr)


def blood_pressure(
    pressures: Sequence[float | None],
    *,
    kpa: bool = False,
    when: datetime | None = None,
    timed: bool = False,
    pulse: float | None = None,
    user: int | None = None,
    status: int | None = None,
) -> bytes:
    """A 0x2A35 payload of systolic, diastolic, mean in mmHg or kPa; `timed` without `when`: unset clock."""
    timed = timed or when is not None
    flags = kpa | timed << 1 | (pulse is not None) << 2 | (user is not None) << 3 | (status is not None) << 4
    body = b"".join(sfloat(value, -1 if kpa else 0) for value in pressures)
    body += date_time(when) if timed else b""
    body += sfloat(pulse) if pulse is not None else b""
    body += bytes([user]) if user is not None else b""
    return bytes([flags]) + body + (struct.pack("<H", status) if status is not None else b"")


def cuff_pressure(mmhg: float) -> bytes:
    """A 0x2A36 payload: the pressure now, and two words without meaning."""
    return blood_pressure((mmhg, None, None))


def _oxygen(pair: Sequence[float | None]) -> bytes:
    return b"".join(sfloat(value, 0 if value is None or value == round(value) else -1) for value in pair)


def _states(status: int | None, sensor: int | None, amplitude: float | None) -> bytes:
    body = struct.pack("<H", status) if status is not None else b""
    body += struct.pack("<I", sensor)[:3] if sensor is not None else b""
    return body + (sfloat(amplitude, -2) if amplitude is not None else b"")


def oxygen_now(
    normal: Sequence[float | None],
    *,
    fast: Sequence[float | None] | None = None,
    slow: Sequence[float | None] | None = None,
    status: int | None = None,
    sensor: int | None = None,
    amplitude: float | None = None,
) -> bytes:
    """A 0x2A5F payload; each pair is saturation in percent and pulse per minute."""
    told = (fast, slow, status, sensor, amplitude)
    flags = sum((field is not None) << bit for bit, field in enumerate(told))
    body = _oxygen(normal) + b"".join(_oxygen(pair) for pair in (fast, slow) if pair is not None)
    return bytes([flags]) + body + _states(status, sensor, amplitude)


def oxygen_spot_check(
    pair: Sequence[float | None],
    *,
    when: datetime | None = None,
    timed: bool = False,
    status: int | None = None,
    sensor: int | None = None,
    amplitude: float | None = None,
) -> bytes:
    """A 0x2A5E payload; `timed` without `when`: a clock that was never set."""
    timed = timed or when is not None
    told = (True if timed else None, status, sensor, amplitude)
    flags = sum((field is not None) << bit for bit, field in enumerate(told))
    flags |= (timed and when is None) << 4
    stamp = date_time(when) if timed else b""
    return bytes([flags]) + _oxygen(pair) + stamp + _states(status, sensor, amplitude)


def temperature(
    degrees: float | None,
    *,
    fahrenheit: bool = False,
    when: datetime | None = None,
    timed: bool = False,
    place: int | None = None,
) -> bytes:
    """A 0x2A1C or 0x2A1E payload, to the hundredth; `timed` without `when`: unset clock."""
    timed = timed or when is not None
    flags = fahrenheit | timed << 1 | (place is not None) << 2
    number = FLOAT_NAN if degrees is None else struct.pack("<i", round(degrees * 100))[:3] + b"\xfe"
    body = number + (date_time(when) if timed else b"")
    return bytes([flags]) + body + (bytes([place]) if place is not None else b"")
