"""What happens to the record itself; unlike other events these may follow the session's end.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

ABOUT_THE_RECORD: Final = "record."
"""How the types of these events begin."""


@dataclass(frozen=True, slots=True)
class RecordHeads:
    """The chain's head cannot be kept at a place outside the record, or, without a problem, can be again."""

    TYPE: ClassVar[str] = "record.heads"
    VERSION: ClassVar[int] = 1
    place: str
    problem: str


@dataclass(frozen=True, slots=True)
class RecordCopied:
    """A copy of the record is kept in a second folder, or, with a problem, cannot be."""

    TYPE: ClassVar[str] = "record.copied"
    VERSION: ClassVar[int] = 1
    folder: str
    problem: str


@dataclass(frozen=True, slots=True)
class RecordMoved:
    """The record goes on as another file from here on: why, and what could not be carried over."""

    TYPE: ClassVar[str] = "record.moved"
    VERSION: ClassVar[int] = 1
    source: str
    target: str
    why: str
    left: str


@dataclass(frozen=True, slots=True)
class RecordAmended:
    """Somebody changed a note after the session's end: its words, its moment, or that it stands at all.

    `utc_ns` is when that was, since the event's own t_ns is the session's end; `user` is an id of
    kapmonitor.people, empty for somebody it does not know. `at_ns` is as in NoteAmended.
    """

    TYPE: ClassVar[str] = "record.amended"
    VERSION: ClassVar[int] = 1
    note: str
    text: str
    withdrawn: bool
    by: str
    name: str
    user: str
    utc_ns: int
    at_ns: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordSigned:
    """Somebody signed the record up to entry `head_seq`, whose hash is `head_hash`.

    `user` is the signer's id, `role` and `meaning` are words of kapmonitor.people; `key` is the signer's
    public Ed25519 key and `signature` what it makes of all other fields, both in hexadecimal.
    """

    TYPE: ClassVar[str] = "record.signed"
    VERSION: ClassVar[int] = 1
    name: str
    user: str
    role: str
    meaning: str
    utc_ns: int
    session: str
    head_seq: int
    head_hash: str
    key: str
    signature: str
