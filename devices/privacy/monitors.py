"""Bedside monitors: the clock in every record, and what the monitor says of itself and its bed."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from devices.checksum import sum8
from devices.drivers.ge_dri import frames as dri
from devices.drivers.intellivue import apdu, framing, messages
from devices.privacy.blank import Cover, until, zeroed

Span = tuple[int, int, int]
"""An attribute: its id, the first byte of its value, and its end."""

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


# Philips IntelliVue: BCD clocks in answers, texts and numbers in what the monitor says of itself

_ABSOLUTE: Final = re.compile(rb"\x09[\x90\x87]\x00\x08([\x19-\x21].{7})", re.DOTALL)
"""Attributes with a time: id, length 8, and the time from its century on."""
_MODEL, _PRODUCTION = 0x0928, 0x092D
"""Attributes: maker and model; serial numbers, versions and the like as type (2), component (2), text."""
_SERIAL: Final = 1
_ITSELF, _PATIENT = 0x0021, 0x002A
"""Classes of objects."""
_LINKED: Final = 5
"""Kind of an answer that comes in parts."""
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
            clean = bytearray(data[:8] + bytes(len(data) - 8))
    return unit if clean == data else before + framing.frame(bytes(clean))


def _clean_data(data: bytearray, cover: Cover) -> None:
    """User data with an event or an answer in it, in place."""
    at = 10 if int.from_bytes(data[4:6], "big") == _LINKED else 8
    command = int.from_bytes(data[at + 2 : at + 4], "big")
    if command == messages.CONFIRMED_EVENT:
        kind, size = struct.unpack_from(">HH", data, at + 16)
        if kind == messages.MDS_CREATE:
            _clean_create(data, at + 20, min(len(data), at + 20 + size))
    elif command == messages.ACTION:
        (action,) = struct.unpack_from(">H", data, at + 12)
        if action in _POLL_AT:
            _clean_poll(data, at + 16 + _POLL_AT[action], cover)


def _clean_poll(data: bytearray, at: int, cover: Cover) -> None:
    """An answer from its relative time on: the clock, and what the objects say."""
    clock, polled = struct.unpack_from(">4x8s2xH", data, at)
    data[at + 4 : at + 12] = _moved_bcd(clock, cover)
    at += 18
    if polled == _PATIENT:
        data[at:] = bytes(len(data) - at)
    elif polled == _ITSELF:
        _clean_attributes(data, at, len(data), _objects(data, at))
    moved = _ABSOLUTE.sub(lambda found: found[0][:4] + _moved_bcd(found[1], cover), bytes(data[at:]))
    data[at:] = moved


def _clean_create(data: bytearray, begin: int, end: int) -> None:
    """The list stands behind the id of the object it belongs to, or at the beginning."""
    for start in (begin + 6, begin):
        spans = list(_attributes(data, start))
        if spans and spans[-1][2] == end:
            return _clean_attributes(data, begin, end, spans)
    data[begin:end] = bytes(end - begin)
    return None


def _clean_attributes(data: bytearray, begin: int, end: int, spans: Iterable[Span]) -> None:
    """All but maker, model and versions is emptied; simply all if the spans do not end where they must."""
    last = begin
    for key, at, last in spans:
        if key == _PRODUCTION:
            _clean_production(data, at + 4, last)
        elif key != _MODEL:
            data[at:last] = bytes(last - at)
    if last != end:
        data[begin:end] = bytes(end - begin)


def _clean_production(data: bytearray, at: int, end: int) -> None:
    while at + 6 <= end:
        kind, size = struct.unpack_from(">H2xH", data, at)
        at += 6
        stop = min(at + size, end)
        if kind == _SERIAL:
            data[at:stop] = zeroed(bytes(data[at:stop]))
        at += size


def _objects(data: bytearray, at: int) -> Iterator[Span]:
    """The attributes of all objects in a poll's list of lists."""
    (contexts,) = struct.unpack_from(">H", data, at)
    at += 4
    for _ in range(contexts):
        (count,) = struct.unpack_from(">H", data, at + 2)
        at += 6
        for _ in range(count):
            (size,) = struct.unpack_from(">H", data, at + 4)
            yield from _attributes(data, at + 2)
            at += 6 + size


def _attributes(data: bytearray, at: int) -> Iterator[Span]:
    """Those in one list, as far as they lie within it."""
    count, length = struct.unpack_from(">HH", data, at)
    at += 4
    end = at + length
    for _ in range(count):
        key, size = struct.unpack_from(">HH", data, at)
        if at + 4 + size > min(end, len(data)):
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
