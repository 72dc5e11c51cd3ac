"""The thread that music runs in: what is ticked is made, used and let go in there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QThread, QTimer

TICK_MS: Final = 40

Do = Callable[[], object]


class MusicThread(QThread):
    """Calls `begin` first; of what that returns, the first every TICK_MS and the second at the end."""

    def __init__(self, begin: Callable[[], tuple[Do, Do]]) -> None:
        super().__init__()
        self._begin = begin

    def run(self) -> None:
        tick, finish = self._begin()
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(TICK_MS)
        self.exec()
        timer.stop()
        finish()


def tick_on(tick: Do, seconds: float, now_ns: Callable[[], int]) -> None:
    """In the music's thread: go on ticking for so long, until what is written has been heard."""
    end_ns = now_ns() + int(seconds * 1e9)
    while now_ns() < end_ns:
        tick()
        QThread.msleep(TICK_MS)
