"""What keeps a record from its disk, in words for the screen."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from kapmonitor.errors import RecordError

HANGS: Final = "The disk is stuck. Check the disk; until then everything is kept in memory only."
FAILED: Final = "The part of the program that writes the record failed and tries again. Please report this."
REFUSED: Final = "{what} does not fit the record and is not in it. Please write it down, and report this."
_CALLED: Final = {
    "NumericRow": "A value",
    "WaveSlice": "A stretch of a curve",
    "WireRow": "What a device sent",
    "note.added": "A note",
    "note.amended": "The change of a note",
    "dose.given": "A dose",
    "dose.amended": "The change of a dose",
}
"""What people see of a record's items, by kind; all else is an entry to them."""

_SAME_FILE: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY)
"""Errors after which the open file is as good as before; after others it is opened anew."""


def refused(kind: str) -> str:
    """What is said of an item of this kind that no table takes."""
    return REFUSED.format(what=_CALLED.get(kind, "An entry"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """`cause` says what to do, too; `is_disk`: another disk may take the record."""

    cause: str
    is_disk: bool
    must_reopen: bool


def trouble(why: Exception) -> Trouble:
    """What an error of writing means."""
    code = getattr(why, "sqlite_errorcode", sqlite3.SQLITE_OK)
    must_reopen = code not in _SAME_FILE
    if code == sqlite3.SQLITE_FULL:
        return Trouble("The disk is full. Make room on it", is_disk=True, must_reopen=must_reopen)
    if isinstance(why, RecordError) or code & 0xFF == sqlite3.SQLITE_CONSTRAINT:
        cause = "The record file was changed by another program. Close that program"
        return Trouble(cause, is_disk=False, must_reopen=must_reopen)
    cause = f"The disk does not take the record ({why}). Check the disk"
    return Trouble(cause, is_disk=code != sqlite3.SQLITE_BUSY, must_reopen=must_reopen)
