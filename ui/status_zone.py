"""The top line: who, which phase, time since the dose, what is connected, the time of day."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, lamps, painting
from ui.status_face import Lamp, Sign, StatusFace
from ui.stepper import PhaseStepper
from ui.theme import Theme, colour

CLOCK = 27
SMALL = 18
SIGN = 17
SIDE = 24
BREATH = 26
"""Room on either side of the clock."""


class StatusZone(QWidget):
    """Shows a StatusFace; `phase_asked` carries the phase somebody clicked."""

    phase_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._told: StatusFace | None = None
        self._face: StatusFace | None = None
        self._clock_x = 0.0
        self._short = False
        self.stepper = PhaseStepper(theme, self)
        self.stepper.asked.connect(self.phase_asked)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.stepper.set_theme(theme)
        self._arrange()

    def set_face(self, face: StatusFace) -> None:
        """Show this from now on."""
        old, self._told = self._told, face
        if face == old:
            return
        self.stepper.set_phase(face.phase)
        self.stepper.suggest(face.next_phase)
        self.setAccessibleDescription(f"{face.person} {face.visit}, {face.clock}, {face.dose}")
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Give the phases what the words to their left and right leave."""
        face, px = self._told, self._theme.px
        if face is None:
            return
        if not self._fits(face):
            # The phases come before the words about the course.
            face = replace(face, visit=face.number)
        self._face = face
        left = px(SIDE) + self._person_width(face) + px(22)
        wanted = self.stepper.natural_width()
        fixed = left + self._clock_width(face) + px(SIDE) + 2 * px(BREATH)
        spare = self.width() - fixed - self._signs_width(face, short=False)
        self._short = spare < wanted
        if self._short:
            spare = self.width() - fixed - self._signs_width(face, short=True)
        width = max(px(120), min(wanted, spare))
        self.stepper.setGeometry(round(left), 0, round(width), self.height())
        self._clock_x = left + width + px(BREATH) + max(0.0, (spare - width) / 2)
        self.update()

    def _fits(self, face: StatusFace) -> bool:
        """Whether all phases have room beside all words, the lamps' shortened if need be."""
        px = self._theme.px
        words = self._person_width(face) + self._clock_width(face) + self._signs_width(face, short=True)
        free = self.width() - words - 2 * px(SIDE) - px(22) - 2 * px(BREATH)
        return free >= self.stepper.natural_width()

    def _person_width(self, face: StatusFace) -> float:
        t = self._theme.text_px
        visit = fonts.width(face.visit, t(SMALL)) + self._theme.px(12) if face.visit else 0.0
        return fonts.width(face.person, t(24), fonts.BOLD) + visit

    def _clock_width(self, face: StatusFace) -> float:
        t, px = self._theme.text_px, self._theme.px
        width = fonts.width(face.clock, t(CLOCK), fonts.BOLD) + px(20) + fonts.width(face.dose, t(SMALL))
        if face.clock_label:
            width += fonts.width(face.clock_label, t(SMALL)) + px(10)
        if face.mark:
            width += self._mark_width(face.mark) + px(24)
        return width

    def _mark_width(self, mark: str) -> float:
        return fonts.width(mark, self._theme.text_px(20), fonts.BOLD) + self._theme.px(56)

    def _sign_width(self, sign: Sign, *, short: bool) -> float:
        px = self._theme.text_px(SIGN)
        width = self._theme.px(9) + self._lamp_size() + fonts.width(sign.word, px)
        if sign.trouble:
            width += self._theme.px(8) + fonts.width(_trouble(sign, short=short), px, fonts.SEMIBOLD)
        return width

    def _signs_width(self, face: StatusFace, *, short: bool) -> float:
        gap = self._theme.px(14 if short else 26)
        wall = fonts.width(face.wall, self._theme.text_px(24), fonts.SEMIBOLD)
        return wall + sum(gap + self._sign_width(sign, short=short) for sign in face.signs)

    def _lamp_size(self) -> float:
        return self._theme.text_px(SIGN) * 0.6

    def paintEvent(self, event: QPaintEvent) -> None:
        face = self._face
        if face is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_person(painter, face)
        self._paint_clock(painter, face)
        self._paint_signs(painter, face)
        painter.end()

    def _baseline(self, px: int, weight: int = fonts.MEDIUM) -> float:
        return painting.middle_baseline(self.height() / 2, fonts.metrics(px, weight))

    def _paint_person(self, painter: QPainter, face: StatusFace) -> None:
        t, p = self._theme.text_px, self._theme.palette
        x = float(self._theme.px(SIDE))
        baseline = self._baseline(t(24), fonts.BOLD)
        x += painting.line(painter, x, baseline, face.person, colour(p.text), t(24), fonts.BOLD)
        if face.visit:
            room = self.stepper.x() - x - self._theme.px(20)
            ink = colour(p.secondary)
            painting.line(painter, x + self._theme.px(12), baseline, face.visit, ink, t(SMALL), room=room)

    def _paint_clock(self, painter: QPainter, face: StatusFace) -> None:
        t, p, px = self._theme.text_px, self._theme.palette, self._theme.px
        x = self._clock_x
        if face.mark:
            x += self._paint_mark(painter, x, face.mark) + px(24)
        baseline = self._baseline(t(CLOCK), fonts.BOLD)
        if face.clock_label:
            ink = colour(p.secondary)
            x += painting.line(painter, x, baseline, face.clock_label, ink, t(SMALL)) + px(10)
        x += painting.line(painter, x, baseline, face.clock, colour(p.text), t(CLOCK), fonts.BOLD) + px(20)
        painting.line(painter, x, baseline, face.dose, colour(p.secondary), t(SMALL))

    def _paint_mark(self, painter: QPainter, x: float, mark: str) -> float:
        t, p = self._theme.text_px, self._theme.palette
        width = self._mark_width(mark)
        height = self.height() * 0.76
        pill = QRectF(x, (self.height() - height) / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(p.music))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        baseline = self._baseline(t(20), fonts.BOLD)
        ink = QColor(0, 0, 0)
        centre = painting.CENTRE
        painting.line(painter, pill.center().x(), baseline, mark, ink, t(20), fonts.BOLD, align=centre)
        return width

    def _paint_signs(self, painter: QPainter, face: StatusFace) -> None:
        t, p, px = self._theme.text_px, self._theme.palette, self._theme.px
        right = float(self.width() - px(SIDE))
        baseline = self._baseline(t(24), fonts.SEMIBOLD)
        ink, semibold = colour(p.text), fonts.SEMIBOLD
        painting.line(painter, right, baseline, face.wall, ink, t(24), semibold, align=painting.RIGHT)
        short = self._short
        gap = px(14 if short else 26)
        x = right - self._signs_width(face, short=short)
        for sign in face.signs:
            self._paint_sign(painter, x, sign, short=short)
            x += self._sign_width(sign, short=short) + gap

    def _paint_sign(self, painter: QPainter, x: float, sign: Sign, *, short: bool) -> None:
        p, size, px = self._theme.palette, self._lamp_size(), self._theme.text_px(SIGN)
        lamps.paint(painter, QRectF(x, (self.height() - size) / 2, size, size), sign.lamp, p)
        x += size + self._theme.px(9)
        baseline = self._baseline(px)
        quiet = sign.lamp in (Lamp.OFF, Lamp.BUSY)
        ink = colour(p.faint if quiet and not sign.trouble else p.secondary)
        x += painting.line(painter, x, baseline, sign.word, ink, px)
        if sign.trouble:
            loud = colour(p.medium if sign.lamp in (Lamp.LOST, Lamp.DOUBT) else p.secondary)
            said = _trouble(sign, short=short)
            painting.line(painter, x + self._theme.px(8), baseline, said, loud, px, fonts.SEMIBOLD)


def _trouble(sign: Sign, *, short: bool) -> str:
    """In little room the first word or two will do; the alarm zone has the whole sentence."""
    return sign.trouble.partition(",")[0][:18] if short else sign.trouble[:48]
