"""Is a record what was written, and what is missing from it.

Every entry's hash is computed again, and every data row's digest against the seal that covers it; entries
are compared with the heads that were kept outside the record. What this cannot see: bytes of the file that no
entry lies in (free pages, unused ends of pages, counters of SQLite's header), an end that was cut off after
the newest head that is still there, and changes to the last seconds of an interrupted record, which no seal
covers yet.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.errors import RecordDamaged
from kapmonitor.people.staff import Staff
from kapmonitor.record import chain
from kapmonitor.record.amendments import amendments_of
from kapmonitor.record.anchors import Anchors
from kapmonitor.record.entries import Bad, Entry, Late, chained
from kapmonitor.record.heads import head_files, kept_in
from kapmonitor.record.moves import Noted, went_on
from kapmonitor.record.reader import UNREADABLE, RecordReader
from kapmonitor.record.report import counts_of, missing_from, recovered_from, went_on_lines
from kapmonitor.record.schema import DATA_TABLES
from kapmonitor.record.sealedrows import check_rest, check_seal
from kapmonitor.record.signatures import Signature, signatures_of
from kapmonitor.session.events import SessionStarted

INTACT: Final = "intact"
INTERRUPTED: Final = "interrupted"
DAMAGED: Final = "damaged"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a record. `kind` is 'intact', 'interrupted' or 'damaged'; the lines are for people.

    `first_bad` names the first entry that is not what was written, None unless damaged. `anchors` say what
    outside the record its entries were compared with, `head` which entry is the last one and its hash.
    `amended` is what people changed after the session's end, of which the entries before know nothing.
    A key that this computer does not know makes no signature bad, and says nothing about who signed.
    """

    kind: str
    first_bad: str | None
    missing: tuple[str, ...]
    recovered: tuple[str, ...]
    counts: dict[str, int]
    anchors: tuple[str, ...] = ()
    head: str = ""
    signatures: tuple[Signature, ...] = ()
    amended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Witnesses:
    """What speaks for a record besides its own chain."""

    anchors: Anchors
    signatures: tuple[Signature, ...]
    moved: Noted | None = None

    def cut(self, seq: int, hash_: str) -> str | None:
        """What is wrong if the record ends with this entry; nothing if it was left after that one.

        A note beside the record is not enough for that: whoever cuts the record can write one.
        """
        left = (
            self.moved is not None and self.moved.sure and (self.moved.seq, self.moved.hash) == (seq, hash_)
        )
        return None if left else self.anchors.cut(seq)

    def against(self, entry: Entry) -> str | None:
        """What is wrong with an entry that its chain does not tell."""
        for each in self.signatures:
            if each.seq == entry.seq and each.is_bad:
                return f"entry {entry.seq} ({entry.type}): {each.text}"
        return self.anchors.differs(entry.seq, entry.hash)


def verify(path: Path | str, ledger: Path | None = None, staff: Staff | None = None) -> Verdict:
    """Read a whole record and judge it; RecordTooNew or RecordLocked if it cannot be read here.

    `ledger` is this computer's file of heads, the one beside the record is looked at anyway; `staff` are
    those whose keys are known.
    """
    try:
        with RecordReader(Path(path)) as reader:
            return _judge(reader, _witnesses(reader, ledger, staff or Staff()))
    except RecordDamaged as why:
        return Verdict(DAMAGED, why.reason, (), (), {})


def _witnesses(reader: RecordReader, ledger: Path | None, staff: Staff) -> _Witnesses:
    """Read before the entries are: of a record that is being written these may then be newer, never older."""
    session = session_of(reader)
    kept = (kept_in(file, session) for file in head_files(reader.path, ledger))
    anchors = Anchors(tuple(each for each in kept if each is not None))
    moved = went_on(reader.path, session, ledger)
    try:
        return _Witnesses(anchors, signatures_of(reader, session, staff), moved)
    except RecordDamaged:  # the walk through the entries tells which one cannot be read
        return _Witnesses(anchors, (), moved)


def session_of(reader: RecordReader) -> str:
    """The session's id as the header has it; empty if that cannot be read."""
    try:
        with reader.reading() as connection:
            (header,) = connection.execute("SELECT body FROM header").fetchone()
            return str(json.loads(header)["session"])
    except RecordDamaged:
        return ""


def _judge(reader: RecordReader, witnesses: _Witnesses) -> Verdict:
    bad = _first_bad(reader, witnesses)
    try:
        closed = reader.is_closed()
        counts = counts_of(reader)
        missing = (*went_on_lines(witnesses.moved), *missing_from(reader, closed=closed))
        recovered = () if closed and not bad else recovered_from(reader)
        amended = amendments_of(reader, witnesses.signatures)
        with reader.reading() as connection:
            last = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        seq, hash_ = last or (0, "")
    except RecordDamaged as why:
        return Verdict(DAMAGED, bad or why.reason, (), (), {})
    kind = DAMAGED if bad else INTACT if closed else INTERRUPTED
    head = f"entry {seq}, SHA-256 {hash_}"
    lines = tuple(witnesses.anchors.lines(seq))
    return Verdict(kind, bad, missing, recovered, counts, lines, head, witnesses.signatures, amended)


def _first_bad(reader: RecordReader, witnesses: _Witnesses) -> str | None:
    try:
        with reader.reading() as connection:
            _check_header(connection)
            sealed = _walk(connection, witnesses)
            check_rest(connection, sealed, closed=reader.is_closed())
            _check_file(connection)
    except Bad as why:
        return str(why)
    except RecordDamaged as why:
        return why.reason
    return None


def _check_file(connection: sqlite3.Connection) -> None:
    """Each page of an encrypted record against its HMAC, free ones too; then SQLite's own check.

    A plain record answers the first question with nothing.
    """
    for (page,) in connection.execute("PRAGMA cipher_integrity_check"):
        raise Bad(f"file: {page}")
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise Bad(f"file: {found}")


def _check_header(connection: sqlite3.Connection) -> None:
    headers = connection.execute("SELECT body FROM header WHERE id = 1").fetchall()
    (count,) = connection.execute("SELECT count(*) FROM header").fetchone()
    first = connection.execute("SELECT type, body FROM event WHERE seq = 1").fetchone()
    if not headers or count != 1:
        raise Bad("header: is not what was written")
    if first is None or first[0] != SessionStarted.TYPE:
        raise Bad("entry 1: the record does not begin with session.started")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if f'"format":{version},' not in headers[0][0]:
        raise Bad("header: the file's version was changed")


def _walk(connection: sqlite3.Connection, witnesses: _Witnesses) -> dict[str, int]:
    """Follow the chain from the header to its end; the last sealed row of each table."""
    sealed_to = dict.fromkeys(DATA_TABLES, 0)
    seq, head = 0, ""
    late = Late()
    try:
        for entry in chained(connection):
            seq, head = entry.seq, entry.hash
            if against := witnesses.against(entry):
                raise Bad(against)
            if entry.type == chain.SEAL_TYPE:
                check_seal(connection, seq, entry.body, sealed_to)
            late.look(entry)
    except UNREADABLE as why:
        raise Bad(f"entry {seq + 1}: cannot be read ({why})") from why
    if cut := witnesses.cut(seq, head):
        raise Bad(cut)
    if late.found:
        raise Bad(late.found)
    return sealed_to
