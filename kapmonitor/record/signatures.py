"""The signatures that a record holds, each checked against what it covers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kapmonitor.clock import utc_text
from kapmonitor.people.signature import Checked, Finding, checked
from kapmonitor.people.staff import Staff
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.codec import UnknownEvent, decode
from kapmonitor.session.events import RecordSigned

HARMLESS: Final = (Finding.VALID, Finding.UNKNOWN_KEY)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature in the record's entry `seq`, at the session's time `t_ns`.

    `text` says in words what became of it.

    `signed` is None where this program cannot read it; `finding` is then `changed`, or `unknown-key` of a
    signature that a newer program made.
    """

    seq: int
    t_ns: int
    signed: RecordSigned | None
    finding: Finding
    text: str

    @property
    def is_bad(self) -> bool:
        """Whether it shows that the record is not what was signed."""
        return self.finding not in HARMLESS


def signatures_of(reader: RecordReader, session: str, staff: Staff) -> tuple[Signature, ...]:
    """All of them in order; RecordDamaged if they cannot be read."""
    with reader.reading() as connection:
        rows = connection.execute(
            "SELECT seq, t_ns, version, body FROM event WHERE type = ? ORDER BY seq", (RecordSigned.TYPE,)
        ).fetchall()
        found: list[Signature] = []
        for seq, t_ns, version, body in rows:
            event = decode(RecordSigned.TYPE, version, body)
            if isinstance(event, RecordSigned):
                there = _hash_before(connection, seq, event.head_seq)
                found.append(_signature((seq, t_ns), event, checked(event, session, there, staff)))
            elif isinstance(event, UnknownEvent):
                found.append(_unreadable((seq, t_ns), event))
        return tuple(found)


def _hash_before(connection: sqlite3.Connection, seq: int, head_seq: int) -> str | None:
    """The hash of an entry before entry `seq`; None if it is none of those."""
    if not 0 < head_seq < seq:
        return None
    found = connection.execute("SELECT hash FROM event WHERE seq = ?", (head_seq,)).fetchone()
    return None if found is None else str(found[0])


def _signature(place: tuple[int, int], event: RecordSigned, found: Checked) -> Signature:
    return Signature(*place, event, found.finding, " ".join(_words(event, found)))


def _unreadable(place: tuple[int, int], event: UnknownEvent) -> Signature:
    finding = Finding.UNKNOWN_KEY if event.version > RecordSigned.VERSION else Finding.CHANGED
    return Signature(*place, None, finding, f"a signature that cannot be read ({event.reason})")


def _words(event: RecordSigned, found: Checked) -> Iterator[str]:
    """`Ann Berg (nurse) as author at 2026-01-31T09:30:00Z, entries 1 to 345: valid`."""
    yield f"{event.name} ({event.role}) as {event.meaning} at {utc_text(event.utc_ns)},"
    yield f"entries 1 to {event.head_seq}:"
    owner = found.owner
    match found.finding:
        case Finding.VALID:
            yield "valid"
            if owner is not None and (owner.name, owner.role.value) != (event.name, event.role):
                yield f"(known on this computer as {owner.name}, {owner.role.value})"
        case Finding.UNKNOWN_KEY:
            yield "signed by a key this computer does not know"
        case Finding.CHANGED:
            yield "not what was signed, it was changed afterwards"
        case Finding.NAME_CHANGED:
            yield "not what was signed, who signed was changed afterwards"
            yield f"and is {owner.name} ({owner.role.value})" if owner is not None else ""
        case Finding.OTHER_SESSION:
            yield f"made for another session ({event.session}) and put here"
        case Finding.OTHER_ENTRIES:
            yield f"made for other entries: entry {event.head_seq} was not this one when it was signed"
        case Finding.OTHER_PERSON:
            yield f"signed with the key of {owner.name} ({owner.id})" if owner is not None else ""
