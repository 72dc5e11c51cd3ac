"""Who writes: a short list over the tags, chosen by a number or with Enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.notes import wording
from ui.notes.author import Author
from ui.notes.entry import STAYS
from ui.notes.modes import Cue
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

ROW: Final = 40
TEXT_PX: Final = 20
MOST: Final = 9


class People(QWidget):
    """Shows those who may write; `chosen` carries the initials of one. W again goes to the next one."""

    chosen = Signal(str)
    cue = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._people: tuple[Author, ...] = ()
        self._at = 0
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "123456789W")
        self.setAccessibleName(wording.WHO_WRITES)
        self.hide()

    @property
    def at(self) -> int:
        """Which one Enter chooses."""
        return self._at

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def ask(self, people: Sequence[Author], now: str) -> None:
        """Show these; the one after whoever writes now is the one that Enter chooses."""
        self._people = tuple(people[:MOST])
        at = next((i for i, one in enumerate(self._people) if one.initials == now), -1)
        self._at = (at + 1) % max(1, len(self._people))
        self.show()
        self.raise_()
        self.setFocus()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self._choose(key - Qt.Key.Key_1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose(self._at)
        elif key == Qt.Key.Key_Escape:
            self.cue.emit(Cue.ESCAPE)
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_W, Qt.Key.Key_Up}:
            step = -1 if key == Qt.Key.Key_Up else 1
            self._at = (self._at + step) % max(1, len(self._people))
            self.update()
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._people):
            self.chosen.emit(self._people[index].initials)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STAYS:
            self.cue.emit(Cue.LEFT)

    def _row_height(self) -> float:
        return min(self._theme.px(ROW), self.height() / max(1, len(self._people)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(int(event.position().y() // self._row_height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour(palette.panel))
        for index, one in enumerate(self._people):
            top = index * self._row_height()
            box = QRectF(0, top, self.width(), self._row_height()).adjusted(1, 1, -1, -1)
            chosen = index == self._at
            painter.setPen(QPen(colour(palette.notes if chosen else palette.grid), 2 if chosen else 1))
            painter.setBrush(colour(palette.field))
            painter.drawRoundedRect(box, theme.px(6), theme.px(6))
            self._paint_person(painter, box, index, one)
        painter.end()

    def _paint_person(self, painter: QPainter, box: QRectF, index: int, one: Author) -> None:
        theme, palette = self._theme, self._theme.palette
        px = theme.text_px(TEXT_PX)
        base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
        left, gap = box.left() + theme.px(12), theme.px(14)
        number = painting.line(painter, left, base, str(index + 1), colour(palette.notes), px, fonts.SEMIBOLD)
        left += number + gap
        initials = painting.line(painter, left, base, one.initials, colour(palette.text), px, fonts.SEMIBOLD)
        left += max(initials, theme.px(44)) + gap
        right, quiet = box.right() - theme.px(12), colour(palette.secondary)
        role = painting.line(painter, right, base, one.role, quiet, theme.text_px(17), align=painting.RIGHT)
        painting.line(painter, left, base, one.name, colour(palette.text), px, room=right - role - gap - left)
