"""Waves of a record at three levels: single samples, 32 at a time, and about a second at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np

from kapmonitor.columns import Times, as_floats
from kapmonitor.record import pyramid
from kapmonitor.record.batch import JITTER_NS
from kapmonitor.record.kinds import rated, typed
from kapmonitor.record.levels import Items, Kept, merged
from kapmonitor.record.overview import Overview
from kapmonitor.record.reader import RecordReader, check_crc
from kapmonitor.record.wave import Words, unpack
from kapmonitor.session.events import ChannelDescribed

KEPT_CHUNKS: Final = 64
SEAM_NS: Final = 2 * JITTER_NS
"""A hole between two stretches that is no longer than this and two samples is none."""

_STRETCHES: Final = (
    "SELECT id, t0_ns, fs, n, {blob}, {crc} FROM wave WHERE channel = ?1 AND t0_ns < ?3 AND t0_ns >= "
    # the two chunks before may reach into the span
    "coalesce((SELECT min(t0_ns) FROM (SELECT t0_ns FROM wave WHERE channel = ?1 AND t0_ns <= ?2 "
    "ORDER BY t0_ns DESC LIMIT 2)), ?2) ORDER BY t0_ns"
)


class WavePages:
    """Used by the thread that opened the reader; the newest decoded chunks are kept."""

    def __init__(self, reader: RecordReader, overview: Overview) -> None:
        self._reader = reader
        self._overview = overview
        self._chunks: Kept[Words] = Kept(KEPT_CHUNKS)
        self._coarse: dict[int, Items] = {}

    def items(self, channel: ChannelDescribed, t0_ns: int, t1_ns: int, width: int) -> Items:
        """What to draw a span from: the coarsest level that is finer than a column."""
        column_ns = (t1_ns - t0_ns) / width
        if column_ns >= pyramid.second_of(channel.fs) * 1e9 / channel.fs:
            return self.overview(channel)
        if column_ns >= pyramid.FINE * 1e9 / channel.fs:
            return self.fine(channel, t0_ns, t1_ns)
        return self.samples(channel, t0_ns, t1_ns)

    def overview(self, channel: ChannelDescribed) -> Items:
        """About a second per item, the whole record."""
        if channel.channel not in self._coarse:
            self._coarse[channel.channel] = self._make_overview(channel)
        return self._coarse[channel.channel]

    def _make_overview(self, channel: ChannelDescribed) -> Items:
        buckets = self._overview.waves.of(channel.channel)
        gap_ns = round(1.5e9 * pyramid.second_of(channel.fs) / channel.fs) + SEAM_NS
        return _scaled(channel, buckets.t, buckets.lo.astype(np.int16), buckets.hi.astype(np.int16), gap_ns)

    def fine(self, channel: ChannelDescribed, t0_ns: int, t1_ns: int) -> Items:
        """The finest folded level of the sound chunks that touch a span."""
        groups: dict[tuple[float, int], tuple[list[int], list[bytes]]] = {}
        with self._reader.reading() as connection:
            query = _STRETCHES.format(blob="fine", crc="fine_crc")
            for row in connection.execute(query, (channel.channel, t0_ns, t1_ns)):
                _, start_ns, fs, n, fine, crc = typed(row, int, int, float, int, bytes, int)
                if not _sound(crc, fine):
                    continue
                starts, blocks = groups.setdefault((rated(fs), n), ([], []))
                starts.append(start_ns)
                blocks.append(fine)
            parts = [
                _fine_items(channel, starts, fs, pyramid.unpack_fine(blocks, n))
                for (fs, n), (starts, blocks) in groups.items()
            ]
        run = self._overview.runs.get(channel.channel)
        if run is not None:
            lo, hi = pyramid.fold(run.words(), pyramid.FINE)
            parts.append(_fine_items(channel, [run.t0_ns], run.fs, (lo[None], hi[None])))
        return merged(parts)

    def samples(self, channel: ChannelDescribed, t0_ns: int, t1_ns: int) -> Items:
        """Single samples of a span, and one beyond each end; a damaged chunk has none."""
        parts = []
        gap_ns = round(2e9 / channel.fs) + SEAM_NS
        until_ns = t1_ns + round(1e9 / channel.fs) + 1
        for start_ns, fs, words in self.stretches(channel.channel, t0_ns, until_ns, damaged=False):
            first = max(0, int((t0_ns - start_ns) * fs / 1e9) - 1)
            stop = max(first, min(len(words), int((t1_ns - start_ns) * fs / 1e9) + 2))
            times = start_ns + np.rint(np.arange(first, stop) * (1e9 / fs)).astype(np.int64)
            parts.append(_scaled(channel, times, words[first:stop], words[first:stop], gap_ns))
        return merged(parts)

    def stretches(
        self, channel: int, t0_ns: int, t1_ns: int, *, damaged: bool = True
    ) -> Iterator[tuple[int, float, Words]]:
        """First time, rate and samples of the stored stretches that touch a span, oldest first.

        A damaged one raises RecordDamaged, or is left out if `damaged` is False.
        """
        with self._reader.reading() as connection:
            query = _STRETCHES.format(blob="data", crc="crc")
            for row in connection.execute(query, (channel, t0_ns, t1_ns)):
                number, start_ns, fs, n, data, crc = typed(row, int, int, float, int, bytes, int)
                if damaged or _sound(crc, data):
                    yield start_ns, rated(fs), self._chunk(number, n, data, crc)
        run = self._overview.runs.get(channel)
        if run is not None and run.t0_ns < t1_ns:
            yield run.t0_ns, run.fs, run.words()

    def _chunk(self, number: int, n: int, data: bytes, crc: int) -> Words:
        def made() -> Words:
            check_crc(crc, data)
            return unpack(data, n)

        return self._chunks.get(number, made)


def _sound(crc: int, blob: bytes) -> bool:
    """Whether a blob is as it was written."""
    return zlib.crc32(blob) == crc


def _fine_items(
    channel: ChannelDescribed, starts_ns: list[int], fs: float, lo_hi: tuple[Words, Words]
) -> Items:
    """Folded chunks of the same length, each beginning at its own time."""
    step_ns = pyramid.FINE * 1e9 / fs
    within = np.rint(np.arange(lo_hi[0].shape[1]) * step_ns).astype(np.int64)
    times = (np.array(starts_ns, np.int64)[:, None] + within).reshape(-1)
    return _scaled(channel, times, lo_hi[0].reshape(-1), lo_hi[1].reshape(-1), round(1.5 * step_ns) + SEAM_NS)


def _scaled(channel: ChannelDescribed, times: Times, lo: Words, hi: Words, gap_ns: int) -> Items:
    """Raw words in the channel's unit; a negative resolution turns minimum and maximum about."""
    if channel.resolution < 0:
        lo, hi = hi, lo
    scale, offset = np.float32(channel.resolution), np.float32(channel.offset)
    return Items(times, as_floats(lo) * scale + offset, as_floats(hi) * scale + offset, gap_ns)
