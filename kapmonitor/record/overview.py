"""The coarse levels of a whole record: about a second of a wave, ten seconds of a numeric, per item.

Read at once when a record is opened: eight hours are 480 rows. What an interruption kept from getting there
is folded now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapmonitor.record import pyramid
from kapmonitor.record.batch import Fold, Run
from kapmonitor.record.items import NumericRow
from kapmonitor.record.pyramid import Buckets
from kapmonitor.record.reader import RecordReader, check_crc
from kapmonitor.record.store import TABLES, load_minute, load_tails


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """All buckets, sorted by channel, and what lies in the tails of a record that was not closed."""

    waves: Buckets
    numerics: Buckets
    runs: dict[int, Run]
    readings: tuple[NumericRow, ...]

    def span(self) -> tuple[int, int]:
        """Times of the first and the last bucket of anything; 0, 0 if there is none."""
        times = [kind.t for kind in (self.waves, self.numerics) if len(kind.t)]
        if not times:
            return 0, 0
        return int(min(t.min() for t in times)), int(max(t.max() for t in times))

    def wave(self, channel: int) -> Buckets:
        """One wave's buckets, in order of time."""
        return _of(self.waves, channel)

    def numeric(self, channel: int) -> Buckets:
        """One numeric's buckets, in order of time."""
        return _of(self.numerics, channel)


def _of(buckets: Buckets, channel: int) -> Buckets:
    start, stop = np.searchsorted(buckets.channel, (channel, channel + 1))
    mine = buckets.pick(slice(start, stop))
    if np.any(mine.t[1:] < mine.t[:-1]):
        return mine.pick(np.argsort(mine.t, kind="stable"))
    return mine


def load_overview(reader: RecordReader) -> Overview:
    """RecordDamaged if a row of it cannot be read."""
    tails = Fold(0, "", dict.fromkeys(TABLES, 0))
    rows = []
    with reader.reading() as connection:
        for t0_ns, waves, numerics, crc in connection.execute(
            "SELECT t0_ns, waves, numerics, crc FROM minute ORDER BY id"
        ):
            check_crc(crc, waves, numerics)
            rows.append((t0_ns, waves, numerics))
        wave, numeric = pyramid.read_minutes(rows)
        load_tails(connection, tails)
        load_minute(connection, tails)
    for channel, run in tails.runs.items():
        tails.wave_buckets.append(pyramid.wave_buckets(channel, run.t0_ns, run.fs, run.words()))
    if tails.numerics:
        tails.numeric_buckets.append(pyramid.numeric_buckets(tails.numerics))
    return Overview(
        _by_channel(pyramid.all_of(wave, *tails.wave_buckets)),
        _by_channel(pyramid.all_of(numeric, *tails.numeric_buckets)),
        tails.runs,
        tuple(tails.numerics),
    )


def _by_channel(buckets: Buckets) -> Buckets:
    return buckets.pick(np.argsort(buckets.channel, kind="stable"))
