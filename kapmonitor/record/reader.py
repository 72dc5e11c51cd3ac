"""Reading a record, closed, interrupted or still being written; nothing here changes the file.

Rows come as they were put, in order; whatever cannot be read raises RecordDamaged. An interrupted record is
read together with the log (-wal) beside it. Where that is not possible in place, as on a read-only disk, a
copy of both is read instead.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

import numpy as np

from kapmonitor.errors import RecordDamaged
from kapmonitor.model import Direction
from kapmonitor.record import chain, schema
from kapmonitor.record.database import ERRORS
from kapmonitor.record.items import EventRow, NumericRow, WaveSlice, WireRow
from kapmonitor.record.kinds import rated, tail_reading, typed
from kapmonitor.record.numbers import rows_of
from kapmonitor.record.wave import unpack
from kapmonitor.session.codec import UnknownEvent, decode
from kapmonitor.session.events import ChannelDescribed, SessionClosed, SessionEvent, SessionResumed, Stamped

UNREADABLE: Final = (
    *ERRORS,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    MemoryError,
)
"""What rows raise that are not as we write them."""
ALWAYS: Final = (-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """An event this program cannot read, in its place."""

    seq: int
    t_ns: int
    event: UnknownEvent
    hash: str


class RecordReader:
    """A record, open for reading. Used by the thread that opened it; close it, or use it in a `with`.

    RecordDamaged if it cannot be read, RecordTooNew if it needs a newer program, RecordLocked if it is
    encrypted and nothing on this computer opens it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        try:
            self.connection = schema.open_to_read(path)
        except RecordDamaged:
            if not _has_log(path):
                raise
            self._copy = _copied(path)
            self.connection = schema.open_to_read(Path(self._copy.name) / path.name)

    def __enter__(self) -> RecordReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
        if self._copy is not None:
            self._copy.cleanup()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, with whatever goes wrong meanwhile turned into RecordDamaged."""
        try:
            yield self.connection
        except UNREADABLE as why:
            raise RecordDamaged(str(self.path), f"cannot be read further ({why})") from why

    def events(self) -> Iterator[EventRow]:
        """Events in order, seals and unknown ones left out."""
        for seq, t_ns, event, hash_ in self._decoded():
            if not isinstance(event, UnknownEvent):
                yield EventRow(seq, Stamped(t_ns, event), hash_)

    def events_of(self, type_: str) -> Iterator[EventRow]:
        """Those of one type, in order."""
        for seq, t_ns, event, hash_ in self._decoded(type_):
            if not isinstance(event, UnknownEvent):
                yield EventRow(seq, Stamped(t_ns, event), hash_)

    def unknown_events(self) -> tuple[UnknownRow, ...]:
        """What a newer or other program put there; kept in the file and covered by its hashes."""
        return tuple(
            UnknownRow(seq, t_ns, event, hash_)
            for seq, t_ns, event, hash_ in self._decoded()
            if isinstance(event, UnknownEvent)
        )

    def channels(self) -> dict[int, ChannelDescribed]:
        """What the channel numbers of data rows mean."""
        found: dict[int, ChannelDescribed] = {}
        for _, _, event, _ in self._decoded(ChannelDescribed.TYPE):
            if isinstance(event, ChannelDescribed):
                found[event.channel] = event
        return found

    def is_closed(self) -> bool:
        """Whether it was closed on purpose, and not taken up again since."""
        with self.reading() as connection:
            found = connection.execute(
                "SELECT type FROM event WHERE type IN (?, ?) ORDER BY seq DESC LIMIT 1",
                (SessionClosed.TYPE, SessionResumed.TYPE),
            ).fetchone()
        return bool(found == (SessionClosed.TYPE,))

    def numerics(self, t0_ns: int = ALWAYS[0], t1_ns: int = ALWAYS[1]) -> Iterator[NumericRow]:
        """Readings of all channels with t0_ns <= t_ns < t1_ns, as stored: in order of time within 10 s."""
        with self.reading() as connection:
            blocks = connection.execute(
                "SELECT t0_ns, n, data, extra, crc FROM numeric WHERE t1_ns >= ? AND t0_ns < ? ORDER BY id",
                (t0_ns, t1_ns),
            )
            for block in blocks:
                block_t0_ns, n, data, extra, crc = typed(block, int, int, bytes, str, int)
                check_crc(crc, data)
                for row in rows_of(data, block_t0_ns, n, extra):
                    if t0_ns <= row.t_ns < t1_ns:
                        yield row
            tail = connection.execute(
                "SELECT * FROM numeric_tail WHERE t_ns >= ? AND t_ns < ? ORDER BY id", (t0_ns, t1_ns)
            )
            yield from map(tail_reading, tail)

    def waves(
        self, channel: int, t0_ns: int = ALWAYS[0], t1_ns: int = ALWAYS[1], longest_ns: int = ALWAYS[1]
    ) -> Iterator[WaveSlice]:
        """Chunks of one wave that begin before t1_ns and do not end before t0_ns, in order of time."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT t0_ns, fs, n, data, crc FROM wave "
                "WHERE channel = ? AND t0_ns >= ? AND t0_ns < ? ORDER BY t0_ns, id",
                (channel, max(ALWAYS[0], t0_ns - longest_ns), t1_ns),
            )
            for row in rows:
                start_ns, fs, n, data, crc = typed(row, int, float, int, bytes, int)
                if start_ns + n * 1e9 / rated(fs) >= t0_ns:
                    check_crc(crc, data)
                    yield WaveSlice(start_ns, channel, fs, unpack(data, n))
            tail = connection.execute(
                "SELECT t0_ns, fs, n, data, crc FROM wave_tail WHERE channel = ? AND t0_ns < ? ORDER BY id",
                (channel, t1_ns),
            )
            for row in tail:
                start_ns, fs, n, data, crc = typed(row, int, float, int, bytes, int)
                if start_ns + n * 1e9 / rated(fs) >= t0_ns:
                    check_crc(crc, data)
                    yield WaveSlice(start_ns, channel, fs, np.frombuffer(data, "<i2").astype(np.int16))

    def wire(self) -> Iterator[WireRow]:
        """Bytes as they crossed the wire, in order."""
        with self.reading() as connection:
            for row in connection.execute("SELECT * FROM wire ORDER BY id"):
                _, t_ns, device, direction, channel, data = typed(row, int, int, str, str, str, bytes)
                yield WireRow(t_ns, device, Direction(direction), data, channel)

    def _decoded(
        self, type_: str | None = None
    ) -> Iterator[tuple[int, int, SessionEvent | UnknownEvent, str]]:
        query = "SELECT seq, t_ns, type, version, body, hash FROM event WHERE type {} ? ORDER BY seq"
        with self.reading() as connection:
            rows = connection.execute(query.format("=" if type_ else "!="), (type_ or chain.SEAL_TYPE,))
            for row in rows:
                seq, t_ns, kind, version, body, hash_ = typed(row, int, int, str, int, str, str)
                yield seq, t_ns, decode(kind, version, body), hash_


def check_crc(crc: int, *blobs: bytes) -> None:
    """ValueError unless blobs, one after the other, have this CRC-32."""
    found = 0
    for blob in blobs:
        found = zlib.crc32(blob, found)
    if found != crc:
        raise ValueError("a block does not match its checksum")


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    try:
        return log.stat().st_size > 0
    except OSError:
        return False


def _copied(path: Path) -> tempfile.TemporaryDirectory[str]:
    """The record and its log in a folder of their own."""
    folder = tempfile.TemporaryDirectory(prefix="kapmonitor-")
    try:
        for name in (path.name, path.name + "-wal"):
            shutil.copyfile(path.with_name(name), Path(folder.name) / name)
    except OSError as why:
        folder.cleanup()
        raise RecordDamaged(str(path), f"cannot be read ({why.strerror})") from why
    return folder
