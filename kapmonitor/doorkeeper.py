"""The people of this computer for a running session: who they are, and whether a PIN is theirs.

Looking at a PIN takes a third of a second by design, so it is done on a thread of its own.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

from kapmonitor.people.book import PeopleBook
from kapmonitor.people.user import About


class Doorkeeper:
    """Asks a PeopleBook; answers ui.people.ports.Door."""

    def __init__(self, book: PeopleBook) -> None:
        self._book = book
        self._thread = ThreadPoolExecutor(1, "kap-door")

    def people(self) -> tuple[About, ...]:
        """Everybody who still works here; ConfigError if the book cannot be read."""
        return tuple(user.about for user in self._book.staff().users if not user.off)

    def unlock(self, user: str, pin: str) -> Future[About]:
        """Who it is, if the PIN is theirs; fails with PinRefused or another KapError that says why not."""
        return self._thread.submit(self._unlock, user, pin)

    def _unlock(self, user: str, pin: str) -> About:
        return self._book.unlock(user, pin, time.time_ns()).user.about

    def close(self) -> None:
        """Look at no more PINs."""
        self._thread.shutdown(wait=False, cancel_futures=True)
