"""A flat key of the dashboard: its letter and what it does; takes clicks, Tab and the space bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui import fonts, painting
from ui.theme import Theme, colour

SMALLEST_TARGET_PX = 24


class Key(QAbstractButton):
    """Painted in the theme; `set_colours` puts it on a coloured block. A click never takes the focus."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = 18
        self._weight = fonts.MEDIUM
        self._fill: QColor | None = None
        self._ink: QColor | None = None
        self._lit = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_look(self, size: int, weight: int) -> None:
        """Text size in design pixels, and weight."""
        self._size, self._weight = size, weight

    def set_colours(self, fill: QColor | None, ink: QColor | None) -> None:
        """Other colours than the theme's; None for the theme's."""
        if (fill, ink) != (self._fill, self._ink):
            self._fill, self._ink = fill, ink
            self.update()

    def set_lit(self, *, lit: bool) -> None:
        """Show that it is being held down, by mouse or by key."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def set_label(self, text: str) -> None:
        """Say something else on it."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.update()

    def text_px(self) -> int:
        return self._theme.text_px(self._size)

    def sizeHint(self) -> QSize:
        width = fonts.width(self.text(), self.text_px(), self._weight) + self._theme.px(28)
        height = max(SMALLEST_TARGET_PX, round(self.text_px() * 1.7))
        return QSize(round(width), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pressed = self._lit or self.isDown()
        fill = colour(palette.notes) if pressed else self._fill or colour(palette.field)
        ink = colour(palette.on_notes) if pressed else self._ink or colour(palette.text)
        edge = colour(palette.notes) if self.hasFocus() else fill if self._fill else colour(palette.edge)
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.setBrush(fill)
        radius = self._theme.px(7)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        if not self.isEnabled():
            ink = colour(palette.faint)
        measures = fonts.metrics(self.text_px(), self._weight)
        painting.line(
            painter,
            self.width() / 2,
            painting.middle_baseline(self.height() / 2, measures),
            self.text(),
            ink,
            self.text_px(),
            self._weight,
            room=self.width() - 8,
            align=painting.CENTRE,
        )
        painter.end()
