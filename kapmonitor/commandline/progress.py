"""How far something has come, on a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from typing import Final

EVERY_S: Final = 0.2


class Progress:
    """One line that is written over, and taken away at the end; used in a `with`."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._shown_s = 0.0
        self._is_on = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown_s:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def tell(self, share: float) -> None:
        """Show it, a few times a second at most."""
        now_s = time.monotonic()
        if self._is_on and now_s - self._shown_s >= EVERY_S:
            self._shown_s = now_s
            print(f"\r\x1b[K{self._words}: {share:4.0%}", end="", file=sys.stderr, flush=True)
