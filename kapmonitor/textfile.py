"""What is in a file that somebody named: settings, limits, protocols, mappings, playlists."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.regular import beginning
from kapmonitor.tables import THE_FILE

LARGEST_BYTES: Final = 1_000_000


def read_text(path: Path, or_else: str = "") -> str:
    """The text of a file of usual size; ConfigError if it cannot be had, with what may be named instead."""
    data = read_bytes(path, LARGEST_BYTES, or_else=or_else)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise ConfigError(str(path), THE_FILE, "text in UTF-8") from why


def read_bytes(path: Path, largest: int, what: str = "a file", or_else: str = "") -> bytes:
    """All of a file of at most so many bytes; ConfigError, in words, if it cannot be had or is larger."""
    try:
        data = beginning(path, largest + 1)
    except (OSError, ValueError) as why:
        said = (why.strerror if isinstance(why, OSError) else None) or why
        raise ConfigError(str(path), THE_FILE, f"{what} that can be read ({said}){or_else}") from why
    if len(data) > largest:
        raise ConfigError(str(path), THE_FILE, f"{what} of at most {largest} bytes")
    return data
