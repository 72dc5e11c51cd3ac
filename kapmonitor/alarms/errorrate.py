"""The share of what a link brings that is damaged, over ten seconds; pure."""

from __future__ import annotations

from collections import deque
from typing import Final

from kapmonitor.alarms.types import RAISED, SEVERE

WINDOW_NS: Final = 10_000_000_000
SOME, MANY = 0.05, 0.20
LEAST: Final = 20
"""So few pieces in ten seconds say nothing about a link."""


class ErrorRate:
    """One link. A piece is whatever a driver made something of, or could not."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[int, bool]] = deque()
        self._bad = 0

    def heard(self, t_ns: int, *, damaged: bool) -> None:
        """One piece came."""
        self._pieces.append((t_ns, damaged))
        self._bad += damaged

    def level(self, now_ns: int) -> float:
        """0, RAISED above 5 %, SEVERE above 20 %."""
        while self._pieces and now_ns - self._pieces[0][0] > WINDOW_NS:
            self._bad -= self._pieces.popleft()[1]
        total = len(self._pieces)
        if total < LEAST:
            return 0.0
        share = self._bad / total
        return SEVERE if share > MANY else RAISED if share > SOME else 0.0
