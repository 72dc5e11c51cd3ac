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
    """Quiet and always there; `say` shows a message in place of the keys for a while."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = strings.KEYS_HINT
        self._message = ""
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
        ink = colour(p.notes if self._message else p.faint)
        said = self._message or self._keys
        painting.line(painter, right, baseline, said, ink, px, room=room, align=painting.RIGHT)
        painter.end()
