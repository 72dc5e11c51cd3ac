"""What follows the loss of a link: a wait that grows with each try, and one warning.

log        lost            alive         good for a while, then lost
calm       warn -> told    -             -
told       -               say so -> back  calm
back       -               -             calm
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

DELAYS_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""A cable that was only knocked out is back within a second; one that stays out must not fill the log."""

RESET_AFTER_S: Final = 30.0
"""After this long with good data, the next loss starts again from the shortest delay."""


def delay_s(attempt: int) -> float:
    """Seconds before try number `attempt`, counted from 0: 0.5, 1, 2, 5, then always 10."""
    return DELAYS_S[min(max(attempt, 0), len(DELAYS_S) - 1)]


class _Log(Enum):
    CALM = auto()
    TOLD = auto()
    BACK = auto()


class Retries:
    """The tries of one link. A link that comes and goes is warned of once, until it was good for a while."""

    def __init__(self, delay_s: Callable[[int], float] = delay_s) -> None:
        self._delay_s = delay_s
        self._attempt = 0
        self._log = _Log.CALM

    def begin_anew(self) -> None:
        """All was well, or something has changed: the next wait is short and the next loss is told."""
        self._attempt = 0
        self._log = _Log.CALM

    def wait_s(self) -> float:
        """How long to wait before the next try."""
        self._attempt += 1
        return self._delay_s(self._attempt - 1)

    def lost(self) -> bool:
        """Whether this loss is to be told."""
        first = self._log is _Log.CALM
        if first:
            self._log = _Log.TOLD
        return first

    def alive(self) -> bool:
        """Whether it is to be told that all is well again."""
        first = self._log is _Log.TOLD
        if first:
            self._log = _Log.BACK
        return first
