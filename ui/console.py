"""The desktop program's Qt side: a shell at once, the dashboard when the session is ready.

The composition root makes the session in a thread of its own; nothing here waits for it.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kapmonitor.errors import KapError
from ui.asking import Asking
from ui.faults import Faults
from ui.shell import Shell

if TYPE_CHECKING:
    from ui.question import Question, Secret

if sys.platform != "win32":
    import signal

TICK_FOR_SIGNALS_MS: Final = 200
"""Python handles a signal only when it runs; an idle Qt loop would keep Ctrl+C waiting."""

CLOSE_WAIT_S: Final = 10.0
"""How long ending waits for a session that is still being made, so that it is not closed under its hands."""

AFTER_S: Final = 5.0

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]
"""Called with a share, 0 to 1, and what is being done; raises Ended once the window was closed."""
Dress = Callable[[Shell], Callable[[], None]]
"""Puts the dashboard into the shell; returns what must be called before the program ends."""


class Ended(Exception):
    """The window was closed while a session was being made: whoever makes it stops."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Save the window as a PNG of this size, seconds after the dashboard or a question is up, and leave."""

    path: Path
    size: tuple[int, int]
    after_s: float


def wanted_picture(path: str | None, size: tuple[int, int], after_s: float | None) -> Picture | None:
    """What a command line asks for: no path, no picture; without a time, after some seconds."""
    return Picture(Path(path).absolute(), size, AFTER_S if after_s is None else after_s) if path else None


class Console(QObject):
    """One window and the application around it."""

    _ready = Signal(object)
    _failed = Signal(str)
    _progressed = Signal(float, str)

    def __init__(self, picture: Picture | None = None) -> None:
        self.application = QApplication.instance() or QApplication(sys.argv[:1])
        super().__init__()
        self._signalled = False
        if sys.platform != "win32":
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._on_signal)
        QGuiApplication.setApplicationDisplayName("kapmonitor")
        self._picture = picture
        self._closers: list[Callable[[], None]] = []
        self._status = 0
        self._making: threading.Thread | None = None
        self._ended = threading.Event()
        self.trouble = ""
        self.shell = Shell()
        self._shutter = QTimer(self)
        self._shutter.setSingleShot(True)
        self._shutter.timeout.connect(self._save)
        self._asking = Asking(self.shell)
        self._asking.shown.connect(self._open_shutter)
        self._asking.answered.connect(self._shutter.stop)
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

        def progress(share: float, text: str) -> None:
            if self._ended.is_set():
                raise Ended
            self._progressed.emit(share, text)

        def work() -> None:
            try:
                dress = make(progress)
            except Ended:
                return
            except KapError as error:
                self._failed.emit(str(error))
            except OSError as error:
                self._failed.emit(f"{error.filename or 'this computer'}: {error.strerror or error}")
            except Exception as error:
                log.exception("the session could not be made")
                self._failed.emit(_our_fault(error))
            else:
                self._ready.emit(dress)

        self._making = threading.Thread(target=work, name="kap-prepare", daemon=True)
        QTimer.singleShot(0, self._making.start)

    @property
    def may_wait(self) -> bool:
        """Whether somebody is in front of it: nobody answers where only a picture is wanted."""
        return self._picture is None

    def ask(self, question: Question | Secret) -> str:
        """The id of what somebody chose, or a passphrase, empty where they go on without.

        Called within `make`; raises Ended once the window was closed.
        """
        answer = self._asking.ask(question)
        if answer is None:
            raise Ended
        return answer

    def run(self) -> int:
        """Until the window is closed; the exit status."""
        ticking = QTimer()
        ticking.timeout.connect(self._look_at_signals)
        ticking.start(TICK_FOR_SIGNALS_MS)
        with Faults(self.shell.say):
            self.application.exec()
        self._shutter.stop()
        self._ended.set()
        self._asking.end()
        if self._making is not None and self._making.is_alive():
            self._making.join(CLOSE_WAIT_S)
        for close in reversed(self._closers):
            try:
                close()
            except KapError as error:
                self._trouble_at_end(str(error))
            except Exception as error:  # whatever fails, the others that must be closed still are
                log.exception("a part of the session could not be closed")
                self._trouble_at_end(_our_fault(error))
        self.shell.close()
        return self._status

    def _on_signal(self, *_: object) -> None:
        """Only noted: Python may be in the middle of painting the window that ending would close."""
        self._signalled = True

    def _look_at_signals(self) -> None:
        """Also lets Python see that there are any."""
        if self._signalled:
            self._leave()

    def on_close(self, close: Callable[[], None]) -> None:
        """Call this before the program ends; the last one first."""
        self._closers.append(close)

    def _on_ready(self, dress: Dress) -> None:
        try:
            self._closers.append(dress(self.shell))
        except KapError as error:
            self._on_failed(str(error))
            return
        except Exception as error:
            log.exception("the dashboard could not be put up")
            self._on_failed(_our_fault(error))
            return
        self._open_shutter()

    def _open_shutter(self) -> None:
        """The picture is of what stands now, unless an answer comes first."""
        if self._picture is not None:
            self._shutter.start(round(self._picture.after_s * 1000))

    def _trouble_at_end(self, message: str) -> None:
        """There is no window any more; the others that must be closed still are."""
        self.trouble = self.trouble or message
        self._status = 2

    def _on_failed(self, message: str) -> None:
        self.trouble = message
        self._status = 2
        self.shell.set_progress(-1.0, message)
        if self._picture is not None:
            self._leave()

    def _save(self) -> None:
        from ui.screenshot import save

        picture = self._picture
        if picture is not None:
            try:
                save(self.shell, picture.path, QSize(*picture.size))
            except OSError as error:
                self.trouble = str(error)
                self._status = 2
        self._leave()

    def _leave(self) -> None:
        """Without asking anybody: Qt would not quit while a window stays open."""
        self.shell.ask_before_close(None)
        self.application.quit()


def _our_fault(error: Exception) -> str:
    return f"the program has failed ({type(error).__name__}: {error}); please report this"
