"""Cutting a byte stream into frames, with every discarded byte accounted for and every buffer bounded.

All results depend on the bytes alone, never on how they were cut into reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from kapmonitor.model import Fault, FaultKind

HEAD_BYTES = 32
"""How much of a discarded run is kept for a person to look at."""

WASTE_BYTES = 256
"""A discarded run is reported after so many bytes, so that a line at the wrong speed shows within 0.3 s."""

ANY_BYTE = bytes(range(256))

LINE_BYTES = 4096
"""Longest text line that is kept; no text protocol here has lines beyond a few hundred characters."""


class Waste:
    """Collects discarded bytes into one Fault for each unbroken run.

    The kind of a run is that of its first byte that was more than noise.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self.size = 0
        """Bytes of the run so far."""
        self._kind = FaultKind.NOISE

    def clear(self) -> None:
        """Forget the run without reporting it."""
        self._head.clear()
        self.size = 0
        self._kind = FaultKind.NOISE

    def add(self, data: bytes, t_ns: int, kind: FaultKind = FaultKind.NOISE) -> list[Fault]:
        """Discard `data`; the Faults of runs that became full."""
        faults: list[Fault] = []
        while data:
            part, data = data[: WASTE_BYTES - self.size], data[WASTE_BYTES - self.size :]
            self._head += part[: HEAD_BYTES - len(self._head)]
            self.size += len(part)
            if self._kind is FaultKind.NOISE:
                self._kind = kind
            if self.size == WASTE_BYTES:
                faults += self.end(t_ns)
        return faults

    def end(self, t_ns: int) -> list[Fault]:
        """The run is over: its Fault, if there was a run."""
        if not self.size:
            return []
        fault = Fault(self._kind, t_ns, self.size, self._head.hex())
        self.clear()
        return [fault]


class Scan:
    """Frames of any form, found again after noise: `judge(buffer, place)` says what begins at a place.

    It answers with the length of a good frame, with the FaultKind of what is none, or with None while more
    bytes are needed; it must make up its mind within a bounded number of bytes, as these are all that is
    kept. `start` are the bytes a frame may begin with, empty where that may be any; it is asked of no others.
    """

    def __init__(self, start: bytes, judge: Callable[[bytes, int], int | FaultKind | None]) -> None:
        self._starts = start or ANY_BYTE
        self._others = re.compile(b"[^%b]*" % re.escape(self._starts))
        self._judge = judge
        self._buffer = b""
        self._waste = Waste()

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun that is not yet whole."""
        return bool(self._buffer)

    def clear(self) -> None:
        """Forget everything."""
        self._buffer = b""
        self._waste.clear()

    def feed(self, data: bytes, t_ns: int) -> list[bytes | Fault]:
        """Take bytes; whole frames and the Faults of what lay between them, in order."""
        buffer = self._buffer + data
        out: list[bytes | Fault] = []
        starts, judge, waste = self._starts, self._judge, self._waste
        pos, end = 0, len(buffer)
        while pos < end:
            if buffer[pos] not in starts:
                begin = self._begin_behind(buffer, pos)
                out += waste.add(buffer[pos:begin], t_ns)
                pos = begin
                continue
            verdict = judge(buffer, pos)
            if verdict is None:
                break
            if isinstance(verdict, FaultKind):
                out += waste.add(buffer[pos : pos + 1], t_ns, verdict)
                pos += 1
            else:
                if waste.size:
                    out += waste.end(t_ns)
                out.append(buffer[pos : pos + verdict])
                pos += verdict
        self._buffer = buffer[pos:]
        return out

    def give_up(self, t_ns: int) -> list[bytes | Fault]:
        """The frame that has begun will not be completed: look for others behind its first byte."""
        if not self._buffer:
            return []
        out: list[bytes | Fault] = [*self._waste.add(self._buffer[:1], t_ns, FaultKind.LENGTH)]
        rest, self._buffer = self._buffer[1:], b""
        return out + self.feed(rest, t_ns)

    def finish(self, t_ns: int) -> list[bytes | Fault]:
        """The stream is over: frames hidden behind half ones, and the Fault of the rest."""
        out: list[bytes | Fault] = []
        while self._buffer:
            out += self.give_up(t_ns)
        return [*out, *self._waste.end(t_ns)]

    def _begin_behind(self, buffer: bytes, pos: int) -> int:
        """Where the next frame may begin, the end if nowhere."""
        others = self._others.match(buffer, pos)
        return others.end() if others else pos


def length_frames(start: int, lengths: Collection[int], good: Callable[[bytes], bool]) -> Scan:
    """Frames of the form `start, total length, ..., check`, found again after noise by length and check.

    `start` may occur inside a frame. `lengths` are the total lengths that exist; `good` judges a whole frame.
    """
    sizes = frozenset(lengths)

    def judge(buffer: bytes, place: int) -> int | FaultKind | None:
        if place + 1 == len(buffer):
            return None
        size = buffer[place + 1]
        if size not in sizes:
            return FaultKind.LENGTH
        if len(buffer) < place + size:
            return None
        return size if good(buffer[place : place + size]) else FaultKind.CHECKSUM

    return Scan(bytes([start]), judge)


class Begun:
    """A frame between marks while it comes, of at most `most` bytes, and what is discarded around frames.

    `mark` is what began it; where it turns out to be no frame, the mark is discarded with it.
    """

    def __init__(self, most: int, mark: bytes = b"") -> None:
        self._most, self._mark = most, mark
        self._bytes: bytearray | None = None
        self._waste = Waste()

    def clear(self) -> None:
        """Forget everything."""
        self._bytes = None
        self._waste.clear()

    @property
    def sent(self) -> bytes | None:
        """What came of it so far; None if none has begun."""
        return None if self._bytes is None else bytes(self._bytes)

    def begin(self) -> None:
        """A mark came: what follows is a frame."""
        self._bytes = bytearray()

    def add(self, part: bytes, t_ns: int) -> list[bytes | Fault]:
        """Bytes without a mark among them; the Faults of what they make no frame."""
        if self._bytes is None:
            return [*self._waste.add(part, t_ns)]
        room = self._most - len(self._bytes)
        self._bytes += part[:room]
        if len(part) <= room:
            return []
        return [*self.drop(t_ns, FaultKind.LENGTH), *self._waste.add(part[room:], t_ns)]

    def good(self, frame: bytes, t_ns: int) -> list[bytes | Fault]:
        """It was whole, and is `frame`."""
        self._bytes = None
        return [*self._waste.end(t_ns), frame]

    def drop(self, t_ns: int, kind: FaultKind, end: bytes = b"") -> list[bytes | Fault]:
        """It is no frame, the mark `end` behind it included."""
        lost, self._bytes = b"" if self._bytes is None else self._mark + self._bytes, None
        return [*self._waste.add(lost, t_ns, kind), *self._waste.add(end, t_ns)]

    def finish(self, t_ns: int) -> list[bytes | Fault]:
        """The run of what was discarded ends here, a half frame included."""
        return [*self.drop(t_ns, FaultKind.LENGTH), *self._waste.end(t_ns)]


class Lines:
    """Text lines ended by LF, CR stripped; a line that grows beyond the limit becomes a Fault."""

    def __init__(self, limit: int = LINE_BYTES) -> None:
        self._limit = limit
        self._buffer = b""

    def feed(self, data: bytes, t_ns: int) -> list[bytes | Fault]:
        """Take bytes; the lines they complete."""
        *lines, rest = (self._buffer + data).split(b"\n")
        out: list[bytes | Fault] = []
        for line in lines:
            faults, line_end = self._cut(line, t_ns)
            out += [*faults, line_end.rstrip(b"\r")]
        faults, self._buffer = self._cut(rest, t_ns)
        return out + faults

    def finish(self, t_ns: int) -> list[bytes | Fault]:
        """The stream is over: a last line without its LF still counts."""
        line, self._buffer = self._buffer, b""
        return [line.rstrip(b"\r")] if line else []

    def _cut(self, line: bytes, t_ns: int) -> tuple[list[bytes | Fault], bytes]:
        """Faults of the parts of `line` that are over the limit, and what is left of it."""
        faults: list[bytes | Fault] = []
        while len(line) > self._limit:
            part, line = line[: self._limit], line[self._limit :]
            faults.append(Fault(FaultKind.LENGTH, t_ns, len(part), part[:HEAD_BYTES].hex()))
        return faults, line
