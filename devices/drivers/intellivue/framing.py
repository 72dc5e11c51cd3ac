"""Frames of the data export port: `C0, 11 01, length, user data, check, C1`, escaped.

Length is two bytes, big-endian, and counts the user data before escaping. The check is the PPP frame check
sequence (CRC-16/X-25 over header and user data, low byte first). Between C0 and C1, every C0, C1 and 7D is
sent as 7D and the byte with bit 5 turned over, in header and check too. 7D C1 means: forget this frame.
"""

from __future__ import annotations

import re
from binascii import crc_hqx

from devices.framing import Begun
from kapmonitor.model import Fault, FaultKind

BEGIN, END, ESCAPE = b"\xc0", b"\xc1", b"\x7d"
HEADER = b"\x11\x01"
HEADER_SIZE, FCS_SIZE = 4, 2
MOST_BYTES = 4096
"""Longest frame as sent that is waited for; the longest agreed one, all of it escaped, takes 2 924 bytes."""

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_SPECIAL = re.compile(rb"[\xc0\xc1\x7d]")
_ESCAPED = re.compile(rb"\x7d(.)", re.DOTALL)


def fcs(data: bytes) -> bytes:
    """The two check bytes of `data`, in the order they are sent.

    X-25 is the mirror image of the CRC that binascii has: the bits of each byte and of the result in reverse.
    """
    crc = crc_hqx(data.translate(_MIRRORED), 0xFFFF) ^ 0xFFFF
    return crc.to_bytes(2, "big").translate(_MIRRORED)


def frame(user_data: bytes) -> bytes:
    """`user_data`, at most 65 535 bytes, as it goes over the line."""
    body = HEADER + len(user_data).to_bytes(2, "big") + user_data
    return BEGIN + _SPECIAL.sub(_escape, body + fcs(body)) + END


def _escape(match: re.Match[bytes]) -> bytes:
    return ESCAPE + bytes([match[0][0] ^ 0x20])


def _unescape(match: re.Match[bytes]) -> bytes:
    return bytes([match[1][0] ^ 0x20])


class Frames:
    """Takes bytes as they come; gives the user data of whole, good frames, and Faults for all the rest."""

    def __init__(self) -> None:
        self._begun = Begun(MOST_BYTES, BEGIN)

    def clear(self) -> None:
        """Forget everything."""
        self._begun.clear()

    def feed(self, data: bytes, t_ns: int) -> list[bytes | Fault]:
        """Take bytes; user data and the Faults of what lay between, in order."""
        *ended, rest = data.split(END)
        out: list[bytes | Fault] = []
        for part in ended:
            out += self._take(part, t_ns)
            out += self._end(t_ns)
        return out + self._take(rest, t_ns) if rest else out

    def finish(self, t_ns: int) -> list[bytes | Fault]:
        """The stream is over: a half frame becomes a Fault."""
        return self._begun.finish(t_ns)

    def _take(self, part: bytes, t_ns: int) -> list[bytes | Fault]:
        """Bytes without an end among them."""
        before, *begun = part.split(BEGIN)
        out = self._begun.add(before, t_ns)
        for piece in begun:
            out += self._begun.drop(t_ns, FaultKind.LENGTH)
            self._begun.begin()
            out += self._begun.add(piece, t_ns)
        return out

    def _end(self, t_ns: int) -> list[bytes | Fault]:
        """An end came: judge what it ends."""
        sent = self._begun.sent
        if sent is None:
            return self._begun.add(END, t_ns)
        body = _ESCAPED.sub(_unescape, sent) if ESCAPE in sent else sent
        why = _wrong(sent, body)
        if why is None:
            return self._begun.good(body[HEADER_SIZE:-FCS_SIZE], t_ns)
        out = self._begun.drop(t_ns, why, END)
        return out + self._begun.finish(t_ns)


def _wrong(sent: bytes, body: bytes) -> FaultKind | None:
    """Why what was `sent`, unescaped to `body`, is no frame."""
    if sent.endswith(ESCAPE):
        return FaultKind.LOST
    if len(body) <= HEADER_SIZE + FCS_SIZE:
        return FaultKind.LENGTH
    if fcs(body[:-FCS_SIZE]) != body[-FCS_SIZE:]:
        return FaultKind.CHECKSUM
    if body[:2] != HEADER:
        return FaultKind.CONTENT
    size = int.from_bytes(body[2:HEADER_SIZE], "big")
    return None if size == len(body) - HEADER_SIZE - FCS_SIZE else FaultKind.LENGTH
