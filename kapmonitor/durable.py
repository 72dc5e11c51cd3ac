"""Files that survive a power cut: a line that is added, a new text, a text that takes another's place."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o600


def sync_folder(folder: Path) -> None:
    """So that a new file's name survives a power cut; Windows cannot open folders and needs it not."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file, made if it is not there, on disk before this returns; OSError if it cannot be.

    What a crash left of a line before it is ended first, so that it spoils no other.
    """
    is_new = not path.exists()
    with open(path, "ab+", buffering=0, opener=_for_owner) as file:
        data = f"{line}\n".encode()
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            data = data if file.read(1) == b"\n" else b"\n" + data
        if file.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)


def replace_text(path: Path, text: str) -> None:
    """Let a file hold this text, whole or as before whatever happens; OSError if it cannot be written."""
    beside = path.with_name(f".{path.name}.new")
    try:
        with open(beside, "wb", opener=_for_owner) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)


def new_text(path: Path, text: str) -> None:
    """Write a file that is not there yet, on disk before this returns; FileExistsError if it is."""
    with open(path, "xb", opener=_for_owner) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, OWNER_ONLY)
