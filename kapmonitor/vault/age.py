"""Encryption to public keys in the age format, which any other age program reads, too."""

from __future__ import annotations

from collections.abc import Iterable

import pyrage
from pyrage import x25519


def new_identity() -> str:
    """A new secret key."""
    return str(x25519.Identity.generate())


def recipient_of(identity: str) -> str | None:
    """The public key of a secret one; None if it is none."""
    try:
        return str(x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError:
        return None


def is_recipient(text: str) -> bool:
    """Whether this is a public key."""
    try:
        x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def encrypt(data: bytes, recipients: Iterable[str]) -> str:
    """For the owner of any of these public keys; as text."""
    keys = [x25519.Recipient.from_str(text) for text in recipients]
    return bytes(pyrage.encrypt(data, keys, armored=True)).decode("ascii")


def decrypt(text: str, identities: Iterable[str]) -> bytes | None:
    """None if it is for none of these secret keys, or is not what was encrypted."""
    keys = [x25519.Identity.from_str(identity) for identity in identities]
    try:
        return bytes(pyrage.decrypt(text.encode(), keys)) if keys else None
    except pyrage.DecryptError:
        return None
