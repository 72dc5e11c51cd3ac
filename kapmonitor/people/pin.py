"""A PIN and the Ed25519 key that it opens.

The key is encrypted under what Argon2id makes of the PIN, bound to its owner: opening it is what shows that
a PIN is right, and nothing else of a PIN is kept. Whoever copies the file can try PINs without this program's
pauses, each at the price of that function; a longer PIN is what helps then.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from kapmonitor.errors import PeopleError
from kapmonitor.people.user import LockedKey

LEAST_PIN: Final = 6
LONGEST_PIN: Final = 200
PASSES: Final = 3
MEMORY_KIB: Final = 128 * 1024
MOST_PASSES: Final = 100
MOST_MEMORY_KIB: Final = 4 * 1024 * 1024
_KEY_BYTES: Final = 32
_DIGITS: Final = "01234567890123456789"


def check_new(user: str, pin: str) -> None:
    """PeopleError if this is too easily guessed to become a PIN."""
    if not LEAST_PIN <= len(pin) <= LONGEST_PIN:
        raise PeopleError(user, f"a PIN has at least {LEAST_PIN} characters; letters and spaces may be in it")
    if len(set(pin)) < 3 or pin in _DIGITS or pin in _DIGITS[::-1]:
        raise PeopleError(user, "that PIN is among the first that anybody tries; choose another")


def new_key(user: str, pin: str) -> tuple[str, LockedKey]:
    """A key of their own for somebody: the public part in hexadecimal, the private one under the PIN."""
    private = Ed25519PrivateKey.generate()
    return public_of(private), lock(private, user, pin)


def public_of(private: Ed25519PrivateKey) -> str:
    """The public part in hexadecimal."""
    return private.public_key().public_bytes_raw().hex()


def lock(private: Ed25519PrivateKey, user: str, pin: str) -> LockedKey:
    """The key under a PIN."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    secret = _secret(pin, salt, PASSES, MEMORY_KIB)
    data = AESGCM(secret).encrypt(nonce, private.private_bytes_raw(), user.encode())
    return LockedKey(salt, PASSES, MEMORY_KIB, nonce, data)


def unlock(locked: LockedKey, user: str, pin: str) -> Ed25519PrivateKey | None:
    """The key; None if the PIN is wrong, or the key somebody else's."""
    secret = _secret(pin, locked.salt, locked.passes, locked.memory_kib)
    try:
        data = AESGCM(secret).decrypt(locked.nonce, locked.locked, user.encode())
    except InvalidTag:
        return None
    return Ed25519PrivateKey.from_private_bytes(data)


def _secret(pin: str, salt: bytes, passes: int, memory_kib: int) -> bytes:
    function = Argon2id(salt=salt, length=_KEY_BYTES, iterations=passes, lanes=1, memory_cost=memory_kib)
    # The same character may be typed as one code point or as two, depending on the keyboard.
    return function.derive(unicodedata.normalize("NFKC", pin).encode("utf-8", "surrogatepass"))
