"""The eight phases of a session in a row; the present one is a pill, a suggested one has a dashed outline.

A click or Enter asks to move there.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kapmonitor.session.events import Phase
from ui import fonts, painting, strings
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme, colour

ORDER: Final = tuple(Phase)
TEXT: Final = 17
SMALLEST: Final = 15
PADDING: Final = 14
"""Room on each side of a word, in design pixels; shrinks to a third before words are left out."""


class PhaseStepper(QWidget):
    """Emits `asked` with the phase somebody wants; shows the one it is told with `set_phase`."""

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._phase = Phase.PREPARATION
        self._aimed: Phase | None = None
        self._suggested: Phase | None = None
        self._hovered: Phase | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setAccessibleName(strings.PHASES_NAME)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_phase(self, phase: Phase) -> None:
        """The phase the session is in."""
        if phase != self._phase:
            self._phase = phase
            self.setAccessibleDescription(strings.PHASES[phase])
            self.update()

    def suggest(self, phase: Phase | None) -> None:
        """The phase that the protocol would go to by now; nothing moves by itself."""
        if phase != self._suggested:
            self._suggested = phase
            self.update()

    def phase(self) -> Phase:
        return self._phase

    def neighbour(self, step: int) -> Phase | None:
        """The phase so many steps on from the present one."""
        i = ORDER.index(self._phase) + step
        return ORDER[i] if 0 <= i < len(ORDER) else None

    def natural_width(self) -> float:
        """What it needs to show every word at full size."""
        words = sum(self._word_width(phase, self._text_px()) for phase in ORDER)
        return words + 2 * len(ORDER) * self._theme.px(PADDING)

    def boxes(self) -> list[tuple[Phase, QRectF]]:
        """Where each shown phase stands; without room for all, those next to the present one."""
        shown, px, padding = self._arrangement()
        x, made = 0.0, []
        for phase in shown:
            width = self._word_width(phase, px) + 2 * padding
            made.append((phase, QRectF(x, 0, width, self.height())))
            x += width
        return made

    def _text_px(self) -> int:
        return self._theme.text_px(TEXT)

    @staticmethod
    def _word_width(phase: Phase, px: int) -> float:
        return fonts.width(strings.PHASES[phase], px, fonts.BOLD)

    def _arrangement(self) -> tuple[tuple[Phase, ...], int, float]:
        full = self._theme.px(PADDING)
        shown, smallest = ORDER, self._theme.text_px(SMALLEST)
        at = ORDER.index(self._phase)
        for reach in (len(ORDER), 3, 2, 1):
            shown = ORDER[max(0, at - reach) : at + reach + 1]
            for px in range(self._text_px(), smallest - 1, -1):
                words = sum(self._word_width(phase, px) for phase in shown)
                padding = (self.width() - words) / (2 * len(shown))
                if padding >= full / 3:
                    return shown, px, min(padding, full)
        return shown, smallest, full / 3

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _, px, _ = self._arrangement()
        present = ORDER.index(self._phase)
        baseline = painting.middle_baseline(self.height() / 2, fonts.metrics(px))
        for phase, box in self.boxes():
            place = ORDER.index(phase)
            ink = colour(palette.text if place < present else palette.secondary)
            if phase == self._phase:
                ink = colour(palette.on_notes)
                self._pill(painter, box)
            elif phase in (self._hovered, self._aimed):
                self._outline(painter, box)
            elif phase == self._suggested:
                ink = colour(palette.notes)
                self._outline(painter, box, Qt.PenStyle.DashLine)
            elif place > present:
                ink = colour(palette.faint)
            weight = fonts.BOLD if phase == self._phase else fonts.MEDIUM
            centre = box.center().x()
            painting.line(
                painter, centre, baseline, strings.PHASES[phase], ink, px, weight, align=painting.CENTRE
            )
        painter.end()

    def _shape(self, box: QRectF) -> QRectF:
        height = min(self.height() - 4.0, self._text_px() * 1.65)
        return QRectF(box.x() + 1, (self.height() - height) / 2, box.width() - 2, height)

    def _pill(self, painter: QPainter, box: QRectF) -> None:
        shape = self._shape(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.notes))
        painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2)

    def _outline(self, painter: QPainter, box: QRectF, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        shape = self._shape(box)
        painter.setPen(QPen(colour(self._theme.palette.notes), 1.5, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2)

    def _at(self, point: QPointF) -> Phase | None:
        return next((phase for phase, box in self.boxes() if box.contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self._at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: object) -> None:
        self._hovered = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        phase = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and phase is not None and phase != self._phase:
            self.asked.emit(phase)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        aimed = ORDER.index(self._aimed or self._phase)
        match event.key():
            case Qt.Key.Key_Right:
                self._aim(ORDER[min(len(ORDER) - 1, aimed + 1)])
            case Qt.Key.Key_Left:
                self._aim(ORDER[max(0, aimed - 1)])
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._aimed not in (None, self._phase):
                self.asked.emit(self._aimed)
                self._aim(None)
            case _:
                event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._aim(None)

    def _aim(self, phase: Phase | None) -> None:
        self._aimed = phase
        self.update()
