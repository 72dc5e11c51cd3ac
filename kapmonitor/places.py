"""Where files live on this computer: records, their heads, people, settings."""

from __future__ import annotations

import re
import stat
from datetime import datetime
from pathlib import Path

import platformdirs

from kapmonitor.errors import RecordError, RecordFull
from kapmonitor.vault.keyfile import beside

APP = "kapmonitor"


def data_folder() -> Path:
    """The folder for what this program keeps for its user; it need not exist."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def heads_ledger() -> Path:
    """Where the heads of all this computer's sessions are kept (kapmonitor.record.heads)."""
    return data_folder() / "sessions.heads"


def access_ledger() -> Path:
    """Where it is kept who read or exported which session (kapmonitor.record.access)."""
    return data_folder() / "sessions.access"


def people_file() -> Path:
    """The people who work on this computer (kapmonitor.people)."""
    return data_folder() / "people.json"


def sessions_folder() -> Path:
    """Where each program that runs a session on this computer has its sign (kapmonitor.underway)."""
    return data_folder() / "underway"


def trouble_file() -> Path:
    """Where it is kept what failed in this program (kapmonitor.troublelog)."""
    return Path(platformdirs.user_log_dir(APP, appauthor=False)) / "kapmonitor.log"


def default_records_folder() -> Path:
    """The folder of session records where the settings name none."""
    return data_folder() / "records"


def records_folder(*below: str) -> Path:
    """The default folder of session records, or one below it; made if it is not there."""
    return made_folder(default_records_folder().joinpath(*below))


def made_folder(folder: Path) -> Path:
    """A folder for records, made if it is not there; RecordFull if it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as why:
        said = why.strerror if isinstance(why, OSError) else why
        reason = f"records are kept there, and the folder cannot be made ({said}); make that possible"
        raise RecordFull(str(folder), reason) from why
    return folder


def record_file(text: str) -> Path:
    """A record that somebody names, to be read; RecordError unless it is a file that this user may read."""
    path = Path(text)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise RecordError(text, "is a folder or a device, not a session record")
        path.open("rb").close()
    except FileNotFoundError as why:
        raise RecordError(text, "there is no such file") from why
    except (OSError, ValueError) as why:
        said = why.strerror if isinstance(why, OSError) else why
        raise RecordError(text, f"cannot be opened ({said})") from why
    return path


def settings_file() -> Path:
    """The settings of this computer's console; it need not exist."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "kapmonitor.toml"


def new_record_path(folder: Path, began: datetime, person: str = "") -> Path:
    """A name that is not taken yet: date, time, and the person's record number if there is one."""
    word = re.sub(r"[^A-Za-z0-9]+", "-", person).strip("-")
    stem = began.strftime("%Y-%m-%d-%H%M") + (f"-{word}" if word else "")
    path = folder / f"{stem}.kap"
    number = 2
    while path.exists() or beside(path).exists():
        path = folder / f"{stem}-{number}.kap"
        number += 1
    return path
