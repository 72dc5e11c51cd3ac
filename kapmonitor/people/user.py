"""A person who works on this computer: who they are, what they may do, the key they sign with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.errors import PeopleError
from kapmonitor.people.tries import NONE, Tries

LONGEST_NAME: Final = 100
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


class Role(StrEnum):
    """What somebody is here; an admin adds people and turns them off."""

    NURSE = "nurse"
    THERAPIST = "therapist"
    PRESCRIBER = "prescriber"
    ADMIN = "admin"


class Meaning(StrEnum):
    """What somebody says by signing."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    WITNESS = "witness"
    AMENDER = "amender"


OF_SESSIONS: Final = (Meaning.AUTHOR, Meaning.REVIEWER, Meaning.WITNESS)
"""What can be said of a session as a whole; an amender signs what they changed afterwards."""


@dataclass(frozen=True, slots=True)
class LockedKey:
    """A private key that a PIN opens: encrypted with AES-GCM under what Argon2id makes of the PIN."""

    salt: bytes
    passes: int
    memory_kib: int
    nonce: bytes
    locked: bytes


@dataclass(frozen=True, slots=True)
class About:
    """Who somebody is; the id is theirs for good."""

    id: str
    name: str
    initials: str
    role: Role


@dataclass(frozen=True, slots=True)
class User:
    """A person of this computer. `former_keys` are public keys they signed with before, in hexadecimal.

    `off` is the time of day from which they may not sign any more, empty for who still may.
    """

    about: About
    key: str
    locked: LockedKey
    tries: Tries = NONE
    off: str = ""
    former_keys: tuple[str, ...] = ()


def check(about: About) -> None:
    """PeopleError if this cannot be somebody's id, name or initials."""
    if not _ID.fullmatch(about.id):
        raise PeopleError(about.id or "id", "an id has up to 32 of a to z, 0 to 9, '.', '_' and '-'")
    for what, text, most in (("a name", about.name, LONGEST_NAME), ("initials", about.initials, 4)):
        if not text or text != text.strip() or not text.isprintable() or len(text) > most:
            raise PeopleError(about.id, f"{what} of 1 to {most} printable characters, not {text!r}")
