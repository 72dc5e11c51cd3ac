"""The sound check, over the trends: Enter plays a tone, J or X says whether it was heard; keyboard only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import CheckTone, ConfirmBedside, ToneHeard
from kapmonitor.snapshot import Snapshot
from ui.devices.drawing import HEAD, MARGIN, paint_head, paint_keys, paint_row, row_height
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.soundcheck import wording
from ui.soundcheck.face import Standing, Step, StepFace, left_words, step_faces
from ui.theme import Theme, colour

REFRESH_MS: Final = 250
NEXT_TONE_MS: Final = 2000
"""From one tone to the next where several are played: the first has been heard by then."""
GAP: Final = 10
STEPS: Final = tuple(Step)


class SoundCheckPage(QWidget):
    """Shows the port's sound check. `asked` carries a command."""

    asked = Signal(object)
    left = Signal()
    """It is to be closed."""

    def __init__(self, port: SessionPort, theme: Theme, author: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._theme = theme
        self._author = author
        self._snapshot = Snapshot()
        self._asked: Step | None = None
        self._tones: tuple[str, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "JX")
        self._playing = QTimer(self)
        self._playing.setInterval(NEXT_TONE_MS)
        self._playing.timeout.connect(self._play_next)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()
        undone = (face.step for face in self.faces() if face.standing not in {Standing.GOOD, Standing.IDLE})
        self._chosen = next(undone, Step.STAFF)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def chosen(self) -> Step:
        """The step that the keys are about."""
        return self._chosen

    def faces(self) -> tuple[StepFace, ...]:
        """What the steps say, from top to bottom."""
        return step_faces(self._snapshot, self._asked)

    def refresh(self) -> None:
        """Read what was answered and how the outputs are, and show it."""
        self._snapshot = self._port.snapshot()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()
            self._playing.stop()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self._move(-1),
            Qt.Key.Key_Down: lambda: self._move(1),
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_J: lambda: self._answer(heard=True),
            Qt.Key.Key_X: lambda: self._answer(heard=False),
            Qt.Key.Key_Escape: self.left.emit,
        }
        act = keys.get(event.key())
        if act is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            act()

    def _move(self, by: int) -> None:
        self._chosen = STEPS[min(max(STEPS.index(self._chosen) + by, 0), len(STEPS) - 1)]
        self.update()

    def _face(self) -> StepFace:
        self.refresh()
        return self.faces()[STEPS.index(self._chosen)]

    def _enter(self) -> None:
        if self._chosen is Step.BEDSIDE:
            self.asked.emit(ConfirmBedside(self._author))
            return
        plays = self._face().plays
        if plays:
            self._asked, self._tones = self._chosen, plays
            self._play_next()
            self._playing.start()
            self.update()

    def _play_next(self) -> None:
        if not self._tones:
            self._playing.stop()
            return
        output, *others = self._tones
        self._tones = tuple(others)
        self.asked.emit(CheckTone(output))

    def _answer(self, *, heard: bool) -> None:
        """Only about a tone that was played; and heard only after the last one, where one can be heard."""
        face = self._face()
        if face.standing is not Standing.ASKED or (heard and (self._tones or not face.plays)):
            return
        self._asked, self._tones = None, ()
        self.asked.emit(ToneHeard(face.step.value, heard, self._author))
        if heard:
            self._move(1)
        self.refresh()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        said = left_words(self._snapshot)
        paint_head(painter, theme, self.width(), wording.TITLE, said, troubled=False)
        paint_keys(painter, theme, self.width(), self.height(), wording.KEYS)
        left, y, width = px(MARGIN), float(px(HEAD)), self.width() - 2 * px(MARGIN)
        for face in self.faces():
            chosen = face.step is self._chosen
            height = row_height(theme, face.row, width, chosen=chosen)
            paint_row(painter, QRectF(left, y, width, height), theme, face.row, ("", ()), chosen=chosen)
            y += height + px(GAP)
        painter.end()
