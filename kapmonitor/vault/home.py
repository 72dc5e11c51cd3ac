"""The vault of this computer: its station's keys and the clinic's recovery key, in one file.

The station's secret key is in it under the passphrase alone; in the clear it is in the operating system's
store of secrets or nowhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from kapmonitor.durable import replace_text
from kapmonitor.errors import VaultError
from kapmonitor.vault import age, keychain
from kapmonitor.vault.keyfile import StationLock, dump_station, load_station
from kapmonitor.vault.passphrase import SHORTEST, seal

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Vault:
    """Whom a record of this computer is encrypted for. Holds no secret in the clear."""

    station: StationLock
    recovery: str


def vault_folder() -> Path:
    """Where the vault of this computer is, or would be."""
    return Path(platformdirs.user_data_dir("kapmonitor", appauthor=False), "vault")


def vault_file() -> Path:
    """The vault's file; it need not exist."""
    return vault_folder() / "vault.json"


def spare_of(mark: bytes) -> Path:
    """The copy of a key file that this computer keeps, in case the one beside the record is lost."""
    return vault_folder() / "keys" / f"{mark.hex()}.key"


def load_vault() -> Vault | None:
    """None where none is set up; VaultError if it is damaged, so that nobody takes that for the same."""
    path = vault_file()
    try:
        body = json.loads(path.read_text("utf-8"))
        if body["kapmonitor-vault"] != FORMAT:
            raise VaultError(str(path), "is of a newer version; update kapmonitor to use it")
        vault = Vault(load_station(body["station"]), str(body["recovery"]))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as why:
        raise VaultError(str(path), f"cannot be read ({why.strerror})") from why
    except (ValueError, LookupError, TypeError, AttributeError) as why:
        reason = "is damaged; put a copy of it in its place, or move it away and set the vault up anew"
        raise VaultError(str(path), reason) from why
    if not age.is_recipient(vault.recovery):
        raise VaultError(str(path), "is damaged: its recovery key is none")
    return vault


def save_vault(vault: Vault) -> None:
    """On disk before this returns; VaultError if it cannot be written."""
    body = {
        "kapmonitor-vault": FORMAT,
        "station": dump_station(vault.station),
        "recovery": vault.recovery,
    }
    path = vault_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(body, indent=1) + "\n")
    except OSError as why:
        raise VaultError(str(path), f"cannot be written ({why.strerror})") from why


def set_up(passphrase: str, recovery: str) -> Vault:
    """A vault with a new station key; VaultError if there is one already, or the passphrase is too short."""
    if load_vault() is not None:
        raise VaultError(
            str(vault_file()), "is there already; kapmonitor vault passphrase changes its passphrase"
        )
    check_passphrase(passphrase)
    identity = age.new_identity()
    recipient = age.recipient_of(identity) or ""
    vault = Vault(StationLock(recipient, seal(identity, passphrase)), recovery)
    save_vault(vault)
    keychain.keep(recipient, identity)
    return vault


def check_passphrase(passphrase: str) -> None:
    """VaultError for one that is guessed too soon."""
    if len(passphrase) < SHORTEST:
        raise VaultError("the passphrase", f"has fewer than {SHORTEST} letters; take several words")
