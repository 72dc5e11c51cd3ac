"""Heads of a record's chain, kept in files outside it so that an end cut off as a whole is found.

A head says which entry is the last one and what its hash is: one line of JSON. The files only grow; one lies
beside the record, another holds the heads of all sessions of a computer. What a crash leaves of a line is
passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.durable import append_line

LONGEST_LINE: Final = 2000
_ANY: Final = '{"session": '
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a session's chain at a time of day, as 2026-01-31T09:30:00Z."""

    session: str
    seq: int
    hash: str
    utc: str


@dataclass(frozen=True, slots=True)
class HeadFile:
    """A file of heads; `where` says in words what it is."""

    where: str
    path: Path


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds: the heads of one session, and how many lines of others or of nothing readable."""

    where: str
    heads: tuple[Head, ...]
    others: int = 0
    unreadable: int = 0


def head_files(record: Path, ledger: Path | None) -> tuple[HeadFile, ...]:
    """Where the heads of a record are kept: beside it, and in the computer's ledger if it has one."""
    beside = HeadFile("beside the record", record.with_name(f"{record.name}.heads"))
    return (beside, HeadFile("in this computer's ledger", ledger)) if ledger is not None else (beside,)


def keep(file: HeadFile, head: Head) -> str:
    """Add a head, on disk before this returns; what is wrong if that cannot be done, in words, else empty."""
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        append_line(file.path, line_of(head))
    except OSError as why:
        return f"{file.path}: {why.strerror or why}"
    return ""


def line_of(head: Head) -> str:
    """One line of JSON without its end."""
    rest = json.dumps({"seq": head.seq, "hash": head.hash, "utc": head.utc})
    return f"{_begin(head.session)}, {rest[1:]}"


def _begin(session: str) -> str:
    return f"{_ANY}{json.dumps(session)}"


def head_of(line: str) -> Head | None:
    """The head that a line holds; None if it holds none."""
    try:
        match json.loads(line):
            case {"session": str(session), "seq": int(seq), "hash": str(hash_), "utc": str(utc)} if (
                seq >= 1 and _HASH.fullmatch(hash_)
            ):
                return Head(session, seq, hash_, utc)
    except (ValueError, RecursionError):
        pass
    return None


def kept_in(file: HeadFile, session: str) -> Kept | None:
    """All that a file holds of a session; None if there is no such file or it cannot be read."""
    heads: list[Head] = []
    others = unreadable = 0
    begin = _begin(session)
    try:
        for line in _lines(file.path):
            if not line.startswith(begin):  # a year of a computer's sessions is 200 000 lines
                others += line.startswith(_ANY)
                unreadable += not line.startswith(_ANY)
            elif head := head_of(line):
                heads.append(head)
            else:
                unreadable += 1
    except OSError:
        return None
    return Kept(file.where, tuple(heads), others, unreadable)


def _lines(path: Path) -> Iterator[str]:
    """Whole lines; what stands behind the last one was not finished and is no line."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            if line.endswith(b"\n"):
                yield line.decode("utf-8", "replace")
            elif len(line) == LONGEST_LINE:
                yield ""
