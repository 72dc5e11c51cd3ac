"""Amends notes of a closed record for a window: PINs and the disk are waited for on a thread of its own."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import Staff
from kapmonitor.people.user import About
from kapmonitor.record.amend import Amended, Amendment, amend
from kapmonitor.record.amendments import amendments_of
from kapmonitor.record.appending import Outside
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.signatures import signatures_of
from kapmonitor.record.verify import session_of


class Amender:
    """Of one record; `book` are the people of this computer, `ledger` its file of heads."""

    def __init__(self, path: Path, book: PeopleBook, ledger: Path | None) -> None:
        self._path = path
        self._book = book
        self._ledger = ledger
        self._thread = ThreadPoolExecutor(1, "kap-amender")

    def people(self) -> tuple[About, ...]:
        """Those whose PIN is asked for; nobody where the clinic has no list. ConfigError if it is spoiled."""
        return tuple(user.about for user in self._book.staff().users if not user.off)

    def amend(self, wanted: Amendment, by: str, user: str = "", pin: str = "") -> Future[Amended]:
        """Resolves once it is on disk; fails with a KapError that says why not, and has changed nothing."""
        return self._thread.submit(self._amend, wanted, by, user, pin)

    def _amend(self, wanted: Amendment, by: str, user: str, pin: str) -> Amended:
        now_ns = time.time_ns()
        signer = self._book.unlock(user, pin, now_ns) if user else None
        staff = self._book.staff()
        done = amend(self._path, wanted, by, signer, now_ns, Outside(staff, self._ledger))
        return self._looked_at(done.places[0], done.problems, staff)

    def _looked_at(self, seq: int, problems: tuple[str, ...], staff: Staff) -> Amended:
        with RecordReader(self._path) as reader:
            signatures = signatures_of(reader, session_of(reader), staff)
            return Amended(seq, problems, signatures, amendments_of(reader, signatures))

    def close(self) -> None:
        """What is under way is finished; nothing else is begun."""
        self._thread.shutdown(wait=True, cancel_futures=True)
