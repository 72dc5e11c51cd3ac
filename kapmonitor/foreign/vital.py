"""VitalDB's .vital: a gzip stream of packets that name devices and tracks, then hold what each recorded.

Read as a stream: a packet, and all packets together, may only be so large, however small the file is.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign.recording import Tell

MAGIC: Final = b"VITA"
MOST_BYTES: Final = 1 << 29
"""What a file may unpack to: a night with four waves at 500 Hz is a quarter of it."""
MOST_PACKETS: Final = 10_000_000
MOST_PIECES: Final = 2_000_000
MOST_TRACKS: Final = 2_000
MOST_TEXT: Final = 10_000
TRACK, RECORD, DEVICE = 0, 1, 9
WAVE, NUMBER, TEXT = 1, 2, 5
FORMATS: Final = {1: "<f4", 2: "<f8", 3: "<i1", 4: "<u1", 5: "<i2", 6: "<u2", 7: "<i4", 8: "<u4"}
_HEADER_LEAST: Final = 2
_INFO: Final = 2


@dataclass(slots=True, eq=False)
class VitalTrack:
    """A track as the file has it: pieces of a wave, or numbers beside their times, in seconds since 1970."""

    name: str
    kind: int
    dtype: str
    unit: str = ""
    fs: float = 0.0
    gain: float = 0.0
    offset: float = 0.0
    device: str = ""
    pieces: list[tuple[float, NDArray[np.generic]]] = field(default_factory=list)
    times: array[float] = field(default_factory=lambda: array("d"))
    numbers: array[float] = field(default_factory=lambda: array("d"))
    texts: list[tuple[float, str]] = field(default_factory=list)

    def is_like(self, other: VitalTrack) -> bool:
        """Whether both say the same of themselves, whatever they hold."""
        return self._said() == other._said()

    def _said(self) -> tuple[object, ...]:
        scale = struct.pack("<3d", self.fs, self.gain, self.offset)  # as bytes, NaN is like NaN
        return self.name, self.kind, self.dtype, self.unit, self.device, scale


@dataclass(frozen=True, slots=True)
class VitalFile:
    """`offset_min` is the room's distance from UTC; `is_cut` whether the file ends in the middle.

    `passed` counts packets that are not as they should be, or of a track that the file does not name.
    """

    offset_min: int
    tracks: tuple[VitalTrack, ...]
    is_cut: bool
    passed: int


class _Cursor:
    """Reads a packet field by field; what lies beyond its end is not there."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, code: str) -> float:
        """One number; struct.error beyond the end."""
        (value,) = struct.unpack_from(f"<{code}", self.data, self.at)
        self.at += struct.calcsize(f"<{code}")
        return float(value)

    def whole(self, code: str) -> int:
        (value,) = struct.unpack_from(f"<{code}", self.data, self.at)
        self.at += struct.calcsize(f"<{code}")
        return int(value)

    def text(self) -> str:
        size = self.whole("I")
        raw = self.data[self.at : self.at + size]
        if len(raw) < size:
            raise struct.error("a text is longer than its packet")
        self.at += size
        return raw[:MOST_TEXT].decode("utf-8", "replace").replace("\x00", "").strip()

    @property
    def is_at_end(self) -> bool:
        return self.at >= len(self.data)


def read(path: Path, tell: Tell) -> VitalFile:
    """All of it in memory; ImportRefused if it is none, or unpacks to more than anybody records."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as file:
        try:
            offset_min = _header(path, file)
        except (EOFError, zlib.error, gzip.BadGzipFile, struct.error) as why:
            raise ImportRefused(str(path), f"is not a .vital file ({why})") from why
        reading = _Reading(path)
        is_cut = False
        try:
            for kind, body in _packets(path, file):
                tell(raw.tell() / size)
                reading.take(kind, body)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            is_cut = True
    return VitalFile(offset_min, tuple(reading.tracks), is_cut, reading.passed)


def _header(path: Path, file: gzip.GzipFile) -> int:
    if file.read(len(MAGIC)) != MAGIC:
        raise ImportRefused(str(path), "is not a .vital file: it does not begin as one")
    file.read(4)  # the format's version
    (length,) = struct.unpack("<H", file.read(2))
    header = file.read(length)
    if len(header) < _HEADER_LEAST:
        raise ImportRefused(str(path), "is cut short in its header")
    (behind_min,) = struct.unpack_from("<h", header)
    return -int(behind_min)


def _packets(path: Path, file: gzip.GzipFile) -> Iterator[tuple[int, bytes]]:
    total = 0
    while head := file.read(5):
        if len(head) < 5:
            raise EOFError
        kind, length = struct.unpack("<BI", head)
        total += length
        if total > MOST_BYTES:
            raise ImportRefused(
                str(path), f"unpacks to more than {MOST_BYTES >> 20} MB; it is not taken over"
            )
        body = file.read(length)
        if len(body) < length:
            raise EOFError
        yield kind, body


class _Reading:
    """Puts packets to their tracks; a packet that is not as it should be is passed over and counted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._devices: dict[int, str] = {}
        self._packets = 0
        self._pieces = 0
        self._named: dict[int, VitalTrack] = {}
        self.tracks: list[VitalTrack] = []
        self.passed = 0

    def take(self, kind: int, body: bytes) -> None:
        self._packets += 1
        if self._packets > MOST_PACKETS or self._pieces > MOST_PIECES:
            raise ImportRefused(str(self._path), "has more packets than any session; it is not taken over")
        try:
            if kind == DEVICE:
                self._device(_Cursor(body))
            elif kind == TRACK:
                self._track(_Cursor(body))
            elif kind == RECORD:
                self._record(_Cursor(body))
        except struct.error:
            self.passed += 1

    def _device(self, packet: _Cursor) -> None:
        number, kind, name = packet.whole("I"), packet.text(), packet.text()
        if len(self._devices) < MOST_TRACKS:
            self._devices[number] = name or kind

    def _track(self, packet: _Cursor) -> None:
        """A number that is named again goes on as before, or as another track beside what it was."""
        number = packet.whole("H")
        track, before = self._described(packet), self._named.get(number)
        if before is not None and before.is_like(track):
            return
        if len(self.tracks) >= MOST_TRACKS:
            raise ImportRefused(str(self._path), f"has more than {MOST_TRACKS} tracks; it is not taken over")
        self._named[number] = track
        self.tracks.append(track)

    def _described(self, packet: _Cursor) -> VitalTrack:
        """As far as the packet goes: of some files it is shorter."""
        kind, form = packet.whole("B"), packet.whole("B")
        track = VitalTrack(packet.text(), kind, FORMATS.get(form, ""))
        with suppress(struct.error):
            track.unit = "" if packet.is_at_end else packet.text()
            for code in "ffI":  # how a viewer draws it
                packet.take(code)
            track.fs, track.gain, track.offset = packet.take("f"), packet.take("d"), packet.take("d")
            packet.take("B")
            track.device = self._devices.get(packet.whole("I"), "")
        return track

    def _record(self, packet: _Cursor) -> None:
        length, at_s, number = packet.whole("H"), packet.take("d"), packet.whole("H")
        track = self._named.get(number)
        packet.at = _INFO + length
        if track is None:
            self.passed += 1
        elif track.kind == TEXT:
            self._pieces += 1
            packet.whole("I")
            track.texts.append((at_s, packet.text()))
        elif track.dtype and track.kind == WAVE:
            count = packet.whole("I")
            if count * np.dtype(track.dtype).itemsize > len(packet.data) - packet.at:
                raise struct.error("samples are missing")
            self._pieces += 1
            track.pieces.append((at_s, np.frombuffer(packet.data, track.dtype, count, packet.at)))
        elif track.dtype and track.kind == NUMBER:
            if packet.at + np.dtype(track.dtype).itemsize > len(packet.data):
                raise struct.error("a number is missing")
            track.times.append(at_s)
            track.numbers.append(float(np.frombuffer(packet.data, track.dtype, 1, packet.at)[0]))
