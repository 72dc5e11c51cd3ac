"""Puts music into the list: what was dropped, or chosen on the page that looks for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playlists import edits
from playlists.gather import gather, gathered
from playlists.library import Piece, Step
from playlists.model import Place
from ui.playlist import wording
from ui.playlist.errand import Errand
from ui.playlist.work import Work


class Adding(QObject):
    """Adds to `work`, in one step once all of it was looked at; what is stopped adds nothing."""

    said = Signal(str, bool)
    """What became of it; whether something is wrong with that."""
    added = Signal(int, int)
    """Section and track of the last one."""

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self.target = Place(0, 0)
        """Before this the next ones go."""
        self._pieces: list[Piece] = []
        self._errand = Errand(self)
        self._errand.came.connect(self._looked)
        self._errand.over.connect(self._looked_at_all)

    @property
    def is_busy(self) -> bool:
        """Whether something is being looked at."""
        return self._errand.is_busy

    def gather(self, files: tuple[Path, ...], target: Place) -> None:
        """Look at files, folders and lists, and add their music there."""
        self.target, self._pieces = target, []
        self._errand.begin(lambda: gather(files))

    def stop(self) -> None:
        """Add nothing."""
        self._errand.stop()

    def add(self, pieces: tuple[Piece, ...]) -> None:
        """Before the target, which then is behind what was added."""
        found = gathered(pieces)
        count, bad = len(found.tracks), len(found.problems)
        if count:
            at = self.target
            self._work.do(edits.insert(self._work.history.now, at, found.tracks))
            self.added.emit(at.section, at.track + count - 1)
            self.target = Place(at.section, at.track + count)
        if count and not bad:
            self.said.emit(wording.ADDED.format(count=count), False)
        elif count:
            words = wording.ADDED_LESS.format(count=count, count_bad=bad, why=found.problems[0])
            self.said.emit(words, True)
        else:
            self.said.emit(found.problems[0] if bad else wording.NONE_ADDED, True)

    def _looked(self, step: object) -> None:
        if not isinstance(step, Step):
            return
        if step.piece is not None:
            self._pieces.append(step.piece)
        done = wording.SCANNING.format(done=step.done, of=step.of or "…")
        self.said.emit(f"{done} · {wording.ESC_STOPS}", False)

    def _looked_at_all(self, why: str) -> None:
        if why:
            self.said.emit(why, True)
        else:
            self.add(tuple(self._pieces))
