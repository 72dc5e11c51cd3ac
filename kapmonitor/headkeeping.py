"""Keeps the head of a running session's record outside it: at the start, each minute, and at the end.

Writing may block on a disk that is far away, so it is done beside the core thread. A place that cannot be
written to is told of once, raises a LOW alarm until it can be again, and is tried again each time. When the
record goes on in another folder, the heads follow it at once, and where it went is noted.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.alarms.technical import HEADS
from kapmonitor.alarms.types import RAISED
from kapmonitor.beside import beside, in_time
from kapmonitor.clock import Clock, utc_text
from kapmonitor.record.heads import Head, head_files, keep
from kapmonitor.record.moves import Move, note, note_files
from kapmonitor.session.events import RecordHeads

EVERY_S: Final = 60.0
LOOK_S: Final = 1.0
NOWHERE: Final = "anywhere"
HANGS: Final = "does not answer"

Sense = Callable[[str, float, str], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is asked of the record: its file, its last entry on disk and that one's hash, its last move."""

    path: Callable[[], Path]
    head: Callable[[], tuple[int, str]]
    moved: Callable[[], Move | None] = lambda: None


LAST_S: Final = 15.0
"""How long keeping the last head may take; after that the record is closed without it."""


class HeadKeeper:
    """One head at a time is kept, whatever threads ask for it."""

    def __init__(
        self,
        record: Kept,
        ledger: Path | None,
        session: str,
        clock: Clock,
    ) -> None:
        self._record = record
        self._ledger = ledger
        self.session = session
        self._clock = clock
        self._busy = threading.Lock()
        self._moved: Move | None = None
        self._to_note: set[Path] = set()
        self.problems = dict.fromkeys((file.where for file in head_files(record.path(), ledger)), "")
        """What is wrong at each place now, in words; empty where the last head was kept."""

    async def run(self, tell: Callable[[RecordHeads], None], sense: Sense) -> None:
        """Keep the head now and each minute, until cancelled; both are called here about what changed."""
        while True:
            for change in await beside(self.keep):
                tell(change)
            sense(HEADS, RAISED if self.failing else 0.0, self.failing)
            left_s = EVERY_S
            while left_s > 0 and self._record.moved() == self._moved:
                await asyncio.sleep(min(LOOK_S, left_s))
                left_s -= LOOK_S

    @property
    def failing(self) -> str:
        """Where no head can be kept now, as staff are told; empty if it can be everywhere."""
        places = [where for where, problem in self.problems.items() if problem]
        return NOWHERE if len(places) == len(self.problems) > 1 else " ".join(places)

    def keep_last(self) -> None:
        """Keep the head of the record's end; a place that does not answer in time has a problem, too."""
        if not in_time(self.keep, LAST_S):
            self.problems = {where: problem or HANGS for where, problem in self.problems.items()}

    def keep(self) -> tuple[RecordHeads, ...]:
        """Keep the head of now at each place; what went wrong since the last time, or is well again."""
        with self._busy:
            return self._keep()

    def _keep(self) -> tuple[RecordHeads, ...]:
        utc = utc_text(self._clock.utc_ns())
        # In this order: no head of what came after a move is kept before the move is noted.
        head = Head(self.session, *self._record.head(), utc)
        self._note_move(utc)
        changes: list[RecordHeads] = []
        for file in head_files(self._record.path(), self._ledger):
            problem = keep(file, head)
            if problem != self.problems[file.where]:
                self.problems[file.where] = problem
                changes.append(RecordHeads(file.where, problem))
        return tuple(changes)

    def _note_move(self, utc: str) -> None:
        """Where somebody who finds the file that was left will look; again each minute until that is done."""
        move = self._record.moved()
        if move is None:
            return
        if move != self._moved:
            self._moved, self._to_note = move, set(note_files(move, self._ledger))
        self._to_note = {file for file in self._to_note if not note(file, move, self.session, utc)}
