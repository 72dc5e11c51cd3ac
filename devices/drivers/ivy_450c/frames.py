"""Finding ANSAR-B frames in a stream of bytes: FF, "ANSAR-B ", 400 wave bytes, lines of text, FE.

There is no checksum, so a frame is believed only if its parts fit together: the text has to begin right after
400 bytes with a whole HR line, as it does where no byte was lost or added, and must be text up to FE.
"""

from __future__ import annotations

import re
from typing import Final

from devices.framing import Waste
from kapmonitor.model import Fault, FaultKind

TAG: Final = b"\xffANSAR-B "
END: Final = b"\xfe"
WAVE_BYTES: Final = 400
MOST_TEXT: Final = 512
"""Recorded frames have 152 characters of text; a frame that goes on for longer than this has lost its end."""

BROKEN: Final = b""
"""Stands for a frame that began and is not believed: one second is missing here."""

_TEXT: Final = re.compile(rb"HR=1;[^;\r]*;[^;\r]*;[^;\r]*\r[\x20-\x7e\r]*")


class Frames:
    """Holds at most one frame beyond what was just fed; results do not depend on how bytes were cut."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waste = Waste()

    def clear(self) -> None:
        """Forget everything."""
        self._buffer = b""
        self._waste.clear()

    def feed(self, data: bytes, t_ns: int) -> list[bytes | Fault]:
        """Take bytes; in order, wave bytes and text of whole frames, BROKEN, Faults of what was discarded."""
        buffer = self._buffer + data
        out: list[bytes | Fault] = []
        pos = 0
        while (start := buffer.find(TAG, pos)) >= 0:
            out += self._waste.add(buffer[pos:start], t_ns)
            pos = start
            body, known = _body(buffer, start + len(TAG))
            if not known:
                break
            if body is None or _TEXT.fullmatch(body, WAVE_BYTES) is None:
                why = FaultKind.LENGTH if body is None else FaultKind.CONTENT
                out += [BROKEN, *self._waste.add(TAG, t_ns, why)]
                pos += len(TAG)
                continue
            out += [*self._waste.end(t_ns), body]
            pos += len(TAG) + len(body) + len(END)
        if start < 0:
            rest = len(buffer) - _tag_begun(buffer, pos)
            out += self._waste.add(buffer[pos:rest], t_ns)
            pos = rest
        self._buffer = buffer[pos:]
        return out

    def finish(self, t_ns: int) -> list[Fault]:
        """The stream is over: the Faults of what was waiting."""
        rest, self._buffer = self._buffer, b""
        why = FaultKind.LENGTH if rest.startswith(TAG) else FaultKind.NOISE
        return [*self._waste.add(rest, t_ns, why), *self._waste.end(t_ns)]


def _body(buffer: bytes, start: int) -> tuple[bytes | None, bool]:
    """What lies between the tag and FE, None if the frame breaks off; and whether that is known yet."""
    text = start + WAVE_BYTES
    last = text + MOST_TEXT
    end = buffer.find(END, text, last + 1)
    stop = end if end >= 0 else last + 1
    if buffer.find(TAG, start, stop) >= 0:
        return None, True
    if end >= 0:
        return buffer[start:end], True
    return None, len(buffer) > last


def _tag_begun(buffer: bytes, pos: int) -> int:
    """How many of the last bytes after `pos` may be the beginning of a tag."""
    longest = min(len(TAG) - 1, len(buffer) - pos)
    return next((size for size in range(longest, 0, -1) if TAG.startswith(buffer[-size:])), 0)
