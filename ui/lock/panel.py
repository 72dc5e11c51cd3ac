"""What stands in place of notes and music while the screen is locked."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.lock import wording
from ui.panel import paint_panel
from ui.people.form import PinForm
from ui.theme import Theme, colour

MARGIN: Final = 18
HEAD: Final = 190
FOOT: Final = 44


class LockPanel(QWidget):
    """Asks for a PIN by its form, or, without one, for Enter. `entered` is emitted only without a form."""

    entered = Signal()
    puzzled = Signal()
    """A key that does nothing here."""

    def __init__(self, theme: Theme, form: PinForm | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._form = form
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(wording.TITLE)
        self.setAccessibleDescription(" ".join((wording.HIDDEN, self.how, wording.KEYS)))
        if form is not None:
            form.setParent(self)
            self.setFocusProxy(form)

    @property
    def how(self) -> str:
        """What unlocks."""
        return wording.WITH_PIN if self._form is not None else wording.WITHOUT_PIN

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._form is not None:
            self._form.set_theme(theme)
        self._arrange()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._form is None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.text():
            self.puzzled.emit()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab goes nowhere else."""
        return False

    def _arrange(self) -> None:
        if self._form is not None:
            px = self._theme.px
            top, left = max(px(HEAD), self._theme.text_px(17) * 9), px(MARGIN)
            self._form.setGeometry(left, top, self.width() - 2 * left, self.height() - top - px(FOOT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, p = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        left, title, px = theme.px(MARGIN), theme.text_px(28), theme.text_px(17)
        room = self.width() - 2 * left
        base = painting.middle_baseline(theme.px(38), fonts.metrics(title))
        painting.line(painter, left, base, wording.TITLE, colour(p.notes), title, fonts.SEMIBOLD)
        lines = [(wording.HIDDEN, p.text), (self.how, p.text)]
        if self._form is None:
            lines.append((wording.NO_LIST, p.secondary))
        base += title * 0.5
        for words, ink in lines:
            base += px * 0.35
            for each in painting.broken(words, px, room):
                base += px * 1.4
                painting.line(painter, left, base, each, colour(ink), px, room=room)
        base = self.height() - theme.px(18)
        painting.line(painter, left, base, wording.KEYS, colour(p.secondary), px, room=room, smallest=12)
        painter.end()
