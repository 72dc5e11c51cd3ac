"""From a command to the certainty that it is on disk, told on the main thread whoever resolves it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from kapmonitor.commands import AddNote, AmendNote
from kapmonitor.errors import KapError
from ui.ports import SessionPort


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command and, if it failed, why; an empty `why` means it is on disk."""

    command: AddNote | AmendNote
    why: str = ""


class Saver(QObject):
    """Gives commands to the session and says what became of them."""

    resolved = Signal(object)
    """An Outcome, on the main thread."""

    _told = Signal(object)

    def __init__(self, port: SessionPort, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._told.connect(self.resolved, Qt.ConnectionType.QueuedConnection)

    def save(self, command: AddNote | AmendNote) -> None:
        """Ask for it; a refusal on the spot is told like any other."""
        try:
            future = self._port.submit(command)
        except KapError as error:
            self._tell(Outcome(command, str(error)))
            return
        future.add_done_callback(partial(self._done, command))

    def _done(self, command: AddNote | AmendNote, future: Future[None]) -> None:
        """Runs on whichever thread resolved the future."""
        if future.cancelled():
            self._tell(Outcome(command, "the session ended first"))
            return
        error = future.exception()
        self._tell(Outcome(command, "" if error is None else str(error) or type(error).__name__))

    def _tell(self, outcome: Outcome) -> None:
        if shiboken6.isValid(self):
            self._told.emit(outcome)
