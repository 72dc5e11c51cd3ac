"""A fault of ours in the window's own thread: logged with where it was, and said; the window goes on."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Final

SAID: Final = "A part of this window failed. Look at the bedside monitor, and please report this: {why}"
QUIET_S: Final = 60.0
"""What fails in painting fails thirty times a second; it is said once in so long."""

log = logging.getLogger(__name__)


class Faults:
    """While it is entered, what nobody caught comes here, and Qt goes on. `say` puts words on screen."""

    def __init__(self, say: Callable[[str], None], now_s: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._now_s = now_s
        self._quiet_until_s = 0.0
        self._before = sys.excepthook

    def __enter__(self) -> Faults:
        self._before = sys.excepthook
        sys.excepthook = self._caught
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.excepthook = self._before

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            self._before(kind, error, trace)
            return
        now_s = self._now_s()
        if now_s >= self._quiet_until_s:
            self._quiet_until_s = now_s + QUIET_S
            log.error("a part of the window failed", exc_info=(kind, error, trace))
            self._say(SAID.format(why=f"{kind.__name__}: {error}"))
        # A painter that what failed had begun must not outlive the widget it paints.
        traceback.clear_frames(trace)
