"""Bluetooth: serial numbers, names and clocks in the characteristics that many devices share, and in some
makers' own."""

from __future__ import annotations

import re
from binascii import crc_hqx
from datetime import datetime
from typing import Final

from devices import ieee11073
from devices.blood_pressure_frame import has_check_sum
from devices.drivers.ble_polar_ecg import DATA as POLAR_DATA
from devices.drivers.ble_viatom.frames import crc8
from devices.drivers.ble_viatom.protocol import REPLIES as VIATOM_REPLIES
from devices.gatt import SERIAL, uuid16
from devices.privacy.blank import Blank, Clean, Cover, each, zeroed

_1900, _2000 = datetime(1900, 1, 1), datetime(2000, 1, 1)  # noqa: DTZ001 devices know no zone


def _hidden(data: bytes, _cover: Cover) -> bytes:
    return zeroed(data)


def _emptied(data: bytes, _cover: Cover) -> bytes:
    return bytes(len(data))


def _date_at(place: int, flag: int = 0) -> Clean:
    """A Date Time of seven bytes at `place`, there if this bit of the first byte is set."""

    def clean(data: bytes, cover: Cover) -> bytes:
        if flag and not (data and data[0] & flag):
            return data
        return data[:place] + _moved_date(data[place : place + 7], cover) + data[place + 7 :]

    return clean


def _moved_date(field: bytes, cover: Cover) -> bytes:
    """Seven bytes; what is no time becomes unknown."""
    text = ieee11073.date_time(field) if len(field) == ieee11073.DATE_TIME_SIZE else None
    moved = cover.moved(datetime.fromisoformat(text)) if text is not None else None
    if moved is None:
        return bytes(len(field))
    return moved.year.to_bytes(2, "little") + bytes(moved.timetuple()[1:6])


def _current_time(data: bytes, cover: Cover) -> bytes:
    """The day of the week would tell the date again; 0 is unknown."""
    return _date_at(0)(data, cover)[:7] + bytes(len(data[7:8])) + data[8:]


def _checked(clean: Clean) -> Clean:
    """Payloads of version 1.1 of the cuffs' service, which may end with a check sum."""

    def clean_all(data: bytes, cover: Cover) -> bytes:
        if not has_check_sum(data):
            return clean(data, cover)
        told = clean(data[:-2], cover)
        return told + crc_hqx(told, 0xFFFF).to_bytes(2, "little")

    return clean_all


def _enhanced(pressures: int, *, whole: bool = True) -> Clean:
    """Seconds behind the pressures and, of a whole frame, again at the end."""
    place = 1 + 2 * pressures

    def clean(data: bytes, cover: Cover) -> bytes:
        flags = data[0] if data else 0
        since = _2000 if flags & 0x40 else _1900
        if flags & 0x02:
            data = data[:place] + _moved_epoch(data[place : place + 4], since, cover) + data[place + 4 :]
        return data[:-4] + _moved_epoch(data[-4:], since, cover) if flags & 0x20 and whole else data

    return clean


def _kept(data: bytes, cover: Cover) -> bytes:
    """A kept reading, or the first piece of one, behind segment (1), number (2) and UUID (2)."""
    if len(data) < 5 or not data[0] & 0x01:
        return data
    whole = bool(data[0] & 0x02)
    forms = {0x2A35: _date_at(7, 0x02), 0x2B34: _enhanced(3, whole=whole)}
    clean = forms.get(int.from_bytes(data[3:5], "little"))
    return data if clean is None else data[:5] + clean(data[5:], cover)


def _moved_epoch(field: bytes, since: datetime, cover: Cover) -> bytes:
    seconds = int.from_bytes(field, "little")
    moved = cover.moved_count(seconds, since) if seconds and len(field) == 4 else 0
    return (moved & 0xFFFFFFFF).to_bytes(4, "little")[: len(field)]


LARGEST: Final = 1 << 64


def _polar(data: bytes, cover: Cover) -> bytes:
    """Nanoseconds since 2000 from byte 1 of a frame; a time so late that it cannot be moved becomes zero."""
    if len(data) < 9:
        return data
    moved = cover.moved_count(int.from_bytes(data[1:9], "little"), _2000, 1_000_000_000)
    return data[:1] + (moved if moved < LARGEST else 0).to_bytes(8, "little") + data[9:]


_TELLING: Final = re.compile(rb'("(?:SN|BranchCode|CurTIME|FileList|\w*[Nn]ame)"\s*:\s*")([^"]*)')
_VIATOM_HEAD: Final = 7


def _viatom_unit(data: bytes) -> int:
    """A whole reply, or what lies before the next."""
    start = data.find(b"\x55")
    if start:
        return start if start > 0 else len(data)
    if len(data) < _VIATOM_HEAD:
        return 0
    size = _VIATOM_HEAD + int.from_bytes(data[5:7], "little") + 1
    if data[1] ^ data[2] != 0xFF or size > VIATOM.most:
        return 1
    return (size if crc8(data[:size]) == 0 else 1) if len(data) >= size else 0


def _viatom(reply: bytes, _cover: Cover) -> bytes:
    """What the ring says it is, in JSON."""
    told = _TELLING.sub(lambda item: item[1] + zeroed(item[2]), reply[:-1])
    return reply if told == reply[:-1] else told + bytes([crc8(told)])


VIATOM: Final = Blank(_viatom_unit, _viatom)

COMMON: Final[dict[str, Blank]] = {
    SERIAL: each(_hidden),
    **{uuid16(short): each(_hidden) for short in (0x2A00, 0x2A87, 0x2A8A, 0x2A90)},
    **{uuid16(short): each(_emptied) for short in (0x2A23, 0x2A85)},
    uuid16(0x2A08): each(_date_at(0)),
    uuid16(0x2A2B): each(_current_time),
    **{uuid16(short): each(_date_at(7, 0x02)) for short in (0x2A35, 0x2A36)},
    **{uuid16(short): each(_date_at(5, 0x02)) for short in (0x2A1C, 0x2A1E)},
    uuid16(0x2A5E): each(_date_at(5, 0x01)),
    uuid16(0x2B34): each(_checked(_enhanced(3))),
    uuid16(0x2B35): each(_checked(_enhanced(1))),
    uuid16(0x2B36): each(_checked(_kept)),
    POLAR_DATA: each(_polar),
    VIATOM_REPLIES: VIATOM,
}
"""Serial number; device, e-mail, first and last name; system id, date of birth; clocks; cuffs; thermometers;
spot-checks of oximeters; the makers' own."""
