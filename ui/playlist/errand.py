"""Work that takes time, done off the window's thread; what comes of it arrives on the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from kapmonitor.errors import KapError

log = logging.getLogger(__name__)

Steps = Callable[[], Iterator[object]]


class Errand(QObject):
    """One piece of work at a time; a new one lets the one before end at its next step.

    `came` carries each thing the work yields, `over` why it failed, in words, or nothing. Neither comes once
    it was stopped.
    """

    came = Signal(object)
    over = Signal(str)

    _came = Signal(int, object)
    _over = Signal(int, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._busy = False
        queued = Qt.ConnectionType.QueuedConnection
        self._came.connect(self._pass_on, queued)
        self._over.connect(self._end, queued)

    @property
    def is_busy(self) -> bool:
        """Whether something is being done."""
        return self._busy

    def begin(self, steps: Steps) -> None:
        """Do this."""
        self._number += 1
        self._busy = True
        work = threading.Thread(
            target=self._work, args=(self._number, steps), name="kap-playlist", daemon=True
        )
        work.start()

    def stop(self) -> None:
        """Let it be; what it still does is not told."""
        self._number += 1
        self._busy = False

    def _work(self, number: int, steps: Steps) -> None:
        why = ""
        try:
            for found in steps():
                if not self._is_wanted(number):
                    return
                self._came.emit(number, found)
        except (KapError, ValueError) as error:
            why = str(error)
        except OSError as error:
            why = f"{error.filename or 'this computer'}: {error.strerror or error}"
        except Exception as error:
            log.exception("work for the playlist editor failed")
            why = f"the program has failed ({type(error).__name__}: {error}); please report this"
        if self._is_wanted(number):
            self._over.emit(number, why)

    def _is_wanted(self, number: int) -> bool:
        return shiboken6.isValid(self) and number == self._number

    def _pass_on(self, number: int, found: object) -> None:
        if number == self._number:
            self.came.emit(found)

    def _end(self, number: int, why: str) -> None:
        if number == self._number:
            self._busy = False
            self.over.emit(why)
