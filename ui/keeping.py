"""From what was asked to the certainty that it is on disk, told on the main thread."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from kapmonitor.commands import Command
from kapmonitor.errors import CommandRefused, KapError
from ui.ports import SessionPort
from ui.strings import ENDED_FIRST


class Keeper(QObject):
    """Gives commands to the session; `told` carries what they were about and why they failed, or nothing."""

    told = Signal(str, str)

    _done = Signal(str, str)

    def __init__(self, port: SessionPort, parent: QObject) -> None:
        super().__init__(parent)
        self._port = port
        self._done.connect(self.told, Qt.ConnectionType.QueuedConnection)

    def ask(self, about: str, command: Command) -> None:
        """Ask the session for it. A refusal on the spot is told like any other."""
        try:
            future = self._port.submit(command)
        except KapError as error:
            self._done.emit(about, _why(error))
            return
        future.add_done_callback(partial(self._resolved, about))

    def _resolved(self, about: str, future: Future[None]) -> None:
        """Runs on whichever thread resolved the future."""
        error = None if future.cancelled() else future.exception()
        why = ENDED_FIRST if future.cancelled() else "" if error is None else _why(error)
        if shiboken6.isValid(self):
            self._done.emit(about, why)


def _why(error: BaseException) -> str:
    return error.reason if isinstance(error, CommandRefused) else str(error) or type(error).__name__
