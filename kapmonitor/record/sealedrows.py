"""The data rows of a record, compared with the seals that cover them."""

from __future__ import annotations

import sqlite3
import zlib
from typing import Final

from kapmonitor.record import chain
from kapmonitor.record.chain import Row, Sealed
from kapmonitor.record.entries import Bad
from kapmonitor.record.reader import UNREADABLE

_CRC_AT: Final = {"wave": ((5, (7,)), (6, (8,))), "numeric": ((4, (5,)),), "minute": ((4, (5, 6)),)}
"""Where rows have checksums, and the blobs each covers."""


def check_seal(connection: sqlite3.Connection, seq: int, body: str, sealed_to: dict[str, int]) -> None:
    """All rows one seal covers; `sealed_to` moves on."""
    try:
        seal = chain.read_seal(body)
    except (ValueError, RecursionError) as why:
        raise Bad(f"entry {seq}: is not a seal") from why
    for table, sealed in seal.items():
        if table not in sealed_to or sealed.first != sealed_to[table] + 1:
            raise Bad(f"entry {seq}: seals {table} rows that do not follow")
        rows = _rows_of(connection, table, sealed)
        if chain.digest(rows) != sealed.digest:
            raise Bad(f"{_changed_row(table, rows, sealed)}, sealed by entry {seq}: not what was written")
        sealed_to[table] = sealed.last


def _rows_of(connection: sqlite3.Connection, table: str, sealed: Sealed) -> list[Row]:
    query = f"SELECT * FROM {table} WHERE id BETWEEN ? AND ? ORDER BY id"  # noqa: S608  # names are ours
    rows: list[Row] = []
    try:
        for row in connection.execute(query, (sealed.first, sealed.last)):
            rows.append(row)  # noqa: PERF402  # how many could be read tells which could not
    except UNREADABLE as why:
        raise Bad(f"{table} row {sealed.first + len(rows)}: cannot be read ({why})") from why
    return rows


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


def check_rest(connection: sqlite3.Connection, sealed_to: dict[str, int], *, closed: bool) -> None:
    """What no seal covers: nothing in a closed record; in an interrupted one rows in order and readable."""
    for table, last in sealed_to.items():
        query = f"SELECT * FROM {table} WHERE id > ? OR id < 1 ORDER BY id"  # noqa: S608  # names are ours
        for number, row in enumerate(connection.execute(query, (last,)), last + 1):
            if closed or row[0] != number or _crc_is_wrong(table, row):
                raise Bad(f"{table} row {row[0]}: is sealed by no entry and cannot be right")
    tails = connection.execute("SELECT id, crc, data FROM wave_tail ORDER BY id").fetchall()
    for number, crc, data in tails:
        if zlib.crc32(data) != crc:
            raise Bad(f"wave_tail row {number}: is not what was written")
    (readings,) = connection.execute("SELECT count(*) FROM numeric_tail").fetchone()
    if closed and (tails or readings):
        raise Bad("something was added after the record was closed")
