"""What the monitor sends, read from the user data of one frame.

| first byte | message                                   |
|------------|-------------------------------------------|
| 0E         | association accepted                      |
| 0C         | association refused                       |
| 09, 0A     | release asked for, release confirmed      |
| 19         | abort                                     |
| E1         | data: event, result, part of one, error   |

Every list is a count and a length in bytes, every attribute an id, a length and a value, all big-endian.
A poll's answer may come in parts; each part holds whole objects and is read by itself.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from devices.drivers.intellivue import identity
from devices.drivers.intellivue.identity import Said
from devices.drivers.intellivue.machine import Event
from devices.drivers.intellivue.messages import (
    ACTION,
    CONFIRMED_EVENT,
    EXTENDED_POLL,
    MDS_CREATE,
    SESSION_DATA,
    SINGLE_POLL,
    TICKS_PER_S,
)

Attributes = dict[int, bytes]

_ACCEPT = 0x0E
_SESSION = {
    0x0C: Event.REFUSED,
    0x09: Event.RELEASED,
    0x0A: Event.RELEASED,
    0x19: Event.ABORTED,
}
_INVOKE, _RESULT, _ERROR, _LINKED = 1, 2, 3, 5
_OBJECT_SIZE = 6

_TWO = struct.Struct(">HH")
_THREE = struct.Struct(">HHH")
_POLL = struct.Struct(">I8sHHH")

_PROFILE_BEGIN = bytes.fromhex("0001 0028 80000000")
"""The poll profile's id, length and revision."""
_PROFILE = struct.Struct(">8sI16xHHHHI")
_PROFILE_EXTENSION = 0xF001
_OFFERS_WAVES = 0x0800_0000


class Malformed(Exception):
    """Bytes whose lengths or counts contradict each other."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The association is accepted: whether the monitor offers waves, and the least seconds between polls.

    As the host asked for it, where the monitor does not say.
    """

    waves: bool = True
    least_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Created:
    """MDS create: what the monitor says it is."""

    invoke_id: int
    event_time: int
    said: Said


@dataclass(frozen=True, slots=True)
class Polled:
    """An answer to a poll, or a part of one; `ticks` is the monitor's running time in units of 125 us.

    `clock` is its wall clock, ISO 8601 without zone; `sequence` counts the answers to an extended poll.
    """

    invoke_id: int
    polled: int
    sequence: int | None
    ticks: int
    clock: str | None
    objects: tuple[tuple[int, Attributes], ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The monitor will not do what was asked."""

    invoke_id: int
    error: int


Message = Event | Accepted | Created | Polled | Failed


def read(data: bytes) -> Message | None:
    """The message in `data`; None for one that says nothing of use. Malformed if it contradicts itself."""
    try:
        if data[:4] == SESSION_DATA:
            return _read_data(data)
        return _read_session(data)
    except (struct.error, IndexError) as short:
        raise Malformed("too short") from short


def _read_session(data: bytes) -> Event | Accepted | None:
    size = int.from_bytes(data[2:4], "big") + 4 if data[1] == 0xFF else data[1] + 2
    if size > len(data):
        raise Malformed("length")
    return _accepted(data) if data[0] == _ACCEPT else _SESSION.get(data[0])


def _accepted(data: bytes) -> Accepted:
    """What the monitor's poll profile offers; it lies among values that nobody here needs."""
    at = data.find(_PROFILE_BEGIN)
    if at < 0 or at + _PROFILE.size > len(data):
        return Accepted()
    _, least, _, _, extension, size, options = _PROFILE.unpack_from(data, at)
    if (extension, size) != (_PROFILE_EXTENSION, 8):
        return Accepted(least_s=least / TICKS_PER_S)
    return Accepted(bool(options & _OFFERS_WAVES), least / TICKS_PER_S)


def _read_data(data: bytes) -> Message | None:
    kind, size = _TWO.unpack_from(data, 4)
    if 8 + size > len(data):
        raise Malformed("length")
    at = 10 if kind == _LINKED else 8
    invoke_id, command, size = _THREE.unpack_from(data, at)
    at += 6
    if at + size > len(data):
        raise Malformed("length")
    if kind == _ERROR:
        return Failed(invoke_id, command)
    if kind in (_RESULT, _LINKED) and command == ACTION:
        return _read_poll(invoke_id, data, at)
    if kind == _INVOKE and command == CONFIRMED_EVENT:
        return _read_event(invoke_id, data, at)
    return None


def _read_event(invoke_id: int, data: bytes, at: int) -> Created | None:
    event_time, kind, size = struct.unpack_from(">IHH", data, at + _OBJECT_SIZE)
    if kind != MDS_CREATE:
        return None
    body = data[at + _OBJECT_SIZE + 8 :][:size]
    return Created(invoke_id, event_time, identity.said(_create_attributes(body)))


def _create_attributes(body: bytes) -> Attributes:
    """The attributes of MDS create, which may stand behind the id of the object they belong to."""
    for at in (_OBJECT_SIZE, 0):
        try:
            if attributes := _attributes(body, at, len(body))[0]:
                return attributes
        except (Malformed, struct.error):
            continue
    return {}


def _read_poll(invoke_id: int, data: bytes, at: int) -> Polled | None:
    kind, size = _TWO.unpack_from(data, at + _OBJECT_SIZE)
    if kind not in (SINGLE_POLL, EXTENDED_POLL):
        return None
    at += _OBJECT_SIZE + 4
    if at + size > len(data):
        raise Malformed("length")
    sequence = int.from_bytes(data[at + 2 : at + 4], "big") if kind == EXTENDED_POLL else None
    at += 2 if sequence is None else 4
    ticks, clock, _, polled, _ = _POLL.unpack_from(data, at)
    objects = tuple(_objects(data, at + _POLL.size))
    return Polled(invoke_id, polled, sequence, ticks, absolute_time(clock), objects)


def _objects(data: bytes, at: int) -> Iterator[tuple[int, Attributes]]:
    """Handle and attributes of all objects in a poll's list of lists."""
    contexts, end = _list(data, at, len(data))
    at += 4
    for _ in range(contexts):
        count, inner_end = _list(data, at + 2, end)
        at += 6
        for _ in range(count):
            handle = int.from_bytes(data[at : at + 2], "big")
            attributes, at = _attributes(data, at + 2, inner_end)
            yield handle, attributes
        if at != inner_end:
            raise Malformed("list")


def _attributes(data: bytes, at: int, limit: int) -> tuple[Attributes, int]:
    """An attribute list and where it ends."""
    count, end = _list(data, at, limit)
    at += 4
    found: Attributes = {}
    for _ in range(count):
        key, size = _TWO.unpack_from(data, at)
        at += 4
        found[key] = data[at : at + size]
        at += size
    if at != end:
        raise Malformed("attributes")
    return found, end


def items(value: bytes, size: int) -> list[bytes]:
    """The items of an attribute that is a list of items of one size; Malformed if it is none."""
    count, end = _list(value, 0, len(value))
    if count * size != end - 4:
        raise Malformed("items")
    return [value[at : at + size] for at in range(4, end, size)]


def _list(data: bytes, at: int, limit: int) -> tuple[int, int]:
    """Count of a list and where it ends."""
    count, size = _TWO.unpack_from(data, at)
    end = at + 4 + size
    if end > limit:
        raise Malformed("list")
    return count, end


def absolute_time(value: bytes) -> str | None:
    """Eight bytes of binary-coded decimals, century to hundredths, as ISO 8601; None if it is no time."""
    digits = value[:7].hex()
    if len(digits) != 14 or not digits.isdecimal():
        return None
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    try:
        moment = datetime(int(digits[:4]), month, day, hour, minute, second)  # noqa: DTZ001 it has no zone
    except ValueError:
        return None
    return moment.isoformat()
