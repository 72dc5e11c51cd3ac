"""What signing a session off needs, and what has become of its record then; values alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.people.user import Meaning
from kapmonitor.session.care_events import SessionSignedOff

GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who answers for a session; `user` is an id of the clinic's people, empty where the name was typed.

    `by` is who was at the keys.
    """

    name: str
    role: str
    meaning: Meaning
    user: str = ""
    by: str = ""

    @property
    def event(self) -> SessionSignedOff:
        """What goes on record."""
        return SessionSignedOff(self.name, self.role, self.meaning.value, self.user, self.by)


class Stage(StrEnum):
    """How far closing is."""

    CLOSING = "closing"
    SIGNING = "signing"
    COPYING = "copying"


@dataclass(frozen=True, slots=True)
class Kept:
    """A place where something of the session is kept, or why it is not."""

    where: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed session. `head_hash` stands for all entries up to `head_seq`, the signature included.

    `problem` says why the record is not signed, or not closed in order; empty if all is well.
    """

    session: str
    record: str
    head_seq: int
    head_hash: str
    off: SignOff
    signed: bool
    heads: tuple[Kept, ...] = ()
    copy: Kept | None = None
    problem: str = ""

    @property
    def grouped(self) -> tuple[str, ...]:
        """The hash in groups that can be read aloud and compared."""
        return tuple(self.head_hash[i : i + GROUP] for i in range(0, len(self.head_hash), GROUP))

    @property
    def code(self) -> str:
        """What the printed code says: session, entry and hash."""
        return f"kapmonitor {self.session} {self.head_seq} {self.head_hash}"
