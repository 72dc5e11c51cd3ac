"""Which keys this process holds, and where it looks for others.

A record's key is asked for by the file: its first bytes say which key it is. Tried in turn are what this
process knows already, the operating system's store of secrets, and the passphrase in the file that
KAPMONITOR_VAULT_PASSPHRASE_FILE names. A passphrase that somebody typed comes in with `unlock`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kapmonitor.durable import new_text
from kapmonitor.errors import RecordLocked, VaultError
from kapmonitor.vault import keychain
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import Vault, spare_of
from kapmonitor.vault.keyfile import (
    MARK_BYTES,
    KeyFile,
    RecordKey,
    StationLock,
    beside,
    dump,
    read,
    unwrap,
    wrap,
)
from kapmonitor.vault.passphrase import unseal
from kapmonitor.vault.passphrasefile import NAMED_FILE, passphrase_from_file

MAGIC: Final = b"KAPVAULT"
"""How every encrypted record begins; eight random bytes follow."""
NO_KEY: Final = (
    "is encrypted, and nothing on this computer opens it; give its passphrase in the window or the terminal, "
    f"name a file with it in {NAMED_FILE}, or use kapmonitor vault recover"
)


def is_encrypted(head: bytes) -> bool:
    """Whether a file that begins so is an encrypted record."""
    return head.startswith(MAGIC)


def new_key(record: Path, vault: Vault) -> RecordKey:
    """A key for a new record, in a key file beside it on return; FileExistsError if one is there."""
    key = RecordKey(secrets.token_bytes(32), MAGIC + secrets.token_bytes(MARK_BYTES - len(MAGIC)))
    text = dump(wrap(key, (vault.station,), (vault.recovery,)))
    spare = spare_of(key.mark)
    spare.parent.mkdir(parents=True, exist_ok=True)
    new_text(spare, text)
    new_text(beside(record), text)
    HELD.hold(key)
    return key


def key_of(record: Path, mark: bytes) -> RecordKey:
    """The key of an encrypted record that begins with `mark`; RecordLocked says why there is none."""
    key = HELD.key(mark)
    if key is not None:
        return key
    keyfile = keyfile_of(record, mark)
    try:
        key = next(_opened(keyfile), None)
    except VaultError as why:
        raise RecordLocked(str(record), f"is encrypted, and stays so: {why}") from why
    if key is None:
        raise RecordLocked(str(record), NO_KEY)
    HELD.hold(key)
    return key


def _opened(keyfile: KeyFile) -> Iterator[RecordKey]:
    """By each of what this computer has to open it with; the later, the slower."""
    for identities in _identities(keyfile.stations):
        key = unwrap(keyfile, identities)
        if key is not None:
            yield key


def _identities(stations: tuple[StationLock, ...]) -> Iterator[tuple[str, ...]]:
    yield HELD.identities()
    for station in stations:
        identity = keychain.kept(station.recipient)
        if identity is not None:
            HELD.hold_identity(station.recipient, identity)
            yield (identity,)
    passphrase = passphrase_from_file()
    if passphrase is not None and unlock(stations, passphrase):
        yield HELD.identities()


def keyfile_of(record: Path, mark: bytes) -> KeyFile:
    """Its key file, the one beside it or this computer's copy; RecordLocked if neither is of this record."""
    trouble = f"is encrypted, and its key file {beside(record).name} is not beside it; copy it there"
    for path in (beside(record), spare_of(mark)):
        if not path.exists():
            continue
        try:
            keyfile = read(path, record)
        except RecordLocked as why:
            trouble = why.reason
            continue
        if keyfile.mark == mark:
            return keyfile
        trouble = f"the key file {path.name} is of another record, or the record's first bytes were changed"
    raise RecordLocked(str(record), trouble)


def keyfile_of_any(record: Path) -> KeyFile | None:
    """The key file of a record; None if that is not encrypted. OSError if there is no such record."""
    with record.open("rb") as file:
        mark = file.read(MARK_BYTES)
    return keyfile_of(record, mark) if is_encrypted(mark) else None


def locked(record: Path) -> KeyFile | None:
    """The key file of a record that nothing on this computer opens; None if it opens or is not encrypted."""
    keyfile = keyfile_of_any(record)
    if keyfile is None:
        return None
    try:
        key_of(record, keyfile.mark)
    except RecordLocked:
        return keyfile
    return None


def unlock(stations: tuple[StationLock, ...], passphrase: str) -> bool:
    """Open the secret keys of stations by their passphrase, for as long as the process runs."""
    opened = False
    for station in stations:
        identity = unseal(station.sealed, passphrase)
        if identity is not None:
            HELD.hold_identity(station.recipient, identity)
            opened = True
    return opened


def identity_of(station: StationLock) -> str | None:
    """A station's secret key, if something on this computer opens it."""
    for _ in _identities((station,)):
        identity = HELD.identity(station.recipient)
        if identity is not None:
            return identity
    return None
