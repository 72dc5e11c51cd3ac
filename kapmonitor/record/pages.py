"""What is drawn of a record, read as it is needed: overviews whole, waves and readings block by block.

The newest decoded blocks are kept, so that playing and scrubbing decode little twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.columns import Floats, Times, as_floats, column_edges, extremes, hold, join
from kapmonitor.model import Columns
from kapmonitor.record import pyramid
from kapmonitor.record.batch import JITTER_NS, Fold
from kapmonitor.record.numbers import READING, VALIDITIES, Readings, unpack_readings
from kapmonitor.record.reader import RecordReader, check_crc
from kapmonitor.record.store import TABLES, load_minute, load_tails
from kapmonitor.record.wave import Words, unpack
from kapmonitor.session.events import ChannelDescribed

KEPT_CHUNKS: Final = 64
KEPT_BLOCKS: Final = 1500
SEAM_NS: Final = 2 * JITTER_NS
"""A hole between two chunks that is no longer than this, and two samples, is none."""

_STRETCHES: Final = (
    "SELECT id, t0_ns, fs, n, {blob}, {crc} FROM wave WHERE channel = ?1 AND t0_ns < ?3 AND t0_ns >= "
    # the two chunks before may reach into the span
    "coalesce((SELECT min(t0_ns) FROM (SELECT t0_ns FROM wave WHERE channel = ?1 AND t0_ns <= ?2 "
    "ORDER BY t0_ns DESC LIMIT 2)), ?2) ORDER BY t0_ns"
)


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Minima and maxima at rising times, and how far apart two of them are without a gap between them."""

    times: Times
    lo: Floats
    hi: Floats
    gap_ns: int


def merged(parts: list[Items]) -> Items:
    """All items in order of time."""
    if not parts:
        return Items(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32), 0)
    times = np.concatenate([part.times for part in parts])
    lo = np.concatenate([part.lo for part in parts])
    hi = np.concatenate([part.hi for part in parts])
    if np.any(times[1:] < times[:-1]):
        order = np.argsort(times, kind="stable")
        times, lo, hi = times[order], lo[order], hi[order]
    return Items(times, lo, hi, max(part.gap_ns for part in parts))


def draw(items: Items, t0_ns: int, t1_ns: int, width: int, *, line: bool) -> Columns:
    """Items in pixel columns; where one has none between two that touch, a line or the item before it."""
    edges = column_edges(t0_ns, t1_ns, width)
    bounds = np.searchsorted(items.times, edges)
    lo_hi = extremes(items.lo, items.hi, bounds)
    if line:
        join(lo_hi, bounds, items.times, items.lo, items.gap_ns, edges)
    else:
        hold(lo_hi, bounds, items.times, (items.lo, items.hi), items.gap_ns)
    return Columns(t0_ns, t1_ns, *lo_hi)


class Kept:
    """The newest `size` arrays that were made, by number."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[int, NDArray[np.generic]] = OrderedDict()

    def get(self, number: int, make: Callable[[], NDArray[np.generic]]) -> NDArray[np.generic]:
        """The array, made if it is not there; not to be written to."""
        if number in self._items:
            self._items.move_to_end(number)
            return self._items[number]
        made = self._items[number] = make()
        if len(self._items) > self._size:
            self._items.popitem(last=False)
        return made


class Pages:
    """The drawable levels of one record. Used by the thread that opened the reader."""

    def __init__(self, reader: RecordReader) -> None:
        self._reader = reader
        self._chunks = Kept(KEPT_CHUNKS)
        self._blocks = Kept(KEPT_BLOCKS)
        self._tails = Fold(0, "", dict.fromkeys(TABLES, 0))
        with reader.reading() as connection:
            rows = []
            for t0_ns, waves, numerics, crc in connection.execute(
                "SELECT t0_ns, waves, numerics, crc FROM minute ORDER BY id"
            ):
                check_crc(crc, waves, numerics)
                rows.append((t0_ns, waves, numerics))
            self._wave_buckets, self._numeric_buckets = pyramid.read_minutes(rows)
            load_tails(connection, self._tails)
            load_minute(connection, self._tails)
        self._add_tails()
        self._directory: NDArray[np.int64] | None = None
        self._joined: tuple[tuple[int, ...], Readings] = ((), np.empty(0, READING))

    def _add_tails(self) -> None:
        """What an interruption kept from getting into the overview."""
        tails = self._tails
        waves = [self._wave_buckets, *tails.wave_buckets]
        for channel, run in tails.runs.items():
            waves.append(pyramid.wave_buckets(channel, run.t0_ns, run.fs, run.words()))
        self._wave_buckets = np.concatenate(waves) if len(waves) > 1 else self._wave_buckets
        numerics = [self._numeric_buckets, *tails.numeric_buckets]
        if tails.numerics:
            numerics.append(pyramid.numeric_buckets(tails.numerics))
        self._numeric_buckets = np.concatenate(numerics) if len(numerics) > 1 else self._numeric_buckets

    def span(self) -> tuple[int, int] | None:
        """Times of the first and the last bucket of anything."""
        times = [kind["t"] for kind in (self._wave_buckets, self._numeric_buckets) if len(kind)]
        if not times:
            return None
        return int(min(t.min() for t in times)), int(max(t.max() for t in times))

    def wave_overview(self, channel: ChannelDescribed) -> Items:
        """The coarse level: about a second per item, the whole record."""
        buckets = self._wave_buckets[self._wave_buckets["channel"] == channel.channel]
        gap_ns = round(1.5e9 * pyramid.second_of(channel.fs) / channel.fs) + SEAM_NS
        return _scaled(channel, buckets["t"], buckets["lo"], buckets["hi"], gap_ns)

    def wave_fine(self, channel: ChannelDescribed, t0_ns: int, t1_ns: int) -> Items:
        """The finest folded level of the chunks that touch a span."""
        parts = []
        gap_ns = round(pyramid.FINE * 1.5e9 / channel.fs) + SEAM_NS
        with self._reader.reading() as connection:
            query = _STRETCHES.format(blob="fine", crc="fine_crc")
            for _, start_ns, fs, n, fine, crc in connection.execute(query, (channel.channel, t0_ns, t1_ns)):
                check_crc(crc, fine)
                parts.append(_fine_items(channel, start_ns, fs, pyramid.unpack_fine(fine, n), gap_ns))
        run = self._tails.runs.get(channel.channel)
        if run is not None:
            folded = pyramid.fold(run.words(), pyramid.FINE)
            parts.append(_fine_items(channel, run.t0_ns, run.fs, folded, gap_ns))
        return merged(parts)

    def wave_samples(self, channel: ChannelDescribed, t0_ns: int, t1_ns: int) -> Items:
        """Single samples of a span, and one beyond each end."""
        parts = []
        gap_ns = round(2e9 / channel.fs) + SEAM_NS
        for start_ns, fs, words in self.stretches(channel.channel, t0_ns, t1_ns):
            first = max(0, int((t0_ns - start_ns) * fs / 1e9) - 1)
            stop = max(first, min(len(words), int((t1_ns - start_ns) * fs / 1e9) + 2))
            times = start_ns + np.rint(np.arange(first, stop) * (1e9 / fs)).astype(np.int64)
            parts.append(_scaled(channel, times, words[first:stop], words[first:stop], gap_ns))
        return merged(parts)

    def stretches(self, channel: int, t0_ns: int, t1_ns: int) -> Iterator[tuple[int, float, Words]]:
        """First time, rate and samples of the stored stretches that touch a span, oldest first."""
        with self._reader.reading() as connection:
            query = _STRETCHES.format(blob="data", crc="crc")
            for number, start_ns, fs, n, data, crc in connection.execute(query, (channel, t0_ns, t1_ns)):
                yield start_ns, fs, self._chunk(number, n, data, crc)
        run = self._tails.runs.get(channel)
        if run is not None and run.t0_ns < t1_ns:
            yield run.t0_ns, run.fs, run.words()

    def _chunk(self, number: int, n: int, data: bytes, crc: int) -> Words:
        def made() -> Words:
            check_crc(crc, data)
            return unpack(data, n)

        words: Words = self._chunks.get(number, made).astype(np.int16, copy=False)
        return words

    def numeric_overview(self, channel: int) -> Items:
        """Ten seconds per item, the whole record."""
        buckets = self._numeric_buckets[self._numeric_buckets["channel"] == channel]
        gap_ns = round(1.5 * pyramid.NUMERIC_BUCKET_NS)
        return merged([Items(buckets["t"].copy(), buckets["lo"].copy(), buckets["hi"].copy(), gap_ns)])

    def readings(self, t0_ns: int, t1_ns: int) -> Readings:
        """All channels' readings of the blocks that touch a span, `t` absolute, in no order."""
        with self._reader.reading() as connection:
            if self._directory is None:
                rows = connection.execute("SELECT id, t0_ns, t1_ns FROM numeric ORDER BY id").fetchall()
                self._directory = np.array(rows, np.int64).reshape(-1, 3)
            known = self._directory
            wanted = known[(known[:, 2] >= t0_ns) & (known[:, 1] <= t1_ns), 0]
            numbers = tuple(wanted.tolist())
            if numbers != self._joined[0]:
                self._joined = numbers, self._join(numbers)
        return self._joined[1] if not self._tail_readings.size else np.concatenate((self._joined[1], self._tail_readings))
