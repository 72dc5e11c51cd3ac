"""Whether a session is under way on this computer, whichever program runs it: others then stay silent."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

ENDING: Final = ".session"
SOON_S: Final = 1.0
"""Longer than anybody looks at a sign that was left behind."""

log = logging.getLogger(__name__)


class Underway:
    """A sign in `folder` that a session runs, which the system takes away when the program ends, however.

    One for each program, so that it stays while any of them runs. OSError where it cannot be put up.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(
            folder / f"{os.getpid()}{ENDING}", timeout=SOON_S, thread_local=False, is_singleton=True
        )
        self._lock.acquire()

    def end(self) -> None:
        """The session is over."""
        self._lock.release()
        if not self._lock.is_locked:
            with suppress(OSError):
                Path(self._lock.lock_file).unlink(missing_ok=True)


def put_up(folder: Path) -> Callable[[], None]:
    """Put the sign up, and return what takes it down; a session does not fail where that cannot be."""
    try:
        return Underway(folder).end
    except OSError as why:
        log.warning("other programs cannot be told that a session runs: %s", why)
        return lambda: None


def is_underway(folder: Path) -> bool:
    """Whether any program has its sign up; one that cannot be looked at counts as up."""
    return any(_is_held(path) for path in folder.glob(f"*{ENDING}"))


def _is_held(path: Path) -> bool:
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return False
