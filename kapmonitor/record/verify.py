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
from kapmonitor.record import chain
from kapmonitor.record.anchors import Anchors
from kapmonitor.record.entries import Bad, Late, chained
from kapmonitor.record.heads import head_files, kept_in
from kapmonitor.record.reader import UNREADABLE, RecordReader
from kapmonitor.record.report import counts_of, missing_from, recovered_from
from kapmonitor.record.schema import DATA_TABLES
from kapmonitor.record.sealedrows import check_rest, check_seal
from kapmonitor.session.events import SessionStarted

INTACT: Final = "intact"
INTERRUPTED: Final = "interrupted"
DAMAGED: Final = "damaged"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a record. `kind` is 'intact', 'interrupted' or 'damaged'; the lines are for people.

    `first_bad` names the first entry that is not what was written, None unless damaged. `anchors` say what
    outside the record its entries were compared with, `head` which entry is the last one and its hash.
    """

    kind: str
    first_bad: str | None
    missing: tuple[str, ...]
    recovered: tuple[str, ...]
    counts: dict[str, int]
    anchors: tuple[str, ...] = ()
    head: str = ""


def verify(path: Path | str, ledger: Path | None = None) -> Verdict:
    """Read a whole record and judge it; RecordTooNew if it needs a newer program, otherwise never raises.

    `ledger` is this computer's file of heads; the one beside the record is looked at anyway.
    """
    try:
        with RecordReader(Path(path)) as reader:
            return _judge(reader, _anchors(reader, ledger))
    except RecordDamaged as why:
        return Verdict(DAMAGED, why.reason, (), (), {})


def _anchors(reader: RecordReader, ledger: Path | None) -> Anchors:
    """Read before the entries are: of a record that is being written these may then be newer, never older."""
    session = session_of(reader)
    kept = (kept_in(file, session) for file in head_files(reader.path, ledger))
    return Anchors(tuple(each for each in kept if each is not None))


def session_of(reader: RecordReader) -> str:
    """The session's id as the header has it; empty if that cannot be read."""
    try:
        with reader.reading() as connection:
            (header,) = connection.execute("SELECT body FROM header").fetchone()
            return str(json.loads(header)["session"])
    except RecordDamaged:
        return ""


def _judge(reader: RecordReader, anchors: Anchors) -> Verdict:
    bad = _first_bad(reader, anchors)
    try:
        closed = reader.is_closed()
        counts = counts_of(reader)
        missing = missing_from(reader, closed=closed)
        recovered = () if closed and not bad else recovered_from(reader)
        with reader.reading() as connection:
            last = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        seq, hash_ = last or (0, "")
    except RecordDamaged as why:
        return Verdict(DAMAGED, bad or why.reason, (), (), {})
    kind = DAMAGED if bad else INTACT if closed else INTERRUPTED
    head = f"entry {seq}, SHA-256 {hash_}"
    return Verdict(kind, bad, missing, recovered, counts, tuple(anchors.lines(seq)), head)


def _first_bad(reader: RecordReader, anchors: Anchors) -> str | None:
    try:
        with reader.reading() as connection:
            _check_header(connection)
            sealed = _walk(connection, anchors)
            check_rest(connection, sealed, closed=reader.is_closed())
            _check_file(connection)
    except Bad as why:
        return str(why)
    except RecordDamaged as why:
        return why.reason
    return None


def _check_file(connection: sqlite3.Connection) -> None:
    """SQLite's own check: pages, order of rows, indexes against tables."""
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


def _walk(connection: sqlite3.Connection, anchors: Anchors) -> dict[str, int]:
    """Follow the chain from the header to its end; the last sealed row of each table."""
    sealed_to = dict.fromkeys(DATA_TABLES, 0)
    seq = 0
    late = Late()
    try:
        for entry in chained(connection):
            seq = entry.seq
            if differs := anchors.differs(seq, entry.hash):
                raise Bad(differs)
            if entry.type == chain.SEAL_TYPE:
                check_seal(connection, seq, chain.read_seal(entry.body), sealed_to)
            late.look(entry)
    except UNREADABLE as why:
        raise Bad(f"entry {seq + 1}: cannot be read ({why})") from why
    if cut := anchors.cut(seq):
        raise Bad(cut)
    if late.found:
        raise Bad(late.found)
    return sealed_to
