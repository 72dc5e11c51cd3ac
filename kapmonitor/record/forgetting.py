"""Deleting a whole session: its record, what lies beside that, its copies, and the keys that open them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.durable import sync_folder
from kapmonitor.errors import RecordDamaged, RecordError, RecordLocked
from kapmonitor.record.copying import PART
from kapmonitor.record.database import head_of
from kapmonitor.record.heads import head_files
from kapmonitor.record.hold import Hold
from kapmonitor.record.moves import beside as move_note
from kapmonitor.record.moves import first_name
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import session_of
from kapmonitor.vault.home import spare_of
from kapmonitor.vault.keyfile import MARK_BYTES
from kapmonitor.vault.keyfile import beside as key_file
from kapmonitor.vault.keys import is_encrypted

LOG_ENDS: Final = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Known:
    """What a record is known by. `session` is empty where nothing here can read it."""

    session: str
    digest: str


def known_by(record: Path) -> Known:
    """By its session and the hash of its last entry; else by what its file holds."""
    try:
        with RecordReader(record) as reader, reader.reading() as connection:
            found = connection.execute("SELECT hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
            session = session_of(reader)
        if found is not None and session:
            return Known(session, str(found[0]))
    except (RecordDamaged, RecordLocked):
        pass
    try:
        with record.open("rb") as file:
            return Known("", hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as why:
        raise RecordError(str(record), f"cannot be read ({why.strerror})") from why


def records_of(record: Path, folders: Iterable[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Of the same name here and in these folders: the session's record, moved ones and copies; and others.

    What the others are cannot be told if either file cannot be read.
    """
    there = {folder.resolve(): None for folder in (record.parent, *folders)}
    files = (each for folder in there for each in sorted(folder.glob(f"*{record.suffix}")))
    alike = [each for each in files if first_name(each) == first_name(record)]
    same = tuple(each for each in alike if each.samefile(record) or _same(each, record))
    return same, tuple(each for each in alike if each not in same)


def _same(one: Path, other: Path) -> bool:
    mark = _mark(one)
    if mark is not None:
        return mark == _mark(other)
    session = known_by(one).session
    return bool(session) and session == known_by(other).session


def _mark(record: Path) -> bytes | None:
    """Which key opens an encrypted record; copies have the same one."""
    try:
        mark = head_of(record)[:MARK_BYTES]
    except OSError:
        return None
    return mark if is_encrypted(mark) else None


def files_of(records: Iterable[Path]) -> Iterator[Path]:
    """What is to go: keys first, so that nothing of an encrypted record can be read from then on."""
    records = tuple(records)
    marks = {mark for each in records if (mark := _mark(each)) is not None}
    yield from (spare_of(mark) for mark in sorted(marks))
    yield from (key_file(each) for each in records)
    for each in records:
        yield from (each.with_name(f".{each.name}{PART}{end}") for end in ("", *LOG_ENDS))
        yield from (each.with_name(each.name + end) for end in LOG_ENDS)
        yield head_files(each, None)[0].path
        yield move_note(each)
    yield from records


def delete(records: Iterable[Path]) -> tuple[str, ...]:
    """Delete them with all that belongs to them; in words what could not be.

    RecordInUse, and nothing is deleted, if a program is writing one of them.
    """
    records = tuple(records)
    left: list[str] = []
    with ExitStack() as stack:
        for record in records:
            stack.callback(Hold(record).release)
        for file in files_of(records):
            try:
                file.unlink(missing_ok=True)
            except OSError as why:
                left.append(f"{file} ({why.strerror})")
    for folder in {record.parent for record in records}:
        sync_folder(folder)
    return tuple(left)
