"""Which reading a device told last, across breaks of the line: devices repeat their last one."""

from __future__ import annotations

from typing import Generic, TypeVar

R = TypeVar("R")

SAME_END_NS = 5_000_000_000
"""Equal readings whose ages lead back to the same moment are one reading."""


class Known(Generic[R]):
    """Remembers one reading of type R, by what makes two of them equal."""

    def __init__(self) -> None:
        self._reading: R | None = None
        self._made_ns = self._told_ns = 0

    def opened(self, t_ns: int) -> None:
        """A line is opened; a time before the last one is another session's, in which nothing is known."""
        if t_ns < self._told_ns:
            self._reading, self._told_ns = None, 0

    def told_before(self, reading: R, t_ns: int, age_ns: int | None = None) -> bool:
        """Whether this is the reading told last; from now on it is. `age_ns` where the device tells it."""
        made_ns = t_ns - (age_ns or 0)
        same = reading == self._reading
        same = same and (age_ns is None or abs(made_ns - self._made_ns) <= SAME_END_NS)
        self._reading, self._made_ns, self._told_ns = reading, made_ns, t_ns
        return same
