"""Records of the GE / Datex-Ohmeda computer interface, group by group as the specification lists them.

Every group begins with a status (bit 0: the module is there, bit 1: it measures) and a label; a module that
is not there has status 0 and -32767 in all its values.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

NO: Final = -32767
THERE: Final = 0b11
EPOCH_S: Final = 1_700_000_000
"""The monitor's clock at the session's start."""

HEADER_BYTES: Final = 40
SENDER: Final = 0x0100
"""The monitor's number in the header of its records."""
VALUES, WAVES, ALARMS = 0, 1, 4
DISPLAYED, AUXILIARY, ALARM_REPLY = 1, 4, 1

Words = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One group: status bits besides the first two, label, and the values in words.

    `without` are those of the first two that are not set.
    """

    words: Words
    label: int = 0
    status: int = 0
    without: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What is displayed; None where there is no such module.

    ECG: HR, three ST, breaths by impedance. Pressures (six) and NIBP: systolic, diastolic, mean, pulse.
    Temperatures (four): one. SpO2: saturation, pulse, amplitude, SvO2. CO2: end-tidal, inspired, breaths,
    ambient pressure. `ecg_hr` is the rate that the ECG alone gives. Gases by number (oxygen, nitrous oxide,
    agent): end-tidal, inspired, and of the agent the sum.
    """

    ecg: Group | None = None
    pressures: dict[int, Group] = field(default_factory=dict)
    nibp: Group | None = None
    temperatures: dict[int, Group] = field(default_factory=dict)
    spo2: Group | None = None
    co2: Group | None = None
    ecg_hr: int = NO
    gases: dict[int, Group] = field(default_factory=dict)


def displayed(shown: Shown, time_s: int) -> bytes:
    """The 278 bytes of displayed values, basic class."""
    groups = [_group(shown.ecg, 5)]
    groups += [_group(shown.pressures.get(number), 4) for number in range(4)]
    groups += [_group(shown.nibp, 4)]
    groups += [_group(shown.temperatures.get(number), 1) for number in range(4)]
    groups += [_group(shown.spo2, 4), _group(shown.co2, 4)]
    groups += [_group(shown.gases.get(number), size) for number, size in enumerate((2, 2, 3))]
    groups += [_group(None, size) for size in (8, 4, 3)]
    groups += [struct.pack("<3h", shown.ecg_hr, NO, NO), _group(None, 1)]
    groups += [_group(shown.pressures.get(number), 4) for number in (4, 5)]
    return struct.pack("<I", time_s) + b"".join(groups) + bytes(2) + bytes(4)


def _group(group: Group | None, size: int) -> bytes:
    if group is None:
        return struct.pack(f"<IH{size}h", 0, 0, *[NO] * size)
    words = (*group.words, *[NO] * (size - len(group.words)))
    return struct.pack(f"<IH{size}h", (THERE & ~group.without) | group.status, group.label, *words)


def auxiliary(nibp_time_s: int) -> bytes:
    """The 114 bytes of auxiliary info."""
    return struct.pack("<IhIIh98x", nibp_time_s, 0, 0, 0, NO)


def wave(samples: Sequence[int], status: int = 0, label: int = 0) -> bytes:
    """One block of a wave; status 1 says that samples before it are missing, 8 that a lead is off."""
    return struct.pack(f"<hHH{len(samples)}h", len(samples), status, label, *samples)


def alarm_status(texts: Sequence[tuple[str, int]], silence: int = 0, wide: int = 2) -> bytes:
    """Up to five texts with their colours: 1 white, 2 yellow, 3 red; `wide` bytes for colour and silence."""
    out = struct.pack("<4h", 0, 1, 0, 0) + silence.to_bytes(wide, "little")
    for text, colour in [*texts, *[("", 0)] * 5][:5]:
        out += struct.pack("<80sh", text.encode("latin-1"), 1) + colour.to_bytes(wide, "little")
        out += struct.pack("<h12x", 1)
    return out + bytes(10)


def record(
    main_type: int,
    parts: Sequence[tuple[int, bytes]],
    level: int,
    number: int = 0,
    time_s: int = 0,
    sender: int = SENDER,
) -> bytes:
    """A whole frame with up to eight parts."""
    listed, place = b"", 0
    for kind, data in parts:
        listed += struct.pack("<hB", place, kind)
        place += len(data)
    listed += struct.pack("<hB", 0, 0xFF) * (len(parts) < 8)
    body = b"".join(data for _, data in parts)
    size = HEADER_BYTES + len(body)
    head = struct.pack("<hBBHIBBHh", size, number & 0xFF, level, sender, time_s, 0, 0, 0, main_type)
    return frame((head + listed).ljust(HEADER_BYTES, b"\0") + body)


def frame(data: bytes) -> bytes:
    """Flags around a record and its check byte, escaped."""
    out = bytearray(b"\x7e")
    for byte in (*data, sum(data) % 256):
        out += bytes([0x7D, byte & ~0x20]) if byte in (0x7D, 0x7E) else bytes([byte])
    return bytes(out) + b"\x7e"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the host: its main type and body."""

    main_type: int
    body: bytes


def take_requests(heard: bytes) -> tuple[list[Asked], bytes]:
    """The whole requests in what was heard, and what is left over; damaged ones get no answer."""
    *pieces, rest = heard.split(b"\x7e")
    asked: list[Asked] = []
    for piece in pieces:
        plain = piece.replace(b"\x7d\x5e", b"\x7e").replace(b"\x7d\x5d", b"\x7d")
        data, check = plain[:-1], plain[-1:]
        if len(data) < HEADER_BYTES or check != bytes([sum(data) % 256]):
            continue
        if struct.unpack_from("<h", data)[0] == len(data) and data[18] == 0:
            asked.append(Asked(struct.unpack_from("<h", data, 14)[0], data[HEADER_BYTES:]))
    return asked, rest[-200:]
