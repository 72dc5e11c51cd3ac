"""From what arrived to the rows that are written: pure, so that a batch that failed can be tried again.

`Fold` is what the next batch builds on: where the chain stands and what is not folded yet. A batch is made on
a copy of it, which takes its place only once the rows are committed.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from typing import Final

import numpy as np

from kapmonitor.record import chain, pyramid
from kapmonitor.record.chain import Row, Unsealed
from kapmonitor.record.inlet import MOST_SAMPLES, admit
from kapmonitor.record.items import DataRow, NumericRow, WaveSlice, WireRow
from kapmonitor.record.numbers import pack_readings
from kapmonitor.record.schema import DATA_TABLES
from kapmonitor.record.wave import Words, pack
from kapmonitor.session.codec import encode
from kapmonitor.session.events import Stamped

FOLD_NS: Final = 10_000_000_000
"""How long data stays in the tails before it is folded and sealed."""
FOLDS_PER_MINUTE: Final = 6
JITTER_NS: Final = 40_000_000
"""How far, beside one and a half samples, a slice may lie off the end of the one it still follows."""

Statement = tuple[str, Row]

_PLACES: Final = {
    "event": 7,
    "wave": 9,
    "numeric": 7,
    "minute": 7,
    "wire": 6,
    "wave_tail": 7,
    "numeric_tail": 8,
}
INSERT: Final = {
    name: f"INSERT INTO {name} VALUES ({','.join('?' * n)})"  # noqa: S608  # the names stand above
    for name, n in _PLACES.items()
}


class Run:
    """Samples of one wave that follow each other without a gap and are not folded yet."""

    __slots__ = ("fs", "n", "parts", "stored", "t0_ns")

    def __init__(self, t0_ns: int, fs: float) -> None:
        self.t0_ns = t0_ns
        self.fs = fs
        self.n = 0
        self.parts: list[Words] = []
        self.stored = 0

    def copy(self) -> Run:
        twin = Run(self.t0_ns, self.fs)
        twin.n, twin.parts, twin.stored = self.n, list(self.parts), self.stored
        return twin

    def time_of(self, sample: int) -> int:
        return self.t0_ns + round(sample * 1e9 / self.fs)

    def takes(self, piece: WaveSlice) -> bool:
        """Whether a slice goes on where this run ends."""
        off = abs(piece.t0_ns - self.time_of(self.n))
        fits = self.n + len(piece.samples) <= MOST_SAMPLES
        return fits and piece.fs == self.fs and off <= 1.5e9 / self.fs + JITTER_NS

    def add(self, words: Words) -> None:
        self.parts.append(words)
        self.n += len(words)

    def words(self, start: int = 0) -> Words:
        if not self.parts:
            return np.empty(0, np.int16)
        return np.concatenate(self.parts)[start:]


class Fold:
    """The state between two batches, and the making of one."""

    def __init__(self, seq: int, head: str, last: dict[str, int]) -> None:
        self.seq = seq
        self.head = head
        self.runs: dict[int, Run] = {}
        self.numerics: list[NumericRow] = []
        self.numerics_stored = 0
        self.wave_buckets: list[pyramid.Buckets] = []
        self.numeric_buckets: list[pyramid.Buckets] = []
        self.folds = 0
        self.folded_ns: int | None = None
        self.last = dict(last)
        self.unsealed = {name: Unsealed(last[name] + 1) for name in DATA_TABLES}
        self.statements: list[Statement] = []

    def copy(self) -> Fold:
        """What a batch may change without changing this; the statements start anew."""
        twin = Fold(self.seq, self.head, self.last)
        twin.runs = {channel: run.copy() for channel, run in self.runs.items()}
        twin.numerics = list(self.numerics)
        twin.numerics_stored = self.numerics_stored
        twin.wave_buckets = list(self.wave_buckets)
        twin.numeric_buckets = list(self.numeric_buckets)
        twin.folds, twin.folded_ns = self.folds, self.folded_ns
        twin.unsealed = {name: rows.copy() for name, rows in self.unsealed.items()}
        return twin

    @property
    def due_ns(self) -> float:
        """When what has arrived is to be folded."""
        return math.inf if self.folded_ns is None else self.folded_ns + FOLD_NS

    def take(self, now_ns: int, item: Stamped | DataRow) -> int:
        """One item that arrived at `now_ns`; the seq of an event, 0 for data."""
        if self.folded_ns is None or now_ns < self.folded_ns:
            self.folded_ns = now_ns
        match admit(item):
            case Stamped(t_ns=t_ns, event=event):
                return self._chain(t_ns, event.TYPE, event.VERSION, encode(event))
            case NumericRow() as row:
                self.numerics.append(row)
            case WaveSlice() as piece:
                self._take_wave(piece)
            case WireRow() as row:
                self._data("wire", row.t_ns, row.device, str(row.direction), row.channel, row.data)
        return 0

    def store_tails(self) -> None:
        """At the end of a batch: what is not folded yet goes to the tails as it is."""
        for channel, run in self.runs.items():
            if run.stored < run.n:
                words = run.words(run.stored).astype("<i2")
                data = words.tobytes()
                t0_ns = run.time_of(run.stored)
                self._tail("wave_tail", channel, t0_ns, run.fs, len(words), zlib.crc32(data), data)
                run.stored = run.n
        for row in self.numerics[self.numerics_stored :]:
            values = (row.value, str(row.validity), row.raw, row.device_time, int(row.stored))
            self._tail("numeric_tail", row.t_ns, row.channel, *values)
        self.numerics_stored = len(self.numerics)

    def settle(self, now_ns: int, *, closing: bool = False) -> None:
        """Fold what there is into chunks, and seal what was added."""
        for channel in list(self.runs):
            self._fold_wave(channel)
        self._fold_numerics()
        self.folds += 1
        if self.folds >= FOLDS_PER_MINUTE or closing:
            self._fold_minute()
        if any(rows.last >= rows.first for rows in self.unsealed.values()):
            self._chain(now_ns, chain.SEAL_TYPE, chain.SEAL_VERSION, chain.seal_body(self.unsealed))
            self.unsealed = {name: Unsealed(self.last[name] + 1) for name in DATA_TABLES}
        self.folded_ns = now_ns

    def _chain(self, t_ns: int, type_: str, version: int, body: str) -> int:
        seq, prev = self.seq + 1, self.head
        self.head = chain.event_hash(seq, t_ns, type_, version, body, prev)
        self.seq = seq
        self.statements.append((INSERT["event"], (seq, t_ns, type_, version, body, prev, self.head)))
        return seq

    def _data(self, table: str, *values: int | float | str | bytes | None) -> None:
        row: Row = (self._number(table), *values)
        self.unsealed[table].add(row)
        self.statements.append((INSERT[table], row))

    def _tail(self, table: str, *values: int | float | str | bytes | None) -> None:
        self.statements.append((INSERT[table], (self._number(table), *values)))

    def _number(self, table: str) -> int:
        self.last[table] += 1
        return self.last[table]

    def _take_wave(self, piece: WaveSlice) -> None:
        if not len(piece.samples):
            return
        run = self.runs.get(piece.channel)
        if run is None or not run.takes(piece):
            if run is not None:
                self._fold_wave(piece.channel)
            run = self.runs[piece.channel] = Run(piece.t0_ns, piece.fs)
        run.add(piece.samples)

    def _fold_wave(self, channel: int) -> None:
        run = self.runs.pop(channel)
        words = run.words()
        fine, data = pyramid.pack_fine(words), pack(words)
        crcs = zlib.crc32(fine), zlib.crc32(data)
        self._data("wave", channel, run.t0_ns, run.fs, run.n, *crcs, fine, data)
        self.wave_buckets.append(pyramid.wave_buckets(channel, run.t0_ns, run.fs, words))
        if run.stored:
            self.statements.append(("DELETE FROM wave_tail WHERE channel = ?", (channel,)))

    def _fold_numerics(self) -> None:
        if not self.numerics:
            return
        t0_ns, t1_ns, data, extra = pack_readings(self.numerics)
        self._data("numeric", t0_ns, t1_ns, len(self.numerics), zlib.crc32(data), data, extra)
        self.numeric_buckets.append(pyramid.numeric_buckets(self.numerics))
        if self.numerics_stored:
            self.statements.append(("DELETE FROM numeric_tail", ()))
        self.numerics, self.numerics_stored = [], 0

    def _fold_minute(self) -> None:
        for t0_ns, waves, numerics in pyramid.minutes(self.wave_buckets, self.numeric_buckets):
            crc = zlib.crc32(numerics, zlib.crc32(waves))
            self._data("minute", t0_ns, self.last["wave"], self.last["numeric"], crc, waves, numerics)
        self.folds, self.wave_buckets, self.numeric_buckets = 0, [], []


def make_batch(fold: Fold, items: Iterable[tuple[int, Stamped | DataRow]]) -> tuple[Fold, list[int]]:
    """The fold after a batch, its statements inside, and each item's seq; `fold` stays as it is."""
    after = fold.copy()
    places = [after.take(now_ns, item) for now_ns, item in items]
    after.store_tails()
    return after, places
