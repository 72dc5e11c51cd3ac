"""A secret key under a passphrase: Argon2id makes a key of it, AES-256-GCM keeps the secret with that."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

SHORTEST: Final = 12
"""Characters of a passphrase: whoever has a copied record may guess as long as they like."""
ITERATIONS: Final = 3
LANES: Final = 4
MEMORY_KIB: Final = 128 * 1024
MOST_ITERATIONS: Final = 64
MOST_MEMORY_KIB: Final = 1024 * 1024
"""What a file may ask this computer to spend."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret that only its passphrase opens, and what the passphrase is to be worked on with."""

    salt: bytes
    iterations: int
    lanes: int
    memory_kib: int
    nonce: bytes
    data: bytes

    def __post_init__(self) -> None:
        """ValueError for what no one of ours has written."""
        fits = 1 <= self.iterations <= MOST_ITERATIONS and 1 <= self.lanes <= MOST_ITERATIONS
        if not fits or not 8 * self.lanes <= self.memory_kib <= MOST_MEMORY_KIB:
            raise ValueError("asks for more memory or time than a passphrase may cost")


def seal(secret: str, passphrase: str) -> Sealed:
    """Keep a secret."""
    salt, nonce = os.urandom(16), os.urandom(12)
    key = _stretched(passphrase, salt, ITERATIONS, LANES, MEMORY_KIB)
    return Sealed(
        salt, ITERATIONS, LANES, MEMORY_KIB, nonce, AESGCM(key).encrypt(nonce, secret.encode(), None)
    )


def unseal(sealed: Sealed, passphrase: str) -> str | None:
    """The secret; None if the passphrase is another one, or the sealed bytes are not what was written."""
    key = _stretched(passphrase, sealed.salt, sealed.iterations, sealed.lanes, sealed.memory_kib)
    try:
        return AESGCM(key).decrypt(sealed.nonce, sealed.data, None).decode()
    except (InvalidTag, ValueError):
        return None


def _stretched(passphrase: str, salt: bytes, iterations: int, lanes: int, memory_kib: int) -> bytes:
    # Keyboards and systems disagree on how a letter with an accent is put together.
    typed = unicodedata.normalize("NFKC", passphrase).encode()
    made = Argon2id(salt=salt, length=32, iterations=iterations, lanes=lanes, memory_cost=memory_kib)
    return made.derive(typed)
