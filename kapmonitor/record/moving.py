"""When a record's disk does not take it any more: it is carried over to a second folder and goes on there."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from kapmonitor.errors import RecordError
from kapmonitor.record.copying import copy_as, copy_heads
from kapmonitor.record.heads import head_files
from kapmonitor.record.hold import Hold
from kapmonitor.record.journal import Journal, put_together
from kapmonitor.record.moves import Move, moved_name, moves_before
from kapmonitor.vault.keyfile import beside

AFTER_S: Final = 10.0
"""A disk that fails no longer than this may have been busy, or somebody made room at once."""
AFTER_CLOSING_S: Final = 3.0
AGAIN_S: Final = 30.0
"""Until the second folder is tried again after it did not take the record either."""


class Mover:
    """Decides when to go elsewhere, and carries the record there. Used by the writer's thread."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        """The folder to go to; after a move the one that the record came from."""
        self.journal = Journal() if folder is not None else None
        self.last: Move | None = None
        self.problem = ""
        """Why the second folder did not take the record, empty while it was not asked."""
        self.rebuilt = False
        """Whether the file could not be read either, and was put together from its copy and memory."""
        self._failing_s: float | None = None
        self._not_before_s = 0.0

    def well(self) -> None:
        """The disk took what it was given."""
        self._failing_s, self.problem = None, ""

    def failing(self) -> None:
        """The disk refused."""
        if self._failing_s is None:
            self._failing_s = time.monotonic()

    def is_due(self, after_s: float) -> bool:
        """Whether the disk has failed so long, and there is a folder to try."""
        now_s = time.monotonic()
        failing = self._failing_s is not None and now_s - self._failing_s >= after_s
        return failing and self.folder is not None and now_s >= self._not_before_s

    def carry(self, record: Path, take: Callable[[Path], Move]) -> Hold | None:
        """Make the copy and let `take` go on with it; the claim on it, or None and `problem` says why."""
        if self.folder is None:
            return None
        self._not_before_s = time.monotonic() + AGAIN_S
        made: Path | None = None
        hold: Hold | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            made = free_place(self.folder, record)
            hold = Hold(made)
            self.rebuilt = not self._copied(made, record)
            self.last = take(made)
        except (OSError, RecordError) as why:
            self.problem = getattr(why, "reason", None) or getattr(why, "strerror", None) or str(why)
            if hold is not None and made is not None:
                _discard(made)
                hold.release()
            return None
        self.folder = record.parent
        self.well()
        return hold

    def _copied(self, made: Path, record: Path) -> bool:
        """Make the copy from the record; False if only from the last copy of it and from memory."""
        try:
            copy_as(made, record)
        except RecordError:
            copy = made.with_name(record.name)
            if self.journal is None or not copy.exists():
                raise
            copy_as(made, copy)
            put_together(made, self.journal)
            return False
        return True


def free_place(folder: Path, record: Path) -> Path:
    """A name for the rest of a record, of which nothing is there yet, and that it never had."""
    number = moves_before(record) + 1
    made = moved_name(folder, record, number)
    while made.exists() or beside(made).exists():
        number += 1
        made = moved_name(folder, record, number)
    return made


def what_is_left(record: Path, made: Path, *, rebuilt: bool) -> str:
    """Carry the heads over; in words what could not be, empty if all was."""
    left = "the file, which could not be read: this is its last copy and what was in memory; " * rebuilt
    try:
        copy_heads(made, record)
    except OSError as why:
        left += f"the heads beside the record ({why.strerror})"
    return left.removesuffix("; ")


def _discard(made: Path) -> None:
    for each in (made, beside(made), head_files(made, None)[0].path):
        with suppress(OSError):
            each.unlink(missing_ok=True)
