"""Asks for the vault's passphrase, once per start, where nothing else opens encrypted records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from kapmonitor.commandline.pins import ask
from kapmonitor.errors import PeopleError, VaultError
from kapmonitor.places import record_file
from kapmonitor.vault import keys
from kapmonitor.vault.home import load_vault
from kapmonitor.vault.keyfile import StationLock

TRIES: Final = 3
LATER: Final = "the vault is locked: new records are encrypted, earlier ones cannot be opened or gone on with"


def at_start() -> None:
    """Before a session: get what opens encrypted records; never in its way."""
    vault = load_vault()
    if vault is None:
        return
    try:
        if keys.identity_of(vault.station) is not None:
            return
    except VaultError as why:
        _tell(str(why))
    if not _asked((vault.station,), "Passphrase (Enter alone goes on without)"):
        _tell(LATER)


def record_to_read(text: str) -> Path:
    """A record that somebody names, to be read; the passphrase is asked for if it is encrypted and locked."""
    path = record_file(text)
    keyfile = keys.locked(path)
    if keyfile is not None:
        _asked(keyfile.stations, f"Passphrase for {path.name}")
    return path


def _asked(stations: tuple[StationLock, ...], what: str) -> bool:
    """Whether somebody at a terminal knew it."""
    for _ in range(TRIES if sys.stdin.isatty() else 0):
        try:
            passphrase = ask("the vault", what)
        except PeopleError:  # nobody there, or a terminal that would show it
            return False
        if not passphrase:
            return False
        if keys.unlock(stations, passphrase):
            return True
        _tell("that is another passphrase")
    return False


def _tell(text: str) -> None:
    print(f"kapmonitor: {text}", file=sys.stderr, flush=True)
