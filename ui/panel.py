"""The rounded dark panel on which every zone stands.

It is part of the first paint: the Qt namespace, slow to load, is imported where words are drawn.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui import fonts
from ui.theme import Theme, colour

RADIUS = 8
"""Corner radius in pixels of the 1920 x 1080 design."""


def paint_panel(painter: QPainter, rect: QRectF, theme: Theme, edge: str = "", width: float = 1.0) -> None:
    """Draw the panel's body and outline into `rect`; `edge` is another outline colour than the usual."""
    half = width / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(edge or theme.palette.grid), width))
    painter.setBrush(colour(theme.palette.panel))
    radius = theme.px(RADIUS)
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)


class Panel(QWidget):
    """An empty panel; with a word in its middle while what belongs there is on its way."""

    def __init__(self, theme: Theme, word: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = word

    @property
    def theme(self) -> Theme:
        return self._theme

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_word(self, word: str) -> None:
        """Say something else in the middle."""
        self._word = word
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtCore import Qt

        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), self._theme)
        if self._word:
            painter.setPen(colour(self._theme.palette.faint))
            painter.setFont(fonts.font(self._theme.text_px(18)))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._word)
        painter.end()
