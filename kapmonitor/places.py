"""Where files live on this computer: records, settings."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import platformdirs

APP = "kapmonitor"


def records_folder() -> Path:
    """The folder of session records; made if it is not there."""
    folder = Path(platformdirs.user_data_dir(APP, appauthor=False)) / "records"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def settings_file() -> Path:
    """The settings of this computer's console; it need not exist."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "kapmonitor.toml"


def new_record_path(folder: Path, began: datetime, person: str = "") -> Path:
    """A name that is not taken yet: date, time, and the person's record number if there is one."""
    word = re.sub(r"[^A-Za-z0-9]+", "-", person).strip("-")
    stem = began.strftime("%Y-%m-%d-%H%M") + (f"-{word}" if word else "")
    path = folder / f"{stem}.kap"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.kap"
        number += 1
    return path
