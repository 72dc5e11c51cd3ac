"""The emergency card over the trends; it can be read while the screen is locked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.emergency import wording
from ui.emergency.face import Card, Given, Value, card
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.theme import Theme, colour

REFRESH_MS: Final = 500
MARGIN: Final = 22
LARGE: Final = 30
TEXT: Final = 21
SMALL: Final = 17
MOST_GIVEN: Final = 6
"""The newest doses that are shown."""


class EmergencyPage(QWidget):
    """Shows the port's session; it asks for nothing and changes nothing."""

    left = Signal()
    """It is to be closed."""

    def __init__(
        self, port: SessionPort, theme: Theme, phones: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._theme = theme
        self._phones = tuple(phones)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(wording.TITLE)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()

    @property
    def card(self) -> Card:
        """What it says."""
        return self._card

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def refresh(self) -> None:
        """Look at the session again."""
        self._card = card(self._port.snapshot(), self._phones, self._port.now_ns())
        words = [*self._card.phones, *(f"{v.name} {v.value} {v.age}" for v in self._card.values)]
        self.setAccessibleDescription("; ".join(words))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab goes nowhere else."""
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, p, px = self._theme, self._theme.palette, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme, p.notes, px(2))
        left, width, title = float(px(MARGIN)), self.width() - 2.0 * px(MARGIN), theme.text_px(24)
        base = painting.middle_baseline(px(32), fonts.metrics(title))
        painting.line(painter, left, base, wording.TITLE, colour(p.notes), title, fonts.SEMIBOLD)
        small = theme.text_px(SMALL)
        base += small * 2
        painting.line(painter, left, base, wording.LOOK, colour(p.text), small, room=width)
        base = self._paint_phones(painter, left, base, width)
        base = self._paint_values(painter, left, base, width)
        self._paint_given(painter, left, base, width)
        base = self.height() - px(20)
        painting.line(painter, left, base, wording.KEYS, colour(p.secondary), theme.text_px(16), room=width)
        painter.end()

    def _heading(self, painter: QPainter, left: float, base: float, words: str) -> float:
        px = self._theme.text_px(SMALL)
        base += px * 2.4
        ink = colour(self._theme.palette.secondary)
        painting.line(painter, left, base, words, ink, px, fonts.SEMIBOLD)
        return base

    def _paint_phones(self, painter: QPainter, left: float, base: float, width: float) -> float:
        theme, p = self._theme, self._theme.palette
        base = self._heading(painter, left, base, wording.PHONES)
        px = theme.text_px(LARGE if self._card.phones else SMALL)
        for words in self._card.phones or (wording.NO_PHONES,):
            base += px * 1.4
            ink = colour(p.text if self._card.phones else p.secondary)
            weight = fonts.SEMIBOLD if self._card.phones else fonts.MEDIUM
            painting.line(painter, left, base, words, ink, px, weight, room=width, smallest=14)
        return base

    def _paint_values(self, painter: QPainter, left: float, base: float, width: float) -> float:
        base = self._heading(painter, left, base, wording.VITALS)
        for value in self._card.values:
            base += self._theme.text_px(LARGE) * 1.4
            self._paint_value(painter, left, base, width, value)
        return base

    def _paint_value(self, painter: QPainter, left: float, base: float, width: float, value: Value) -> None:
        theme, p = self._theme, self._theme.palette
        large, small = theme.text_px(LARGE), theme.text_px(SMALL)
        grey = colour(p.secondary)
        painting.line(painter, left, base, value.name, grey, theme.text_px(TEXT), fonts.SEMIBOLD)
        at = left + fonts.width("SpO₂  ", theme.text_px(TEXT), fonts.SEMIBOLD)
        ink = colour(p.faint if value.old else p.text)
        at += painting.line(painter, at, base, value.value, ink, large, fonts.BOLD) + theme.px(10)
        painting.line(painter, at, base, value.unit, grey, small)
        age = colour(p.medium if value.old else p.secondary)
        painting.line(painter, left + width, base, value.age, age, small, align=painting.RIGHT)

    def _paint_given(self, painter: QPainter, left: float, base: float, width: float) -> None:
        theme, p = self._theme, self._theme.palette
        base = self._heading(painter, left, base, wording.GIVEN)
        px = theme.text_px(TEXT)
        if not self._card.given:
            base += px * 1.5
            painting.line(painter, left, base, wording.NOTHING, colour(p.secondary), px, room=width)
        for given in self._card.given[-MOST_GIVEN:]:
            base += px * 1.5
            self._paint_dose(painter, left, base, width, given)

    def _paint_dose(self, painter: QPainter, left: float, base: float, width: float, given: Given) -> None:
        theme, p = self._theme, self._theme.palette
        px = theme.text_px(TEXT)
        painting.line(painter, left, base, given.offset, colour(p.notes), px, fonts.SEMIBOLD)
        at = fonts.width("T+000:00  ", px, fonts.SEMIBOLD)
        clock = painting.line(
            painter, left + width, base, given.clock, colour(p.secondary), px, align=painting.RIGHT
        )
        room = width - at - clock - theme.px(12)
        painting.line(painter, left + at, base, given.what, colour(p.text), px, fonts.SEMIBOLD, room=room)
