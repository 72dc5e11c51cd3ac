"""The notes panel at a real session with a real record, and somebody at its keys."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.alarms.limits import example
from kapmonitor.app import StationPort
from kapmonitor.beginning import begin, open_station
from kapmonitor.clock import SystemClock
from kapmonitor.opening import Plan
from ui.dressing import wire_notes
from ui.keytable import LIVE
from ui.notes import NotesPanel
from ui.notes.rows import Saving
from ui.shortcuts import Dispatcher
from ui.theme import Theme

NO = Qt.KeyboardModifier.NoModifier
PATIENCE_MS = 30_000


def wait_for(wanted: Callable[[], object], step_ms: int = 5) -> bool:
    """Let Qt work until this is so; False if it never is."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not wanted():
        if time.monotonic() > end:
            return False
        QTest.qWait(step_ms)
    return True


class Taker:
    """A running session without devices; `go_on` takes up the record that is there."""

    def __init__(self, path: Path, author: str = "KL", *, go_on: bool = False, **more) -> None:
        plan = Plan(path, (), example())
        self.station = begin(plan) if go_on else open_station(plan, SystemClock())
        self.station.start()
        self.port = StationPort(self.station)
        self.window = QWidget()
        self.panel = NotesPanel(self.port, Theme(), author=author, parent=self.window, **more)
        self.panel.resize(456, 494)
        self.window.resize(456, 494)
        self.keys = Dispatcher(self.window, self.port.now_ns, LIVE)
        wire_notes(self.keys, self.panel)
        self.window.show()
        self.window.activateWindow()
        self.window.setFocus()
        assert QTest.qWaitForWindowActive(self.window, PATIENCE_MS)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.panel.entry.edit, text)

    def saved(self) -> None:
        """All that was asked is on disk and in the session."""

        def done() -> bool:
            self.panel.refresh()
            return not self.panel.book.sent

        assert wait_for(done)
        assert all(row.saving is Saving.SAVED for row in self.panel.list.rows)

    def end(self) -> None:
        self.window.close()
        self.station.stop("ended")
        self.window.deleteLater()
