"""The page that asks a question: arrows and Enter, a letter, or a click. Nothing happens by itself."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.panel import paint_panel
from ui.question.asked import Question
from ui.question.drawing import Places, paint_question, places
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

COUNT_MS: Final = 1000
LEFT: Final = Qt.MouseButton.LeftButton
STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Tab: 1,
}
PLAIN: Final = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.KeypadModifier,
)


class QuestionPage(QWidget):
    """Shows a question until it is answered, once."""

    answered = Signal(str)
    """The id of the choice."""

    def __init__(self, question: Question, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self._theme = theme
        self._chosen = 0
        self._pressed: int | None = None
        self._answered = False
        # The time of day, as the computer may sleep with the question on screen.
        self._since_s = time.time()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "".join(choice.key.upper() for choice in question.choices))
        self.setMouseTracking(True)
        self.setAccessibleName(question.title)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(COUNT_MS)
        self.refresh()

    @property
    def chosen(self) -> str:
        """The id of the choice that Enter would take."""
        return self._question.choices[self._chosen].id

    @property
    def lines(self) -> tuple[str, ...]:
        """The question's lines as they read now."""
        return self._said

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def refresh(self) -> None:
        """Count on."""
        self._said = self._question.lines_after(time.time() - self._since_s)
        choices = "; ".join(f"{choice.key} {choice.label}" for choice in self._question.choices)
        self.setAccessibleDescription(" ".join((*self._said, choices)))
        self.update()

    def places(self) -> Places:
        """Where everything stands now."""
        return places(self._theme, self._question, self._said, self.width(), self.height())

    # Answering

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.isAutoRepeat() or event.modifiers() not in PLAIN:
            event.ignore()
        elif key in STEPS:
            self._choose(min(max(self._chosen + STEPS[key], 0), len(self._question.choices) - 1))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._answer(self._chosen)
        else:
            self._letter(event)

    def _letter(self, event: QKeyEvent) -> None:
        number = self._question.chosen_by(event.text())
        if number is None:
            event.ignore()
        else:
            self._answer(number)

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab goes from choice to choice."""
        return False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._row_at(event.position())
        over = Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(over)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._row_at(event.position()) if event.button() == LEFT else None
        if self._pressed is not None:
            self._choose(self._pressed)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press that slides off its row before it is let go answers nothing."""
        pressed, self._pressed = self._pressed, None
        if pressed is not None and event.button() == LEFT and self._row_at(event.position()) == pressed:
            self._answer(pressed)

    def _row_at(self, position: QPointF) -> int | None:
        rows = enumerate(self.places().rows)
        return next((number for number, row in rows if row.contains(position)), None)

    def _choose(self, number: int) -> None:
        self._chosen = number
        self.update()

    def _answer(self, number: int) -> None:
        self._choose(number)
        if not self._answered:
            self._answered = True
            self._timer.stop()
            self.answered.emit(self._question.choices[number].id)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), self._theme)
        paint_question(painter, self._theme, self._question, self.places(), self._chosen)
        painter.end()
