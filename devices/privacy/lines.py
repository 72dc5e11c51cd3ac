"""Serial lines: serial numbers, user names and clocks in the text and in the packets of small devices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import xor
from typing import Final

from devices.checksum import sum8
from devices.privacy.blank import Blank, Cover, packets, until, zeroed

_MASIMO: Final = re.compile(rb"(\d\d)/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)(?= )")
_SERIAL: Final = re.compile(rb"SN=\S*|[0-9A-Z]{9,}")
"""The serial number, also where its name was damaged: nothing else has so many digits."""
_NELLCOR: Final = re.compile(rb"(\d\d)-([A-Z]{3})-(\d\d) (\d\d):(\d\d):(\d\d)(?= )")
_MONTHS: Final = b"JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DIGIT: Final = re.compile(rb"\d")
_CLOCK: Final = re.compile(rb"\d:\d")
_HIDDEN: Final = b"x"
"""In place of digits in half lines, so that nobody takes what is left for a line."""
CENTURY, LAST_CENTURY, PIVOT = 2000, 1900, 70


Fields = tuple[int, int, int, int, int, int]
"""Year of the century, month, day, hour, minute, second."""


def _moved(cover: Cover, century: int, told: Iterable[int]) -> Fields:
    """The six of a device's time, moved; zeros where they are no time."""
    year, month, day, hour, minute, second = told
    try:
        moved = cover.moved(datetime(century + year, month, day, hour, minute, second))  # noqa: DTZ001
    except ValueError:
        moved = None
    if moved is None:
        return 0, 0, 0, 0, 0, 0
    return moved.year % 100, moved.month, moved.day, moved.hour, moved.minute, moved.second


def _masimo(line: bytes, cover: Cover) -> bytes:
    match = _MASIMO.match(line)
    if match is None:
        # Half a line, or a damaged one: nothing reads it.
        head, value, rest = line.partition(b"SPO2=")
        return _DIGIT.sub(_HIDDEN, head) + value + _SERIAL.sub(_without_serial, rest)
    month, day, year, hour, minute, second = map(int, match.groups())
    fields = _moved(cover, CENTURY, (year, month, day, hour, minute, second))
    told = b"%02d/%02d/%02d %02d:%02d:%02d" % (fields[1], fields[2], fields[0], *fields[3:])
    return told + _SERIAL.sub(_without_serial, line[match.end() :])


def _without_serial(match: re.Match[bytes]) -> bytes:
    name = match[0][:3] if match[0].startswith(b"SN=") else b""
    return name + zeroed(match[0][len(name) :])


def _nellcor(line: bytes, cover: Cover) -> bytes:
    match = _NELLCOR.search(line)
    if match is None or match[2] not in _MONTHS:
        return _DIGIT.sub(_HIDDEN, line) if _CLOCK.search(line) else line
    century = LAST_CENTURY if int(match[3]) >= PIVOT else CENTURY
    date = int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])
    fields = _moved(cover, century, (*date, *map(int, match.groups()[3:])))
    told = b"%02d-%s-%02d %02d:%02d:%02d" % (fields[2], _MONTHS[fields[1] - 1], fields[0], *fields[3:])
    return line[: match.start()] + told + line[match.end() :]


def _nonin(unit: bytes, cover: Cover) -> bytes:
    """The answers that tell serial number and clock, the command that sets it, and the line at power-on."""
    if unit[:1] != b"\x02":
        return unit if unit.startswith(b"SPO2") else _DIGIT.sub(_HIDDEN, unit)
    if unit[1] == 0xF4:
        return unit[:4] + zeroed(unit[4:-1]) + unit[-1:]
    return unit[:3] + bytes(_moved(cover, CENTURY, unit[3:9])) + unit[-1:]


def _suntech(packet: bytes, _cover: Cover) -> bytes:
    """Module data: lot 16, serial number 16 and number of cycles 14 behind two versions of 8."""
    told = packet[:18] + zeroed(packet[18:64]) + packet[64:-1]
    return told + bytes([-sum8(told) & 0xFF])


def _maibobo(packet: bytes, cover: Cover) -> bytes:
    """A result has its time in bytes 7 to 12."""
    told = packet[:7] + bytes(_moved(cover, CENTURY, packet[7:13])) + packet[13:-1]
    return told + bytes([reduce(xor, told[2:])])


def _contec(packet: bytes, _cover: Cover) -> bytes:
    """A user's name, or the date or time at which a stored measurement began; bytes have bit 7 set."""
    kept = 3 if packet[0] == 0x05 else 4
    blank = b"\xb0" if packet[0] == 0x05 else b"\x80"
    return packet[:1] + b"\x80" + packet[2:kept] + blank * (len(packet) - kept)


MASIMO: Final = until(b"\n", _masimo, 512)
NELLCOR: Final = until(b"\n", _nellcor, 256)
NONIN: Final = packets(
    rb"\x02\xf4\x0a.[\x20-\x7e]{9}\x03|\x02\xf2\x06[\x00-\x7f]{6}\x03|[\x20-\x7e\r]{8,126}\n", 127, _nonin
)
NONIN_SENT: Final = packets(rb"\x02\x72\x06.{6}\x03", 10, _nonin)
SUNTECH: Final[Blank] = packets(rb"\x3e\x43.{65}", 67, _suntech, lambda packet: sum8(packet) == 0)
MAIBOBO: Final = packets(
    rb"\xaa\x80\x03\x0f\x01\x06.{14}", 20, _maibobo, lambda packet: not reduce(xor, packet[2:])
)
CONTEC: Final = packets(rb"\x05[\x80-\xff]{8}|[\x07\x12][\x80-\xff]{7}", 9, _contec)
