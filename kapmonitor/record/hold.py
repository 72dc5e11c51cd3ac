"""Who writes a record: one program at a time, so that two never go on with the same session."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from kapmonitor.errors import RecordInUse


class Hold:
    """A claim on a record, which the system lets go of when the program ends, however it ends.

    Claims of one program on one record do not exclude each other. RecordInUse if another program has one.
    """

    def __init__(self, path: Path) -> None:
        beside = path.with_name(f".{path.name}.lock")
        self._lock = FileLock(beside, timeout=0, thread_local=False, is_singleton=True)
        try:
            self._lock.acquire()
        except Timeout as why:
            raise RecordInUse(str(path), "is being written by a kapmonitor that is running") from why

    def release(self) -> None:
        """Let go of it; the last claim takes its file along."""
        self._lock.release()
        if not self._lock.is_locked:
            with suppress(OSError):
                Path(self._lock.lock_file).unlink(missing_ok=True)
