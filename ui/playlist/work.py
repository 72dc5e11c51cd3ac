"""The list that is being edited, where it is kept, and what its files turned out to be.

It outlives the page that shows it: a page may be put away at any time, and nothing is lost by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from playlists import check, history, keeping, library
from playlists.edits import UNTITLED
from playlists.formats import unplayable
from playlists.history import History
from playlists.keeping import Opened
from playlists.model import Loudness, Place, Playlist, Track
from playlists.problems import Found, Problem, problems
from playlists.seen import with_seen
from ui.playlist import wording
from ui.playlist.errand import Errand

TOGETHER_MS: Final = 80
"""What is found of many files within this time is shown at once."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One file that was looked at."""

    number: int
    of: int
    path: Path
    found: Found


@dataclass(frozen=True, slots=True)
class Heard:
    """How far measuring is; `loudness` and `why` only for a file that is done.

    `sha256` is of what was measured.
    """

    number: int
    of: int
    path: Path
    sha256: str
    loudness: Loudness | None = None
    why: str = ""


class Work(QObject):
    """`changed` whenever something else is to be shown; `said` is a sentence, and whether it is a trouble."""

    changed = Signal()
    said = Signal(str, bool)
    kept = Signal()
    """It was saved."""
    clashed = Signal(object)
    """It was not saved, as the file at this path holds something else than expected."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History(UNTITLED)
        self.path: Path | None = None
        self.origin: Path | None = None
        """What it was opened from, which need not be where it is saved."""
        self.progress = ""
        self._stamp = keeping.NOT_THERE
        self._found: dict[Path, Found] = {}
        self._pins: dict[Path, str] = {}
        """The files as they were looked at first: what the list means from then on, whatever is undone."""
        self._loud: dict[str, Loudness] = {}
        """By the hash of what was measured: another file of the same name is not as loud."""
        self._failed: list[str] = []
        self._again = False
        self._shown: tuple[Playlist, Mapping[Place, Problem]] | None = None
        self._looking, self._measuring, self._filing = Errand(self), Errand(self), Errand(self)
        self._looking.came.connect(self._looked)
        self._looking.over.connect(self._looked_at_all)
        self._measuring.came.connect(self._measured)
        self._measuring.over.connect(self._measured_all)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TOGETHER_MS)
        self._soon.timeout.connect(self._show)

    # What it is

    @property
    def playlist(self) -> Playlist:
        """The list as it is, with what is known of its files."""
        return self._seen()[0]

    @property
    def troubles(self) -> Mapping[Place, Problem]:
        """The gravest trouble of each track that has one."""
        return self._seen()[1]

    @property
    def is_unsaved(self) -> bool:
        """Whether something would be lost if it were let go."""
        return self.history.is_unsaved

    @property
    def is_busy(self) -> bool:
        """Whether something runs that can be stopped."""
        return self._looking.is_busy or self._measuring.is_busy

    def found(self, path: Path) -> Found | None:
        """What a look at a file found; None while it was not looked at."""
        return self._found.get(path)

    # Editing

    def do(self, playlist: Playlist) -> None:
        """The list is this from now on."""
        self._use(history.did(self.history, playlist))

    def undo(self) -> None:
        self.said.emit(wording.UNDID if self.history.past else wording.NOTHING_TO_UNDO, False)
        self._use(history.undone(self.history))

    def redo(self) -> None:
        self.said.emit(wording.REDID if self.history.ahead else wording.NOTHING_TO_REDO, False)
        self._use(history.redone(self.history))

    def _use(self, fresh: History) -> None:
        self.history = fresh
        self._show()
        self.look()

    # The file

    def open(self, path: Path) -> None:
        """Let this list, of whatever kind, take the place of the present one."""
        self._file(lambda: iter((keeping.open_list(path),)), lambda found: self._take(path, found))

    def save(self, path: Path | None = None, *, over: bool = False) -> None:
        """Write it to its file, or to this one; with `over` whatever that holds."""
        target = path or self.path
        if target is None:
            return
        whole, now = self.playlist, self.history.now
        expected = self._stamp if target == self.path else keeping.NOT_THERE

        def write() -> Iterator[object]:
            there = keeping.stamp(target)
            if there != expected and not over:
                yield target
            else:
                yield keeping.save(target, whole, there)

        self._file(write, lambda found: self._written(target, now, found))

    def _file(self, steps: Callable[[], Iterator[object]], then: Callable[[object], None]) -> None:
        """One at a time: a file that is being written is written whole before another is begun."""
        if self._filing.is_busy:
            return
        self._filing.deleteLater()
        self._filing = Errand(self)
        self._filing.came.connect(then)
        self._filing.over.connect(lambda why: self.said.emit(why, True) if why else None)
        self._filing.begin(steps)

    def _take(self, path: Path, opened: object) -> None:
        if not isinstance(opened, Opened):
            return
        self.stop()
        self.history = History(opened.playlist, saved=opened.playlist)
        self.path, self.origin, self._stamp = opened.path, path, opened.stamp
        self._found.clear()
        self._pins.clear()
        self._loud.clear()
        self.said.emit((wording.OPENED if opened.path else wording.IMPORTED).format(path=path), False)
        self._show()
        self.look()

    def _written(self, target: Path, now: Playlist, found: object) -> None:
        if isinstance(found, Path):
            self.clashed.emit(found)
            return
        self.path, self.origin, self._stamp = target, target, str(found)
        self.history = history.saved(self.history, now)
        empty = [section.name for section in now.sections if not section.tracks]
        said = wording.SAVED_LESS if empty else wording.SAVED
        self.said.emit(said.format(path=target, names=", ".join(empty)), False)
        self._again = self._looking.is_busy
        self._show()
        self.kept.emit()

    # The music's files

    def look(self) -> None:
        """Look at the files that were not looked at yet."""
        paths = dict.fromkeys(self.history.now.track(place).path for place in self.history.now.places())
        wanted = tuple(path for path in paths if path not in self._found)
        if not wanted or self._looking.is_busy:
            return

        def steps() -> Iterator[object]:
            for number, path in enumerate(wanted, start=1):
                yield Looked(number, len(wanted), path, check.look(path, pinned=True))

        self._looking.begin(steps)

    def look_again(self) -> None:
        """Look at every file anew: somebody may have brought one back, or changed one."""
        self._looking.stop()
        self._found.clear()
        self._show()
        self.look()

    def measure(self) -> None:
        """Measure how loud the tracks are of which that is not known."""
        wanted = {
            track.path: track.sha256
            for track in map(self.playlist.track, self.playlist.places())
            if track.loudness is None and track.sha256 and self._is_meant(track)
        }
        if self._measuring.is_busy:
            return
        if not wanted:
            self.said.emit(wording.NONE_TO_MEASURE, False)
            return
        self._failed.clear()
        self._measuring.begin(lambda: _loudness(wanted))

    def stop(self) -> None:
        """Let go of what is being looked at or measured; what was found is kept."""
        self._looking.stop()
        self._measuring.stop()
        self.progress = ""

    def _is_meant(self, track: Track) -> bool:
        """Whether its file is the one that the list means, as far as was looked."""
        found = self._found.get(track.path)
        return found is None or (not found.problem and found.sha256 == track.sha256)

    def _looked(self, step: object) -> None:
        if isinstance(step, Looked):
            self._found[step.path] = step.found
            if step.found.sha256:
                self._pins.setdefault(step.path, step.found.sha256)
            self._tell(wording.LOOKING.format(done=step.number, of=step.of))

    def _looked_at_all(self, _why: str) -> None:
        self.progress = ""
        again, self._again = self._again, False
        self._show()
        self.look()
        # What the files are is part of what was asked to be saved.
        if again and not self.is_unsaved and not self._looking.is_busy:
            self.save()

    def _measured(self, step: object) -> None:
        if isinstance(step, Heard):
            if step.loudness is not None:
                self._loud[step.sha256] = step.loudness
            if step.why:
                self._failed.append(step.why)
                self.said.emit(step.why, True)
            self._tell(wording.MEASURING.format(done=step.number, of=step.of, title=step.path.name))

    def _measured_all(self, why: str) -> None:
        self.progress = ""
        if self._failed and not why:
            why = wording.MEASURED_LESS.format(count=len(self._failed), why=self._failed[0])
        self.said.emit(why or wording.MEASURED, bool(why))
        self._show()

    def _tell(self, progress: str) -> None:
        self.progress = progress
        self._shown = None
        if not self._soon.isActive():
            self._soon.start()

    def _seen(self) -> tuple[Playlist, Mapping[Place, Problem]]:
        if self._shown is None:
            playlist = with_seen(self.history.now, self._found, self._loud, self._pins)
            gravest: dict[Place, Problem] = {}
            for problem in problems(playlist, self._found):
                gravest.setdefault(problem.place, problem)
            self._shown = playlist, gravest
        return self._shown

    def _show(self) -> None:
        self._shown = None
        self.changed.emit()


def _loudness(wanted: Mapping[Path, str]) -> Iterator[object]:
    """From the tags, or by listening to all of it; each file's trouble is that file's."""
    for number, (path, sha256) in enumerate(wanted.items(), start=1):
        yield Heard(number, len(wanted), path, sha256)
        loudness, why = None, ""
        try:
            for step in library.heard(path, sha256, library.look(path).tags.loudness):
                loudness = step.loudness
                yield Heard(number, len(wanted), path, sha256)
        except ValueError as error:
            loudness, why = None, str(error)
        except OSError:
            loudness, why = None, unplayable(path)
        yield Heard(number, len(wanted), path, sha256, loudness, why)
