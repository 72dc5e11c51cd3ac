"""DEMO or REPLAY across the whole window, on every frame: made-up or old data never passes for live."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import fonts
from ui.theme import Theme, colour

OPACITY: Final = 0.10
TEXT: Final = 210
ROW: Final = 1.34
SLANT_DEGREES: Final = -17.0


class Watermark(QWidget):
    """Lies above everything, takes no clicks, and shows nothing while its word is empty."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = ""
        self._pixmap: QPixmap | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._pixmap = None
        self.update()

    def set_word(self, word: str) -> None:
        """The word to show; empty for a real session."""
        if word != self._word:
            self._word = word
            self._pixmap = None
            self.setAccessibleName(word)
            self.setVisible(bool(word))
            self.update()

    def word(self) -> str:
        return self._word

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._pixmap = None

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._word:
            return
        if self._pixmap is None:
            self._pixmap = self._drawn()
        ratio = self._pixmap.devicePixelRatio()
        part = QRectF(event.rect())
        source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
        painter = QPainter(self)
        painter.drawPixmap(part, self._pixmap, source)
        painter.end()

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colour(self._theme.palette.music, OPACITY))
        size = self._theme.px(TEXT)
        painter.setFont(fonts.font(size, fonts.BOLD))
        width = fonts.width(self._word, size, fonts.BOLD) + size * 0.55
        painter.translate(self.width() / 2, self.height() / 2)
        painter.rotate(SLANT_DEGREES)
        reach = (self.width() + self.height()) / 2
        rows = int(reach / (size * ROW)) + 1
        for row in range(-rows, rows + 1):
            shift = width / 2 if row % 2 else 0.0
            columns = int(reach / width) + 2
            for column in range(-columns, columns + 1):
                x, y = column * width + shift - width / 2, row * size * ROW + size * 0.36
                painter.drawText(QPointF(x, y), self._word)
        painter.end()
        return pixmap
