"""Notes about records that went on as another file, because their disk did not take them any more.

One line of JSON each, in `NAME.kap.moved` beside the record that was left, where its disk lets one, and in
`sessions.moved` beside the computer's ledger of heads. What a crash leaves of a line is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.durable import append_line, replace_text

MARK: Final = "-moved"
"""How the name of a record ends that began elsewhere."""
_MOVED: Final = re.compile(rf"{MARK}(?:-(\d+))?$")


@dataclass(frozen=True, slots=True)
class Move:
    """A record went on as `target`; up to entry `seq`, whose hash is `hash`, that is the same as `source`.

    `why` says in words what was wrong, `left` what could not be carried over.
    """

    source: Path
    target: Path
    why: str
    seq: int
    hash: str
    left: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A move as it was noted; `sure` if this computer's own ledger says so, not just a file beside it."""

    source: str
    target: Path
    seq: int
    hash: str
    utc: str
    sure: bool


def moves_ledger(heads: Path) -> Path:
    """Where the moves of a computer are noted, beside its ledger of heads."""
    return heads.with_suffix(".moved")


def beside(record: Path) -> Path:
    """Where a record's own move is noted."""
    return record.with_name(f"{record.name}.moved")


def first_name(record: Path) -> str:
    """The name under which a record began, whichever way it went since."""
    return _MOVED.sub("", record.stem)


def moves_before(record: Path) -> int:
    """The number that its last move gave it; 0 while it is where it began."""
    found = _MOVED.search(record.stem)
    return int(found[1] or 1) if found else 0


def moved_name(folder: Path, record: Path, number: int) -> Path:
    """What a record is called in another folder: `a-moved.kap`, then `a-moved-2.kap`."""
    return folder / f"{first_name(record)}{MARK}{f'-{number}' * (number > 1)}{record.suffix}"


def note_files(move: Move, heads: Path | None) -> tuple[Path, ...]:
    """Where a move is to be noted."""
    return (beside(move.source), *((moves_ledger(heads),) if heads is not None else ()))


def note(file: Path, move: Move, session: str, utc: str) -> bool:
    """Note a move, on disk before this returns; False if that cannot be done now."""
    told = {
        "session": session,
        "from": str(move.source),
        "to": str(move.target),
        "why": move.why,
        "seq": move.seq,
        "hash": move.hash,
        "utc": utc,
    }
    try:
        append_line(file, json.dumps(told))
    except OSError:
        return False
    return True


def went_on(record: Path, session: str, heads: Path | None) -> Noted | None:
    """Where the session of a record that was left went on, by the newest note; None if none is known."""
    # The disk may be mounted elsewhere by now: the name is what stays.
    found = [each for each in _notes((record,), session, heads) if each.source == record.name]
    return max(found, key=lambda each: (each.utc, each.sure), default=None)


def last_place(records: Iterable[Path], session: str, heads: Path | None) -> Path | None:
    """The file in which a session goes on, by the newest note; `records` are files of it that are known."""
    newest = max(_notes(records, session, heads), key=lambda each: each.utc, default=None)
    return newest.target if newest is not None else None


def forget(session: str, heads: Path) -> None:
    """Take a deleted session's lines out of the computer's notes: they name its record. OSError if not."""
    file = moves_ledger(heads)
    if not file.exists():
        return
    lines = file.read_text("utf-8", "replace").splitlines()
    kept = [line for line in lines if json.dumps(session) not in line]
    if len(kept) < len(lines):
        replace_text(file, "".join(f"{line}\n" for line in kept))


def _notes(records: Iterable[Path], session: str, heads: Path | None) -> Iterator[Noted]:
    for record in records:
        yield from _lines(beside(record), session, sure=False)
    if heads is not None:
        yield from _lines(moves_ledger(heads), session, sure=True)


def _lines(file: Path, session: str, *, sure: bool) -> Iterator[Noted]:
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return
    for line in text.splitlines():
        with suppress(ValueError, RecursionError, LookupError, TypeError):
            told = json.loads(line)
            if told["session"] == session:
                source, target = Path(told["from"]), Path(told["to"])
                yield Noted(source.name, target, int(told["seq"]), str(told["hash"]), str(told["utc"]), sure)
