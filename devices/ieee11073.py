"""Numbers and times of health devices: IEEE 11073-20601 FLOAT types and the Bluetooth Date Time.

SFLOAT, 16 bit little-endian: a 4-bit exponent above a 12-bit mantissa, both two's complement, value =
mantissa * 10**exponent. FLOAT, 32 bit: an 8-bit exponent above a 24-bit mantissa. Five words with exponent 0
are no numbers but statements; they are told apart before the word is split:

| meaning                    | SFLOAT | FLOAT      |
|----------------------------|--------|------------|
| not a number: no value     | 0x07FF | 0x007FFFFF |
| not at this resolution     | 0x0800 | 0x00800000 |
| above range                | 0x07FE | 0x007FFFFE |
| below range                | 0x0802 | 0x00800002 |
| reserved                   | 0x0801 | 0x00800001 |

Date Time, 7 bytes: year u16 (0 unknown), month, day (0 unknown), hour, minute, second; a local wall clock.
Current Time, 10 bytes: a Date Time, day of the week (1 Monday .. 7 Sunday, 0 unknown), 1/256 s, and why it
was last set (bit 0 by hand, 1 by a reference, 2 time zone, 3 daylight saving).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from kapmonitor.model import Absent, Measured, Reading, Validity

SFLOAT_SIZE: Final = 2
FLOAT_SIZE: Final = 4
DATE_TIME_SIZE: Final = 7
CURRENT_TIME_SIZE: Final = 10
SET_BY_HAND: Final = 0x01
YEAR_MIN: Final = 1582


def sfloat(data: bytes) -> Reading:
    """Exactly 2 bytes to a reading; `raw` of an absent one is the word."""
    return _number(data, SFLOAT_SIZE, mantissa_bits=12)


def float32(data: bytes) -> Reading:
    """Exactly 4 bytes of the 11073 FLOAT (not IEEE 754) to a reading; `raw` of an absent one is the word."""
    return _number(data, FLOAT_SIZE, mantissa_bits=24)


def date_time(data: bytes) -> str | None:
    """Exactly 7 bytes to ISO 8601 without zone; None where the device does not know or it is no date."""
    if len(data) != DATE_TIME_SIZE:
        raise ValueError(f"a Date Time has {DATE_TIME_SIZE} bytes, not {len(data)}")
    year = int.from_bytes(data[:2], "little")
    if year < YEAR_MIN:
        return None
    try:
        return datetime(year, *data[2:]).isoformat()  # noqa: DTZ001 - the device's clock has no zone
    except ValueError:
        return None


def date_time_of(when: datetime) -> bytes:
    """The 7 bytes that set a clock to that time."""
    return when.year.to_bytes(2, "little") + bytes(
        [when.month, when.day, when.hour, when.minute, when.second]
    )


def current_time_of(when: datetime) -> bytes:
    """The 10 bytes of a Current Time that set a clock to that time."""
    fractions = when.microsecond * 256 // 1_000_000
    return date_time_of(when) + bytes([when.isoweekday(), fractions, SET_BY_HAND])


def seconds_between(earlier: str | None, later: str) -> float:
    """How much later `later` is, both as date_time() gives them; 0 where the earlier time is not known."""
    if earlier is None:
        return 0.0
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


class Fields:
    """Takes fields from the front of a payload; `complete` says whether it was exactly long enough."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes, padded with zeros past the end."""
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken.ljust(size, b"\0")

    def word(self, size: int = 2) -> int:
        """The next `size` bytes as a number, the low byte first."""
        return int.from_bytes(self.take(size), "little")

    @property
    def complete(self) -> bool:
        return self._at == len(self._data)


def _number(data: bytes, size: int, mantissa_bits: int) -> Reading:
    if len(data) != size:
        raise ValueError(f"this number has {size} bytes, not {len(data)}")
    word = int.from_bytes(data, "little")
    special = _special(word, mantissa_bits)
    if special is not None:
        return Absent(special, float(word))
    mantissa = _signed(word & ((1 << mantissa_bits) - 1), mantissa_bits)
    exponent = _signed(word >> mantissa_bits, size * 8 - mantissa_bits)
    # Through decimal text, so that 176e-1 is 17.6 and not 17.600000000000001.
    return Measured(float(f"{mantissa}e{exponent}"))


def _special(word: int, mantissa_bits: int) -> Validity | None:
    top = 1 << (mantissa_bits - 1)
    specials = {
        top - 1: Validity.NOT_AVAILABLE,
        top: Validity.INVALID,
        top - 2: Validity.OVERFLOW,
        top + 2: Validity.UNDERFLOW,
        top + 1: Validity.INVALID,
    }
    return specials.get(word)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value
