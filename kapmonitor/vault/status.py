"""Whether records of this computer are encrypted, in words for a status line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from kapmonitor.vault import keychain
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import load_vault
from kapmonitor.vault.passphrasefile import NAMED_FILE

PLAIN: Final = "records on this computer are not encrypted; kapmonitor vault setup changes that"
KEYCHAIN: Final = "the key is in this computer's own store of secrets"
BY_FILE: Final = f"the passphrase is read from the file in {NAMED_FILE}"
UNLOCKED: Final = "the passphrase was given"
ASKS: Final = "the passphrase is asked for when a record is to be opened"


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """`text` is one line for people; `recovery` the clinic's public key, empty without a vault."""

    encrypts: bool
    text: str
    recovery: str = ""


def vault_status() -> VaultStatus:
    """As it is now. May wait for the operating system's store of secrets."""
    vault = load_vault()
    if vault is None:
        return VaultStatus(encrypts=False, text=PLAIN)
    return VaultStatus(
        encrypts=True,
        text=f"new records on this computer are encrypted; {_opened_by(vault.station.recipient)}",
        recovery=vault.recovery,
    )


def _opened_by(recipient: str) -> str:
    if keychain.kept(recipient) is not None:
        return KEYCHAIN
    if os.environ.get(NAMED_FILE):
        return BY_FILE
    return UNLOCKED if HELD.identity(recipient) is not None else ASKS
