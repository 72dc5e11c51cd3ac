"""Numerics of a record: single readings block by block, and ten seconds at a time."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.record import pyramid
from kapmonitor.record.items import NumericRow
from kapmonitor.record.levels import Items, Kept, merged
from kapmonitor.record.numbers import READING, Readings, Rest, rows_at, unpack_block, unpack_readings
from kapmonitor.record.overview import Overview
from kapmonitor.record.reader import RecordReader, check_crc

KEPT_BLOCKS: Final = 1500
"""Blocks kept decoded: what a span holds that is just too short for the overview."""

KEPT_WHOLE: Final = 32
"""Blocks kept with all that is known of each reading: several numbers are asked for at one time."""


class NumericPages:
    """Used by the thread that opened the reader."""

    def __init__(self, reader: RecordReader, overview: Overview) -> None:
        self._reader = reader
        self._overview = overview
        self._blocks: Kept[bytes] = Kept(KEPT_BLOCKS)
        self._whole: Kept[tuple[Readings, Rest]] = Kept(KEPT_WHOLE)
        self._coarse: dict[int, Items] = {}
        self._directory: NDArray[np.int64] | None = None
        self._joined: tuple[tuple[int, ...], Readings] = ((), np.empty(0, READING))

    def items(self, channel: int, t0_ns: int, t1_ns: int, width: int, gap_ns: int) -> Items:
        """What to draw a span from: readings, or ten seconds of them where four columns are as wide."""
        if 4 * (t1_ns - t0_ns) / width >= pyramid.NUMERIC_BUCKET_NS:
            return self.overview(channel)
        readings = self.readings(t0_ns - gap_ns, t1_ns + gap_ns)
        mine = readings[readings["channel"] == channel]
        values = mine["value"].astype(np.float32)
        return merged([Items(mine["t"].copy(), values, values, gap_ns), self._tail_items(channel, gap_ns)])

    def overview(self, channel: int) -> Items:
        """Ten seconds per item, the whole record."""
        if channel not in self._coarse:
            buckets = self._overview.numerics.of(channel)
            lo, hi = buckets.lo.astype(np.float32), buckets.hi.astype(np.float32)
            self._coarse[channel] = Items(buckets.t, lo, hi, 2 * pyramid.NUMERIC_BUCKET_NS)
        return self._coarse[channel]

    def readings(self, t0_ns: int, t1_ns: int) -> Readings:
        """All channels' folded readings in the blocks that touch a span; `t` is absolute, order is none."""
        numbers = self._touching(t0_ns, t1_ns)
        if numbers != self._joined[0]:
            with self._reader.reading() as connection:
                rows = connection.execute(
                    "SELECT id, t0_ns, n, data, crc FROM numeric WHERE id BETWEEN ? AND ? ORDER BY id",
                    (min(numbers, default=0), max(numbers, default=-1)),
                )
                wanted = set(numbers)
                blocks = [self._block(*row) for row in rows if row[0] in wanted]
            self._joined = numbers, np.frombuffer(b"".join(blocks), READING)
        return self._joined[1]

    def rows(self, channels: frozenset[int], t0_ns: int, t1_ns: int) -> list[NumericRow]:
        """Readings of some channels as they were put, within t0_ns..t1_ns, oldest first."""
        tail = (row for row in self._overview.readings if t0_ns <= row.t_ns <= t1_ns)
        found = [row for row in tail if row.channel in channels]
        for number in self._touching(t0_ns, t1_ns):
            readings, extra = self._whole.get(number, partial(self._whole_block, number))
            within = (readings["t"] >= t0_ns) & (readings["t"] <= t1_ns)
            mine = np.logical_or.reduce([readings["channel"] == channel for channel in channels])
            with self._reader.reading():
                found += rows_at(readings, extra, np.flatnonzero(within & mine))
        return sorted(found, key=lambda row: row.t_ns)

    def _whole_block(self, number: int) -> tuple[Readings, Rest]:
        with self._reader.reading() as connection:
            t0_ns, n, data, extra, crc = connection.execute(
                "SELECT t0_ns, n, data, extra, crc FROM numeric WHERE id = ?", (number,)
            ).fetchone()
            check_crc(crc, data)
            return unpack_block(data, t0_ns, n, extra)

    def _touching(self, t0_ns: int, t1_ns: int) -> tuple[int, ...]:
        """Numbers of the blocks that hold something of a span, going by their first and last times."""
        if self._directory is None:
            with self._reader.reading() as connection:
                rows = connection.execute("SELECT id, t0_ns, t1_ns FROM numeric ORDER BY id").fetchall()
                self._directory = np.array(rows, np.int64).reshape(-1, 3)
        known = self._directory
        return tuple(known[(known[:, 2] >= t0_ns) & (known[:, 1] <= t1_ns), 0].tolist())

    def _block(self, number: int, t0_ns: int, n: int, data: bytes, crc: int) -> bytes:
        def made() -> bytes:
            check_crc(crc, data)
            return unpack_readings(data, t0_ns, n).tobytes()

        return self._blocks.get(number, made)

    def _tail_items(self, channel: int, gap_ns: int) -> Items:
        rows = [row for row in self._overview.readings if row.channel == channel]
        values = np.array([np.nan if row.value is None else row.value for row in rows], np.float32)
        return Items(np.array([row.t_ns for row in rows], np.int64), values, values, gap_ns)
