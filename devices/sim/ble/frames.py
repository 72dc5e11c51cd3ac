"""Payloads as straps and cuffs send them; written from the tables, apart from the decoders of the drivers."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Final

SFLOAT_NAN: Final = b"\xff\x07"
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
