"""The entries of a record, followed along their chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from kapmonitor.record import chain
from kapmonitor.session.events import SessionClosed, SessionResumed
from kapmonitor.session.record_events import ABOUT_THE_RECORD


class Bad(Exception):
    """The first thing found wrong with a record, in words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the walk looks at of an entry whose hash is right."""

    seq: int
    type: str
    body: str
    hash: str


def chained(connection: sqlite3.Connection) -> Iterator[Entry]:
    """The entries as long as each follows the one before it and is what was written."""
    (header,) = connection.execute("SELECT body FROM header").fetchone()
    prev, expected = chain.genesis(header), 1
    rows = connection.execute(
        "SELECT seq, t_ns, type, version, body, prev_hash, hash FROM event ORDER BY seq"
    )
    for seq, t_ns, type_, version, body, prev_hash, hash_ in rows:
        if seq != expected:
            raise Bad(f"entry {expected}: is not there")
        right = chain.event_hash(seq, t_ns, type_, version, body, prev_hash) == hash_
        if prev_hash != prev:
            header_changed = right and seq == 1
            raise Bad(
                "header: is not the one that entry 1 follows"
                if header_changed
                else f"entry {seq} ({type_}): does not follow the entry before it"
            )
        if not right:
            raise Bad(f"entry {seq} ({type_}): is not what was written")
        yield Entry(seq, type_, body, hash_)
        prev, expected = hash_, seq + 1


class Late:
    """The first entry after the session's end that is about more than the record itself."""

    def __init__(self) -> None:
        self._closed = False
        self.found = ""

    def look(self, entry: Entry) -> None:
        """The next entry."""
        if entry.type in {SessionClosed.TYPE, SessionResumed.TYPE}:
            self._closed, self.found = entry.type == SessionClosed.TYPE, ""
        elif self._closed and not self.found and not entry.type.startswith(ABOUT_THE_RECORD):
            self.found = f"entry {entry.seq} ({entry.type}): was added after the session was closed"
