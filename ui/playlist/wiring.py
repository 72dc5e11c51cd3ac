"""The editor over the trends of a running session: another list is worked on, and nothing of it is heard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, QStandardPaths

from ui.keytable import Action
from ui.main_window import MainWindow
from ui.music.panel import MusicPanel
from ui.playlist import wording
from ui.playlist.listening import Listener
from ui.playlist.page import EditorPage
from ui.playlist.work import Work
from ui.shell import Shell
from ui.theme import Theme


class SessionEditor(QObject):
    """Keeps what is worked on while its page comes and goes; belongs to the shell, to outlive the dashboard.

    It is given no player, so that there is nothing in it that could open a sound output.
    """

    def __init__(self, shell: Shell, window: MainWindow, may_close: Callable[[], bool]) -> None:
        super().__init__(shell)
        self._shell, self._window, self._others = shell, window, may_close
        self.work = Work(self)
        self._listener = Listener(None, lambda: wording.IN_SESSION, self)
        self._let_go = False
        self.work.changed.connect(self._take_up)
        window.on(Action.PLAYLIST, lambda _press: self.toggle())
        for panel in window.findChildren(MusicPanel):
            panel.lists_asked.connect(self.toggle)
        shell.ask_before_close(self.may_close)

    def toggle(self) -> None:
        """Put the page up, or away; what was done on it stays either way."""
        if not self._window.close_if_open(EditorPage):
            self._show()

    def _show(self) -> EditorPage:
        page = self._page(self._window.close_over_trends)
        self._window.open_over_trends(page)
        return page

    def _page(self, leave: Callable[[], object]) -> EditorPage:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        start = Path(folder) if Path(folder).is_dir() else Path.home()
        page = EditorPage(self.work, self._listener, self._window_theme(), start)
        page.left.connect(leave)
        page.say(wording.NEXT_TIME)
        return page

    def _window_theme(self) -> Theme:
        return self._window.theme if shiboken6.isValid(self._window) else self._shell.theme

    def may_close(self) -> bool:
        """Whether the window may be closed: asks about a list that is not saved, then whoever else asks."""
        if self._let_go or not self.work.is_unsaved:
            return self._others()
        if shiboken6.isValid(self._window) and self._window.isVisible():
            page = self._shown() or self._show()
        else:
            page = self._page(self._shell.take_away)
            self._shell.put_over(page, "")
        page.asking.unsaved(self._close)
        return False

    def _shown(self) -> EditorPage | None:
        shown = self._window.over_trends
        return shown if isinstance(shown, EditorPage) else None

    def _close(self) -> None:
        self._let_go = True
        self._shell.close()

    def _take_up(self) -> None:
        """What is worked on again is asked about again."""
        self._let_go = False
