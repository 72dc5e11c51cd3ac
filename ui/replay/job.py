"""Something a page of the review waits for, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from kapmonitor.errors import KapError
from ui.replay import wording

Tell = Callable[[float], None]
"""Hears the share that is done; may raise to end the work."""
Made = TypeVar("Made")


class _Stopped(Exception):
    """Nobody waits for it any more."""


class Job(Generic[Made]):
    """Something that takes time, on a thread of its own; what it has come to is read, never waited for."""

    def __init__(self, work: Callable[[Tell], Made]) -> None:
        self.share = 0.0
        self.result: Made | None = None
        self.trouble = ""
        self._is_wanted = True
        self._thread = threading.Thread(target=self._work, args=(work,), name="kap-review", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def stop(self) -> None:
        """It ends at its next step."""
        self._is_wanted = False

    def _work(self, work: Callable[[Tell], Made]) -> None:
        try:
            self.result = work(self._tell)
        except _Stopped:
            self.trouble = wording.STOPPED
        except KapError as error:
            self.trouble = str(error)
        except OSError as error:
            self.trouble = f"{error.filename or ''}: {error.strerror or error}"

    def _tell(self, share: float) -> None:
        if not self._is_wanted:
            raise _Stopped
        self.share = share
