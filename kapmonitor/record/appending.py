"""Adding to a record whose session is over: entries that follow its end and leave all before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kapmonitor.clock import utc_text
from kapmonitor.errors import RecordDamaged, RecordError
from kapmonitor.people.signature import Covered
from kapmonitor.people.staff import Staff
from kapmonitor.record.database import BUSY, ERRORS, connect
from kapmonitor.record.heads import Head, head_files, keep
from kapmonitor.record.hold import Hold
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.store import Afterwards, Store
from kapmonitor.record.verify import INTACT, INTERRUPTED, Verdict, session_of, verify


@dataclass(frozen=True, slots=True)
class Outside:
    """What a record is compared with: who this computer's people are, and its file of heads."""

    staff: Staff
    ledger: Path | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Where each entry is, the new head's hash, and why the head could not be kept somewhere, in words."""

    places: tuple[int, ...]
    hash: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adding:
    """What is to be done: `verb` names it, as in "signed"; `check` may refuse it by what was found.

    `make` gets where the record ends, and makes what is to follow.
    """

    verb: str
    check: Callable[[Verdict], None]
    make: Callable[[Covered, Store], Sequence[Afterwards]]


def append(path: Path, adding: Adding, utc_ns: int, outside: Outside) -> Appended:
    """On disk before this returns; RecordError if the record is not one that this can be done to."""
    hold = Hold(path)
    try:
        verdict = verify(path, outside.ledger, outside.staff)
        _check(path, verdict, adding.verb)
        adding.check(verdict)
        with RecordReader(path) as reader:
            session = session_of(reader)
        store = Store(path)
        try:
            places = store.add_to_closed(adding.make(Covered(session, *store.head), store))
        finally:
            store.abandon()
    except (*ERRORS, OSError) as why:
        reason = f"could not be {adding.verb} ({why}); make sure that it and its folder can be written to"
        raise RecordError(str(path), reason) from why
    finally:
        hold.release()
    head = Head(session, *store.head, utc_text(utc_ns))
    problems = tuple(filter(None, (keep(file, head) for file in head_files(path, outside.ledger))))
    return Appended(tuple(places), head.hash, problems)


def _check(path: Path, verdict: Verdict, verb: str) -> None:
    if verdict.kind == INTERRUPTED:
        reason = f"was not closed and cannot be {verb}; take the session up again and close it first"
        raise RecordError(str(path), reason)
    if verdict.kind != INTACT:
        raise RecordError(str(path), f"is damaged and is not {verb} ({verdict.first_bad})")


def entries_in(reader: RecordReader) -> int:
    """How many there are by now; 0 where that cannot be read."""
    try:
        with reader.reading() as connection:
            (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
            return int(seq)
    except RecordDamaged:
        return 0


def leave_one_file(path: Path) -> None:
    """Take away the empty files that adding left, because somebody was reading the record meanwhile."""
    if not path.with_name(f"{path.name}-wal").exists():
        return
    with suppress(*BUSY, OSError), closing(connect(path, "rw")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
