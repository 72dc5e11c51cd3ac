"""The bytes of a playlist's file: of a file only, and no more than a playlist can be."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.tables import THE_FILE

LARGEST_BYTES: Final = 4_000_000
"""Twice what 2000 tracks with long names take."""
NO_FILE: Final = "is a folder or a device, not a playlist"
FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe without a writer would otherwise be waited for, for ever."""


def file_bytes(path: Path, largest: int = LARGEST_BYTES) -> bytes:
    """What is in it; ConfigError, in words, where it cannot be read or is no file of a playlist's size."""
    try:
        data = _bytes(path, largest)
    except (OSError, ValueError) as why:
        said = why.strerror if isinstance(why, OSError) else why
        raise ConfigError(str(path), THE_FILE, f"cannot be read: {said or why}") from why
    if data is None:
        raise ConfigError(str(path), THE_FILE, NO_FILE)
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


def _bytes(path: Path, largest: int) -> bytes | None:
    """One more byte than allowed at most; None where it is no file. Devices are not even opened."""
    if not stat.S_ISREG(path.stat().st_mode):
        return None
    with os.fdopen(os.open(path, FLAGS), "rb") as file:
        # Another one may stand there by now.
        return file.read(largest + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
