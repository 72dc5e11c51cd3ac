"""Writes a playlist's file: whole or not at all, where a link points to, and readable by whom it was."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from kapmonitor.durable import sync_folder


def write_text(path: Path, text: str) -> None:
    """Let the file hold this text, or stay as before; OSError if it cannot be written.

    A new file may be read by whom the system's settings say, an old one by whom it could be before.
    """
    real = Path(os.path.realpath(path))
    # A short name of its own: the playlist's may be as long as a name can be.
    beside = real.with_name(f".kapmonitor-{os.getpid()}.new")
    try:
        beside.unlink(missing_ok=True)
        with beside.open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        _keep_mode(real, beside)
        beside.replace(real)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    sync_folder(real.parent)


def _keep_mode(old: Path, fresh: Path) -> None:
    """Some file systems know no modes: nothing is lost by that."""
    with suppress(OSError):
        fresh.chmod(stat.S_IMODE(old.stat().st_mode) & 0o777)
