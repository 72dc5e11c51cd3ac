"""A record that is there whole or not at all: written under another name, beside nothing of another one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kapmonitor.durable import sync_folder
from kapmonitor.errors import ImportRefused, RecordError
from kapmonitor.record.database import ERRORS, head_of
from kapmonitor.record.forgetting import LOG_ENDS
from kapmonitor.record.heads import head_files
from kapmonitor.record.moves import beside as move_note
from kapmonitor.vault.home import spare_of
from kapmonitor.vault.keyfile import MARK_BYTES, beside
from kapmonitor.vault.keys import is_encrypted

OTHERS: Final = "is there, and belongs to a record that was here; move it to that, or give another --out"


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Another name for the record while it is written; in the end it has its own, or is gone with its key."""
    check_free(out)
    draft = out.with_name(f".{out.name}.part")
    made = [draft]
    try:
        _remove(draft)  # of an import that was killed
        yield draft
        check_free(out)  # again, as an import takes minutes
        made.append(out)
        if beside(draft).exists():
            beside(draft).replace(beside(out))
        draft.replace(out)
        sync_folder(out.parent)
    except BaseException as why:
        for path in made:
            with suppress(OSError):
                _remove(path)
        if isinstance(why, OSError):
            raise ImportRefused(str(out), f"the record cannot be written ({why.strerror or why})") from why
        if isinstance(why, ERRORS):
            raise ImportRefused(str(out), f"the record cannot be written ({why})") from why
        if isinstance(why, RecordError) and why.path == str(draft):
            raise type(why)(str(out), why.reason) from why
        raise


def check_free(out: Path) -> None:
    """ImportRefused if a record of that name is there, or what would be taken for a part of it."""
    if os.path.lexists(out):
        raise ImportRefused(str(out), "is there already; give another name with --out")
    parts = [beside(out), *_logs(out), head_files(out, None)[0].path, move_note(out)]
    for part in parts:
        if os.path.lexists(part):
            raise ImportRefused(str(part), OTHERS)


def _logs(record: Path) -> Iterator[Path]:
    """What SQLite keeps beside a database, and reads into whichever has its name."""
    yield from (record.with_name(record.name + end) for end in LOG_ENDS)


def _remove(record: Path) -> None:
    """With its key, and what SQLite keeps beside it."""
    with suppress(OSError):
        head = head_of(record)
        if is_encrypted(head):
            spare_of(head[:MARK_BYTES]).unlink(missing_ok=True)
    for path in (record, *_logs(record), beside(record)):
        path.unlink(missing_ok=True)
