"""The beginning of a file that somebody named; never of a pipe or a device, which may not end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

NO_FILE: Final = "it is a folder, a pipe or a device"
FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe without a writer would otherwise be waited for, for ever."""


def beginning(path: Path, most: int) -> bytes:
    """At most so many bytes; OSError, with words for the screen, where there is no such file."""
    # Devices are not even opened.
    _check(path.stat())
    with os.fdopen(os.open(path, FLAGS), "rb") as file:
        # Another one may stand there by now.
        _check(os.fstat(file.fileno()))
        return file.read(most)


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, NO_FILE)
