"""Bytes of the simulated IntelliVue monitor: frames, lists, numbers, poll answers. Big-endian throughout.

Written from the tables, apart from the driver: what both have in common is the line alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

MOST_USER_DATA: Final = 1456
MOST_HEARD: Final = 2048
SPECIAL: Final = frozenset((0xC0, 0xC1, 0x7D))
NO_VALUE: Final = 0x7FFFFF
DATA: Final = b"\xe1\x00\x00\x02"
MDS: Final = b"\x00\x21\x00\x00\x00\x00"
RESULT, ERROR, LINKED = 2, 3, 5
ACTION, SET, EVENT = 7, 5, 1
SINGLE, EXTENDED = 0x0C16, 0xF13B


def check(data: bytes) -> bytes:
    """The two check bytes, low byte first."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0x8408 * (register & 1)
    return struct.pack("<H", register ^ 0xFFFF)


def wrapped(user_data: bytes) -> bytes:
    """A whole frame."""
    plain = struct.pack(">BBH", 0x11, 1, len(user_data)) + user_data
    out = bytearray([0xC0])
    for byte in plain + check(plain):
        out += bytes([0x7D, byte ^ 0x20]) if byte in SPECIAL else bytes([byte])
    return bytes([*out, 0xC1])


class Ear:
    """Finds the host's frames; what is no good frame is passed over, as the real monitor does."""

    def __init__(self) -> None:
        self._heard = b""

    def feed(self, data: bytes) -> list[bytes]:
        """User data of the frames that are whole now."""
        *whole, rest = (self._heard + data).split(b"\xc1")
        self._heard = rest[-MOST_HEARD:]
        found = (_unwrapped(part) for part in whole)
        return [user_data for user_data in found if user_data is not None]


def _unwrapped(part: bytes) -> bytes | None:
    _, begun, sent = part.rpartition(b"\xc0")
    plain = bytearray()
    turned = False
    for byte in sent:
        if byte == 0x7D:
            turned = True
            continue
        plain.append(byte ^ 0x20 if turned else byte)
        turned = False
    body = bytes(plain)
    if not begun or turned or len(body) < 7 or check(body[:-2]) != body[-2:]:
        return None
    size = int.from_bytes(body[2:4], "big")
    return body[4:-2] if body[:2] == b"\x11\x01" and size == len(body) - 6 else None


def listed(items: Sequence[bytes]) -> bytes:
    """A list: count, bytes, items."""
    return struct.pack(">HH", len(items), sum(map(len, items))) + b"".join(items)


def attribute(key: int, value: bytes) -> bytes:
    """An id, a length and a value."""
    return struct.pack(">HH", key, len(value)) + value


def float_word(mantissa: int, exponent: int = 0) -> bytes:
    """A FLOAT; NO_VALUE as mantissa means there is none."""
    return struct.pack(">b", exponent) + (mantissa & 0xFFFFFF).to_bytes(3, "big")


def number(physio: int, unit: int, mantissa: int | None, exponent: int = 0, state: int = 0) -> bytes:
    """The ten bytes of a number; None as mantissa is "no value"."""
    word = float_word(NO_VALUE if mantissa is None else mantissa, exponent)
    return struct.pack(">HHH", physio, state, unit) + word


def bcd_time(moment: datetime) -> bytes:
    """The wall clock, century to hundredths of a second, as binary-coded decimals."""
    return bytes.fromhex(moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 10_000:02d}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll of the host, to be repeated in each of its answers."""

    invoke_id: int
    kind: int
    number: int
    polled: int
    group: int
    period_ticks: int = 0


def asked(user_data: bytes) -> Asked | None:
    """The poll in `user_data`, or None if it is none."""
    if len(user_data) < 36 or user_data[:6] != DATA + b"\0\1":
        return None
    invoke_id, command = struct.unpack_from(">HH", user_data, 8)
    kind, _, poll, _, polled, group = struct.unpack_from(">HHHHHH", user_data, 24)
    if command != ACTION or kind not in (SINGLE, EXTENDED):
        return None
    period = int.from_bytes(user_data[44:48], "big") if kind == EXTENDED else 0
    return Asked(invoke_id, kind, poll, polled, group, period)


def answer(poll: Asked, sequence: int, ticks: int, clock: bytes, objects: Sequence[bytes]) -> list[bytes]:
    """The user data of a poll's answer, in as many parts as are needed; objects are handle and attributes."""
    head = struct.pack(">H", poll.number)
    if poll.kind == EXTENDED:
        head += struct.pack(">H", sequence)
    head += struct.pack(">I", ticks) + clock + struct.pack(">HHH", 1, poll.polled, poll.group)
    room = MOST_USER_DATA - len(head) - 40
    bodies = [head + listed([b"\0\0" + listed(part)] if part else []) for part in _parts(objects, room)]
    last = len(bodies) - 1
    return [_part(poll, body, place, last) for place, body in enumerate(bodies)]


def _parts(objects: Iterable[bytes], room: int) -> list[list[bytes]]:
    parts: list[list[bytes]] = [[]]
    for item in objects:
        if parts[-1] and sum(map(len, parts[-1])) + len(item) > room:
            parts.append([])
        parts[-1].append(item)
    return parts


def _part(poll: Asked, body: bytes, place: int, last: int) -> bytes:
    action = MDS + struct.pack(">HH", poll.kind, len(body)) + body
    result = struct.pack(">HHH", poll.invoke_id, ACTION, len(action)) + action
    if place == last:
        return data(RESULT, result)
    return data(LINKED, bytes([1 if place == 0 else 2, place + 1]) + result)


def data(kind: int, body: bytes) -> bytes:
    """A data message."""
    return DATA + struct.pack(">HH", kind, len(body)) + body


def refusal(invoke_id: int, error: int) -> bytes:
    """The monitor will not do what was asked."""
    return data(ERROR, struct.pack(">HHH", invoke_id, error, 0))


def text(words: str) -> bytes:
    """A text of the model attribute: length and characters, ended by a zero, of an even number of bytes."""
    characters = words.encode() + b"\0"
    characters += b"\0" * (len(characters) % 2)
    return struct.pack(">H", len(characters)) + characters


def system(maker: str, model: str, serial: str, software: str) -> bytes:
    """The monitor as an object: its model, and what of it was made when."""
    entries = [
        struct.pack(">HH", kind, component) + text(words)
        for kind, component, words in ((1, 0x0050, "board 7"), (1, 0x0008, serial), (4, 0x0058, software))
    ]
    attributes = [attribute(0x0928, text(maker) + text(model)), attribute(0x092D, listed(entries))]
    return b"\0\0" + listed(attributes)


def mds_create(invoke_id: int, ticks: int, maker: str, model: str) -> bytes:
    """The monitor says what it is."""
    attributes = MDS + listed([attribute(0x0928, text(maker) + text(model))])
    event = MDS + struct.pack(">IHH", ticks, 0x0D06, len(attributes)) + attributes
    return data(1, struct.pack(">HHH", invoke_id, EVENT, len(event)) + event)
