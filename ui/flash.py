"""The rhythm of alarms on screen: when a block is lit. High 2.0 Hz and medium 0.6 Hz, half the time each."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from kapmonitor.snapshot import Priority

RATES_HZ = {Priority.HIGH: 2.0, Priority.MEDIUM: 0.6}
"""Low is steady. 2 Hz stays below three flashes in a second, the limit for people with photosensitivity."""


def lit(priority: Priority, t_s: float) -> bool:
    """Whether a flashing block of this priority is lit at a time."""
    rate = RATES_HZ.get(priority)
    return rate is None or (t_s * rate) % 1.0 < 0.5


def next_edge_s(priorities: frozenset[Priority], t_s: float) -> float | None:
    """The time of the next change for any of these priorities; None if all of them are steady."""
    edges = [(math.floor(t_s * 2 * rate) + 1) / (2 * rate) for p, rate in RATES_HZ.items() if p in priorities]
    return min(edges) if edges else None


class Flasher(QObject):
    """Emits `changed` at each edge of what now flashes, and sleeps while nothing does."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None, clock_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock_s = clock_s
        self._start_s = 0.0
        self._still = False
        self._flashing: frozenset[Priority] = frozenset()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._edge)

    def set_flashing(self, priorities: frozenset[Priority]) -> None:
        """What flashes from now on; a rhythm that starts begins lit."""
        if priorities == self._flashing:
            return
        if not self._flashing:
            self._start_s = self._clock_s()
        self._flashing = priorities
        self._schedule()
        self.changed.emit()

    def set_still(self, *, still: bool) -> None:
        """Keep everything lit, for a picture."""
        self._still = still
        self.changed.emit()

    def lit(self, priority: Priority) -> bool:
        """Whether a block of this priority is lit now; always, unless it flashes."""
        if self._still or priority not in self._flashing:
            return True
        return lit(priority, self._clock_s() - self._start_s)

    def _schedule(self) -> None:
        now_s = self._clock_s() - self._start_s
        edge_s = next_edge_s(self._flashing, now_s)
        if edge_s is None:
            self._timer.stop()
        else:
            self._timer.start(max(1, math.ceil((edge_s - now_s) * 1000)))

    def _edge(self) -> None:
        self._schedule()
        self.changed.emit()
