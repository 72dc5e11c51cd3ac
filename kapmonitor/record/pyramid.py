"""What is drawn without decoding: minima and maxima per 32 samples, per second, and of numerics per 10 s.

The finest level lies beside its wave chunk. The coarse ones lie together, one row per minute for all
channels, so that eight hours are read in 480 rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kapmonitor.record.items import NumericRow
from kapmonitor.record.wave import Words, pack, unpack_many

FINE: Final = 32
"""Samples per minimum and maximum of the finest level."""
NUMERIC_BUCKET_NS: Final = 10_000_000_000

_WAVE: Final = np.dtype([("at", "<u4"), ("channel", "<u2"), ("lo", "<i2"), ("hi", "<i2")])
_NUMERIC: Final = np.dtype([("at", "<u4"), ("channel", "<u2"), ("lo", "<f4"), ("hi", "<f4")])
"""Buckets as they are stored; `at` is microseconds since the row's t0_ns."""
Values = NDArray[np.int16] | NDArray[np.float32]
LONGEST_ROW_NS: Final = 4_000_000_000_000
"""What fits into `at`; buckets further apart, as of readings a device had stored, get their own rows."""


class Buckets(NamedTuple):
    """Minima and maxima of several channels, one row per bucket; `t` is when it begins, in ns.

    Waves are int16 words with NO_SAMPLE, numerics float32 with NaN.
    """

    t: NDArray[np.int64]
    channel: NDArray[np.uint16]
    lo: Values
    hi: Values

    def pick(self, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Buckets:
        """Some of them, in the order asked for."""
        return Buckets(self.t[which], self.channel[which], self.lo[which], self.hi[which])


_NONE: Final = np.empty(0, np.int16)
NO_WAVES: Final = Buckets(np.empty(0, np.int64), np.empty(0, np.uint16), _NONE, _NONE)
NO_NUMERICS: Final = Buckets(NO_WAVES.t, NO_WAVES.channel, _NONE.astype(np.float32), _NONE.astype(np.float32))


def all_of(first: Buckets, *others: Buckets) -> Buckets:
    """One after the other."""
    if not others:
        return first
    t, channel, lo, hi = (np.concatenate(fields) for fields in zip(first, *others, strict=True))
    return Buckets(t, channel, lo, hi)


def second_of(fs: float) -> int:
    """Samples per bucket of the coarse wave level."""
    return max(1, round(fs))


def fold(words: Words, size: int) -> tuple[Words, Words]:
    """Minimum and maximum per `size` samples, the last of them maybe short; NO_SAMPLE does not count."""
    starts = np.arange(0, len(words), size)
    keyed = (words.view(np.uint16) ^ np.uint16(0x8000)) - np.uint16(1)  # so that NO_SAMPLE sorts last
    lo = (np.minimum.reduceat(keyed, starts) + np.uint16(1)) ^ np.uint16(0x8000)
    return lo.view(np.int16), np.maximum.reduceat(words, starts)


def pack_fine(words: Words) -> bytes:
    """The finest level of a chunk."""
    return pack(np.concatenate(fold(words, FINE)))


def unpack_fine(blocks: Sequence[bytes], n: int) -> tuple[Words, Words]:
    """Minima and maxima of chunks of n samples each, shapes (chunks, buckets); ValueError if they are not."""
    size = -(-n // FINE)
    both = unpack_many(blocks, 2 * size)
    return both[:, :size], both[:, size:]


def wave_buckets(channel: int, t0_ns: int, fs: float, words: Words) -> Buckets:
    """The coarse level of a chunk that starts at t0_ns."""
    size = second_of(fs)
    lo, hi = fold(words, size)
    t = t0_ns + np.rint(np.arange(len(lo)) * (size * 1e9 / fs)).astype(np.int64)
    return Buckets(t, np.full(len(lo), channel, np.uint16), lo, hi)


def numeric_buckets(rows: Sequence[NumericRow]) -> Buckets:
    """Each channel's minimum and maximum per ten seconds, counted back from the newest."""
    newest_ns = max(row.t_ns for row in rows)
    spans: dict[tuple[int, int], list[NumericRow]] = {}
    for row in rows:
        spans.setdefault((row.channel, (newest_ns - row.t_ns) // NUMERIC_BUCKET_NS), []).append(row)
    values = [[row.value for row in span if row.value is not None] for span in spans.values()]
    with np.errstate(over="ignore"):
        return Buckets(
            np.array([min(row.t_ns for row in span) for span in spans.values()], np.int64),
            np.array([channel for channel, _ in spans], np.uint16),
            np.array([min(span, default=np.nan) for span in values]).astype(np.float32),
            np.array([max(span, default=np.nan) for span in values]).astype(np.float32),
        )


def minutes(waves: Sequence[Buckets], numerics: Sequence[Buckets]) -> Iterator[tuple[int, bytes, bytes]]:
    """What goes into rows of `minute`: t0_ns and both kinds of buckets as bytes; mostly one row."""
    wave = all_of(NO_WAVES, *waves)
    numeric = all_of(NO_NUMERICS, *numerics)
    while len(wave.t) or len(numeric.t):
        t0_ns = min(int(kind.t.min()) for kind in (wave, numeric) if len(kind.t))
        near_wave = wave.t - t0_ns < LONGEST_ROW_NS
        near_numeric = numeric.t - t0_ns < LONGEST_ROW_NS
        yield t0_ns, _stored(wave.pick(near_wave), t0_ns), _stored(numeric.pick(near_numeric), t0_ns)
        wave, numeric = wave.pick(~near_wave), numeric.pick(~near_numeric)


def _stored(buckets: Buckets, t0_ns: int) -> bytes:
    dtype = _WAVE if buckets.lo.dtype == np.int16 else _NUMERIC
    stored = np.empty(len(buckets.t), dtype)
    stored["at"] = (buckets.t - t0_ns) // 1000
    stored["channel"], stored["lo"], stored["hi"] = buckets.channel, buckets.lo, buckets.hi
    return stored.tobytes()


class Level:
    """All buckets of a record's waves or numerics, sorted by channel."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets.pick(np.argsort(buckets.channel, kind="stable"))
        self._stops = np.cumsum(np.bincount(buckets.channel)).tolist()

    def of(self, channel: int) -> Buckets:
        """One channel's buckets, in order of time."""
        if not 0 <= channel < len(self._stops):
            return self._buckets.pick(slice(0, 0))
        mine = self._buckets.pick(slice(self._stops[channel - 1] if channel else 0, self._stops[channel]))
        unsorted = np.any(mine.t[1:] < mine.t[:-1])
        return mine.pick(np.argsort(mine.t, kind="stable")) if unsorted else mine

    def span(self) -> tuple[int, ...]:
        """Times of the first and the last bucket, or nothing."""
        t = self._buckets.t
        return (int(t.min()), int(t.max())) if len(t) else ()


def read_minutes(rows: Sequence[tuple[int, bytes, bytes, int]]) -> tuple[Buckets, Buckets]:
    """All buckets of rows of `minute` (t0_ns, waves, numerics, crc); ValueError if one is cut off."""
    t0_ns = [row[0] for row in rows]
    return (
        _restored(t0_ns, [row[1] for row in rows], _WAVE),
        _restored(t0_ns, [row[2] for row in rows], _NUMERIC),
    )


def _restored(t0_ns: Sequence[int], blobs: Sequence[bytes], dtype: np.dtype[np.void]) -> Buckets:
    counts = [len(blob) // dtype.itemsize for blob in blobs]
    if sum(counts) * dtype.itemsize != sum(map(len, blobs)):
        raise ValueError("a row of the overview is cut off")
    stored = np.frombuffer(b"".join(blobs), dtype)
    t = np.repeat(np.array(t0_ns, np.int64), counts)
    t += np.multiply(stored["at"], 1000, dtype=np.int64)
    return Buckets(t, stored["channel"].copy(), stored["lo"].copy(), stored["hi"].copy())
