"""Bedside monitors: the clock in every record, and what the monitor says of itself and its bed."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from devices.checksum import sum8
from devices.drivers.ge_dri import frames as dri
from devices.drivers.intellivue import apdu, framing, messages
from devices.privacy.blank import Cover, until

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 monitors know no zone
_ESCAPED: Final = re.compile(rb"\x7d(.)", re.DOTALL)


def _unescaped(sent: bytes) -> bytes:
    """Both makers send 7D and the byte with its bit 5 turned over."""
    return _ESCAPED.sub(lambda pair: bytes([pair[1][0] ^ 0x20]), sent)


# GE and Datex-Ohmeda: number of the monitor (2) and Unix time (4) from byte 4 of a record

_KNOWN: Final = (0, 1, 4)
"""Main types that we ask for: values, waves, alarms. Others are emptied."""
_TIMED: Final = {1: (0,), 2: (0,), 3: (0,), 4: (0, 6, 10)}
"""Where parts of values have Unix times."""
_AUXILIARY, _BODY_SURFACE_AT = 4, 14


def _ge_dri(unit: bytes, cover: Cover) -> bytes:
    sealed = _unescaped(unit.removesuffix(dri.FLAG))
    if len(sealed) <= dri.HEADER_SIZE or sum8(sealed[:-1]) != sealed[-1]:
        return unit
    record = bytearray(sealed[:-1])
    if sender := int.from_bytes(record[4:6], "little"):
        record[4:6] = cover.number(sender).to_bytes(2, "little")
    _move_unix(record, 6, cover)
    parsed = dri.parse(bytes(record))
    if parsed is None or parsed.main_type not in _KNOWN:
        record[dri.HEADER_SIZE :] = bytes(len(record) - dri.HEADER_SIZE)
    elif parsed.main_type == 0:
        _move_parts(record, cover)
    return dri.frame(bytes(record)).removeprefix(dri.FLAG)


def _move_parts(record: bytearray, cover: Cover) -> None:
    for number in range(dri.MOST_PARTS):
        offset, kind = dri.PART.unpack_from(record, dri.HEADER.size + number * dri.PART.size)
        if kind == dri.END_OF_PARTS:
            return
        at = dri.HEADER_SIZE + offset
        for place in _TIMED.get(kind, ()):
            if at + place + 4 <= len(record):
                _move_unix(record, at + place, cover)
        if kind == _AUXILIARY and at + _BODY_SURFACE_AT + 2 <= len(record):
            record[at + _BODY_SURFACE_AT :][:2] = bytes(2)


def _move_unix(record: bytearray, at: int, cover: Cover) -> None:
    count = int.from_bytes(record[at : at + 4], "little")
    if count:
        record[at : at + 4] = cover.moved_count(count, _EPOCH).to_bytes(8, "little")[:4]


# Philips IntelliVue: BCD clocks in answers, texts in what the monitor says it is

_ABSOLUTE: Final = re.compile(rb"\x09[\x90\x87]\x00\x08([\x19-\x21].{7})", re.DOTALL)
"""Attributes with a time: id, length 8, and the time from its century on."""
_PATIENT: Final = 0x002A
_POLL_AT: Final = {messages.SINGLE_POLL: 2, messages.EXTENDED_POLL: 4}
"""Bytes between the head of a poll's answer and its relative time."""


def _intellivue(unit: bytes, cover: Cover) -> bytes:
    before, begin, sent = unit.removesuffix(framing.END).rpartition(framing.BEGIN)
    body = _unescaped(sent)
    data, check = body[framing.HEADER_SIZE : -framing.FCS_SIZE], body[-framing.FCS_SIZE :]
    if not begin or not data or framing.fcs(body[: -framing.FCS_SIZE]) != check:
        return unit
    clean = bytearray(data)
    if data[:4] == messages.SESSION_DATA:
        try:
            _clean_data(clean, cover)
        except (struct.error, ValueError):  # it contradicts itself, and nothing reads it
            clean = bytearray(data)
    return unit if clean == data else before + framing.frame(bytes(clean))


def _clean_data(data: bytearray, cover: Cover) -> None:
    """User data with an event or an answer in it, in place."""
    kind = int.from_bytes(data[4:6], "big")
    at = 10 if kind == 5 else 8
    command = int.from_bytes(data[at + 2 : at + 4], "big")
    action, size = struct.unpack_from(">HH", data, at + 12)
    if command == messages.CONFIRMED_EVENT:
        action, size = struct.unpack_from(">HH", data, at + 16)
        if action == messages.MDS_CREATE:
            _clean_create(data, at + 20, min(len(data), at + 20 + size))
    elif command == messages.ACTION and action in _POLL_AT:
        at += 16 + _POLL_AT[action]
        polled = int.from_bytes(data[at + 14 : at + 16], "big")
        data[at + 4 : at + 12] = _moved_bcd(bytes(data[at + 4 : at + 12]), cover)
        if polled == _PATIENT:
            data[at + 18 :] = bytes(len(data) - at - 18)
        found = _ABSOLUTE.sub(lambda m: m[0][:4] + _moved_bcd(m[1], cover), bytes(data[at + 18 :]))
        data[at + 18 :] = found


def _clean_create(data: bytearray, begin: int, end: int) -> None:
    """Everything but the attribute with maker and model is emptied."""
    for start in (begin + 6, begin):
        spans = list(_spans(data, start, end))
        if spans and spans[-1][2] == end:
            for key, at, stop in spans:
                if key != apdu.MODEL:
                    data[at:stop] = bytes(stop - at)
            return
    data[begin:end] = bytes(end - begin)


def _spans(data: bytearray, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Id, first byte and end of each attribute in a list, as far as they lie within it."""
    count = int.from_bytes(data[at : at + 2], "big")
    at += 4
    for _ in range(count):
        key, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if at + 4 + size > end:
            return
        yield key, at + 4, at + 4 + size
        at += 4 + size


def _moved_bcd(field: bytes, cover: Cover) -> bytes:
    """Eight bytes, century to hundredths; what is no time stays."""
    text = apdu.absolute_time(field)
    moved = cover.moved(datetime.fromisoformat(text)) if text is not None else None
    return field if moved is None else bytes.fromhex(f"{moved.year:04d}{moved:%m%d%H%M%S}") + field[7:]


GE_DRI: Final = until(dri.FLAG, _ge_dri, dri.MOST_BYTES + 1)
INTELLIVUE: Final = until(framing.END, _intellivue, framing.MOST_BYTES + 1)
