"""Joins the vault to the console: asks for a passphrase in the window where nothing else opens a record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kapmonitor.errors import VaultError
from kapmonitor.vault import keys
from kapmonitor.vault.home import load_vault
from kapmonitor.vault.keyfile import StationLock
from ui.console import Console
from ui.question import Secret, record_locked, station_locked
from ui.question.wording import ANOTHER


def unlock_station(console: Console) -> None:
    """Before a session, in `make`; somebody may go on without. VaultError if the vault is damaged."""
    vault = load_vault()
    if vault is None:
        return
    trouble = ""
    try:
        if keys.identity_of(vault.station) is not None:
            return
    except VaultError as why:
        trouble = str(why)
    _ask(console, (vault.station,), station_locked, trouble)


def unlock_record(console: Console, path: Path) -> None:
    """Before a review, in `make`; without the passphrase the record stays closed, which its opening says."""
    keyfile = keys.locked(path)
    if keyfile is not None:
        _ask(console, keyfile.stations, lambda trouble: record_locked(path.name, trouble))


def _ask(
    console: Console,
    stations: tuple[StationLock, ...],
    secret: Callable[[str], Secret],
    trouble: str = "",
) -> None:
    """Until it is the right one or none; where only a picture is wanted nobody answers."""
    while console.may_wait and (passphrase := console.ask(secret(trouble))):
        if keys.unlock(stations, passphrase):
            return
        trouble = ANOTHER
