"""The open file of a record and where its chain stands; used by one thread, knows no clock."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import rfc8785

from kapmonitor.durable import sync_folder
from kapmonitor.errors import RecordDamaged, RecordError, RecordFull
from kapmonitor.model import Validity
from kapmonitor.record import chain, pyramid, schema
from kapmonitor.record.batch import Fold, Run, make_batch
from kapmonitor.record.chain import Unsealed
from kapmonitor.record.database import BUSY, ERRORS
from kapmonitor.record.inlet import plain
from kapmonitor.record.items import DataRow, NumericRow
from kapmonitor.record.numbers import rows_of
from kapmonitor.record.schema import DATA_TABLES
from kapmonitor.record.wave import unpack
from kapmonitor.session.events import RecordSigned, SessionClosed, SessionResumed, SessionStarted, Stamped
from kapmonitor.vault.home import Vault
from kapmonitor.vault.keyfile import ENDING, beside
from kapmonitor.vault.keys import new_key

Arrival = tuple[int, Stamped | DataRow]
"""What arrived, and when."""

TABLES: Final = (*DATA_TABLES, "wave_tail", "numeric_tail")


class Store:
    """Writes batches, each whole or not at all. Any of ERRORS leaves everything as it was before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = schema.open_to_write(path)
        self._fold = load_fold(self._connection)
        self._tried: tuple[Fold, list[int]] | None = None

    def commit(self, items: Sequence[Arrival]) -> list[int]:
        """Write these durably; each event's seq, 0 for data."""
        after, places = make_batch(self._fold, items)
        self._write(after, places)
        return places

    @property
    def head(self) -> tuple[int, str]:
        """The last entry on disk and its hash; any thread may ask, also after the file was closed."""
        fold = self._fold  # replaced as a whole when something was committed, never changed
        return fold.seq, fold.head

    @property
    def fold_due_ns(self) -> float:
        """When to fold next, on the clock of what arrives."""
        return self._fold.due_ns

    def fold(self, now_ns: int) -> None:
        """Fold and seal what has been committed; nobody's entry waits for this."""
        after = self._fold.copy()
        after.settle(now_ns)
        self._write(after, [])

    def finish(self, now_ns: int, closed: SessionClosed) -> None:
        """Fold and seal what is left, add the closing event unless it is there, leave a single file."""
        after = self._fold.copy()
        if not self._is_closed():
            after.take(now_ns, Stamped(now_ns, closed))
        after.settle(now_ns, closing=True)
        self._write(after, [])
        self._leave_one_file()

    def add_to_closed(self, event: RecordSigned) -> int:
        """Add a signature to a record that was closed, and leave a single file; its seq.

        On the session's clock it stands where the session ended: only its body knows the time of day.
        """
        (t_ns,) = self._connection.execute("SELECT max(t_ns) FROM event").fetchone()
        (place,) = self.commit([(t_ns, Stamped(t_ns, event))])
        self._leave_one_file()
        return place

    def _leave_one_file(self) -> None:
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(*BUSY):  # somebody is reading it: two more, empty files stay for now
            self._connection.execute("PRAGMA journal_mode=DELETE")
        self._connection.close()

    def checkpoint(self) -> None:
        """Move what is committed from the log into the file, as far as that goes without waiting."""
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def abandon(self) -> None:
        """Leave the file as it is."""
        self._connection.close()

    def reopen(self, path: Path | None = None) -> list[int]:
        """Open the file anew after an error, or go on with a copy of it, which is then the file.

        If the batch that failed is in it after all: its places.
        """
        path = path or self._path
        self._connection.close()
        self._connection = schema.open_to_write(path)
        found = load_fold(self._connection)
        if _stands_like(found, self._fold):
            self._path = path
            return []
        if self._tried is not None and _stands_like(found, self._tried[0]):
            self._path = path
            (self._fold, places), self._tried = self._tried, None
            return places
        raise RecordDamaged(str(path), "was changed by another program while it was being written")

    def _write(self, after: Fold, places: list[int]) -> None:
        self._tried = (after, places)
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for statement, row in after.statements:
                connection.execute(statement, row)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        after.statements = []
        self._fold, self._tried = after, None

    def _is_closed(self) -> bool:
        found = self._connection.execute(
            "SELECT type FROM event WHERE type IN (?, ?) ORDER BY seq DESC LIMIT 1",
            (SessionClosed.TYPE, SessionResumed.TYPE),
        ).fetchone()
        return bool(found == (SessionClosed.TYPE,))


def create_record(path: Path, started: Stamped, now_ns: int, vault: Vault | None = None) -> None:
    """A new record that begins with `started`, on disk before this returns; never over another file.

    With a vault it is encrypted, for whoever the vault names.
    """
    if not isinstance(started.event, SessionStarted):
        raise TypeError("a record begins with session.started")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as why:
        if os.path.lexists(path):
            raise RecordError(str(path), "a file of this name is there and is not overwritten") from why
        raise RecordFull(str(path), f"cannot be created ({why.strerror})") from why
    try:
        schema.create(path, header_of(started.event), new_key(path, vault) if vault is not None else None)
        store = Store(path)
        store.commit([(now_ns, started)])
        store.abandon()
        sync_folder(path.parent)
    except FileExistsError as why:
        path.unlink()
        raise RecordError(
            str(path), f"{beside(path).name} is there, the key of another record; move it"
        ) from why
    except (*ERRORS, OSError) as why:
        ends = (ENDING, "-journal", "-wal", "-shm")
        for leftover in (path, *(path.with_name(path.name + end) for end in ends)):
            leftover.unlink(missing_ok=True)
        raise RecordFull(str(path), f"cannot be created ({why})") from why


def header_of(started: SessionStarted) -> str:
    """What the chain grows from."""
    session, software = plain(started.session), plain(started.software)
    return rfc8785.dumps({"format": schema.USER_VERSION, "session": session, "software": software}).decode()


def _stands_like(one: Fold, other: Fold) -> bool:
    return one.head == other.head and one.last == other.last


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
    for channel, t0_ns, fs, data in rows:
        run = fold.runs.setdefault(channel, Run(t0_ns, fs))
        run.add(np.frombuffer(data, "<i2").astype(np.int16))
        run.stored = run.n
    for row in connection.execute("SELECT * FROM numeric_tail ORDER BY id"):
        _, t_ns, channel, value, validity, raw, device_time, stored = row
        fold.numerics.append(
            NumericRow(t_ns, channel, value, Validity(validity), raw, device_time, bool(stored))
        )
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
