"""Where the chain of an open record stands, as its file says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

import numpy as np

from kapmonitor.record import chain, pyramid
from kapmonitor.record.batch import Fold, Run
from kapmonitor.record.chain import Unsealed
from kapmonitor.record.kinds import rated, tail_reading, typed
from kapmonitor.record.numbers import rows_of
from kapmonitor.record.schema import DATA_TABLES, TAIL_TABLES
from kapmonitor.record.wave import unpack

TABLES: Final = (*DATA_TABLES, *TAIL_TABLES)


def stands_like(found: Fold, fold: Fold) -> bool:
    """Whether a file stands where it was left; tails that were emptied have no last row any more."""
    return (
        found.head == fold.head
        and all(found.last[name] == fold.last[name] for name in DATA_TABLES)
        and all(found.last[name] <= fold.last[name] for name in TAIL_TABLES)
    )


def has_tails_of(found: Fold, before: Fold, after: Fold) -> bool:
    """Whether what a batch put into the tails is there."""
    return all(after.last[name] in (before.last[name], found.last[name]) for name in TAIL_TABLES)


def load_fold(connection: sqlite3.Connection) -> Fold:
    """Where a record stands: the chain's head, rows not sealed yet, and what is still in the tails."""
    (header,) = connection.execute("SELECT body FROM header").fetchone()
    end = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    seq, head = end or (0, chain.genesis(header))
    last = {name: _last_id(connection, name) for name in TABLES}
    fold = Fold(seq, head, last)
    for name, sealed in sealed_to(connection).items():
        fold.unsealed[name] = rows = Unsealed(sealed + 1)
        for row in rows_after(connection, name, sealed):
            rows.add(row)
    load_tails(connection, fold)
    load_minute(connection, fold)
    return fold


def sealed_to(connection: sqlite3.Connection) -> dict[str, int]:
    """The last sealed row of each data table."""
    last = dict.fromkeys(DATA_TABLES, 0)
    for (body,) in connection.execute(
        "SELECT body FROM event WHERE type = ? ORDER BY seq", (chain.SEAL_TYPE,)
    ):
        last.update({name: sealed.last for name, sealed in chain.read_seal(body).items()})
    return last


def load_tails(connection: sqlite3.Connection, fold: Fold) -> None:
    """Runs and readings that are not folded yet."""
    rows = connection.execute("SELECT channel, t0_ns, fs, data FROM wave_tail ORDER BY id")
    for row in rows:
        channel, t0_ns, fs, data = typed(row, int, int, float, bytes)
        run = fold.runs.setdefault(channel, Run(t0_ns, rated(fs)))
        run.add(np.frombuffer(data, "<i2").astype(np.int16))
        run.stored = run.n
    fold.numerics += map(tail_reading, connection.execute("SELECT * FROM numeric_tail ORDER BY id"))
    fold.numerics_stored = len(fold.numerics)


def load_minute(connection: sqlite3.Connection, fold: Fold) -> None:
    """Chunks folded since the last row of `minute`."""
    covered = connection.execute("SELECT max(wave_to), max(numeric_to) FROM minute").fetchone()
    wave_to, numeric_to = (number or 0 for number in covered)
    for channel, t0_ns, fs, n, data in connection.execute(
        "SELECT channel, t0_ns, fs, n, data FROM wave WHERE id > ? ORDER BY id", (wave_to,)
    ):
        fold.wave_buckets.append(pyramid.wave_buckets(channel, t0_ns, fs, unpack(data, n)))
    for t0_ns, n, data, extra in connection.execute(
        "SELECT t0_ns, n, data, extra FROM numeric WHERE id > ? ORDER BY id", (numeric_to,)
    ):
        fold.numeric_buckets.append(pyramid.numeric_buckets(list(rows_of(data, t0_ns, n, extra))))


def rows_after(connection: sqlite3.Connection, table: str, number: int) -> Iterator[chain.Row]:
    """Whole rows of one of DATA_TABLES after row `number`, in order."""
    query = f"SELECT * FROM {table} WHERE id > ? ORDER BY id"  # noqa: S608  # table names are ours
    yield from connection.execute(query, (number,))


def _last_id(connection: sqlite3.Connection, table: str) -> int:
    query = f"SELECT coalesce(max(id), 0) FROM {table}"  # noqa: S608  # table names are ours
    (number,) = connection.execute(query).fetchone()
    return int(number)
