"""What is drawn without decoding: minima and maxima per 32 samples, per second, and of numerics per 10 s.

The finest level lies beside its wave chunk. The coarse ones lie together, one row per minute for all
channels, so that eight hours are read in 480 rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.record.items import NumericRow
from kapmonitor.record.wave import Words, pack, unpack

FINE: Final = 32
"""Samples per minimum and maximum of the finest level."""
NUMERIC_BUCKET_NS: Final = 10_000_000_000

LONGEST_ROW_NS: Final = 4_000_000_000_000
"""What fits into `at`; buckets further apart, as of readings a device had stored, get their own rows."""

_WAVE: Final = [("channel", "<u2"), ("lo", "<i2"), ("hi", "<i2")]
_NUMERIC: Final = [("channel", "<u2"), ("lo", "<f4"), ("hi", "<f4")]
WAVE_BUCKET: Final = np.dtype([("t", "<i8"), *_WAVE])
"""About one second of a wave, from `t` nanoseconds on."""
NUMERIC_BUCKET: Final = np.dtype([("t", "<i8"), *_NUMERIC])
"""Ten seconds of a numeric, NaN where no reading had a value; `t` is the first reading's."""
_STORED_WAVE: Final = np.dtype([("at", "<u4"), *_WAVE])
_STORED_NUMERIC: Final = np.dtype([("at", "<u4"), *_NUMERIC])
Buckets = NDArray[np.void]


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


def unpack_fine(block: bytes, n: int) -> tuple[Words, Words]:
    """Minima and maxima of a chunk of n samples; ValueError if the block holds something else."""
    size = -(-n // FINE)
    both = unpack(block, 2 * size)
    return both[:size], both[size:]


def wave_buckets(channel: int, t0_ns: int, fs: float, words: Words) -> Buckets:
    """The coarse level of a chunk that starts at t0_ns."""
    size = second_of(fs)
    lo, hi = fold(words, size)
    buckets = np.empty(len(lo), WAVE_BUCKET)
    buckets["t"] = t0_ns + np.rint(np.arange(len(lo)) * (size * 1e9 / fs)).astype(np.int64)
    buckets["channel"], buckets["lo"], buckets["hi"] = channel, lo, hi
    return buckets


def numeric_buckets(rows: Sequence[NumericRow]) -> Buckets:
    """Each channel's minimum and maximum per ten seconds."""
    spans: dict[tuple[int, int], list[NumericRow]] = {}
    for row in rows:
        spans.setdefault((row.channel, row.t_ns // NUMERIC_BUCKET_NS), []).append(row)
    return np.array([_bucket(span) for span in spans.values()], NUMERIC_BUCKET)


def _bucket(rows: Sequence[NumericRow]) -> tuple[int, int, float, float]:
    values = [row.value for row in rows if row.value is not None]
    first = min(row.t_ns for row in rows)
    return first, rows[0].channel, min(values, default=np.nan), max(values, default=np.nan)


def minutes(waves: Sequence[Buckets], numerics: Sequence[Buckets]) -> Iterator[tuple[int, bytes, bytes]]:
    """What goes into rows of `minute`: t0_ns and both kinds of buckets as bytes; mostly one row."""
    wave = np.concatenate((np.empty(0, WAVE_BUCKET), *waves))
    numeric = np.concatenate((np.empty(0, NUMERIC_BUCKET), *numerics))
    while len(wave) or len(numeric):
        t0_ns = min(int(kind["t"].min()) for kind in (wave, numeric) if len(kind))
        near_wave = wave["t"] - t0_ns < LONGEST_ROW_NS
        near_numeric = numeric["t"] - t0_ns < LONGEST_ROW_NS
        yield (
            t0_ns,
            _stored(wave[near_wave], _STORED_WAVE, t0_ns),
            _stored(numeric[near_numeric], _STORED_NUMERIC, t0_ns),
        )
        wave, numeric = wave[~near_wave], numeric[~near_numeric]


def _stored(buckets: Buckets, dtype: np.dtype[np.void], t0_ns: int) -> bytes:
    stored = np.empty(len(buckets), dtype)
    stored["at"] = (buckets["t"] - t0_ns) // 1000
    for field in ("channel", "lo", "hi"):
        stored[field] = buckets[field]
    return stored.tobytes()


def read_minutes(rows: Sequence[tuple[int, bytes, bytes]]) -> tuple[Buckets, Buckets]:
    """All buckets of rows of `minute`, waves and numerics; ValueError if one is cut off."""
    return (
        _restored([(t0_ns, blob) for t0_ns, blob, _ in rows], _STORED_WAVE, WAVE_BUCKET),
        _restored([(t0_ns, blob) for t0_ns, _, blob in rows], _STORED_NUMERIC, NUMERIC_BUCKET),
    )


def _restored(
    rows: Sequence[tuple[int, bytes]], dtype: np.dtype[np.void], into: np.dtype[np.void]
) -> Buckets:
    if any(len(blob) % dtype.itemsize for _, blob in rows):
        raise ValueError("a row of the overview is cut off")
    stored = np.frombuffer(b"".join(blob for _, blob in rows), dtype)
    counts = [len(blob) // dtype.itemsize for _, blob in rows]
    buckets = np.empty(len(stored), into)
    buckets["t"] = np.repeat(np.array([t0_ns for t0_ns, _ in rows], np.int64), counts)
    buckets["t"] += stored["at"] * np.int64(1000)
    for field in ("channel", "lo", "hi"):
        buckets[field] = stored[field]
    return buckets
