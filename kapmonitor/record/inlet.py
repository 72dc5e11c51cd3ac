"""What may enter a record: plain types in the file's bounds, so that nothing admitted can fail later on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from kapmonitor.model import Direction, Validity
from kapmonitor.record.items import DataRow, NumericRow, WaveSlice, WireRow
from kapmonitor.session.events import Stamped

LAST_CHANNEL: Final = 2**16 - 1
LAST_T_NS: Final = 2**62
SLOWEST_HZ: Final = 1e-3
FASTEST_HZ: Final = 1e6
MOST_SAMPLES: Final = 1 << 20


def admit(item: Stamped | DataRow) -> Stamped | DataRow:
    """The item in plain types; ValueError or TypeError if it does not fit the file's tables."""
    match item:
        case Stamped():
            return replace(item, t_ns=_time(item.t_ns))
        case NumericRow():
            return _numeric(item)
        case WaveSlice():
            return _wave(item)
        case WireRow():
            return WireRow(
                _time(item.t_ns),
                plain(item.device),
                Direction(item.direction),
                bytes(item.data),
                plain(item.channel),
            )


def plain(text: str) -> str:
    """Text that UTF-8 can hold; half characters become U+FFFD."""
    return str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _numeric(row: NumericRow) -> NumericRow:
    return NumericRow(
        _time(row.t_ns),
        _channel(row.channel),
        None if row.value is None else float(row.value),
        Validity(row.validity),
        None if row.raw is None else float(row.raw),
        None if row.device_time is None else plain(row.device_time),
        bool(row.stored),
    )


def _wave(piece: WaveSlice) -> WaveSlice:
    samples = np.asarray(piece.samples)
    if samples.dtype != np.int16 or samples.ndim != 1 or len(samples) > MOST_SAMPLES:
        raise ValueError(f"a slice of channel {piece.channel} is not a short row of int16")
    fs = float(piece.fs)
    if not SLOWEST_HZ <= fs <= FASTEST_HZ:
        raise ValueError(f"channel {piece.channel} has a rate of {fs} Hz")
    return WaveSlice(_time(piece.t0_ns), _channel(piece.channel), fs, samples)


def _time(t_ns: int) -> int:
    if not -LAST_T_NS <= t_ns <= LAST_T_NS:
        raise ValueError(f"a time of {t_ns} ns is out of bounds")
    return int(t_ns)


def _channel(channel: int) -> int:
    if not 0 <= channel <= LAST_CHANNEL:
        raise ValueError(f"channel {channel} is out of bounds")
    return int(channel)
