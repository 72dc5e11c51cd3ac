"""Connections to a record's file, plain or encrypted: the one place that knows the difference.

Both libraries speak the same interface; an encrypted record's errors are of classes of their own, so
whoever catches them names `ERRORS`. SQLCipher encrypts each page with AES-256, the log and the journal
included, and authenticates it with HMAC-SHA512.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final, cast

from sqlcipher3 import dbapi2 as sqlcipher

from kapmonitor.vault.keyfile import MARK_BYTES, RecordKey
from kapmonitor.vault.keys import is_encrypted, key_of

_Exceptions = tuple[type[Exception], type[Exception]]
ERRORS: Final[_Exceptions] = (sqlite3.Error, sqlcipher.Error)
DATABASE_ERRORS: Final[_Exceptions] = (sqlite3.DatabaseError, sqlcipher.DatabaseError)
BUSY: Final[_Exceptions] = (sqlite3.OperationalError, sqlcipher.OperationalError)
PAGE_SIZE: Final = 2048
"""Chunks of waves are about four thousand bytes; on larger pages more of each page stays unused."""
HEAD_BYTES: Final = 100


def head_of(path: Path) -> bytes:
    """How a file begins."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def create_empty(path: Path, key: RecordKey | None) -> sqlite3.Connection:
    """A connection to the existing, empty file `path`; with a key, what is written to it is encrypted."""
    connection = _open(path, "rw", key, any_thread=False)
    if key is not None:
        # A given salt becomes the file's first bytes, which name the key.
        _set_key(connection, key.secret.hex() + key.mark.hex())
    return connection


def empty_like(record: Path, path: Path) -> sqlite3.Connection:
    """A connection to the existing, empty file `path`, encrypted if the record is, with its key."""
    return create_empty(path, _key_by(record, head_of(record)))


def connect(path: Path, mode: str, *, any_thread: bool = False) -> sqlite3.Connection:
    """A connection to a record, `ro` or `rw`; RecordLocked if it is encrypted and nothing opens it."""
    try:
        head = head_of(path)
    except OSError:
        head = b""  # the database says it better, as an error that a writer waits out
    key = _key_by(path, head)
    connection = _open(path, mode, key, any_thread=any_thread)
    if key is not None:
        # Without a given salt it is the file's own, so that changing that is found, too.
        _set_key(connection, key.secret.hex())
    return connection


def _key_by(record: Path, head: bytes) -> RecordKey | None:
    return key_of(record, head[:MARK_BYTES]) if is_encrypted(head) else None


def _open(path: Path, mode: str, key: RecordKey | None, *, any_thread: bool) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    open_one = sqlite3.connect if key is None else cast("type[sqlite3.Connection]", sqlcipher.connect)
    return open_one(uri, uri=True, isolation_level=None, timeout=2.0, check_same_thread=not any_thread)


def _set_key(connection: sqlite3.Connection, raw: str) -> None:
    connection.execute("PRAGMA cipher_log_level=NONE")  # it would write to standard error by itself
    connection.execute(f"PRAGMA key=\"x'{raw}'\"")
    connection.execute(f"PRAGMA cipher_page_size={PAGE_SIZE}")
