"""IntelliVue frames as published, and an encoder of poll answers apart from driver and simulator."""

from __future__ import annotations

import struct

NUMERICS = bytes.fromhex(
    "C0110100A2E1000002 0002009A 0001 0007 0094 002100000000 0C16 008A 0001 00123456 2024013112345600"
    "0001 0006 0000 0001 0072 0000 0003 006C"
    "0101 0002 002E 0924 0004 00024A04 094B 0022 0003 001E"
    "4A05 0000 0F20 00000079 4A06 0000 0F20 0000004B 4A07 0000 0F20 0000005C"
    "0102 0002 0016 0924 0004 00024BB8 0950 000A 4BB8 0000 0220 00000061"
    "0103 0002 0016 0924 0004 00024182 0950 000A 4182 0000 0AA0 00000048 2054 C1"
)
"""Answer to a single poll: 121/75 (92) mmHg, SpO2 97, HR 72, at 2024-01-31 12:34:56."""

PLETH = bytes.fromhex(
    "C011010058E1000002 00020050 0004 0007 004A 002100000000 F13B 0040 0003 0001 00123C56 2024013112345600"
    "0001 0009 0000 0001 0026 0000 0001 0020 0104 0001 001A 096E 0016 4BB4 0000 0010"
    "067006D40738079C0800086408C8092C 6193 C1"
)
"""Answer to an extended poll: eight samples of pleth, 1648 to 2348."""

MODEL = bytes.fromhex("092800140008") + b"Philips\0" + bytes.fromhex("0008") + b"866062\0\0"
"""Model attribute of a real monitor."""

SINGLE_POLL = (
    "C0110100 24 E1000002 0001001C 0000 0007 0016 002100000000 00000000 0C16 0008 0001 0001 0006 0000 8E95 C1"
)
EXTENDED_NUMERICS = (
    "C0110100 30 E1000002 00010028 0003 0007 0022 002100000000 00000000 F13B 0014 0002 0001 0006 0000"
    "0001 0008 F13E 0004 00493E00 1FFC C1"
)
EXTENDED_WAVES = (
    "C0110100 30 E1000002 00010028 0004 0007 0022 002100000000 00000000 F13B 0014 0003 0001 0009 0000"
    "0001 0008 F13E 0004 00493E00 7832 C1"
)
EXTENDED_ALARMS = (
    "C0110100 30 E1000002 00010028 0005 0007 0022 002100000000 00000000 F13B 0014 0004 0001 0036 0801"
    "0001 0008 F13E 0004 00493E00 1C3C C1"
)
KEEP_ALIVE = (
    "C0110100 24 E1000002 0001001C 0001 0007 0016 002100000000 00000000 0C16 0008 0001 0001 0021 080C 544C C1"
)
RELEASE = "C011010 01A 0918 7DE1 1661803080020101A08062808001000000000000000000 4108 C1"
CONFIRM = "C0110100 1C E1000002 00020014 0001 0001 000E 002100000000 000ABD00 0D06 0000 3917 C1"
SET_ECG_II = (
    "E1000002 00010022 0007 0005 001C 002100000000 00000000 0001 000E 0000 F23A 0008 0001 0004 00020102"
)


def published(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


def crc(data: bytes) -> int:
    """CRC-16/X-25, bit by bit."""
    register = 0xFFFF
    for byte in data:
        for bit in range(8):
            top = (register ^ byte >> bit) & 1
            register = register >> 1 ^ (0x8408 if top else 0)
    return register ^ 0xFFFF


def framed(user_data: bytes) -> bytes:
    body = b"\x11\x01" + len(user_data).to_bytes(2, "big") + user_data
    body += crc(body).to_bytes(2, "little")
    for special in (0x7D, 0xC0, 0xC1):
        body = body.replace(bytes([special]), bytes([0x7D, special ^ 0x20]))
    return b"\xc0" + body + b"\xc1"


def lst(*items: bytes) -> bytes:
    return struct.pack(">HH", len(items), len(b"".join(items))) + b"".join(items)


def att(key: int, value: bytes) -> bytes:
    return struct.pack(">HH", key, len(value)) + value


def num(physio: int, unit: int, word: str, state: int = 0) -> bytes:
    return struct.pack(">HHH", physio, state, unit) + bytes.fromhex(word)


def single(physio: int, unit: int, word: str, state: int = 0) -> bytes:
    """An object with one number."""
    return obj(physio & 0xFF, att(0x0950, num(physio, unit, word, state)))


def obj(handle: int, *attributes: bytes) -> bytes:
    return struct.pack(">H", handle) + lst(*attributes)


def nibp(
    values: tuple[int, int, int] | None,
    stamp: str | None = None,
    state: int = 0,
    unit: int = 0x0F20,
    relative: int | None = None,
) -> bytes:
    """A cuff result; `stamp` are 16 decimals, `relative` ticks."""
    words = [f"{v:08X}" for v in values] if values else ["007FFFFF"] * 3
    pressures = [num(p, unit, w, state) for p, w in zip((0x4A05, 0x4A06, 0x4A07), words, strict=True)]
    attributes = [att(0x094B, lst(*pressures))]
    if stamp is not None:
        attributes.append(att(0x0990, bytes.fromhex(stamp)))
    if relative is not None:
        attributes.append(att(0x0991, relative.to_bytes(4, "big")))
    return obj(1, *attributes)


def reply(
    *objects: bytes,
    polled: int = 6,
    clock: str = "2024013112345600",
    ticks: int = 0x123456,
    extended: bool = False,
    invoke: int = 0,
    part: int | None = None,
    sequence: int = 1,
) -> bytes:
    """A framed answer to a poll; `part` 1, 2 or 3 makes it a linked one."""
    body = (
        b"\0\1"
        + (sequence.to_bytes(2, "big") if extended else b"")
        + ticks.to_bytes(4, "big")
        + bytes.fromhex(clock)
    )
    body += struct.pack(">HHH", 1, polled, 0) + lst(b"\0\0" + lst(*objects))
    action = (
        bytes.fromhex("002100000000") + struct.pack(">HH", 0xF13B if extended else 0x0C16, len(body)) + body
    )
    return result(invoke, action, part)


def result(invoke: int, action: bytes, part: int | None = None) -> bytes:
    message = struct.pack(">HHH", invoke, 7, len(action)) + action
    if part is not None:
        message = bytes([part, 1]) + message
    kind = 2 if part is None else 5
    return framed(b"\xe1\0\0\2" + struct.pack(">HH", kind, len(message)) + message)


def error(invoke: int, code: int) -> bytes:
    return framed(b"\xe1\0\0\2" + struct.pack(">HHHHH", 3, 6, invoke, code, 0))


def create(
    invoke: int = 1,
    time: int = 0xABD00,
    attributes: bytes = MODEL,
    more: bytes | None = None,
    *,
    with_object: bool = False,
) -> bytes:
    """MDS create with its attribute list, which may come behind the id of the object."""
    body = bytes.fromhex("002100000000") if with_object else b""
    body += lst(attributes) if more is None else lst(attributes, more)
    event = bytes.fromhex("002100000000") + struct.pack(">IHH", time, 0x0D06, len(body)) + body
    message = struct.pack(">HHH", invoke, 1, len(event)) + event
    return framed(b"\xe1\0\0\2" + struct.pack(">HH", 1, len(message)) + message)


def session(kind: int, body: bytes = b"") -> bytes:
    """An association message of less than 255 bytes."""
    return framed(bytes([kind, len(body)]) + body)


def accept(options: int, least_ticks: int = 4000, extension: int = 0xF001) -> bytes:
    """An acceptance with the monitor's poll profile among other things."""
    profile = struct.pack(">IIIIII", 0x80000000, least_ticks, 1456, 1456, 0xFFFFFFFF, 0x60000000)
    profile += lst(att(extension, struct.pack(">IHH", options, 0, 0)))
    body = bytes(range(0x31, 0x60)) + lst(att(1, profile), att(0x0102, bytes(4))) + bytes(16)
    return framed(b"\x0e" + bytes([len(body)]) + body)


ACCEPT, REFUSE, RELEASED, ABORT = (session(kind) for kind in (0x0E, 0x0C, 0x0A, 0x19))
