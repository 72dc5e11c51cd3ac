"""A copy of a record in another folder, whole or not at all, and compared with its own chain."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from kapmonitor.durable import OWNER_ONLY, replace_text, sync_folder
from kapmonitor.errors import RecordDamaged, RecordError
from kapmonitor.record import database, schema
from kapmonitor.record.database import ERRORS
from kapmonitor.record.heads import head_files
from kapmonitor.record.verify import DAMAGED, verify
from kapmonitor.vault.keyfile import beside, dump
from kapmonitor.vault.keys import keyfile_of_any

PART: Final = ".part"


def copy_into(folder: Path, record: Path) -> Path:
    """The record as it stands now, also while it is being written; RecordError says why there is no copy.

    The copy of an encrypted record is encrypted with the same key, and has its key file beside it.
    An earlier copy stays until the new one is known to be sound.
    """
    made = folder / record.name
    if folder.resolve() == record.parent.resolve():
        raise RecordError(str(folder), "it is the folder that the record itself is in")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copy_as(made, record)
        copy_heads(made, record)
        sync_folder(folder)
    except (OSError, RecordError) as why:
        raise _none(folder, why) from why
    return made


def copy_as(made: Path, record: Path) -> None:
    """The same as another file, without the heads; its folder is there. RecordError as above."""
    part = made.with_name(f".{made.name}{PART}")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        _fill(part, record)
        _check(part)
        _copy_key(made, record)
        part.replace(made)
        sync_folder(made.parent)
    except (*ERRORS, OSError, RecordError) as why:
        _forget(part)
        raise _none(made.parent, why) from why


def _none(folder: Path, why: Exception) -> RecordError:
    said = getattr(why, "strerror", None) or getattr(why, "reason", None) or str(why)
    begin = "no copy of the record could be kept there"
    return RecordError(str(folder), said if said.startswith(begin) else f"{begin} ({said})")


def _fill(part: Path, record: Path) -> None:
    with closing(schema.open_to_read(record)) as source, closing(database.empty_like(record, part)) as copy:
        # In one go: the record's writer does not wait for readers, and a copy in steps would begin anew
        # with each of its entries.
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _check(part: Path) -> None:
    """A copy whose chain does not hold is none."""
    verdict = verify(part)
    if verdict.kind == DAMAGED:
        raise RecordDamaged(str(part), verdict.first_bad or "its entries do not hold")
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def copy_heads(made: Path, record: Path) -> None:
    """So that an end that is cut off the copy is found, too."""
    there, copied = (head_files(each, None)[0].path for each in (record, made))
    if there.exists():
        copied.write_bytes(there.read_bytes())


def _copy_key(made: Path, record: Path) -> None:
    keyfile = keyfile_of_any(record)
    if keyfile is not None:
        replace_text(beside(made), dump(keyfile))


def _forget(part: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            part.with_name(part.name + end).unlink(missing_ok=True)
