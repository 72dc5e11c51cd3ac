"""The line of words under the time axis."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import fonts
from ui.theme import Theme, colour
from ui.trends.frame import elided

FOOT: Final = 26
"""Design pixels under the time axis, for one line of words."""


class Foot(QWidget):
    """One quiet line of words under the axis."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.text = ""
        self._right = ""
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFixedHeight(theme.px(FOOT))
        self.update()

    def set_text(self, text: str, right: str = "") -> None:
        """What stands at the left end, and at the right one, which is never cut."""
        if (text, right) != (self.text, self._right):
            self.text, self._right = text, right
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._theme.text_px(17)
        painter.setFont(fonts.font(px))
        painter.setPen(colour(self._theme.palette.secondary))
        room = QRectF(self.rect()).adjusted(self._theme.px(12), 0.0, -self._theme.px(8), 0.0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, self._right)
        if self._right:
            room.setRight(room.right() - fonts.width(self._right, px) - self._theme.px(20))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, elided(self.text, px, room.width()))
        painter.end()
