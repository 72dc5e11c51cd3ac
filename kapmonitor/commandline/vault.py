"""`kapmonitor vault`: encryption of this computer's records."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from kapmonitor.commandline.pins import ask
from kapmonitor.commandline.settled import chosen_records_folder
from kapmonitor.config.load import load_settings
from kapmonitor.errors import VaultError
from kapmonitor.places import record_file, settings_file
from kapmonitor.vault import age, keys
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import Vault, check_passphrase, load_vault, set_up, vault_file
from kapmonitor.vault.keyfile import check_recovery
from kapmonitor.vault.recovery import change_passphrase, recover
from kapmonitor.vault.status import vault_status

WHOSE: Final = "the vault"
ONCE: Final = (
    "It is shown once and kept nowhere. Write it down and keep it away from this computer: "
    "it opens the records when passphrase and computer are lost."
)


def run(arguments: argparse.Namespace) -> int:
    """Set it up, tell about it, open a record that came from elsewhere, or change the passphrase."""
    match arguments.action:
        case "setup":
            return _set_up(arguments.recovery)
        case "recover":
            return _recover(arguments.record)
        case "passphrase":
            return _change_passphrase()
        case _:
            return _status()


def _status() -> int:
    status = vault_status()
    print(status.text)
    if status.recovery:
        print(f"recovery key: {status.recovery}")
        print(f"the vault: {vault_file()}; keep a copy of its folder")
    return 0 if status.encrypts else 1


def _set_up(given: str | None) -> int:
    recovery = check_recovery(given) if given else ""
    passphrase = _new_passphrase()
    identity = "" if recovery else age.new_identity()
    vault = set_up(passphrase, recovery or age.recipient_of(identity) or "")
    print(vault_status().text)
    print(f"recovery key: {vault.recovery}")
    if identity:
        print(f"recovery identity: {identity}")
        print(ONCE)
    return 0


def _recover(record: str | None) -> int:
    if not record:
        raise VaultError("recover", "name the record, such as: kapmonitor vault recover session.kap")
    path = record_file(record)
    vault = _vault()
    recover(path, ask(WHOSE, "Passphrase of the station that made it, or recovery identity"), vault)
    print(f"{path}: opens on this computer now")
    return 0


def _change_passphrase() -> int:
    vault = _vault()
    identity = keys.identity_of(vault.station)
    if identity is None:
        keys.unlock((vault.station,), ask(WHOSE, "Passphrase of before"))
        identity = HELD.identity(vault.station.recipient)
    if identity is None:
        raise VaultError("the passphrase", "is another one; nothing was changed")
    changed = change_passphrase(vault, identity, _new_passphrase(), _records_folder())
    print(f"the vault has another passphrase, and so have {changed.count} key files")
    print("copies of key files elsewhere open with the one of before")
    for line in changed.failed:
        print(f"kapmonitor: not changed: {line}", file=sys.stderr)
    return 1 if changed.failed else 0


def _records_folder() -> Path:
    return chosen_records_folder(load_settings(settings_file()))


def _vault() -> Vault:
    vault = load_vault()
    if vault is None:
        raise VaultError(str(vault_file()), "is not there; kapmonitor vault setup makes a vault")
    return vault


def _new_passphrase() -> str:
    passphrase = ask(WHOSE, "New passphrase")
    check_passphrase(passphrase)
    if sys.stdin.isatty() and ask(WHOSE, "The same again, new passphrase") != passphrase:
        raise VaultError("the passphrase", "is not the same both times; nothing was changed")
    return passphrase
