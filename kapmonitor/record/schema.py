"""The tables of a session record: one SQLite file per session, append-only, that refuses to be rewritten.

Everything that stays is in `event`, `wave`, `numeric`, `minute` and `wire`, each row numbered without a gap;
triggers refuse changing, removing and replacing rows. `wave_tail` and `numeric_tail` hold what has arrived
since the last fold, and are emptied by it. Durability: WAL with synchronous=FULL, so that what was committed
survives a power cut; the file is one of SQLite's common kinds again once the record is closed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

from kapmonitor.errors import RecordDamaged, RecordTooNew
from kapmonitor.record import database
from kapmonitor.record.database import DATABASE_ERRORS, PAGE_SIZE
from kapmonitor.vault.keyfile import RecordKey, beside
from kapmonitor.vault.keys import is_encrypted

APPLICATION_ID: Final = 0x4B41504D
MAJOR: Final = 1
MINOR: Final = 0
USER_VERSION: Final = 1000 * MAJOR + MINOR

_COLUMNS: Final[dict[str, str]] = {
    "event": "seq INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL, "
    "body TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL",
    "wave": "id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, t0_ns INTEGER NOT NULL, fs REAL NOT NULL, "
    "n INTEGER NOT NULL, fine_crc INTEGER NOT NULL, crc INTEGER NOT NULL, fine BLOB NOT NULL, "
    "data BLOB NOT NULL",
    "numeric": "id INTEGER PRIMARY KEY, t0_ns INTEGER NOT NULL, t1_ns INTEGER NOT NULL, n INTEGER NOT NULL, "
    "crc INTEGER NOT NULL, data BLOB NOT NULL, extra TEXT NOT NULL",
    "minute": "id INTEGER PRIMARY KEY, t0_ns INTEGER NOT NULL, wave_to INTEGER NOT NULL, "
    "numeric_to INTEGER NOT NULL, crc INTEGER NOT NULL, waves BLOB NOT NULL, numerics BLOB NOT NULL",
    "wire": "id INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, device TEXT NOT NULL, direction TEXT NOT NULL, "
    "channel TEXT NOT NULL, data BLOB NOT NULL",
}
DATA_TABLES: Final = ("wave", "numeric", "minute", "wire")
"""Append-only tables whose rows the chain of events seals, in the order in which a seal lists them."""
TAIL_TABLES: Final = ("wave_tail", "numeric_tail")

_HEADER: Final = "CREATE TABLE header (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT"
_TAILS: Final = (
    "CREATE TABLE wave_tail (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, t0_ns INTEGER NOT NULL, "
    "fs REAL NOT NULL, n INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
    "CREATE TABLE numeric_tail (id INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, channel INTEGER NOT NULL, "
    "value REAL, validity TEXT NOT NULL, raw REAL, device_time TEXT, stored INTEGER NOT NULL) STRICT",
)
_INDEXES: Final = (
    "CREATE INDEX wave_at ON wave (channel, t0_ns)",
    "CREATE INDEX numeric_at ON numeric (t1_ns, t0_ns)",
    "CREATE INDEX event_kind ON event (type)",
)


def _guards(table: str, number: str) -> tuple[str, ...]:
    """Triggers that let a table only grow, row by row; the first stops REPLACE too."""
    return (
        f"CREATE TRIGGER {table}_in_order BEFORE INSERT ON {table} "  # noqa: S608  # names are ours
        f"WHEN NEW.{number} IS NOT (SELECT coalesce(max({number}), 0) + 1 FROM {table}) "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only added, in order'); END",
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are never changed'); END",
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are never removed'); END",
    )


def _statements() -> tuple[str, ...]:
    tables = tuple(f"CREATE TABLE {name} ({columns}) STRICT" for name, columns in _COLUMNS.items())
    guards = tuple(
        guard
        for name, number in (("header", "id"), ("event", "seq"), *((name, "id") for name in DATA_TABLES))
        for guard in _guards(name, number)
    )
    return (_HEADER, *tables, *_TAILS, *_INDEXES, *guards)


STATEMENTS: Final = _statements()


def create(path: Path, header: str, key: RecordKey | None = None) -> None:
    """Lay out an empty record in the existing, empty file `path`, on disk before this returns.

    With a key it is encrypted.
    """
    with closing(database.create_empty(path, key)) as connection:
        connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
        _make_durable(connection)
        connection.execute("BEGIN IMMEDIATE")
        for statement in STATEMENTS:
            connection.execute(statement)
        connection.execute("INSERT INTO header VALUES (1, ?)", (header,))
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={USER_VERSION}")
        connection.execute("COMMIT")


def open_to_write(path: Path) -> sqlite3.Connection:
    """A connection for the one writer, which may hand it to its thread. The caller checks the file first."""
    connection = database.connect(path, "rw", any_thread=True)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")  # the writer does it between commits
    _make_durable(connection)
    return connection


def _make_durable(connection: sqlite3.Connection) -> None:
    for pragma in (
        "synchronous=FULL",
        "fullfsync=1",  # on macOS a plain fsync leaves the data in the drive's cache
        "checkpoint_fullfsync=1",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the record.

    RecordDamaged or RecordTooNew if it is none we can read, RecordLocked if it is encrypted and nothing here
    opens it.
    """
    check(path)
    connection = database.connect(path, "ro")
    try:
        for pragma in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")
        check_tables(connection, path)
    except (*DATABASE_ERRORS, UnicodeDecodeError) as why:
        connection.close()
        raise RecordDamaged(str(path), f"cannot be read as a record ({why})") from why
    except RecordDamaged:
        connection.close()
        raise
    return connection


def check(path: Path) -> None:
    """Whether this is a record of ours, of a version we know; an encrypted one has to be opened for that."""
    try:
        head = database.head_of(path)
    except OSError as why:
        raise RecordDamaged(str(path), f"cannot be opened ({why.strerror})") from why
    if is_encrypted(head):
        application, version = _encrypted_numbers(path)
    elif len(head) == database.HEAD_BYTES and head.startswith(b"SQLite format 3\0"):
        application, version = int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big")
    elif beside(path).exists():
        raise RecordDamaged(
            str(path), "its first bytes are not what was written; they name the key that opens it"
        )
    else:
        raise RecordDamaged(str(path), "not a session record")
    if application != APPLICATION_ID:
        raise RecordDamaged(str(path), "a database of another program, not a session record")
    if version // 1000 > MAJOR:
        raise RecordTooNew(str(path), "was written by a newer version of this program; update to open it")
    if version // 1000 < MAJOR:
        raise RecordDamaged(str(path), f"has a version that never was ({version})")


def _encrypted_numbers(path: Path) -> tuple[int, int]:
    """Application and version, from a first page that its key says is as it was written."""
    with closing(database.connect(path, "ro")) as connection:
        try:
            connection.execute("PRAGMA writable_schema=ON")  # else a file that was cut short tells nothing
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        except DATABASE_ERRORS as why:
            reason = (
                "is encrypted, its key is there, and its first page is not what was written with that key"
            )
            raise RecordDamaged(str(path), f"{reason} ({why})") from why
    return application, version


def check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Tables and triggers must be the ones we make, word by word; a later minor version may have more."""
    there = _laid_out(connection)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not there >= _layout() or (version == USER_VERSION and there != _layout()):
        raise RecordDamaged(str(path), "its tables or their guards were changed")


Laid = frozenset[tuple[str, str, str, str]]
"""Kind, name, table and statement of each part of a database."""


def _laid_out(connection: sqlite3.Connection) -> Laid:
    return frozenset(
        connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    )


@cache
def _layout() -> Laid:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in STATEMENTS:
            connection.execute(statement)
        return _laid_out(connection)
