"""The last half hour of what was written to a record, in memory, word by word.

With a copy of the record that is not older, the record can be put together again when its disk cannot be
read any more: the same rows, the same chain.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from kapmonitor.errors import RecordError
from kapmonitor.record import schema
from kapmonitor.record.batch import Fold, Statement
from kapmonitor.record.database import ERRORS
from kapmonitor.record.schema import DATA_TABLES, TAIL_TABLES
from kapmonitor.record.standing import load_fold

KEPT_S: Final = 1800.0
MOST_BYTES: Final = 128_000_000


@dataclass(frozen=True, slots=True)
class _Written:
    """A transaction, and where the record stood after it."""

    at_s: float
    head: str
    last: dict[str, int]
    statements: tuple[Statement, ...]
    size: int


class Journal:
    """Used by one thread."""

    def __init__(self) -> None:
        self._done: deque[_Written] = deque()
        self._size = 0

    def add(self, after: Fold) -> None:
        """A transaction was committed; `after` is what the record is then."""
        size = sum(len(cell) for _, row in after.statements for cell in row if isinstance(cell, bytes | str))
        now_s = time.monotonic()
        self._done.append(_Written(now_s, after.head, dict(after.last), tuple(after.statements), size))
        self._size += size
        while self._done and (self._size > MOST_BYTES or now_s - self._done[0].at_s > KEPT_S):
            self._size -= self._done.popleft().size

    def since(self, found: Fold) -> Sequence[tuple[Statement, ...]] | None:
        """What was written since the record stood as its copy does; None if that is not known any more."""
        for number, written in enumerate(self._done):
            # While head and data stay, tails only grow; what a fold emptied has no last row to be known by.
            same = written.head == found.head and all(written.last[t] == found.last[t] for t in DATA_TABLES)
            if same and all(written.last[t] >= found.last[t] for t in TAIL_TABLES):
                return [each.statements for each in islice(self._done, number + 1, None)]
        return None


def put_together(made: Path, journal: Journal) -> None:
    """Bring a copy up to date; RecordError if it is too old, or does not take what is missing."""
    try:
        with closing(schema.open_to_write(made)) as connection:
            batches = journal.since(load_fold(connection))
            if batches is None:
                raise RecordError(str(made), "the last copy is too old to be brought up to date from memory")
            connection.execute("BEGIN IMMEDIATE")
            for statement, row in chain.from_iterable(batches):
                connection.execute(statement, row)
            connection.execute("COMMIT")
    except ERRORS as why:
        raise RecordError(str(made), f"the copy cannot be brought up to date ({why})") from why
