"""The bytes of a playlist's file: of a file only, and no more than a playlist can be."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.regular import beginning
from kapmonitor.tables import THE_FILE

LARGEST_BYTES: Final = 4_000_000
"""Twice what 2000 tracks with long names take."""


def file_bytes(path: Path, largest: int = LARGEST_BYTES) -> bytes:
    """What is in it; ConfigError, in words, where it cannot be read or is no file of a playlist's size."""
    try:
        data = beginning(path, largest + 1)
    except (OSError, ValueError) as why:
        said = why.strerror if isinstance(why, OSError) else why
        raise ConfigError(str(path), THE_FILE, f"cannot be read: {said or why}") from why
    if len(data) > largest:
        raise ConfigError(str(path), THE_FILE, f"a playlist of at most {largest} bytes")
    return data


def is_there(path: Path) -> bool:
    """Whether something has this name, or it cannot be told; a link to nothing has it not."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True
