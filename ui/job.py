"""Something that takes a while, on a thread of its own; what it has come to is read, never waited for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from kapmonitor.errors import KapError

Made = TypeVar("Made")
Tell = Callable[[float], None]
"""Told from 0 to 1 how far it is; raises once nobody wants it any more."""
FAILED: Final = "the program has failed ({why}); please report this"

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """Nobody wants it any more."""


class Job(Generic[Made]):
    """Runs `make` at once. When it is over, `result` is there or `trouble` says why not."""

    def __init__(self, make: Callable[[Tell], Made], name: str, stopped: str) -> None:
        self.share = 0.0
        self.result: Made | None = None
        self.trouble = ""
        self._is_wanted = True
        self._thread = threading.Thread(target=self._work, args=(make, stopped), name=name, daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def stop(self) -> None:
        """It ends at its next step."""
        self._is_wanted = False

    def _work(self, make: Callable[[Tell], Made], stopped: str) -> None:
        try:
            self.result = make(self._tell)
        except _Stopped:
            self.trouble = stopped
        except KapError as error:
            self.trouble = str(error)
        except Exception as error:
            log.exception("a job of the window failed")
            self.trouble = FAILED.format(why=f"{type(error).__name__}: {error}")

    def _tell(self, share: float) -> None:
        if not self._is_wanted:
            raise _Stopped
        self.share = share
