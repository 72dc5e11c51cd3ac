"""What stands over the list for a while: the page that looks for files, and questions before a loss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from playlists.keeping import ENDING, suggested
from playlists.library import Piece
from ui.overlay import Overlay
from ui.playlist import questions
from ui.playlist.adding import Adding
from ui.playlist.browse import BrowsePage
from ui.playlist.items import Purpose
from ui.playlist.work import Work
from ui.question import Question
from ui.question.page import QuestionPage
from ui.theme import Theme


class Asking(QObject):
    """Opens, saves and asks, with pages put `over` the list; music is first looked for in `folder`."""

    def __init__(
        self,
        work: Work,
        adding: Adding,
        over: Overlay,
        theme: Callable[[], Theme],
        folder: Path,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._work, self._adding, self._over, self._theme = work, adding, over, theme
        self._folder = folder
        self._then: Callable[[], object] | None = None
        work.kept.connect(self._go_on)
        work.clashed.connect(self._ask_clash)
        work.said.connect(self._said)

    def browse(self, purpose: Purpose) -> None:
        """Look for something."""
        work = self._work
        near = work.path or (suggested(work.origin) if work.origin is not None else None)
        folder = near.parent if near is not None and purpose is not Purpose.ADD else self._folder
        name = ""
        if purpose is Purpose.SAVE:
            name = f"{work.history.now.title}{ENDING}" if near is None else near.name
        page = BrowsePage(purpose, folder, self._theme(), name)
        page.left.connect(self._turn_back)
        page.opened.connect(self._open)
        page.named.connect(self._save_as)
        page.added.connect(lambda pieces, last: self._add(page, pieces, last=last))
        self._over.put(page)

    def save(self) -> None:
        """To its file; where it has none, that is asked for."""
        if self._work.path is None:
            self.browse(Purpose.SAVE)
        else:
            self._work.save()

    def unsaved(self, then: Callable[[], object]) -> None:
        """Go on with this, once what was changed is saved or somebody says that it is to be lost."""
        self._then = None
        if not self._work.is_unsaved:
            then()
            return

        def answered(answer: str) -> None:
            if answer == questions.SAVE:
                self._then = then
                self.save()
            elif answer == questions.DISCARD:
                then()

        title, has_file = self._work.history.now.title, self._work.path is not None
        self._ask(questions.unsaved(title, has_file=has_file), answered)

    def _add(self, page: BrowsePage, pieces: tuple[Piece, ...], *, last: bool) -> None:
        """The page stays until that was all."""
        self._folder = page.folder
        self._adding.said.connect(page.say)
        self._adding.add(pieces)
        self._adding.said.disconnect(page.say)
        if last:
            self._over.take_away()

    def _open(self, path: Path) -> None:
        self._over.take_away()
        self._folder = path.parent
        self._work.open(path)

    def _save_as(self, path: Path) -> None:
        self._over.take_away()
        self._work.save(path)

    def _ask_clash(self, path: Path) -> None:
        def answered(answer: str) -> None:
            if answer == questions.OVER:
                self._work.save(path, over=True)
            elif answer == questions.ANOTHER:
                self.browse(Purpose.SAVE)
            else:
                self._then = None

        self._ask(questions.clash(path, own=path == self._work.path), answered)

    def _turn_back(self) -> None:
        self._then = None
        self._over.take_away()

    def _said(self, _words: str, wrong: bool) -> None:
        """What was to come after saving does not come after another saving, much later."""
        if wrong:
            self._then = None

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    def _ask(self, question: Question, answered: Callable[[str], object]) -> None:
        page = QuestionPage(question, self._theme())

        def take(answer: str) -> None:
            self._over.take_away()
            answered(answer)

        page.answered.connect(take)
        self._over.put(page)
