"""What a WristOx2 or an Onyx II can be asked, and what it answers.

`02, code, length, data, 03`; the answer is ACK (06), NAK (15), or a frame of the same form whose code has
bit 7 set.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from devices.drivers.nonin.search import Format

STX, ETX = 0x02, 0x03
ACK, NAK = b"\x06", b"\x15"
FORMAT, CLOCK, SERIAL = 0x70, 0x72, 0x74
NUMBERS: Final = {Format.DF1: 1, Format.DF2: 2, Format.DF7: 7}
"""The formats that can be asked for."""

CONTINUOUS, BLUETOOTH_ON = 0x01, 0x20
"""Options of a format: one that is always set, and the radio that goes on with the device."""

MOST_DATA: Final = 16
"""No answer has more data: the serial number has 10 bytes."""
SERIAL_SIZE: Final = 9
CENTURY: Final = 2000


class Ask(Enum):
    """Everything this driver can send."""

    FORMAT = "format"
    SERIAL = "serial number"
    SET_CLOCK = "set clock"
    CLOCK = "clock"


CODES: Final = {Ask.FORMAT: FORMAT, Ask.SERIAL: SERIAL, Ask.SET_CLOCK: CLOCK, Ask.CLOCK: CLOCK}


def command(code: int, *data: int) -> bytes:
    """A command as it goes over the line."""
    return bytes([STX, code, len(data), *data, ETX])


def set_format(fmt: Format, *, bluetooth: bool) -> bytes:
    """Send this format from now on; Bluetooth on or off when the device is next switched on."""
    options = CONTINUOUS | (BLUETOOTH_ON if bluetooth else 0)
    check = (FORMAT + 4 + 2 + NUMBERS[fmt] + options) & 0xFF
    return command(FORMAT, 2, NUMBERS[fmt], options, check)


def set_format_short(fmt: Format) -> bytes:
    """The same for devices that know no options."""
    return command(FORMAT, 2, NUMBERS[fmt])


def set_clock(when: datetime) -> bytes:
    """Set the clock."""
    year = when.year - CENTURY
    return command(CLOCK, year, when.month, when.day, when.hour, when.minute, when.second)


GET_CLOCK: Final = command(CLOCK)
GET_SERIAL: Final = command(SERIAL, 2, 2)


def answer(begun: bytes, asked: Ask) -> bytes | None:
    """The whole answer that `begun` begins with; empty if it is not whole yet, None if there is none."""
    if begun[:1] in (ACK, NAK):
        return begun[:1]
    if not begun or not bytes([STX, CODES[asked] | 0x80]).startswith(begun[:2]):
        return None
    if len(begun) < 3:
        return b""
    size = begun[2] + 4
    if begun[2] > MOST_DATA or begun[size - 1 : size] not in (b"", bytes([ETX])):
        return None
    return begun[:size] if len(begun) >= size else b""


def serial_number(told: bytes) -> str:
    """The nine characters of an answer to SERIAL, which stand after one byte; empty if there are none."""
    text = told[4:-1].decode("ascii", "replace")
    return text.strip() if len(text) == SERIAL_SIZE and text.isprintable() and text.isascii() else ""


def clock_time(told: bytes) -> str | None:
    """ISO 8601 of an answer to CLOCK; None if its clock shows no time there is."""
    if len(told) != 10:
        return None
    year, month, day, hour, minute, second = told[3:9]
    try:
        return datetime(CENTURY + year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001
    except ValueError:
        return None
