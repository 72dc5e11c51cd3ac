"""Settings and protocols from the disk, with the files they name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kapmonitor import settings as settings_module
from kapmonitor.errors import ConfigError
from kapmonitor.protocol import read as protocol_module
from kapmonitor.protocol.read import Protocol
from kapmonitor.settings import Setting, Settings
from kapmonitor.textfile import read_text


def load_settings(path: Path) -> Settings:
    """This computer's settings, files and folders in them made absolute; the defaults if there is no file."""
    if not path.exists():
        return settings_module.default()
    found = settings_module.parse(read_text(path), str(path))
    return replace(
        found,
        records_folder=_absolute(path, found.records_folder),
        records_backup=_absolute(path, found.records_backup),
        protocol=_absolute(path, found.protocol),
    )


def load_protocol(path: Path) -> Protocol:
    """The protocol in a file."""
    return protocol_module.parse(read_text(path), str(path))


def beside(path: Path, named: str) -> Path:
    """The file that a file names: relative to its folder, ~ for the home folder."""
    try:
        return (path.absolute().parent / Path(named).expanduser()).absolute()
    except RuntimeError as why:
        raise ConfigError(str(path), named, f"a folder or file ({why})") from why


def _absolute(path: Path, setting: Setting[str]) -> Setting[str]:
    return replace(setting, value=str(beside(path, setting.value))) if setting.value else setting
