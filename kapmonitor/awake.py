"""Keeps the computer and its screen awake for as long as a session lasts."""

from __future__ import annotations

import threading
from typing import Final

from wakepy import keep

ASKING_S: Final = 5.0


class Awake:
    """Owned by whoever opens the session. The system is asked, and let go, on a thread of its own."""

    def __init__(self) -> None:
        self.is_held = False
        """Whether the system said that it will neither sleep nor darken the screen by itself."""
        self._asked = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="kap-awake", daemon=True)

    def begin(self) -> None:
        """Ask the system; the answer is there within a moment."""
        self._thread.start()

    def wait(self) -> bool:
        """Whether it is held, once the system has answered; at once where it was never asked."""
        if self._thread.is_alive():
            self._asked.wait(ASKING_S)
        return self.is_held

    def end(self) -> None:
        """Let the system do as it likes again."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(ASKING_S)

    def _hold(self) -> None:
        # What is asked is given up by the same thread: some systems tie it to one.
        with keep.presenting(on_fail="pass") as mode:
            self.is_held = mode.active
            self._asked.set()
            self._over.wait()
        self.is_held = False
