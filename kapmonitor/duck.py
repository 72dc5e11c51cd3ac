"""Lets the music go down before a room burst is heard, and never keeps a burst back for long."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from kapmonitor.alarms.signals import Wanted

ANSWER_NS: Final = 300_000_000
LEAD_NS: Final = 330_000_000
LONGEST_NS: Final = 900_000_000
"""However far ahead the player has mixed, a burst waits no longer than this."""

Ducker = Callable[[float, float], "Future[int]"]
"""(depth in dB, seconds) -> the monotonic time in ns from which the change is heard."""


class DuckDoor:
    """Asks the player, and says when the room's tone may be heard."""

    def __init__(self) -> None:
        self.ducker: Ducker | None = None
        self._depth_db = 0.0
        self._asked_ns = 0
        self._answer: Future[int] | None = None
        self._was_open = False

    def look(self, wanted: Wanted, real_ns: int) -> None:
        """Ask for another depth as soon as one is wanted."""
        if wanted.duck_db == self._depth_db:
            return
        self._depth_db = wanted.duck_db
        self._asked_ns = real_ns
        self._answer = self.ducker(wanted.duck_db, wanted.duck_over_s) if self.ducker is not None else None

    def open(self, wanted: Wanted, real_ns: int) -> bool:
        """Whether the room's tone may be heard now; once it may, it stays so until none is wanted."""
        if wanted.room is None:
            self._was_open = False
        elif not self._was_open:
            self._was_open = real_ns >= self._opens_ns()
        return self._was_open

    def _opens_ns(self) -> int:
        answer = self._answer
        if answer is None:
            return self._asked_ns
        if not answer.done() or answer.cancelled() or answer.exception() is not None:
            return self._asked_ns + ANSWER_NS
        return min(answer.result() + LEAD_NS, self._asked_ns + LONGEST_NS)
