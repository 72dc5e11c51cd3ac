"""The editor in a window of its own, without a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui import fonts
from ui.footer import Footer
from ui.playlist.listening import Barred, Listener, Make
from ui.playlist.page import EditorPage
from ui.playlist.work import Work
from ui.shell import START_SIZE, Shell
from ui.theme import DAY, Theme, apply_colours, colour, scale_for, style_sheet

if TYPE_CHECKING:
    from playlists.model import Playlist
    from ui.playlist.listening import Preview

GAP = 12
FOOTER = 30


@dataclass(frozen=True, slots=True)
class Edited:
    """What to edit: `path`, or a new list; `folder` is where music is looked for first.

    `output` is where the music plays, '' for the computer's own choice; those in `avoid` are the alarms'.
    `barred` says why nothing may be heard now.
    """

    path: Path | None
    folder: Path
    output: str = ""
    avoid: tuple[str, ...] = ()
    barred: Barred = str


class EditorWindow(QWidget):
    """The page, and the last line below it."""

    def __init__(self, work: Work, listener: Listener, folder: Path) -> None:
        super().__init__()
        fonts.load()
        self._theme = Theme(DAY, scale_for(START_SIZE.width(), START_SIZE.height()))
        self.page = EditorPage(work, listener, self._theme, folder, self)
        self.footer = Footer(self._theme, self)
        self.footer.set_keys("")
        self.setFocusProxy(self.page)
        self._style()

    def _style(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_colours(application, self._theme.palette)
            application.setFont(fonts.font(self._theme.text_px(17)))
            application.setStyleSheet(style_sheet(self._theme))

    def resizeEvent(self, event: QResizeEvent) -> None:
        theme = replace(self._theme, scale=scale_for(self.width(), self.height()))
        if theme != self._theme:
            self._theme = theme
            self._style()
            self.page.set_theme(theme)
            self.footer.set_theme(theme)
        gap, foot = theme.px(GAP), theme.px(FOOTER)
        self.page.setGeometry(gap, gap, self.width() - 2 * gap, self.height() - gap - foot)
        self.footer.setGeometry(0, self.height() - foot, self.width(), foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(self._theme.palette.window))
        painter.end()


def dress_editor(shell: Shell, edited: Edited) -> Callable[[], None]:
    """The editor fills the shell; returns what ends it."""
    work = Work(shell)
    listener = Listener(_make(edited), edited.barred, shell)
    window = EditorWindow(work, listener, edited.folder)
    shell.hold(window)
    page = window.page
    closing: list[bool] = []

    def close() -> None:
        closing.append(True)
        shell.close()

    def may_close() -> bool:
        page.fields.keep()
        if closing or not work.is_unsaved:
            return True
        page.asking.unsaved(close)
        return False

    page.left.connect(shell.close)
    shell.ask_before_close(may_close)
    if edited.path is not None:
        work.open(edited.path)

    def end() -> None:
        work.stop()
        listener.end()

    return end


def _make(edited: Edited) -> Make:
    def make(playlist: Playlist) -> Preview:
        from ui.music.player import Player

        return Player(playlist, lambda _report: None, lambda: 0, output=edited.output, avoid=edited.avoid)

    return make
