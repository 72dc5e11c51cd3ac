"""Heart beats that keep a given rate: the RR intervals a strap collects between two of its messages."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

RateAt = Callable[[int], float | None]
"""The heart rate (/min) at a time (ns); None without skin contact."""

BREATH_S: Final = 4.5
BREATH_DEPTH: Final = 0.03
"""Breathing makes each interval longer and shorter by this part of it, as in any healthy heart."""
_MAX_INTERVAL_NS: Final = 3_000_000_000


class Beats:
    """Beats from `t_ns` on; each interval is that of the rate when it begins, with the swing of breathing."""

    def __init__(self, rate_at: RateAt, t_ns: int) -> None:
        self._rate_at = rate_at
        self._last_ns = t_ns

    def until(self, t_ns: int) -> tuple[int, ...]:
        """The intervals, in 1/1024 s, that ended after the last call and not after `t_ns`; all in contact."""
        intervals: list[int] = []
        while (interval_ns := self._interval_ns()) and self._last_ns + interval_ns <= t_ns:
            self._last_ns += interval_ns
            if self._rate_at(self._last_ns) is not None:
                intervals.append(round(interval_ns * 1024 / 1e9))
        if interval_ns is None:
            self._last_ns = t_ns
        return tuple(intervals)

    def _interval_ns(self) -> int | None:
        rate = self._rate_at(self._last_ns)
        if rate is None or rate <= 0:
            return None
        breath = math.sin(2 * math.pi * self._last_ns / 1e9 / BREATH_S)
        return min(int(60e9 / rate * (1 + BREATH_DEPTH * breath)), _MAX_INTERVAL_NS)
