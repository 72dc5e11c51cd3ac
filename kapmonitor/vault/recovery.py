"""Opening a record that was moved here, and another passphrase for those that are here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kapmonitor.durable import replace_text
from kapmonitor.errors import RecordLocked, VaultError
from kapmonitor.vault import age
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import Vault, check_passphrase, save_vault, spare_of, vault_folder
from kapmonitor.vault.keyfile import ENDING, KeyFile, RecordKey, StationLock, beside, dump, read, unwrap, wrap
from kapmonitor.vault.keys import keyfile_of_any
from kapmonitor.vault.passphrase import seal, unseal


@dataclass(frozen=True, slots=True)
class Changed:
    """How many key files have another passphrase now, and what was wrong with those that have not."""

    count: int
    failed: tuple[str, ...]


def recover(record: Path, secret: str, vault: Vault) -> None:
    """Let this computer open a record, by the passphrase of a station that has it or the recovery identity.

    Whoever could open it before still can.
    """
    keyfile = keyfile_of_any(record)
    if keyfile is None:
        raise VaultError(str(record), "is not an encrypted record; there is nothing to recover")
    key = _key_by(keyfile, secret.strip())
    others = (station for station in keyfile.stations if station.recipient != vault.station.recipient)
    recovery = dict.fromkeys((*keyfile.recovery, vault.recovery))
    text = dump(wrap(key, (*others, vault.station), recovery))
    spare = spare_of(key.mark)
    try:
        spare.parent.mkdir(parents=True, exist_ok=True)
        replace_text(spare, text)
        replace_text(beside(record), text)
    except OSError as why:
        raise VaultError(str(beside(record)), f"cannot be written ({why.strerror})") from why
    HELD.hold(key)


def _key_by(keyfile: KeyFile, secret: str) -> RecordKey:
    if age.recipient_of(secret) is not None:
        identities = [secret]
    else:
        opened = (unseal(station.sealed, secret) for station in keyfile.stations)
        identities = [identity for identity in opened if identity is not None]
    key = unwrap(keyfile, identities)
    if key is None:
        reason = "is neither the passphrase of a station that has this record nor its recovery identity"
        raise VaultError("what was given", reason)
    return key


def change_passphrase(vault: Vault, identity: str, passphrase: str, records: Path) -> Changed:
    """Another passphrase for this computer's vault, and for the key files in a folder and in the vault.

    The passphrase of before still opens what could not be changed.
    """
    check_passphrase(passphrase)
    station = replace(vault.station, sealed=seal(identity, passphrase))
    save_vault(replace(vault, station=station))
    changed, failed = 0, []
    for path in _keyfiles((records, vault_folder() / "keys")):
        try:
            changed += _resealed(path, station)
        except (OSError, RecordLocked) as why:
            failed.append(str(why))
    return Changed(changed, tuple(failed))


def _keyfiles(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        yield from sorted(folder.glob(f"*{ENDING}"))


def _resealed(path: Path, station: StationLock) -> bool:
    keyfile = read(path, path)
    if all(each.recipient != station.recipient for each in keyfile.stations):
        return False
    stations = tuple(station if each.recipient == station.recipient else each for each in keyfile.stations)
    replace_text(path, dump(replace(keyfile, stations=stations)))
    return True
