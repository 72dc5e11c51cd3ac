"""Numeric readings in blocks: fixed fields as byte planes under zstd, the rare rest as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow
from kapmonitor.record.wave import expand, squeeze

Readings = NDArray[np.void]
READING: Final = np.dtype([("t", "<i8"), ("value", "<f8"), ("channel", "<u2"), ("validity", "u1")])
"""`t` is nanoseconds since the block's first; `value` is NaN where there is none."""
VALIDITIES: Final = (
    Validity.VALID,
    Validity.VALIDATED,
    Validity.ONGOING,
    Validity.QUESTIONABLE,
    Validity.CALIBRATING,
    Validity.INVALID,
    Validity.OVERFLOW,
    Validity.UNDERFLOW,
    Validity.NOT_AVAILABLE,
)
"""A validity is stored as its place here; this order is part of the file format."""
_CODES: Final = {validity: code for code, validity in enumerate(VALIDITIES)}


def pack_readings(rows: Sequence[NumericRow]) -> tuple[int, int, bytes, str]:
    """First and last time, block, and the rest as JSON; readings sorted by channel, then as they came."""
    ordered = sorted(rows, key=lambda row: row.channel)
    t0_ns = min(row.t_ns for row in rows)
    readings = np.array(
        [
            (row.t_ns - t0_ns, np.nan if row.value is None else row.value, row.channel, _CODES[row.validity])
            for row in ordered
        ],
        READING,
    )
    planes = np.ascontiguousarray(readings.view(np.uint8).reshape(-1, READING.itemsize).T)
    return t0_ns, max(row.t_ns for row in rows), squeeze(planes.tobytes()), _rest(ordered)


def unpack_readings(block: bytes, t0_ns: int, n: int) -> Readings:
    """The readings of a block, with `t` made absolute; ValueError if it does not hold n of them."""
    planes = np.frombuffer(expand(block, n * READING.itemsize), np.uint8).reshape(READING.itemsize, n)
    readings = planes.T.copy(order="C").reshape(-1).view(READING)
    readings["t"] += t0_ns
    return readings


Rest = Mapping[str, Sequence[Any]]
"""What few readings of a block have, by their place in it."""


def unpack_block(block: bytes, t0_ns: int, n: int, rest: str) -> tuple[Readings, Rest]:
    """A block's readings and the rest of them; ValueError if it cannot be read."""
    return unpack_readings(block, t0_ns, n), json.loads(rest) if rest else {}


def rows_of(block: bytes, t0_ns: int, n: int, rest: str) -> Iterable[NumericRow]:
    """The readings of a block as they were put, in order of time; ValueError if it cannot be read."""
    return rows_at(*unpack_block(block, t0_ns, n, rest), np.arange(n))


def rows_at(readings: Readings, extra: Rest, asked: NDArray[np.intp]) -> Iterable[NumericRow]:
    """The readings at these places of a block, in order of time; ValueError for a word without a meaning."""
    for at in asked[np.argsort(readings["t"][asked], kind="stable")].tolist():
        t_ns, value, channel, code = readings[at].item()
        if code >= len(VALIDITIES):
            raise ValueError(f"validity {code} is none")
        raw, device_time, stored = extra.get(str(at), (None, None, False))
        yield NumericRow(
            t_ns, channel, None if value != value else value, VALIDITIES[code], raw, device_time, stored
        )


def _rest(rows: Sequence[NumericRow]) -> str:
    """What few readings have, by their place in the block: raw word, device time, whether it was stored."""
    rest: dict[str, tuple[Any, ...]] = {
        str(at): (row.raw, row.device_time, row.stored)
        for at, row in enumerate(rows)
        if row.raw is not None or row.device_time is not None or row.stored
    }
    return json.dumps(rest, separators=(",", ":"), allow_nan=True) if rest else ""
