"""Who writes: a short list over the tags, chosen by a number or with Enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.notes import wording
from ui.notes.author import Author
from ui.notes.entry import STAYS
from ui.notes.modes import Cue
from ui.people.drawing import ROW, paint_box, paint_person
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

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
            paint_box(painter, theme, box, chosen=index == self._at)
            paint_person(painter, theme, box, one, str(index + 1))
        painter.end()
