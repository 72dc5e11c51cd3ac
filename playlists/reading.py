"""The bytes of a playlist's file: of a file only, and no more than a playlist can be."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kapmonitor.textfile import read_bytes

LARGEST_BYTES: Final = 4_000_000
"""Twice what 2000 tracks with long names take."""


def file_bytes(path: Path, largest: int = LARGEST_BYTES) -> bytes:
    """What is in it; ConfigError, in words, where it cannot be read or is no file of a playlist's size."""
    return read_bytes(path, largest, "a playlist")


def is_there(path: Path) -> bool:
    """Whether something has this name, or it cannot be told; a link to nothing has it not."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True
