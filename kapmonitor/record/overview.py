"""The coarse levels of a whole record: about a second of a wave, ten seconds of a numeric, per item.

Read at once when a record is opened: eight hours are 480 rows. What an interruption kept from getting there
is folded now.
"""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.record import pyramid
from kapmonitor.record.batch import Fold, Run
from kapmonitor.record.items import NumericRow
from kapmonitor.record.pyramid import Level
from kapmonitor.record.reader import RecordReader, check_crc
from kapmonitor.record.standing import TABLES, load_minute, load_tails


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """The coarse levels, and what lies in the tails of a record that was not closed."""

    waves: Level
    numerics: Level
    runs: dict[int, Run]
    readings: tuple[NumericRow, ...]

    def span(self) -> tuple[int, int]:
        """Times of the first and the last bucket of anything; 0, 0 if there is none."""
        times = (*self.waves.span(), *self.numerics.span())
        return (min(times), max(times)) if times else (0, 0)


def load_overview(reader: RecordReader) -> Overview:
    """RecordDamaged if a row of it cannot be read."""
    tails = Fold(0, "", dict.fromkeys(TABLES, 0))
    with reader.reading() as connection:
        rows = connection.execute("SELECT t0_ns, waves, numerics, crc FROM minute ORDER BY id").fetchall()
        for _, waves, numerics, crc in rows:
            check_crc(crc, waves, numerics)
        wave, numeric = pyramid.read_minutes(rows)
        load_tails(connection, tails)
        load_minute(connection, tails)
        for channel, run in tails.runs.items():
            tails.wave_buckets.append(pyramid.wave_buckets(channel, run.t0_ns, run.fs, run.words()))
        if tails.numerics:
            tails.numeric_buckets.append(pyramid.numeric_buckets(tails.numerics))
    return Overview(
        Level(pyramid.all_of(wave, *tails.wave_buckets)),
        Level(pyramid.all_of(numeric, *tails.numeric_buckets)),
        tails.runs,
        tuple(tails.numerics),
    )
