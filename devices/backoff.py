"""How long to wait before a lost link is tried again."""

from __future__ import annotations

from typing import Final

DELAYS_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""A cable that was only knocked out is back within a second; one that stays out must not fill the log."""

RESET_AFTER_S: Final = 30.0
"""After this long with good data, the next loss starts again from the shortest delay."""


def delay_s(attempt: int) -> float:
    """Seconds before try number `attempt`, counted from 0: 0.5, 1, 2, 5, then always 10."""
    return DELAYS_S[min(max(attempt, 0), len(DELAYS_S) - 1)]
