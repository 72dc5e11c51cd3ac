"""The person's card over the trends, to be read: intention, boundaries, medications, who said what before."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.session.who import who
from ui import fonts, painting
from ui.card_words import NOTHING, TITLE, card_lines
from ui.devices.drawing import FOOT, HEAD, MARGIN, paint_head, paint_keys
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.theme import Theme, colour

KEYS: Final = "I or Esc close"
LABEL: Final = 17
TEXT: Final = 22
LABEL_WIDTH: Final = 230


class CardPage(QWidget):
    """The card of the port's session as it is when the page is opened."""

    left = Signal()
    """It is to be closed."""

    def __init__(self, port: SessionPort, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        session = port.snapshot().session
        known = who(session)
        self.beside = " · ".join(part for part in (known.initials, known.record_number) if part)
        self.lines = card_lines(session.care)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(TITLE)
        self.setAccessibleDescription("; ".join(f"{label}: {text}" for label, text in self.lines) or NOTHING)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        paint_head(painter, theme, self.width(), TITLE, self.beside, troubled=False)
        paint_keys(painter, theme, self.width(), self.height(), KEYS)
        y = float(px(HEAD) + px(16))
        for label, text in self.lines or (("", NOTHING),):
            y = self._paint_line(painter, y, label, text)
            if y > self.height() - px(FOOT):
                break
        painter.end()

    def _paint_line(self, painter: QPainter, y: float, label: str, text: str) -> float:
        """Below it; words that are too long for a line go on in the next."""
        theme, p, px = self._theme, self._theme.palette, self._theme.px
        size, left = theme.text_px(TEXT), px(MARGIN) + px(LABEL_WIDTH)
        step = size * 1.5
        base = painting.middle_baseline(y + step / 2, fonts.metrics(size))
        painting.line(painter, px(MARGIN), base, label, colour(p.secondary), theme.text_px(LABEL))
        for number, part in enumerate(painting.broken(text, size, self.width() - left - px(MARGIN))):
            painting.line(painter, left, base + number * step, part, colour(p.text), size)
            y += step
        return y + px(14)
