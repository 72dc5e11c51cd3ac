"""The blood pressure tile: systolic and diastolic, mean, time and age, what the cuff does and will do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting, strings
from ui.button import Key
from ui.flash import Flasher
from ui.theme import Theme, colour
from ui.tiles.face import Trust
from ui.tiles.frame import HEADER, SIDE, Title, digit_px, paint_dashes, paint_frame, trust_ink
from ui.tiles.pressure_face import PressureFace

FOOT: Final = 54
LIMITS_WORD: Final = " limits"
MEAN_ROW: Final = 74
HIGHEST_MMHG: Final = 300.0
SLASH_DIGITS: Final = 0.62
"""How much of a digit's width the slash takes."""
SLASH_TAIL: Final = 0.15
"""How far it goes below the digits, in their heights."""


class PressureTile(QWidget):
    """Asks `face` at every paint. The keys ask: `start_asked`, `stop_asked`, `hold_asked(release)`."""

    start_asked = Signal()
    stop_asked = Signal()
    hold_asked = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        flasher: Flasher,
        face: Callable[[], PressureFace],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._flasher = flasher
        self._face = face
        self._shown: PressureFace | None = None
        self._flashing = False
        self._kept = False
        self.start_key = Key(theme, strings.START, self)
        self.hold_key = Key(theme, strings.HOLD, self)
        self.start_key.clicked.connect(self._on_start)
        self.hold_key.clicked.connect(self._on_hold)
        flasher.changed.connect(self._on_flash)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.start_key.set_theme(theme)
        self.hold_key.set_theme(theme)
        self._place_keys()
        self.update()

    def set_kept_down(self, *, kept: bool) -> None:
        """The B key is down, but not yet long enough."""
        self._kept = kept
        self.start_key.set_lit(lit=kept)
        self.refresh(flashing=self._flashing)

    def measuring(self) -> bool:
        """Whether the cuff is on its way."""
        return self._shown is not None and self._shown.measuring

    def refresh(self, *, flashing: bool) -> None:
        """Look whether anything changed; repaint only then."""
        face = self._face()
        self._label_keys(face)
        if face != self._shown or flashing != self._flashing:
            self._flashing = flashing
            self._shown = face
            self.setAccessibleName(f"{strings.BP} {face.digits} {strings.MMHG}, {face.taken}, {face.plan}")
            self.update()

    def _label_keys(self, face: PressureFace) -> None:
        start = strings.STOP if face.measuring else strings.START
        self.start_key.set_label(strings.KEEP_PRESSING if self._kept and not face.measuring else start)
        self.hold_key.set_label(strings.RELEASE if face.held else strings.HOLD)
        self.start_key.setVisible(face.can_start or face.can_stop)
        self.hold_key.setVisible(face.can_start and not face.measuring)
        self._place_keys()

    def _on_start(self) -> None:
        (self.stop_asked if self.measuring() else self.start_asked).emit()

    def _on_hold(self) -> None:
        self.hold_asked.emit(self._shown is not None and self._shown.held)

    def _on_flash(self) -> None:
        if self._flashing:
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_keys()

    def _place_keys(self) -> None:
        right = self.width() - self._theme.px(SIDE)
        middle = self.height() - self._theme.px(FOOT) * 0.52
        for key in (self.hold_key, self.start_key):
            if not key.isHidden():
                hint = key.sizeHint()
                right -= hint.width()
                key.setGeometry(right, round(middle - hint.height() / 2), hint.width(), hint.height())
                right -= self._theme.px(8)

    def paintEvent(self, event: QPaintEvent) -> None:
        face = self._shown = self._face()
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = face.alarm is not None and (not self._flashing or self._flasher.lit(face.alarm))
        whole = QRectF(self.rect())
        title = Title(strings.BP, strings.MMHG)
        paint_frame(painter, whole, theme, title, face.alarm, face.look, lit=lit)
        self._paint_digits(painter, face)
        self._paint_mean_row(painter, face)
        self._paint_foot(painter, face)
        painter.end()

    def _paint_digits(self, painter: QPainter, face: PressureFace) -> None:
        theme = self._theme
        top = theme.px(HEADER) + theme.px(10)
        bottom = self.height() - theme.px(FOOT) - theme.px(MEAN_ROW)
        words_top = self._mean_lines()[1] - theme.text_px(20)
        bottom = min(bottom, top + round((words_top - top) / (1 + SLASH_TAIL)))
        room = self.width() - 2 * theme.px(SIDE)
        digits = max(5, len(face.digits) - 1) + SLASH_DIGITS
        px = digit_px(room, bottom - top, digits)
        ink = trust_ink(theme, face.trust, theme.palette.nibp)
        baseline = painting.middle_baseline((top + bottom) / 2, fonts.metrics(px, fonts.BOLD))
        painting.line(
            painter, self.width() / 2, baseline, face.digits, ink, px, fonts.BOLD, align=painting.CENTRE
        )

    def _mean_lines(self) -> tuple[int, int]:
        """The baselines of the lower and the upper line beside the mean."""
        low = self.height() - self._theme.px(FOOT) - self._theme.px(14)
        return low, low - round(self._theme.text_px(20) * 1.45)

    def _paint_mean_row(self, painter: QPainter, face: PressureFace) -> None:
        theme = self._theme
        t = theme.text_px
        right, left = self.width() - theme.px(SIDE), theme.px(SIDE)
        low_line, high_line = self._mean_lines()
        grey = colour(theme.palette.secondary)
        used = 0.0
        if face.mean:
            ink = trust_ink(theme, face.trust, theme.palette.nibp)
            size = theme.px(58)
            used = painting.line(painter, left - 2, low_line, face.mean, ink, size, fonts.SEMIBOLD)
        room = right - left - used - theme.px(20)
        if face.measuring:
            self._paint_measuring(painter, face, right, low_line, room)
            return
        upper = face.words or " · ".join(
            part for part in (face.limits, face.look.note.removesuffix(LIMITS_WORD)) if part
        )
        upper_ink = colour(theme.palette.notes) if face.words else grey
        align = painting.RIGHT
        small = t(16)
        wide = painting.line(
            painter, right, high_line, upper, upper_ink, t(20), room=room, align=align, smallest=small
        )
        if face.limits and not face.words and not face.look.armed:
            pad, height = theme.px(7), t(20)
            box = QRectF(right - wide - pad, high_line - height, wide + 2 * pad, height * 1.35)
            paint_dashes(painter, theme, box)
        due = colour(theme.palette.notes) if face.late or face.held or face.owed else grey
        painting.line(painter, right, low_line, face.plan, due, t(20), room=room, align=align, smallest=small)

    def _paint_measuring(
        self, painter: QPainter, face: PressureFace, right: int, low_line: int, room: float
    ) -> None:
        """What the cuff reads now, as a number and as a bar."""
        theme = self._theme
        t, align = theme.text_px, painting.RIGHT
        said = strings.MEASURING
        if face.pressure is not None:
            said = strings.CUFF_AT.format(value=f"{face.pressure:.0f} {strings.MMHG}")
        high_line = low_line - theme.px(18)
        ink = colour(theme.palette.text)
        painting.line(painter, right, high_line, said, ink, t(26), fonts.SEMIBOLD, room=room, align=align)
        width = min(room, theme.px(230))
        bar = QRectF(right - width, low_line - theme.px(6), width, theme.px(6))
        painter.fillRect(bar, colour(theme.palette.edge))
        if face.pressure is not None:
            bar.setWidth(width * min(1.0, max(0.0, face.pressure / HIGHEST_MMHG)))
            painter.fillRect(bar, colour(theme.palette.nibp))

    def _paint_foot(self, painter: QPainter, face: PressureFace) -> None:
        theme = self._theme
        px = theme.text_px(21)
        middle = self.height() - theme.px(FOOT) * 0.52
        baseline = painting.middle_baseline(middle, fonts.metrics(px, fonts.SEMIBOLD))
        x = float(theme.px(SIDE))
        ink = colour(theme.palette.text if face.trust is not Trust.GONE else theme.palette.secondary)
        if face.late:
            ink = colour(theme.palette.notes)
            box = QRectF(x, middle - px * 0.55, px * 1.1, px * 1.1)
            painting.struck_clock(painter, box, ink, max(1.5, theme.px(2)))
            x += box.width() + theme.px(8)
        shown = [key.x() for key in (self.start_key, self.hold_key) if key.isVisible()]
        end = min(shown, default=self.width() - theme.px(SIDE))
        if face.refused and not shown:
            quiet, room = colour(theme.palette.secondary), self.width() * 0.42
            end -= round(
                painting.line(
                    painter,
                    end,
                    baseline,
                    face.refused,
                    quiet,
                    theme.text_px(18),
                    room=room,
                    align=painting.RIGHT,
                )
            )
        room = end - x - theme.px(10)
        painting.line(
            painter, x, baseline, face.taken, ink, px, fonts.SEMIBOLD, room=room, smallest=theme.text_px(16)
        )
