"""Is a record what was written, and what is missing from it.

Every entry's hash is computed again, and every data row's digest against the seal that covers it. What this
cannot see: bytes of the file that no entry lies in (free pages, unused ends of pages, counters of SQLite's
header), an end that was cut off as a whole, which looks like an interruption, and changes to the last seconds
of an interrupted record, which no seal covers yet.
"""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.errors import RecordDamaged
from kapmonitor.record import chain
from kapmonitor.record.chain import Row, Sealed
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.report import counts_of, missing_from, recovered_from
from kapmonitor.record.schema import DATA_TABLES
from kapmonitor.session.events import SessionStarted

INTACT: Final = "intact"
INTERRUPTED: Final = "interrupted"
DAMAGED: Final = "damaged"

_CRC_AT: Final = {"wave": ((5, (7,)), (6, (8,))), "numeric": ((4, (5,)),), "minute": ((4, (5, 6)),)}
"""Where rows have checksums, and the blobs each covers."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a record. `kind` is 'intact', 'interrupted' or 'damaged'; the lines are for people.

    `first_bad` names the first entry that is not what was written, None unless damaged.
    """

    kind: str
    first_bad: str | None
    missing: tuple[str, ...]
    recovered: tuple[str, ...]
    counts: dict[str, int]


class _Bad(Exception):
    """The first thing found wrong."""


def verify(path: Path | str) -> Verdict:
    """Read a whole record and judge it; RecordTooNew if it needs a newer program, otherwise never raises."""
    try:
        with RecordReader(Path(path)) as reader:
            return _judge(reader)
    except RecordDamaged as why:
        return Verdict(DAMAGED, why.reason, (), (), {})


def _judge(reader: RecordReader) -> Verdict:
    bad = _first_bad(reader)
    try:
        closed = reader.is_closed()
        counts = counts_of(reader)
        missing = missing_from(reader, closed=closed)
        recovered = () if closed and not bad else recovered_from(reader)
    except RecordDamaged as why:
        return Verdict(DAMAGED, bad or why.reason, (), (), {})
    kind = DAMAGED if bad else INTACT if closed else INTERRUPTED
    return Verdict(kind, bad, missing, recovered, counts)


def _first_bad(reader: RecordReader) -> str | None:
    try:
        with reader.reading() as connection:
            _check_header(connection)
            sealed = _walk(connection)
            _check_rest(connection, sealed, closed=reader.is_closed())
            _check_file(connection)
    except _Bad as why:
        return str(why)
    except RecordDamaged as why:
        return why.reason
    return None


def _check_file(connection: sqlite3.Connection) -> None:
    """SQLite's own check: pages, order of rows, indexes against tables."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise _Bad(f"file: {found}")


def _check_header(connection: sqlite3.Connection) -> None:
    headers = connection.execute("SELECT body FROM header WHERE id = 1").fetchall()
    (count,) = connection.execute("SELECT count(*) FROM header").fetchone()
    first = connection.execute("SELECT type, body FROM event WHERE seq = 1").fetchone()
    if not headers or count != 1:
        raise _Bad("header: is not what was written")
    if first is None or first[0] != SessionStarted.TYPE:
        raise _Bad("entry 1: the record does not begin with session.started")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if f'"format":{version},' not in headers[0][0]:
        raise _Bad("header: the file's version was changed")


def _walk(connection: sqlite3.Connection) -> dict[str, int]:
    """Follow the chain from the header to its end; the last sealed row of each table."""
    (header,) = connection.execute("SELECT body FROM header").fetchone()
    prev, expected = chain.genesis(header), 1
    sealed_to = dict.fromkeys(DATA_TABLES, 0)
    rows = connection.execute(
        "SELECT seq, t_ns, type, version, body, prev_hash, hash FROM event ORDER BY seq"
    )
    for seq, t_ns, type_, version, body, prev_hash, hash_ in rows:
        if seq != expected:
            raise _Bad(f"entry {expected}: is not there")
        if prev_hash != prev:
            raise _Bad(f"entry {seq} ({type_}): does not follow the entry before it")
        if chain.event_hash(seq, t_ns, type_, version, body, prev_hash) != hash_:
            raise _Bad(f"entry {seq} ({type_}): is not what was written")
        if type_ == chain.SEAL_TYPE:
            _check_seal(connection, seq, chain.read_seal(body), sealed_to)
        prev, expected = hash_, seq + 1
    return sealed_to


def _check_seal(
    connection: sqlite3.Connection, seq: int, seal: dict[str, Sealed], sealed_to: dict[str, int]
) -> None:
    """All rows one seal covers; `sealed_to` moves on."""
    for table, sealed in seal.items():
        if table not in sealed_to or sealed.first != sealed_to[table] + 1:
            raise _Bad(f"entry {seq}: seals {table} rows that do not follow")
        query = f"SELECT * FROM {table} WHERE id BETWEEN ? AND ? ORDER BY id"  # noqa: S608  # names are ours
        rows = connection.execute(query, (sealed.first, sealed.last)).fetchall()
        if chain.digest(rows) != sealed.digest:
            raise _Bad(f"{_changed_row(table, rows, sealed)}, sealed by entry {seq}: not what was written")
        sealed_to[table] = sealed.last


def _changed_row(table: str, rows: list[Row], sealed: Sealed) -> str:
    """The row itself if its number or checksum tells, otherwise those among which it is."""
    for number, row in enumerate(rows, sealed.first):
        if row[0] != number or _crc_is_wrong(table, row):
            return f"{table} row {number}"
    present = sealed.first + len(rows)
    if present <= sealed.last or sealed.first == sealed.last:
        return f"{table} row {min(present, sealed.last)}"
    return f"{table} rows {sealed.first} to {sealed.last}"


def _crc_is_wrong(table: str, row: Row) -> bool:
    for crc_at, blobs_at in _CRC_AT.get(table, ()):
        found = 0
        for at in blobs_at:
            blob = row[at]
            found = zlib.crc32(blob if isinstance(blob, bytes) else b"", found)
        if found != row[crc_at]:
            return True
    return False


def _check_rest(connection: sqlite3.Connection, sealed_to: dict[str, int], *, closed: bool) -> None:
    """What no seal covers: nothing in a closed record; in an interrupted one rows in order and readable."""
    for table, last in sealed_to.items():
        query = f"SELECT * FROM {table} WHERE id > ? OR id < 1 ORDER BY id"  # noqa: S608  # names are ours
        for number, row in enumerate(connection.execute(query, (last,)), last + 1):
            if closed or row[0] != number or _crc_is_wrong(table, row):
                raise _Bad(f"{table} row {row[0]}: is sealed by no entry and cannot be right")
    tails = connection.execute("SELECT id, crc, data FROM wave_tail ORDER BY id").fetchall()
    for number, crc, data in tails:
        if zlib.crc32(data) != crc:
            raise _Bad(f"wave_tail row {number}: is not what was written")
    (readings,) = connection.execute("SELECT count(*) FROM numeric_tail").fetchone()
    if closed and (tails or readings):
        raise _Bad("something was added after the record was closed")
