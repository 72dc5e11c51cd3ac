"""The desktop program's Qt side: a shell at once, the dashboard when the session is ready.

The composition root makes the session in a thread of its own; nothing here waits for it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kapmonitor.errors import KapError
from ui.shell import Shell

if sys.platform != "win32":
    import signal

TICK_FOR_SIGNALS_MS: Final = 200
"""Python handles a signal only when it runs; an idle Qt loop would keep Ctrl+C waiting."""

Progress = Callable[[float, str], None]
"""Called with a share, 0 to 1, and what is being done."""
Dress = Callable[[Shell], Callable[[], None]]
"""Puts the dashboard into the shell; returns what must be called before the program ends."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Save the window as a PNG of this size, so many seconds after the dashboard is up, and leave."""

    path: Path
    size: tuple[int, int]
    after_s: float


class Console(QObject):
    """One window and the application around it."""

    _ready = Signal(object)
    _failed = Signal(str)
    _progressed = Signal(float, str)

    def __init__(self, picture: Picture | None = None) -> None:
        self.application = QApplication.instance() or QApplication(sys.argv[:1])
        super().__init__()
        QGuiApplication.setApplicationDisplayName("kapmonitor")
        self._picture = picture
        self._closers: list[Callable[[], None]] = []
        self._status = 0
        self.trouble = ""
        self.shell = Shell()
        queued = Qt.ConnectionType.QueuedConnection
        self._ready.connect(self._on_ready, queued)
        self._failed.connect(self._on_failed, queued)
        self._progressed.connect(self.shell.set_progress, queued)

    def show(self) -> None:
        """Paint the shell; nothing heavy has been loaded yet."""
        if self._picture is not None:
            self.shell.resize(QSize(*self._picture.size))
        self.shell.show()

    def prepare(self, make: Callable[[Progress], Dress]) -> None:
        """Run `make` in a thread once the shell is painted; what it returns puts the dashboard on, here."""

        def work() -> None:
            try:
                dress = make(self._progressed.emit)
            except KapError as error:
                self._failed.emit(str(error))
            else:
                self._ready.emit(dress)

        thread = threading.Thread(target=work, name="kap-prepare", daemon=True)
        QTimer.singleShot(0, thread.start)

    def run(self) -> int:
        """Until the window is closed; the exit status."""
        if sys.platform != "win32":
            signal.signal(signal.SIGINT, lambda *_: self.application.quit())
            signal.signal(signal.SIGTERM, lambda *_: self.application.quit())
        ticking = QTimer()
        ticking.timeout.connect(_nothing)
        ticking.start(TICK_FOR_SIGNALS_MS)
        self.application.exec()
        for close in reversed(self._closers):
            close()
        self.shell.close()
        return self._status

    def on_close(self, close: Callable[[], None]) -> None:
        """Call this before the program ends; the last one first."""
        self._closers.append(close)

    def _on_ready(self, dress: Dress) -> None:
        try:
            self._closers.append(dress(self.shell))
        except KapError as error:
            self._on_failed(str(error))
            return
        if self._picture is not None:
            QTimer.singleShot(round(self._picture.after_s * 1000), self._save)

    def _on_failed(self, message: str) -> None:
        self.trouble = message
        self._status = 2
        self.shell.set_progress(-1.0, message)
        if self._picture is not None:
            self.application.quit()

    def _save(self) -> None:
        from ui.screenshot import save

        picture = self._picture
        if picture is not None:
            try:
                save(self.shell, picture.path, QSize(*picture.size))
            except OSError as error:
                self.trouble = str(error)
                self._status = 2
        self.application.quit()


def _nothing() -> None:
    """Let Python look at its signals."""
