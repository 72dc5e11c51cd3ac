"""Tells when nobody has touched anything for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from ui.beats import TOUCHES

LOOK_MS: Final = 1000


class Idle(QObject):
    """Calls `act` once a second while nothing has been touched for `after_s`; 0 is never."""

    def __init__(
        self,
        after_s: float,
        act: Callable[[], object],
        parent: QObject,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._after_s = after_s
        self._act = act
        self._clock = clock
        self._touched_s = clock()
        application = QApplication.instance()
        if after_s <= 0 or application is None:
            return
        application.installEventFilter(self)
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(LOOK_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self._touched_s = self._clock()
        return False

    def look(self) -> None:
        """Whether it is time."""
        if self._clock() - self._touched_s >= self._after_s:
            self._act()
