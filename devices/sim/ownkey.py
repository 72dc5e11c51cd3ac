"""The start key on a cuff itself, pressed now and then by somebody at the bedside."""

from __future__ import annotations

from typing import Final

FIRST_NS: Final = 1_000_000_000
"""The first press comes this long after power-on."""


class OwnKey:
    """Pressed every `every_s` seconds, or never."""

    def __init__(self, every_s: float | None) -> None:
        self._every_ns = None if every_s is None else int(every_s * 1e9)
        self._next_ns: int | None = None

    def pressed(self, t_ns: int) -> bool:
        """Whether it was pressed since the last call."""
        if self._every_ns is None:
            return False
        if self._next_ns is None:
            self._next_ns = t_ns + FIRST_NS
        if t_ns < self._next_ns:
            return False
        self._next_ns += self._every_ns
        return True
