"""Bytes of the Contec CMS50 oximeters: packets and frames, recognised, decoded, and commands encoded.

New protocol (115 200 baud): `type, high, data...`; the type has bit 7 clear, all others have it set, and bit
k of `high` is bit 7 of data byte k. Old protocol (19 200 baud, odd parity): five bytes, bit 7 set in the
first alone. Neither has a checksum, so nothing is believed on one frame. Maker's protocol description V7.0
and two independent public drivers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What bytes at one place are, or may become."""

    NOTHING = "nothing"
    BEGUN = "begun"
    """All bytes that are there fit; more are needed to tell."""
    LIVE_NEW = "live new"
    LIVE_OLD = "live old"
    ANSWER = "answer"
    STORED_OLD = "stored old"
    """The marker with which the old protocol begins its stored data."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at one place, and how many bytes it takes."""

    kind: Kind
    size: int = 0


NOTHING: Final = Found(Kind.NOTHING)
BEGUN: Final = Found(Kind.BEGUN)

LIVE, DEVICE_ID, FEEDBACK, IDLE, DISCONNECT, PI_SUPPORT, NOTICE = 0x01, 0x04, 0x0B, 0x0C, 0x0D, 0x0E, 0x11
RECORD_PI, RECORDS = 0x09, 0x0F
STORING: Final = frozenset({0x07, 0x08, 0x12, RECORD_PI, RECORDS})
"""Packets among which those with stored data stand."""

SIZES: Final = {
    LIVE: 9,
    DEVICE_ID: 9,
    0x05: 9,
    0x07: 8,
    0x08: 8,
    RECORD_PI: 6,
    0x0A: 4,
    FEEDBACK: 4,
    IDLE: 2,
    DISCONNECT: 3,
    PI_SUPPORT: 3,
    RECORDS: 8,
    0x10: 3,
    NOTICE: 9,
    0x12: 8,
    0x15: 9,
}
"""Total lengths of the new protocol's packets by type."""

NEW_SIZE: Final = SIZES[LIVE]
OLD_SIZE: Final = 5
PROOF: Final = 3
"""Live frames in a row that prove a protocol; noise forms three that agree less than once in 10^12 bytes."""

STORED_MARK: Final = b"\xf2\x80\x00" * 3
DONE: Final = 0
REASONS: Final = {
    DONE: "done",
    1: "switched off",
    2: "user changed",
    3: "recording",
    4: "not deleted",
    5: "not supported",
    0xFF: "reason unknown",
}
MOST_SIGNAL, NO_SPO2, NO_PI, MOST_PI = 8, 0x7F, 0xFFFF, 2200


def unpack(packet: bytes) -> bytes:
    """The data bytes of a packet of the new protocol, each with its bit 7 put back from `high`."""
    high = packet[1]
    return bytes(b & 0x7F | (high >> k & 1) << 7 for k, b in enumerate(packet[2:]))


def command(code: int, *data: int) -> bytes:
    """A command of the new protocol; unused data bytes are 0."""
    body = bytes([code, *data]).ljust(7, b"\0")
    high = 0x80 | sum((b >> 7) << k for k, b in enumerate(body))
    return bytes([0x7D, high]) + bytes(b | 0x80 for b in body)


class Ask(Enum):
    """Everything this driver can send."""

    STOP_STORED = command(0xA7)
    STOP = command(0xA2)
    WHO = command(0xAA)
    START = command(0xA1)
    CONNECTED = command(0xAF)
    LIVE_AGAIN = b"\xf6\xf6\xf6"
    """For the old protocol: ends a transfer of stored data."""


ANSWERS: Final = {IDLE: (Ask.STOP_STORED, Ask.STOP), DEVICE_ID: (Ask.WHO,), LIVE: (Ask.START,)}
"""Packet types that answer a question; a feedback packet names the command itself."""


_MAY_BEGIN: Final = re.compile(
    rb"\xf2(?=\x80|\Z)"
    rb"|[\x80-\xff](?=[\x00-\x7f]{4}|[\x00-\x7f]{0,3}\Z)"
    rb"|[%b](?=[\x80-\xff]|\Z)" % re.escape(bytes(SIZES))
)
"""The marker, a live frame of the old protocol, a packet of the new one."""


def begin_behind(buffer: bytes, pos: int) -> int:
    """The next place at or behind `pos` where anything may begin, the end if nowhere: find() is slow."""
    begun = _MAY_BEGIN.search(buffer, pos)
    return len(buffer) if begun is None else begun.start()


def find(buffer: bytes, pos: int, known: Kind | None, *, following: bool) -> Found:
    """What begins at `pos`.

    `known` is the live protocol read until a moment ago, whose frames need not agree again. `following`: a
    good packet ends at `pos`, which makes short ones credible.
    """
    if buffer[pos] >= 0x80:
        marked = _marker(buffer, pos)
        if marked.kind is not Kind.NOTHING:
            return marked
        return _proof(buffer, pos, OLD, agree=known is not OLD.kind)
    if buffer[pos] == LIVE:
        return _proof(buffer, pos, NEW, agree=known is not NEW.kind)
    return _answer(buffer, pos, following=following)


def _marker(buffer: bytes, pos: int) -> Found:
    begun = buffer[pos : pos + len(STORED_MARK)]
    if begun == STORED_MARK:
        return Found(Kind.STORED_OLD, len(STORED_MARK))
    return BEGUN if STORED_MARK.startswith(begun) else NOTHING


@dataclass(frozen=True, slots=True)
class Live:
    """How the live frames of one protocol are recognised."""

    kind: Kind
    size: int
    good: Callable[[bytes], bool]
    slow: Callable[[bytes], tuple[int, ...]]


def _proof(buffer: bytes, pos: int, live: Live, *, agree: bool) -> Found:
    """PROOF frames from `pos`, with the same numbers in all of them if they must agree."""
    first: tuple[int, ...] | None = None
    for number in range(PROOF):
        frame = buffer[pos + number * live.size : pos + (number + 1) * live.size]
        if not live.good(frame):
            return NOTHING
        if len(frame) < live.size:
            return BEGUN
        numbers = live.slow(frame)
        if agree and first is not None and numbers != first:
            return NOTHING
        first = numbers
    return Found(live.kind, PROOF * live.size)


def new_frame(begun: bytes) -> bool:
    """Whether these up to 9 bytes may be a live frame of the new protocol."""
    if begun[:1] not in (b"", b"\x01") or any(b < 0x80 for b in begun[1:]):
        return False
    if len(begun) < NEW_SIZE:
        return True
    flags, _, bar, _, spo2, pi_low, pi_high = unpack(begun)
    pi = pi_high << 8 | pi_low
    credible = (1 <= spo2 <= 100 or spo2 == NO_SPO2) and (pi <= MOST_PI or pi == NO_PI)
    return credible and flags & 0x0F <= MOST_SIGNAL and bar < 0x20


def new_slow(frame: bytes) -> tuple[int, ...]:
    """What stays the same in all frames of a second: conditions and numbers."""
    return frame[1], frame[2] & 0x30, frame[4] & 0x10, *frame[5:9]


def old_frame(begun: bytes) -> bool:
    """Whether these up to 5 bytes may be a live frame of the old protocol."""
    if any(b >= 0x80 for b in begun[1:]) or (begun and begun[0] < 0x80):
        return False
    return len(begun) < OLD_SIZE or begun[4] <= 100 or begun[4] == NO_SPO2


def old_slow(frame: bytes) -> tuple[int, ...]:
    """What stays the same in all frames of a second: conditions and numbers."""
    return frame[0] & 0x30, frame[2] & 0x70, frame[3], frame[4]


NEW: Final = Live(Kind.LIVE_NEW, NEW_SIZE, new_frame, new_slow)
OLD: Final = Live(Kind.LIVE_OLD, OLD_SIZE, old_frame, old_slow)


def _answer(buffer: bytes, pos: int, *, following: bool) -> Found:
    size = SIZES.get(buffer[pos], 0)
    packet = buffer[pos : pos + size]
    if not size or any(b < 0x80 for b in packet[1:]):
        return NOTHING
    if len(packet) < size:
        return BEGUN
    return Found(Kind.ANSWER, size) if following or _credible(packet) else NOTHING


def _credible(packet: bytes) -> bool:
    """Whether a packet says something it can say; for types with too little to judge by: no."""
    data = unpack(packet)
    match packet[0]:
        case 0x04:
            return all(0x20 <= b < 0x7F or b == 0 for b in data) and any(data)
        case 0x0B:
            return 0xA0 <= data[0] < 0xC0 and data[1] in REASONS
        case 0x0C:
            return packet[1] == 0x80
        case 0x0D:
            return data[0] in REASONS and packet[1] & 0x7E == 0
        case 0x0E:
            return data[0] <= 1 and packet[1] == 0x80
        case _:
            return False


def device_id(packet: bytes) -> str:
    """The name in a device id packet."""
    return "".join(chr(b) for b in unpack(packet) if 0x20 <= b < 0x7F).strip()


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """Stored numbers as the device sent them; `pi` is None where they have none."""

    pulse: int
    spo2: int
    pi: int | None = None


def may_be_record(begun: bytes) -> bool:
    """Whether these up to 3 bytes begin a record `F0|rate bit 7, 80|rate bits 6-0, SpO2`."""
    fits = (begun[:1] in (b"\xf0", b"\xf1"), begun[1:2] >= b"\x80", begun[2:3] < b"\x80")
    return all(fits[: len(begun)])


def stored_record(record: bytes) -> StoredRecord:
    """Read the three bytes of a record of the old protocol."""
    return StoredRecord((record[0] & 1) << 7 | record[1] & 0x7F, record[2])


def stored_records(packet: bytes) -> list[StoredRecord]:
    """Read a packet with stored data of the new protocol: one record with PI, or three without."""
    data = unpack(packet)
    if packet[0] == RECORD_PI:
        return [StoredRecord(data[1], data[0], data[3] << 8 | data[2])]
    return [StoredRecord(data[i + 1], data[i]) for i in range(0, len(data), 2)]


def whole(data: bytes) -> Live | None:
    """The protocol of which `data`, all that came, is nothing but live frames; None if it is of none."""
    for live in (NEW, OLD):
        frames = [data[i : i + live.size] for i in range(0, len(data), live.size)]
        if frames and all(len(frame) == live.size and live.good(frame) for frame in frames):
            return live
    return None
