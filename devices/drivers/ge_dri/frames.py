"""Bytes of the Datex-Ohmeda record interface (DRI): frames between flags, and what a record is made of.

A frame is `7E, record and one check byte, 7E`; inside, 7E is sent as 7D 5E and 7D as 7D 5D: the byte behind a
7D has lost its bit 5. The check byte is the sum of the record's bytes modulo 256. A record has a header of 40
bytes with a list of up to 8 parts. Numbers are little-endian. Layout from the maker's interface specification
(M1017617 and 8005313).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from struct import Struct
from typing import Final

from devices.checksum import sum8
from devices.framing import Begun
from kapmonitor.model import Fault, FaultKind

FLAG, ESCAPE = b"\x7e", b"\x7d"
BIT_5: Final = 0x20
_SPECIAL = re.compile(rb"[\x7d\x7e]")
_ESCAPED = re.compile(rb"\x7d(.)", re.DOTALL)

HEADER_SIZE: Final = 40
MOST_RECORD: Final = 1490
MOST_BYTES: Final = 2 * (MOST_RECORD + 1)
"""The longest frame if every byte of it is escaped."""

MOST_PARTS: Final = 8
END_OF_PARTS: Final = 0xFF
HEADER: Final = Struct("<hBBHIBBHh")
PART: Final = Struct("<hB")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its sender's interface level and number, and its parts as (type, bytes)."""

    level: int
    sender: int
    main_type: int
    parts: tuple[tuple[int, bytes], ...]


def frame(record: bytes) -> bytes:
    """A record as it goes over the line."""
    sealed = record + bytes([sum8(record)])
    return FLAG + _SPECIAL.sub(lambda found: ESCAPE + bytes([found[0][0] & ~BIT_5]), sealed) + FLAG


def parse(record: bytes) -> Record | None:
    """The parts of a record of at least 40 bytes; None if they do not lie within it."""
    _, _, level, sender, _, _, _, _, main_type = HEADER.unpack_from(record)
    body = record[HEADER_SIZE:]
    found: list[tuple[int, int]] = []
    for number in range(MOST_PARTS):
        offset, kind = PART.unpack_from(record, HEADER.size + number * PART.size)
        if kind == END_OF_PARTS:
            break
        if not 0 <= offset <= len(body):
            return None
        found.append((offset, kind))
    ends = sorted({offset for offset, _ in found} | {len(body)})
    parts = [(kind, body[offset : next((e for e in ends if e > offset), offset)]) for offset, kind in found]
    return Record(level, sender, main_type, tuple(parts))


class FlagFrames:
    """Takes bytes as they come; gives the records of good frames, unescaped, and Faults for all the rest."""

    def __init__(self) -> None:
        self._begun = Begun(MOST_BYTES)

    def clear(self) -> None:
        """Forget everything."""
        self._begun.clear()

    def feed(self, data: bytes, t_ns: int) -> list[bytes | Fault]:
        """Take bytes; records and the Faults of what lay between, in order."""
        first, *others = data.split(FLAG)
        out = self._begun.add(first, t_ns)
        for part in others:
            out += self._flag(t_ns)
            out += self._begun.add(part, t_ns)
        return out

    def finish(self, t_ns: int) -> list[bytes | Fault]:
        """The stream is over: a half frame becomes a Fault."""
        return self._begun.finish(t_ns)

    def _flag(self, t_ns: int) -> list[bytes | Fault]:
        """A flag ends what began before, and may begin something."""
        out = self._judged(sent, t_ns) if (sent := self._begun.sent) else []
        self._begun.begin()
        return out

    def _judged(self, sent: bytes, t_ns: int) -> list[bytes | Fault]:
        sealed = _ESCAPED.sub(_unescape, sent) if ESCAPE in sent else sent
        why = _wrong(sent, sealed)
        return self._begun.good(sealed[:-1], t_ns) if why is None else self._begun.drop(t_ns, why)


def _unescape(found: re.Match[bytes]) -> bytes:
    return bytes([found[1][0] | BIT_5])


def _wrong(sent: bytes, sealed: bytes) -> FaultKind | None:
    """Why what was `sent`, unescaped to `sealed`, is no record with its check byte."""
    if sent.endswith(ESCAPE) or any(found[0] & BIT_5 for found in _ESCAPED.findall(sent)):
        return FaultKind.CONTENT
    if not HEADER_SIZE < len(sealed) <= MOST_RECORD + 1:
        return FaultKind.LENGTH
    if sum8(sealed[:-1]) != sealed[-1]:
        return FaultKind.CHECKSUM
    size = int.from_bytes(sealed[:2], "little", signed=True)
    return None if size == len(sealed) - 1 else FaultKind.LENGTH
