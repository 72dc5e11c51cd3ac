"""A signature on a record: made of all that its event says, so that none of it can be changed or moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kapmonitor.people.staff import Staff
from kapmonitor.people.user import About, Meaning, User
from kapmonitor.session.codec import encode
from kapmonitor.session.events import RecordSigned


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who gave their PIN: their key is open."""

    user: User
    private: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Covered:
    """What is signed: a session up to an entry, whose hash stands for all before it."""

    session: str
    seq: int
    hash: str


class Finding(StrEnum):
    """What a signature turns out to be; `valid` and `unknown-key` do not speak against the record."""

    VALID = "valid"
    UNKNOWN_KEY = "unknown-key"
    CHANGED = "changed"
    NAME_CHANGED = "name-changed"
    OTHER_SESSION = "other-session"
    OTHER_ENTRIES = "other-entries"
    OTHER_PERSON = "other-person"


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding and, where the key is somebody's of this computer, who that is."""

    finding: Finding
    owner: About | None


def signed(signer: Signer, meaning: Meaning, covered: Covered, utc_ns: int) -> RecordSigned:
    """The event that says who signs what, with the signature over all of it."""
    about = signer.user.about
    event = RecordSigned(
        name=about.name,
        user=about.id,
        role=about.role.value,
        meaning=meaning.value,
        utc_ns=utc_ns,
        session=covered.session,
        head_seq=covered.seq,
        head_hash=covered.hash,
        key=signer.user.key,
        signature="",
    )
    return replace(event, signature=signer.private.sign(claim(event)).hex())


def claim(event: RecordSigned) -> bytes:
    """What is signed: all fields but the signature, with the event's type and version, as RFC 8785 has it."""
    fields: dict[str, str | int] = json.loads(encode(event))
    del fields["signature"]
    return rfc8785.dumps({**fields, "type": event.TYPE, "version": event.VERSION})


def checked(event: RecordSigned, session: str, hash_there: str | None, staff: Staff) -> Checked:
    """Whether a signature found in `session` is what it says; `hash_there` is its head's hash there."""
    owner = staff.owner_of(event.key)
    about = owner.about if owner is not None else None
    return Checked(_finding(event, Covered(session, event.head_seq, hash_there or ""), about), about)


def _finding(event: RecordSigned, there: Covered, owner: About | None) -> Finding:
    if not _fits(event):
        return Finding.NAME_CHANGED if owner and _was_named(event, owner) else Finding.CHANGED
    if event.session != there.session:
        return Finding.OTHER_SESSION
    if event.head_hash != there.hash:
        return Finding.OTHER_ENTRIES
    if owner is None:
        return Finding.UNKNOWN_KEY
    return Finding.VALID if owner.id == event.user else Finding.OTHER_PERSON


def _was_named(event: RecordSigned, owner: About) -> bool:
    """Whether the signature fits again once it says whose key it is."""
    return any(_fits(said) for said in _as_owner(event, owner))


def _as_owner(event: RecordSigned, owner: About) -> Iterator[RecordSigned]:
    yield replace(event, name=owner.name)
    yield replace(event, name=owner.name, user=owner.id)
    yield replace(event, name=owner.name, user=owner.id, role=owner.role.value)


def _fits(event: RecordSigned) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(event.key))
        key.verify(bytes.fromhex(event.signature), claim(event))
    except (ValueError, InvalidSignature):
        return False
    return True
