"""The open file of a record and where its chain stands; used by one thread, knows no clock."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import rfc8785

from kapmonitor.durable import sync_folder
from kapmonitor.errors import RecordDamaged, RecordError, RecordFull
from kapmonitor.record import schema
from kapmonitor.record.batch import Fold, make_batch
from kapmonitor.record.database import BUSY, ERRORS
from kapmonitor.record.inlet import plain
from kapmonitor.record.items import DataRow
from kapmonitor.record.journal import Journal
from kapmonitor.record.standing import has_tails_of, load_fold, stands_like
from kapmonitor.session.events import (
    RecordAmended,
    RecordSigned,
    SessionClosed,
    SessionResumed,
    SessionStarted,
    Stamped,
)
from kapmonitor.vault.home import Vault
from kapmonitor.vault.keyfile import ENDING, beside
from kapmonitor.vault.keys import new_key

Arrival = tuple[int, Stamped | DataRow]
"""What arrived, and when."""
Afterwards = RecordSigned | RecordAmended
"""What people add to a record once its session is over."""


class Store:
    """Writes batches, each whole or not at all. Any of ERRORS leaves everything as it was before."""

    def __init__(self, path: Path, journal: Journal | None = None) -> None:
        self._path = path
        self._connection = schema.open_to_write(path)
        self._fold = load_fold(self._connection)
        self._tried: tuple[Fold, list[int]] | None = None
        self._journal = journal
        self._noted(self._fold)

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

    def commit_folded(self, windows: Iterable[tuple[int, Sequence[Stamped | DataRow]]]) -> None:
        """Write what came in each window of time, up to its end, folded at once: nobody waits for a part."""
        after = self._fold.copy()
        for end_ns, items in windows:
            for item in items:
                after.take(end_ns, item)
            after.settle(end_ns)
        self._write(after, [])

    def finish(self, now_ns: int, closed: SessionClosed) -> None:
        """Fold and seal what is left, add the closing event unless it is there, leave a single file."""
        after = self._fold.copy()
        if not self._is_closed():
            after.take(now_ns, Stamped(now_ns, closed))
        after.settle(now_ns, closing=True)
        self._write(after, [])
        self._leave_one_file()

    def add_to_closed(self, events: Sequence[Afterwards]) -> list[int]:
        """Add what came after the session's end to a record that was closed; leave a single file; their seqs.

        On the session's clock they stand where it ended: only their bodies know the time of day.
        """
        places = self.commit(self._at_the_end(events))
        self._leave_one_file()
        return places

    def head_with(self, events: Sequence[Afterwards]) -> tuple[int, str]:
        """What the head will be once these were added to a closed record; nothing is written."""
        after, _ = make_batch(self._fold, self._at_the_end(events))
        return after.seq, after.head

    def _at_the_end(self, events: Sequence[Afterwards]) -> list[Arrival]:
        (t_ns,) = self._connection.execute("SELECT max(t_ns) FROM event").fetchone()
        return [(t_ns, Stamped(t_ns, event)) for event in events]

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
        tried = self._tried
        if tried and stands_like(found, tried[0]) and has_tails_of(found, self._fold, tried[0]):
            self._path, self._tried = path, None
            self._noted(tried[0])
            self._fold, places = tried
            return places
        if stands_like(found, self._fold):
            self._path = path
            return []
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
        self._noted(after)
        self._fold, self._tried = after, None

    def _noted(self, after: Fold) -> None:
        if self._journal is not None:
            self._journal.add(after)
        after.statements = []

    def _is_closed(self) -> bool:
        found = self._connection.execute(
            "SELECT type FROM event WHERE type IN (?, ?) ORDER BY seq DESC LIMIT 1",
            (SessionClosed.TYPE, SessionResumed.TYPE),
        ).fetchone()
        return bool(found == (SessionClosed.TYPE,))


def create_record(
    path: Path,
    started: Stamped,
    now_ns: int,
    vault: Vault | None = None,
    also: Sequence[Stamped] = (),
) -> None:
    """A new record that begins with `started`, on disk before this returns; never over another file.

    With a vault it is encrypted, for whoever the vault names. `also` is in one transaction with `started`:
    what no record is to be found without, however soon the power fails.
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
        store.commit([(now_ns, each) for each in (started, *also)])
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
