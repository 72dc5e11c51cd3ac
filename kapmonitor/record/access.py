"""Who looked at, exported or printed a record, and what for: a file of this computer that only grows.

A closed record is not changed by being read, so this is kept beside the heads of its chain. One line of JSON
each, with the hash of the line before it: a line that was changed or taken out of the middle is found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from kapmonitor.durable import append_line
from kapmonitor.errors import ExportError

VIEW, PRINT = "view", "print"
PATIENCE_S: Final = 20.0
GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Access:
    """`what` is VIEW, PRINT, or `export` with a format; `files` are names and SHA-256 of what was made."""

    session: str
    what: str
    user: str
    purpose: str
    utc: str
    deidentified: bool = False
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger as read; `access` is None where it is not what was written."""

    number: int
    access: Access | None


def note_access(ledger: Path, access: Access) -> None:
    """Add a line, on disk before this returns; ExportError if it cannot be."""
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{ledger}.lock", timeout=PATIENCE_S):
            append_line(ledger, _line(access, _last_hash(ledger)))
    except Timeout:
        raise ExportError(str(ledger), "another program keeps hold of it; try again") from None
    except OSError as why:
        reason = f"who reads records is kept there, and cannot be written ({why.strerror or why})"
        raise ExportError(str(ledger), reason) from why


def accesses(ledger: Path) -> Iterator[Line]:
    """All lines in order, each checked against the one before it; none where there is no file."""
    prev = GENESIS
    for number, text in enumerate(_lines(ledger), start=1):
        body = _body(text)
        right = body is not None and body.get("prev") == prev and _hash(body) == body.get("hash")
        yield Line(number, _access(body) if right and body is not None else None)
        prev = str(body.get("hash")) if body is not None else prev


def _line(access: Access, prev: str) -> str:
    body: dict[str, object] = {**asdict(access), "prev": prev}
    return json.dumps({**body, "hash": _hash(body)})


def _hash(body: dict[str, object]) -> str:
    covered = {name: value for name, value in body.items() if name != "hash"}
    return hashlib.sha256(json.dumps(covered, sort_keys=True).encode()).hexdigest()


def _lines(ledger: Path) -> Iterator[str]:
    try:
        with ledger.open(encoding="utf-8", errors="replace") as file:
            yield from (line for line in file if line.strip())
    except FileNotFoundError:
        return


def _last_hash(ledger: Path) -> str:
    last = GENESIS
    for text in _lines(ledger):
        body = _body(text)
        last = str(body.get("hash")) if body is not None else last
    return last


def _body(text: str) -> dict[str, object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _access(body: dict[str, object]) -> Access | None:
    match body:
        case {
            "session": str(session),
            "what": str(what),
            "user": str(user),
            "purpose": str(purpose),
            "utc": str(utc),
            "deidentified": bool(deidentified),
            "files": list(files),
        }:
            return Access(
                session, what, user, purpose, utc, deidentified, tuple((str(n), str(d)) for n, d in files)
            )
        case _:
            return None
