"""Keeps the head of a running session's record outside it: at the start, each minute, and at the end.

Writing may block on a disk that is far away, so it is done beside the core thread. A place that cannot be
written to is told of once, and tried again each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kapmonitor.clock import Clock, utc_text
from kapmonitor.record.heads import Head, head_files, keep
from kapmonitor.session.events import RecordHeads

EVERY_S: Final = 60.0


class HeadKeeper:
    """`head` gives the last entry on disk and its hash. One thread at a time uses it."""

    def __init__(
        self,
        record: Path,
        ledger: Path | None,
        session: str,
        head: Callable[[], tuple[int, str]],
        clock: Clock,
    ) -> None:
        self._files = head_files(record, ledger)
        self.session = session
        self._head = head
        self._clock = clock
        self.problems = dict.fromkeys((file.where for file in self._files), "")
        """What is wrong at each place now, in words; empty where the last head was kept."""

    async def run(self, tell: Callable[[RecordHeads], None]) -> None:
        """Keep the head now and each minute, until cancelled; `tell` is called here about what changed."""
        while True:
            for change in await asyncio.to_thread(self.keep):
                tell(change)
            await asyncio.sleep(EVERY_S)

    def keep(self) -> tuple[RecordHeads, ...]:
        """Keep the head of now at each place; what went wrong since the last time, or is well again."""
        seq, hash_ = self._head()
        head = Head(self.session, seq, hash_, utc_text(self._clock.utc_ns()))
        changes: list[RecordHeads] = []
        for file in self._files:
            problem = keep(file, head)
            if problem != self.problems[file.where]:
                self.problems[file.where] = problem
                changes.append(RecordHeads(file.where, problem))
        return tuple(changes)
