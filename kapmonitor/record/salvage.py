"""What is left of a damaged record, as a record that can be read: each row that is whole is copied.

The damaged file is not changed. The copy lies in a folder that goes with it, encrypted if the record was.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from kapmonitor.errors import RecordDamaged, RecordError
from kapmonitor.record import chain, schema
from kapmonitor.record.database import ERRORS, PAGE_SIZE, connect, empty_like
from kapmonitor.record.left import TABLES, Left, Lost, Tell
from kapmonitor.record.reader import UNREADABLE

APART_NS: Final = 30_000_000_000
"""Holes of one kind that are closer than this are told as one."""


class Salvaged:
    """`path` is a readable record of what is left, there until it is closed; `lost` is what is not in it."""

    def __init__(self, folder: tempfile.TemporaryDirectory[str], path: Path, lost: tuple[Lost, ...]) -> None:
        self._folder = folder
        self.path = path
        self.lost = lost

    def close(self) -> None:
        """Take the copy away."""
        self._folder.cleanup()


def salvage(path: Path, tell: Tell) -> Salvaged:
    """RecordDamaged if nothing of it can be shown; `tell` hears the share that is done and may raise."""
    schema.check(path)
    folder = tempfile.TemporaryDirectory(prefix="kapmonitor-")
    try:
        made = Path(folder.name) / path.name
        made.touch(0o600)
        lost = _copy(path, made, tell)
    except RecordError:
        folder.cleanup()
        raise
    except (*UNREADABLE, OSError) as why:
        folder.cleanup()
        raise RecordDamaged(str(path), f"is damaged, and nothing of it can be shown ({why})") from why
    except BaseException:
        folder.cleanup()
        raise
    return Salvaged(folder, made, lost)


def _copy(path: Path, made: Path, tell: Tell) -> tuple[Lost, ...]:
    with closing(connect(path, "ro")) as source, closing(empty_like(path, made)) as target:
        # Otherwise a file that is shorter than it says is not opened at all.
        source.execute("PRAGMA writable_schema=ON")
        there = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        _lay_out(target)
        tables: list[Left] = []
        promised: dict[str, int] = {}
        for number, table in enumerate(TABLES):
            tell(number / len(TABLES))
            given = source if table in there else None
            found = Left(table, given, promised.get(table, 0), _lasted(tables), tell=tell)
            for row in found.whole():
                marks = ",".join("?" * len(row))
                target.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608  # names are ours
            tables.append(found)
            if table == "event":
                if not found.count:
                    raise RecordDamaged(str(path), "is damaged, and none of its entries can be read")
                promised = _promised(target)
        _finish(source, target)
    begin_ns = min(each.first_ns for each in tables if each.first_ns is not None)
    end_ns = max(each.last_ns for each in tables if each.last_ns is not None)
    return merged(lost for each in tables for lost in each.lost(begin_ns, end_ns))


def merged(found: Iterable[Lost]) -> tuple[Lost, ...]:
    """Holes of a kind that lie close together as one; by time."""
    joined: list[Lost] = []
    for lost in sorted(found, key=lambda each: (each.what, each.changed, each.t0_ns)):
        last = joined[-1] if joined else None
        alike = last is not None and (last.what, last.changed) == (lost.what, lost.changed)
        if last is None or not alike or lost.t0_ns - last.t1_ns > APART_NS:
            joined.append(lost)
            continue
        rows = last.rows + lost.rows if last.rows and lost.rows else 0
        joined[-1] = replace(last, rows=rows, t1_ns=max(last.t1_ns, lost.t1_ns))
    return tuple(sorted(joined, key=lambda each: each.t0_ns))


def _lasted(tables: list[Left]) -> tuple[int, int] | None:
    """The times of the first and the last entry that were found."""
    first_ns, last_ns = (tables[0].first_ns, tables[0].last_ns) if tables else (None, None)
    return None if first_ns is None or last_ns is None else (first_ns, last_ns)


def _lay_out(target: sqlite3.Connection) -> None:
    """All but the guards, which would refuse rows that do not follow each other."""
    for pragma in (f"page_size={PAGE_SIZE}", "journal_mode=OFF", "synchronous=OFF"):
        target.execute(f"PRAGMA {pragma}")
    target.execute("BEGIN")
    for statement in schema.STATEMENTS:
        if not statement.startswith("CREATE TRIGGER"):
            target.execute(statement)


def _finish(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    try:
        header = source.execute("SELECT body FROM header WHERE id = 1").fetchone()
    except ERRORS:
        header = None
    body = header[0] if header is not None else json.dumps({"format": schema.USER_VERSION, "session": ""})
    target.execute("INSERT INTO header VALUES (1, ?)", (body,))
    for statement in schema.STATEMENTS:
        if statement.startswith("CREATE TRIGGER"):
            target.execute(statement)
    target.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
    target.execute(f"PRAGMA user_version={schema.USER_VERSION}")
    target.execute("COMMIT")


def _promised(target: sqlite3.Connection) -> dict[str, int]:
    """How many rows of each table the seals that were read speak of."""
    last: dict[str, int] = {}
    for (body,) in target.execute("SELECT body FROM event WHERE type = ? ORDER BY seq", (chain.SEAL_TYPE,)):
        try:
            last.update({name: sealed.last for name, sealed in chain.read_seal(body).items()})
        except ValueError:
            continue
    return last
