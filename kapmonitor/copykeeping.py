"""Keeps a copy of a running session's record in a second folder: soon, every ten minutes, and at the end.

A record that moved to that folder is copied to the one it came from, once that takes files again.

Copying may block on a disk that is far away, so it is done beside the core thread. A folder that cannot be
written to is told of once, and tried again each time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kapmonitor.beside import beside, in_time
from kapmonitor.errors import RecordError
from kapmonitor.record.copying import copy_into
from kapmonitor.session.events import RecordCopied

EVERY_S: Final = 600.0
FIRST_S: Final = 10.0
"""Soon after the start: the copy is what a record is put together from when its disk cannot be read."""


LAST_S: Final = 120.0
"""How long the last copy may take."""
HANGS: Final = "the folder does not answer; copy the record there by hand"


class CopyKeeper:
    """`record` and `folder` say where both are now; without a folder it does nothing.

    One copy at a time is made, whatever threads ask for one.
    """

    def __init__(self, record: Callable[[], Path], folder: Callable[[], Path | None]) -> None:
        self._record = record
        self._folder = folder
        self._busy = threading.Lock()
        self.problem: str | None = None
        """Why there is no copy of now, empty while there is one; None before the first try."""

    @property
    def folder(self) -> Path | None:
        """Where copies go now."""
        return self._folder()

    async def run(self, tell: Callable[[RecordCopied], None]) -> None:
        """Keep a copy soon and every ten minutes, until cancelled; `tell` is called about what changed."""
        wait_s = FIRST_S
        while self._folder() is not None:
            await asyncio.sleep(wait_s)
            wait_s = EVERY_S
            changed = await beside(self.keep)
            if changed is not None:
                tell(changed)

    def keep_last(self) -> None:
        """Keep a copy of the record's end; a folder that does not answer in time is a problem, too."""
        if not in_time(self.keep, LAST_S):
            self.problem = HANGS

    def keep(self) -> RecordCopied | None:
        """Keep a copy of now; what to tell where that went otherwise than the last time."""
        folder = self._folder()
        if folder is None:
            return None
        before = self.problem
        with self._busy:
            try:
                copy_into(folder, self._record())
                self.problem = ""
            except RecordError as why:
                self.problem = why.reason
        return None if self.problem == before else RecordCopied(str(folder), self.problem)
