"""The ledger of who read which record."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kapmonitor.clock import utc_text
from kapmonitor.places import access_ledger
from kapmonitor.record.access import Access, note_access
from kapmonitor.viewing import NOT_SAID as NOT_SAID
from kapmonitor.viewing import who_is as who_is

_BLOCK: Final = 1 << 20


def audited(
    session: str,
    what: str,
    *,
    user: str,
    purpose: str,
    deidentified: bool = False,
    files: Iterable[tuple[str, Path]] = (),
) -> None:
    """Put on file that a record is read; ExportError if that cannot be done."""
    made = tuple((name, sha256_of(path)) for name, path in files)
    now = utc_text(time.time_ns())
    note_access(access_ledger(), Access(session, what, user, purpose, now, deidentified, made))


def sha256_of(path: Path) -> str:
    """The digest of a file, read a megabyte at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
