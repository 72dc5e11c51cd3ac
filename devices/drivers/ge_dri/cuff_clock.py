"""The time of the last determination, as the auxiliary info tells it, and whether it has moved."""

from __future__ import annotations

from typing import Final

TELLS_NS: Final = 12_000_000_000
"""Two intervals of the auxiliary info and a bit: after so long without it, the time is not told any more."""


class CuffClock:
    """One number that moves with each determination."""

    def __init__(self) -> None:
        self.time_s = 0
        self.known = False
        self.moved = False
        """A determination was made that nothing was told of yet."""
        self._heard_ns = 0
        self._late = False

    def heard(self, time_s: int, t_ns: int) -> None:
        """Auxiliary info came; `time_s` is 0 where the monitor knows no time."""
        changed = self.known and time_s not in (0, self.time_s)
        self.known, self._heard_ns = True, t_ns
        self.time_s = time_s or self.time_s
        if changed:
            self.moved, self._late = not self._late, False

    def tells(self, t_ns: int) -> bool:
        """Whether the monitor tells the time of determinations, so that waiting for it makes sense."""
        return bool(self.time_s) and t_ns - self._heard_ns <= TELLS_NS

    def measuring(self, *, begun: bool) -> None:
        """A determination goes on; what moves from its beginning on is its own time."""
        if begun:
            self._late = False

    def taken(self, *, late: bool = False) -> None:
        """The determination was told; `late` if its time has not moved yet and will do so."""
        self.moved = False
        self._late = late and self.known
