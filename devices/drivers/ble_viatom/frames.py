"""Requests and replies of Viatom's O2 rings, little-endian.

A request is AA, command, its complement, block (2 bytes), payload length (2), payload, check; a reply is the
same with 55 and a status in place of the command, 0 for done. The check is a CRC-8 with polynomial 7 over all
before it. A reply comes in as many notifications as it needs and does not name the command it answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.framing import Waste
from kapmonitor.model import Fault, FaultKind

REQUEST_START, REPLY_START = 0xAA, 0x55
PAYLOAD_MOST: Final = 4096
"""More than the longest reply we ask for: settings and the names of all files."""
_HEAD: Final = 7


def _crc_table() -> bytes:
    table = bytearray(256)
    for value in range(256):
        crc = value
        for _ in range(8):
            crc = (crc << 1 ^ (0x07 if crc & 0x80 else 0)) & 0xFF
        table[value] = crc
    return bytes(table)


_TABLE: Final = _crc_table()


def crc8(data: bytes) -> int:
    """CRC-8 with polynomial 7, from 0; of "123456789" it is F4."""
    crc = 0
    for byte in data:
        crc = _TABLE[crc ^ byte]
    return crc


def request(command: int, payload: bytes = b"", block: int = 0) -> bytes:
    """A whole request."""
    head = bytes([REQUEST_START, command, command ^ 0xFF])
    body = head + block.to_bytes(2, "little") + len(payload).to_bytes(2, "little") + payload
    return body + bytes([crc8(body)])


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply whose check is right; `status` 0: done."""

    status: int
    payload: bytes


class Replies:
    """Puts replies together from notifications, and finds the next one after noise."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waste = Waste()

    def clear(self) -> None:
        """Forget everything."""
        self._buffer = b""
        self._waste.clear()

    def feed(self, data: bytes, t_ns: int) -> list[Reply | Fault]:
        """Take bytes; whole replies and the Faults of what lay between them, in order."""
        buffer, at = self._buffer + data, 0
        out: list[Reply | Fault] = []
        while at < len(buffer):
            size = _size_at(buffer, at)
            if size and at + size > len(buffer):
                break
            if size and crc8(buffer[at : at + size]) == 0:
                out += self._waste.end(t_ns)
                out.append(Reply(buffer[at + 1], buffer[at + _HEAD : at + size - 1]))
                at += size
                continue
            kind = FaultKind.CHECKSUM if size else FaultKind.NOISE
            out += self._waste.add(buffer[at : at + 1], t_ns, kind)
            at += 1
        self._buffer = buffer[at:]
        return out

    def flush(self, t_ns: int) -> list[Fault]:
        """Give up what has begun: its Fault, if there is any."""
        rest, self._buffer = self._buffer, b""
        return [*self._waste.add(rest, t_ns, FaultKind.LENGTH), *self._waste.end(t_ns)]


def _size_at(buffer: bytes, at: int) -> int:
    """The size of the reply at `at`, as far as it is known yet; 0 if none starts there."""
    head = buffer[at : at + _HEAD]
    if head[0] != REPLY_START:
        return 0
    if len(head) > 2 and head[1] ^ head[2] != 0xFF:
        return 0
    if len(head) < _HEAD:
        return _HEAD
    length = int.from_bytes(head[5:7], "little")
    return _HEAD + length + 1 if length <= PAYLOAD_MOST else 0
