"""The one way from the core's thread into the dashboard: Qt signals, delivered on the main thread.

`wake()` and `tell()` may be called from any thread. Wakes are coalesced: however many come, at most one is
under way, and the screen is asked to draw no more than some sixty times a second.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from kapmonitor.errors import CommandRefused, KapError
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlarmChanged,
    AlertEvent,
    LinkEvent,
    PhaseChanged,
    Stamped,
)
from ui import strings

FRAME_S: Final = 0.015


class Bridge(QObject):
    """Make it on the main thread and hand its methods to the core."""

    samples = Signal()
    """New samples may be read."""
    alarm = Signal(object)
    """A Stamped alarm transition or acknowledgement."""
    link = Signal(object)
    """A Stamped link or device alert event."""
    phase = Signal(object)
    """A Stamped change of phase."""
    happened = Signal(object)
    """Any Stamped event, these included."""
    refused = Signal(str)
    """Why something that was asked for did not happen."""

    _woken = Signal()
    _told = Signal(object)
    _failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending = False
        self._delivered_s = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setTimerType(Qt.TimerType.PreciseTimer)
        self._later.timeout.connect(self._deliver)
        queued = Qt.ConnectionType.QueuedConnection
        self._woken.connect(self._on_woken, queued)
        self._told.connect(self._on_told, queued)
        self._failed.connect(self.refused, queued)

    def wake(self) -> None:
        """Say that samples have come; any thread."""
        if not self._pending:
            self._pending = True
            self._woken.emit()

    def tell(self, stamped: Stamped) -> None:
        """Pass on an event of the session; any thread."""
        self._told.emit(stamped)

    def watch(self, future: Future[None]) -> None:
        """Report through `refused` if this command fails; any thread."""
        future.add_done_callback(self._on_done)

    def _on_woken(self) -> None:
        wait_s = FRAME_S - (time.monotonic() - self._delivered_s)
        if wait_s <= 0:
            self._deliver()
        else:
            self._later.start(max(1, round(wait_s * 1000)))

    def _deliver(self) -> None:
        self._pending = False
        self._delivered_s = time.monotonic()
        self.samples.emit()

    def _on_told(self, stamped: Stamped) -> None:
        match stamped.event:
            case AlarmChanged() | AlarmAcknowledged():
                self.alarm.emit(stamped)
            case LinkEvent() | AlertEvent():
                self.link.emit(stamped)
            case PhaseChanged():
                self.phase.emit(stamped)
            case _:
                pass
        self.happened.emit(stamped)

    def _on_done(self, future: Future[None]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if isinstance(error, CommandRefused):
            why = strings.REFUSALS.get(error.reason, error.reason)
            self._failed.emit(strings.NOT_DONE.format(why=why))
        elif isinstance(error, KapError):
            self._failed.emit(str(error))
        elif error is not None:
            self._failed.emit(f"{type(error).__name__}: {error}")
