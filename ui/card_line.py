"""What was agreed on touch, talk and light, all session above the notes; empty it takes no room."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.panel import paint_panel
from ui.theme import Theme, colour

HEIGHT: Final = 40
TEXT: Final = 18
SMALLEST: Final = 13


class CardLine(QWidget):
    """One line; a click asks for the whole card."""

    asked = Signal()
    changed = Signal()
    """It takes room now, or no longer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.said = ""
        """What it says."""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def say(self, words: str) -> None:
        """Show this."""
        if words == self.said:
            return
        appears = bool(words) != bool(self.said)
        self.said = words
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self.update()
        if appears:
            self.changed.emit()

    def cut(self, box: QRect) -> QRect:
        """Take the top of this box if there is something to say; what is left of it."""
        if not self.said:
            return box
        height = max(self._theme.px(HEIGHT), 26)
        self.setGeometry(box.x(), box.y(), box.width(), height)
        return box.adjusted(0, height + self._theme.px(8), 0, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.asked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), self._theme)
        size = fonts.fitting(
            self.said,
            self.width() - 2 * self._theme.px(14),
            self._theme.text_px(TEXT),
            fonts.MEDIUM,
            SMALLEST,
        )
        base = painting.middle_baseline(self.height() / 2, fonts.metrics(size))
        room = self.width() - 2 * self._theme.px(14)
        painting.line(
            painter, self._theme.px(14), base, self.said, colour(self._theme.palette.text), size, room=room
        )
        painter.end()
