"""The operating system's own store of secrets: Windows' credentials, macOS' keychain, a Secret Service.

Stores that keep a secret readable in a file, or lose it, come as backends of the same library; only those
named here are used. Loading the library takes longer than opening a record: it is loaded only to be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "kapmonitor vault"
SAFE: Final = frozenset(
    f"keyring.backends.{name}" for name in ("Windows", "macOS", "SecretService", "libsecret", "kwallet")
)


def keychain() -> KeyringBackend | None:
    """The best store there is here; None on a computer without one."""
    from keyring.backend import get_all_keyring

    return best_of(get_all_keyring())


def best_of(backends: list[KeyringBackend]) -> KeyringBackend | None:
    """The most trusted of those that are safe."""
    safe = (backend for backend in backends if type(backend).__module__ in SAFE)
    return max(safe, key=lambda backend: backend.priority, default=None)


def keep(recipient: str, identity: str) -> bool:
    """Keep a station's secret key; False where there is nothing to keep it in."""
    store = keychain()
    if store is None:
        return False
    from keyring.errors import KeyringError

    try:
        store.set_password(SERVICE, recipient, identity)
        return store.get_password(SERVICE, recipient) == identity
    except KeyringError:
        return False


def kept(recipient: str) -> str | None:
    """The secret key of a station; None if it is not here or the store stays locked."""
    store = keychain()
    if store is None:
        return None
    from keyring.errors import KeyringError

    try:
        return store.get_password(SERVICE, recipient)
    except KeyringError:
        return None
