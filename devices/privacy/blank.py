"""Taking out of a stream of bytes what tells whose it is or when it was, without changing anything else.

A stream is cut into units, each unit is cleaned as a whole, and what came in several reads goes out in as
many, each at its own time. Clean units stay as they are, to the last bit.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from kapmonitor.model import Direction, LinkChanged, LinkState, WireChunk

Entry = WireChunk | LinkChanged

BEGIN: Final = datetime(2020, 1, 1)  # noqa: DTZ001 devices know no zone
"""What the first time that a device tells becomes."""
MOST_WAITING: Final = 1000
"""Entries that wait for the end of a unit; beyond that it is given up."""
_ENDS: Final = frozenset({LinkState.OFF, LinkState.CONNECTING, LinkState.WAITING})


class Cover:
    """What stands in place of a device's times and numbers; the same for the same all through a capture.

    The first time that a device tells becomes BEGIN; how far times lie apart stays.
    """

    def __init__(self) -> None:
        self._by: timedelta | None = None
        self._numbers: dict[int, int] = {}

    def number(self, told: int) -> int:
        """1 for the first number, 2 for the next other one: which of several it is, not which of all."""
        return self._numbers.setdefault(told, len(self._numbers) + 1)

    def moved(self, when: datetime) -> datetime | None:
        """The time to put in place of this one; None if the calendar has none."""
        if self._by is None:
            self._by = BEGIN - when
        try:
            return when + self._by
        except OverflowError:
            return None

    def moved_count(self, count: int, since: datetime, per_second: int = 1) -> int:
        """The same for a time counted since some instant; 0 where it would lie before that."""
        seconds, part = divmod(count, per_second)
        try:
            moved = self.moved(since + timedelta(seconds=seconds))
        except OverflowError:
            return 0
        if moved is None or moved < since:
            return 0
        return int((moved - since).total_seconds()) * per_second + part


Clean = Callable[[bytes, Cover], bytes]


@dataclass(frozen=True, slots=True)
class Blank:
    """How one stream is cleaned. `unit` gives the size of the first unit of what has come, 0 to wait.

    `most` bytes without an end are a unit, whatever they are.
    """

    unit: Callable[[bytes], int]
    clean: Clean
    most: int = 4096


def until(end: bytes, clean: Clean, most: int = 4096) -> Blank:
    """Units that end with this byte."""
    return Blank(lambda data: data.find(end) + 1, clean, most)


def each(clean: Clean) -> Blank:
    """Units are the messages themselves, as over Bluetooth."""
    return Blank(len, clean)


def packets(pattern: bytes, most: int, clean: Clean, good: Callable[[bytes], bool] | None = None) -> Blank:
    """Units are what this pattern finds, at most `most` bytes, if `good` says so, and what lies between."""
    form = re.compile(pattern, re.DOTALL)

    def unit(data: bytes) -> int:
        match = form.search(data)
        while match is not None and good is not None and not good(match[0]):
            match = form.search(data, match.start() + 1)
        if match is None:
            return max(0, len(data) - most + 1)
        return match.start() or match.end()

    def clean_found(data: bytes, cover: Cover) -> bytes:
        found = form.fullmatch(data) is not None and (good is None or good(data))
        return clean(data, cover) if found else data

    return Blank(unit, clean_found, 2 * most)


@dataclass(slots=True)
class _Waiting:
    """An entry whose bytes are not all clean yet."""

    entry: Entry
    left: int = 0
    clean: bytearray = field(default_factory=bytearray)

    def done(self) -> Entry:
        if isinstance(self.entry, LinkChanged):
            return self.entry
        return replace(self.entry, data=bytes(self.clean))


class _Stream:
    """One direction of a line, or one characteristic."""

    def __init__(self, blank: Blank, cover: Cover) -> None:
        self._blank, self._cover = blank, cover
        self._data = b""
        self._from: deque[_Waiting] = deque()

    def add(self, waiting: _Waiting, data: bytes) -> None:
        self._data += data
        self._from.append(waiting)
        self.settle()

    def settle(self, *, ended: bool = False) -> None:
        """Clean what is whole; all there is if the stream has ended."""
        while self._data:
            size = min(self._blank.unit(self._data), len(self._data))
            if not size:
                if not ended and len(self._data) < self._blank.most:
                    return
                size = len(self._data)
            unit, self._data = self._data[:size], self._data[size:]
            self._give(size, self._blank.clean(unit, self._cover))

    def _give(self, size: int, clean: bytes) -> None:
        """Hand `clean` out to where its unit of `size` bytes came from; its last byte to where that ended."""
        at = 0
        while size:
            waiting = self._from[0]
            taken = min(size, waiting.left)
            size, waiting.left = size - taken, waiting.left - taken
            end = min(at + taken, len(clean) - 1) if size else len(clean)
            waiting.clean += clean[at:end]
            at = end
            if not waiting.left:
                self._from.popleft()


class Cleaner:
    """Takes the entries of a capture in order and gives them back clean, in the same order."""

    def __init__(self, blank_for: Callable[[Direction, str], Blank | None]) -> None:
        self._blank_for = blank_for
        self._cover = Cover()
        self._streams: dict[tuple[Direction, str], _Stream | None] = {}
        self._waiting: deque[_Waiting] = deque()

    def feed(self, entry: Entry) -> Iterator[Entry]:
        """Take one; what is clean by now."""
        if isinstance(entry, LinkChanged):
            if entry.state in _ENDS:
                self._settle()
            self._waiting.append(_Waiting(entry))
        else:
            self._take(entry)
        if len(self._waiting) > MOST_WAITING:
            self._settle()
        while self._waiting and not self._waiting[0].left:
            yield self._waiting.popleft().done()

    def finish(self) -> Iterator[Entry]:
        """The rest."""
        self._settle()
        while self._waiting:
            yield self._waiting.popleft().done()

    def _take(self, chunk: WireChunk) -> None:
        key = chunk.direction, chunk.channel
        if key not in self._streams:
            blank = self._blank_for(*key)
            self._streams[key] = None if blank is None else _Stream(blank, self._cover)
        stream = self._streams[key]
        if stream is None or not chunk.data:
            self._waiting.append(_Waiting(chunk, 0, bytearray(chunk.data)))
            return
        waiting = _Waiting(chunk, len(chunk.data))
        self._waiting.append(waiting)
        stream.add(waiting, chunk.data)

    def _settle(self) -> None:
        for stream in self._streams.values():
            if stream is not None:
                stream.settle(ended=True)


def zeroed(text: bytes) -> bytes:
    """Letters and digits as 0, everything else as it is."""
    return re.sub(rb"[0-9A-Za-z\x80-\xff]", b"0", text)
