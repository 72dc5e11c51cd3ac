"""The hash chain over events, and the seals that tie the data rows into it.

An event's hash is SHA-256 over its row as canonical JSON (RFC 8785) including the hash before it; the first
one follows the hash of the header. About every ten seconds a seal, an event of its own type, lists for each
data table which rows were added since the last seal and their SHA-256. Changing, removing, inserting or
reordering any entry so breaks a hash at that place. Removing the end of a record cannot be seen from within:
whoever needs that keeps the head's hash elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import rfc8785

SEAL_TYPE: Final = "record.seal"
SEAL_VERSION: Final = 1
Row = tuple[int | float | str | bytes | None, ...]


def genesis(header: str) -> str:
    """What the first event's prev_hash is."""
    return hashlib.sha256(header.encode()).hexdigest()


def event_hash(seq: int, t_ns: int, type_: str, version: int, body: str, prev_hash: str) -> str:
    """SHA-256 over {body, prev, seq, t_ns, type, version} as RFC 8785 writes it; `body` is canonical already.

    t_ns is text there, as it may be larger than a JSON number can hold exactly.
    """
    canonical = (
        f'{{"body":{body},"prev":"{prev_hash}","seq":{seq},"t_ns":"{t_ns}",'
        f'"type":{json.dumps(type_, ensure_ascii=False)},"version":{version}}}'
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def row_bytes(row: Row) -> bytes:
    """A row's values one after the other, each with its kind and, where it varies, its length."""
    parts: list[bytes] = []
    for value in row:
        match value:
            case None:
                parts.append(b"n")
            case int():
                parts.append(b"i%d;" % value)
            case float():
                parts.append(b"f" + struct.pack("<d", value))
            case str():
                text = value.encode("utf-8", "surrogatepass")
                parts.append(b"s%d;" % len(text) + text)
            case bytes():
                parts.append(b"b%d;" % len(value) + value)
            case _:
                raise TypeError(f"a row cannot hold {type(value).__name__}")
    return b"".join(parts)


class Unsealed:
    """Rows of one table since the last seal: which, and their digest so far."""

    __slots__ = ("_sha", "first", "last")

    def __init__(self, first: int) -> None:
        self.first = first
        self.last = first - 1
        self._sha = hashlib.sha256()

    def add(self, row: Row) -> None:
        """The next row; row[0] is its number."""
        self._sha.update(row_bytes(row))
        self.last += 1

    def copy(self) -> Unsealed:
        twin = Unsealed(self.first)
        twin.last = self.last
        twin._sha = self._sha.copy()
        return twin

    def hexdigest(self) -> str:
        return self._sha.hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one seal says of one table: rows first..last and their SHA-256."""

    first: int
    last: int
    digest: str


def seal_body(tables: dict[str, Unsealed]) -> str:
    """A seal's body; tables without new rows are left out."""
    body: dict[str, Any] = {
        name: {"first": rows.first, "last": rows.last, "sha256": rows.hexdigest()}
        for name, rows in tables.items()
        if rows.last >= rows.first
    }
    return rfc8785.dumps(body).decode()


def read_seal(body: str) -> dict[str, Sealed]:
    """What a seal says; ValueError if it cannot be one."""
    fields: Any = json.loads(body)
    try:
        return {
            name: Sealed(int(part["first"]), int(part["last"]), str(part["sha256"]))
            for name, part in fields.items()
        }
    except (AttributeError, KeyError, TypeError) as why:
        raise ValueError("not a seal") from why


def digest(rows: Iterable[Row]) -> str:
    """SHA-256 over whole rows, in their order."""
    sha = hashlib.sha256()
    for row in rows:
        sha.update(row_bytes(row))
    return sha.hexdigest()
