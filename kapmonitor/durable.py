"""Files that survive a power cut: a line that is added, a new text, a text that takes another's place."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o600
LONGEST_NAME: Final = 60
"""Letters of a file's name in the name beside it: four bytes each, and a name has 255 at most."""


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


def replace_text(path: Path, text: str, *, private: bool = True) -> None:
    """Let a file hold this text, whole or as before whatever happens; OSError if it cannot be written.

    A link stays one: what it points to is replaced. One that is not `private` may be read by whom it could
    be before, a new one by whom the system's settings say.
    """
    real = Path(os.path.realpath(path))
    beside = real.with_name(f".{real.name[:LONGEST_NAME]}.new")
    try:
        beside.unlink(missing_ok=True)
        with open(beside, "xb", opener=_for_owner if private else None) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if not private:
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


def new_text(path: Path, text: str) -> None:
    """Write a file that is not there yet, on disk before this returns; FileExistsError if it is."""
    with open(path, "xb", opener=_for_owner) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, OWNER_ONLY)
