"""The text of a file that somebody named: settings, limits, protocols, mappings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.regular import beginning
from kapmonitor.tables import THE_FILE

LARGEST_BYTES: Final = 1_000_000


def read_text(path: Path, or_else: str = "") -> str:
    """The text of a file of usual size; ConfigError if it cannot be had, with what may be named instead."""
    try:
        data = beginning(path, LARGEST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise ConfigError(str(path), THE_FILE, "text in UTF-8") from why
    except (OSError, ValueError) as why:
        said = why.strerror if isinstance(why, OSError) else why
        raise ConfigError(str(path), THE_FILE, f"a file that can be read ({said}){or_else}") from why
    if len(data) > LARGEST_BYTES:
        raise ConfigError(str(path), THE_FILE, f"at most {LARGEST_BYTES} bytes")
    return text
