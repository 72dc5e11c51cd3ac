"""The last line of the window: what this console is and is not, and the keys; or why a wish was refused."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting, strings
from ui.shell import AID
from ui.theme import Theme, colour

TEXT = 15
SHOWN_MS = 8000


class Footer(QWidget):
    """Quiet and always there; in place of the keys stands a message for a while, or a notice."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = strings.KEYS_HINT
        self._message = ""
        self._notice = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._clear)
        self.setAccessibleName(AID)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_keys(self, keys: str) -> None:
        """Which keys to recall."""
        self._keys = keys
        self.update()

    @property
    def said(self) -> str:
        """What stands at the right now: the newest message, else the notice, else the keys."""
        return self._message or self._notice or self._keys

    def set_notice(self, words: str) -> None:
        """Show this in place of the keys until it is empty."""
        if words != self._notice:
            self._notice = words
            self.update()

    def say(self, message: str) -> None:
        """Show this for some seconds."""
        self._message = message
        self._timer.start(SHOWN_MS)
        self.update()

    def _clear(self) -> None:
        self._message = ""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, p = self._theme, self._theme.palette
        px = theme.text_px(TEXT)
        painter = QPainter(self)
        baseline = painting.middle_baseline(self.height() / 2, fonts.metrics(px))
        left, right = theme.px(24), self.width() - theme.px(24)
        used = painting.line(painter, left, baseline, AID, colour(p.secondary), px)
        room = right - left - used - theme.px(40)
        if self._notice and not self._message:
            self._paint_notice(painter, right, baseline, room)
        else:
            ink = colour(p.notes if self._message else p.faint)
            painting.line(painter, right, baseline, self.said, ink, px, room=room, align=painting.RIGHT)
        painter.end()

    def _paint_notice(self, painter: QPainter, right: float, baseline: float, room: float) -> None:
        """In the ink of text, as amber asks for something; the key that takes it where there is room."""
        theme, p = self._theme, self._theme.palette
        px, align = theme.text_px(TEXT), painting.RIGHT
        hint = fonts.width(strings.PUT_AWAY, px) + theme.px(24)
        if fonts.width(self._notice, px, fonts.SEMIBOLD) + hint <= room:
            painting.line(painter, right, baseline, strings.PUT_AWAY, colour(p.faint), px, align=align)
            right, room = right - hint, room - hint
        ink = colour(p.text)
        painting.line(painter, right, baseline, self._notice, ink, px, fonts.SEMIBOLD, room=room, align=align)
