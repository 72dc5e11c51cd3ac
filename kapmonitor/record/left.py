"""The rows of a damaged record that are whole, table by table, and the holes between them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kapmonitor.record import chain
from kapmonitor.record.database import DATABASE_ERRORS
from kapmonitor.record.kinds import rated, tail_reading
from kapmonitor.record.numbers import rows_of
from kapmonitor.record.reader import UNREADABLE, check_crc
from kapmonitor.record.wave import unpack
from kapmonitor.session.codec import decode

Row = tuple[int | float | str | bytes | None, ...]
Tell = Callable[[float], None]
GIVE_UP: Final = 2000
"""After so many rows in a row that cannot be read there are no more, unless a seal names more."""
TELL_EVERY: Final = 500
FAR_NS: Final = 3_600_000_000_000
"""Entries that follow each other, and data and the last entry, are closer; a turned bit may say otherwise."""
TABLES: Final = ("event", "wave", "numeric", "minute", "wave_tail", "numeric_tail")
"""In the order in which they are read; the wire is not needed to look at a record."""
KEYS: Final = {"event": "seq"}
NAMES: Final = {"event": "entries", "wave": "waves", "numeric": "readings"}


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows of a kind, in the word for it, that cannot be read, of a stretch of the session; 0 of nobody
    knows how many. With `changed` they can be read, and are not what was written."""

    what: str
    rows: int
    t0_ns: int
    t1_ns: int
    changed: bool = False


class Left:
    """The rows of one table by their numbers, from no `source` where it is gone.

    `promised` is how many a seal speaks of, `lasted` the times of the session's first and last entry.
    """

    def __init__(
        self,
        name: str,
        source: sqlite3.Connection | None,
        promised: int = 0,
        lasted: tuple[int, int] | None = None,
        *,
        tell: Tell,
    ) -> None:
        self._name = name
        self._source = source
        self._promised = promised
        self._lasted = lasted
        self._tell = tell
        self._holes: list[tuple[int, int, int]] = []
        """Rows, and the times between which they were; the second is filled in by the row after."""
        self._changed: list[int] = []
        self._missing = 0
        self._is_whole = False
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.count = 0

    def whole(self) -> Iterator[Row]:
        """Those that can be read and are what their checksum says."""
        number = 0
        while self._source is not None and (number < self._promised or self._missing < GIVE_UP):
            number += 1
            row, is_there = self._row(number)
            if row is None and not is_there and number > self._promised and self._at_end(number):
                self._is_whole = True
                return
            if row is None or not self._is_kept(row):
                self._missing += 1
                continue
            self._take(row)
            yield row

    def _take(self, row: Row) -> None:
        self.count += 1
        if self._name in NAMES:
            begin_ns, end_ns = _times(self._name, row)
            self._close_hole(begin_ns)
            self.first_ns = begin_ns if self.first_ns is None else self.first_ns
            self.last_ns = max(end_ns, self.last_ns or end_ns)

    def lost(self, begin_ns: int, end_ns: int) -> list[Lost]:
        """What was not read or is not what was written; what is gone at the end, until the session's."""
        name = NAMES.get(self._name)
        if name is None:
            return []
        if not self._is_whole or self._missing:
            since_ns = begin_ns if self.last_ns is None else self.last_ns
            self._holes.append((self._missing if self._is_whole else 0, since_ns, max(since_ns, end_ns)))
        holes = [Lost(name, rows, t0_ns, t1_ns) for rows, t0_ns, t1_ns in self._holes]
        return [*holes, *(Lost(name, 1, t_ns, t_ns, changed=True) for t_ns in self._changed)]

    def _row(self, number: int) -> tuple[Row | None, bool]:
        """The row, or None; and whether something is in its place that cannot be read."""
        if number % TELL_EVERY == 0:
            self._tell(TABLES.index(self._name) / len(TABLES))
        if self._source is None:
            return None, False
        key = KEYS.get(self._name, "id")
        query = f"SELECT * FROM {self._name} WHERE {key} = ?"  # noqa: S608  # table names are ours
        try:
            return self._source.execute(query, (number,)).fetchone(), False
        except DATABASE_ERRORS:
            return None, True

    def _at_end(self, number: int) -> bool:
        """Whether there are no rows from here on; False where that cannot be told."""
        if self._source is None:
            return True
        key = KEYS.get(self._name, "id")
        query = f"SELECT 1 FROM {self._name} WHERE {key} > ? LIMIT 1"  # noqa: S608  # table names are ours
        try:
            return self._source.execute(query, (number,)).fetchone() is None
        except DATABASE_ERRORS:
            return False

    def _is_kept(self, row: Row) -> bool:
        """Entries that were changed are kept, as somebody has to see them; what cannot be decoded is not."""
        try:
            return self._decodes(row)
        except UNREADABLE:
            return False

    def _decodes(self, row: Row) -> bool:
        match (self._name, *row):
            case ("event", int(seq), int(t_ns), str(kind), int(version), str(body), str(prev), str(hash_)):
                decode(kind, version, body)
                right = chain.event_hash(seq, t_ns, kind, version, body, prev) == hash_
                return self._is_entry(t_ns, right=right)
            case ("wave", _, int(), int(t0_ns), float(fs), int(n), int(a), int(b), bytes(fine), bytes(data)):
                check_crc(a, fine)
                check_crc(b, data)
                return len(unpack(data, n)) == n and self._is_within(
                    t0_ns, t0_ns + round(n * 1e9 / rated(fs))
                )
            case ("numeric", _, int(t0_ns), int(t1_ns), int(n), int(crc), bytes(data), str(extra)):
                check_crc(crc, data)
                times = [each.t_ns for each in rows_of(data, t0_ns, n, extra)]
                return t0_ns <= t1_ns and not any(map(self._is_after, times))
            case ("minute", _, int(t0_ns), int(), int(), int(crc), bytes(waves), bytes(numerics)):
                check_crc(crc, waves, numerics)
                # What comes after a hole is folded anew by whoever reads.
                return self._missing == 0 and not self._is_after(t0_ns)
            case ("wave_tail", _, int(), int(t0_ns), float(fs), int(n), int(crc), bytes(data)):
                check_crc(crc, data)
                return len(data) == 2 * n and self._is_within(t0_ns, t0_ns + round(n * 1e9 / rated(fs)))
            case _:
                return self._name == "numeric_tail" and not self._is_after(tail_reading(row).t_ns)

    def _is_entry(self, t_ns: int, *, right: bool) -> bool:
        """One that was changed counts only at a time that may be its own."""
        if right:
            return True
        if self.last_ns is None or abs(t_ns - self.last_ns) > FAR_NS:
            return False
        self._changed.append(t_ns)
        return True

    def _is_after(self, t_ns: int) -> bool:
        """Later than the session can have been; devices may have stored readings long before it."""
        return self._lasted is not None and t_ns > self._lasted[1] + FAR_NS

    def _is_within(self, t0_ns: int, t1_ns: int) -> bool:
        """While the session can have been."""
        return self._lasted is None or (t0_ns >= self._lasted[0] - FAR_NS and not self._is_after(t1_ns))

    def _close_hole(self, t_ns: int) -> None:
        if self._missing:
            before_ns = self.last_ns if self.last_ns is not None else t_ns
            self._holes.append((self._missing, min(before_ns, t_ns), t_ns))
            self._missing = 0


def _times(table: str, row: Row) -> tuple[int, int]:
    """When a row begins and ends, so far as it tells."""
    match table:
        case "event":
            return int(row[1] or 0), int(row[1] or 0)
        case "wave":
            begin_ns = int(row[2] or 0)
            return begin_ns, begin_ns + round(float(row[4] or 0) * 1e9 / float(row[3] or 1.0))
        case "numeric":
            return int(row[1] or 0), int(row[2] or 0)
        case _:
            raise ValueError(f"{table} tells no time")
