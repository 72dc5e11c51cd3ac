"""From a command to the certainty that it is on disk, told on the main thread whoever resolves it.

What is asked about one note goes one after the other: a change is given only once the note is on disk.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from kapmonitor.commands import KeepDraft, NoteCommand
from kapmonitor.errors import KapError
from ui.ports import SessionPort
from ui.strings import ENDED_FIRST

DRAFT: Final = "draft "


def _name(command: NoteCommand) -> str:
    """Which commands wait for each other; a draft holds up nothing."""
    return DRAFT + command.note.note if isinstance(command, KeepDraft) else command.note.note


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command and, if it failed, why; an empty `why` means it is on disk."""

    command: NoteCommand
    why: str = ""


class Saver(QObject):
    """Gives commands to the session and says what became of them."""

    resolved = Signal(object)
    """An Outcome, on the main thread."""

    _told = Signal(object)

    def __init__(self, port: SessionPort, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lines: dict[str, deque[NoteCommand]] = {}
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def save(self, command: NoteCommand) -> None:
        """Ask for it, once all that was asked about the same note is on disk."""
        line = self._lines.setdefault(_name(command), deque())
        line.append(command)
        if len(line) == 1:
            self._give(command)

    def keeps(self, draft: str) -> bool:
        """Whether a draft is on its way."""
        return DRAFT + draft in self._lines

    def again(self, note: str) -> NoteCommand | None:
        """Ask once more for what failed about a note; None if nothing did."""
        line = self._lines.get(note)
        if not line:
            return None
        self._give(line[0])
        return line[0]

    def _give(self, command: NoteCommand) -> None:
        """A refusal on the spot is told like any other."""
        try:
            future = self._port.submit(command)
        except KapError as error:
            self._tell(Outcome(command, str(error)))
            return
        future.add_done_callback(partial(self._done, command))

    def _done(self, command: NoteCommand, future: Future[None]) -> None:
        """Runs on whichever thread resolved the future."""
        if future.cancelled():
            self._tell(Outcome(command, ENDED_FIRST))
            return
        error = future.exception()
        self._tell(Outcome(command, "" if error is None else str(error) or type(error).__name__))

    def _tell(self, outcome: Outcome) -> None:
        if shiboken6.isValid(self):
            self._told.emit(outcome)

    def _take(self, outcome: Outcome) -> None:
        """What failed stays first of its line, and holds up what was asked after it; drafts come anew."""
        name = _name(outcome.command)
        line = self._lines[name]
        if not outcome.why or isinstance(outcome.command, KeepDraft):
            line.popleft()
            if line:
                self._give(line[0])
            else:
                del self._lines[name]
        self.resolved.emit(outcome)
