"""A tile with one large number: heart rate, or saturation with its pleth below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting, strings
from ui.flash import Flasher
from ui.sweep import Lane, Sweep
from ui.theme import Theme, colour
from ui.tiles.face import NumberFace, Trust
from ui.tiles.frame import FOOTER, HEADER, SIDE, Title, digit_px, paint_dashes, paint_frame, trust_ink

FOOT: Final = 44
LIMITS: Final = 62
STRIP: Final = 66
AIR: Final = 12
"""Between an alarm's filled header and the digits, and as much below them."""
GONE_SHARE: Final = 0.55
"""The dashes of a value that is not there are smaller than digits, and leave room for the reason."""


class NumberTile(QWidget):
    """Asks `face` for what to show at every paint, so that what is painted has the age it has then."""

    def __init__(
        self,
        theme: Theme,
        flasher: Flasher,
        title: str,
        unit: str,
        face: Callable[[], NumberFace],
        *,
        with_sweep: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._flasher = flasher
        self._title = title
        self._unit = unit
        self._face = face
        self._shown: NumberFace | None = None
        self._flashing = False
        self._ink = ""
        self.sweep: Sweep | None = Sweep(theme, parent=self) if with_sweep else None
        flasher.changed.connect(self._on_flash)

    def set_theme(self, theme: Theme, ink: str = "") -> None:
        self._theme, self._ink = theme, ink or self._ink
        if self.sweep is not None:
            self.sweep.set_theme(theme)
        self._place_sweep()
        self.update()

    def set_lane(self, lane: Lane | None) -> None:
        """The wave of this tile's sweep."""
        if self.sweep is not None:
            self.sweep.set_lanes((lane,) if lane is not None else ())

    def refresh(self, *, flashing: bool) -> None:
        """Look whether anything changed; repaint only then."""
        face = self._face()
        if face != self._shown or flashing != self._flashing:
            self._flashing = flashing
            self.setAccessibleName(f"{self._title} {face.digits} {self._unit}, {face.words or face.footer}")
            self.update()
        if self.sweep is not None:
            self.sweep.setVisible(face.trust is not Trust.GONE)

    def _on_flash(self) -> None:
        if self._flashing:
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_sweep()

    def _number_box(self) -> QRectF:
        """Where the digits stand; the same for every value."""
        px = self._theme.px
        strip = px(STRIP) + px(10) if self.sweep is not None else 0
        top = px(HEADER) + px(AIR)
        bottom = self.height() - px(FOOT) - strip - px(2)
        width = self.width() - 2 * px(SIDE) - self._theme.text_px(LIMITS)
        return QRectF(px(SIDE), top, width, max(20, bottom - top))

    def _place_sweep(self) -> None:
        if self.sweep is None:
            return
        px = self._theme.px
        bottom = self.height() - px(FOOT)
        self.sweep.setGeometry(QRect(px(SIDE), bottom - px(STRIP), self.width() - 2 * px(SIDE), px(STRIP)))

    def paintEvent(self, event: QPaintEvent) -> None:
        face = self._shown = self._face()
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = face.alarm is not None and (not self._flashing or self._flasher.lit(face.alarm))
        title = Title(self._title, self._unit)
        paint_frame(painter, QRectF(self.rect()), theme, title, face.alarm, face.look, lit=lit)
        box = self._number_box()
        self._paint_digits(painter, face, box)
        self._paint_limits(painter, face)
        self._paint_footer(painter, face)
        if face.words:
            self._paint_words(painter, face, box)
        painter.end()

    @staticmethod
    def _digit_px(face: NumberFace, box: QRectF) -> int:
        px = digit_px(box.width(), box.height(), 3)
        return px if face.trust is not Trust.GONE else round(px * GONE_SHARE)

    def _paint_digits(self, painter: QPainter, face: NumberFace, box: QRectF) -> None:
        px = self._digit_px(face, box)
        baseline = painting.middle_baseline(box.center().y(), fonts.metrics(px, fonts.BOLD))
        ink = trust_ink(self._theme, face.trust, self._ink or self._theme.palette.text)
        painting.line(painter, box.right(), baseline, face.digits, ink, px, fonts.BOLD, align=painting.RIGHT)

    def _paint_limits(self, painter: QPainter, face: NumberFace) -> None:
        theme = self._theme
        px = theme.text_px(21)
        x, y = self.width() - theme.px(SIDE), theme.px(HEADER) + theme.px(14) + px
        low, high = face.crossed
        around = QRectF()
        for limit, crossed in ((face.high, high), (face.low, low)):
            ink = colour(theme.palette.text if crossed else theme.palette.secondary)
            weight = fonts.BOLD if crossed else fonts.MEDIUM
            wide = painting.line(painter, x, y, limit, ink, px, weight, align=painting.RIGHT)
            if limit:
                around = around.united(QRectF(x - wide, y - px, wide, px * 1.2))
            y += round(px * 1.36)
        if not face.look.armed and not around.isEmpty():
            pad = theme.px(7)
            paint_dashes(painter, theme, around.adjusted(-pad, -pad / 2, pad, pad / 2))

    def _paint_footer(self, painter: QPainter, face: NumberFace) -> None:
        theme = self._theme
        px = theme.text_px(FOOTER)
        baseline = self.height() - theme.px(20)
        x, size = float(theme.px(SIDE)), px * 0.5
        if face.trust is not Trust.GONE:
            ink = trust_ink(theme, face.trust, self._ink or theme.palette.text)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.setOpacity(1.0 if (face.beat // 500_000_000) % 2 == 0 else 0.45)
            painter.drawEllipse(QRectF(x, baseline - px * 0.36 - size / 2, size, size))
            painter.setOpacity(1.0)
            x += size + theme.px(9)
        room = self.width() - theme.px(SIDE) - x
        grey = colour(theme.palette.secondary)
        x += painting.line(painter, x, baseline, face.footer, grey, px, room=room) + theme.px(24)
        self._paint_note(painter, face, x, baseline)

    def _paint_note(self, painter: QPainter, face: NumberFace, x: float, baseline: float) -> None:
        """Where the limits come from, if there is room beside what the value needs."""
        theme, px = self._theme, self._theme.text_px(FOOTER - 1)
        right = self.width() - theme.px(SIDE)
        if fonts.width(face.look.note, px) <= right - x:
            loud = face.look.note == strings.WITHOUT_BASELINE
            ink = colour(theme.palette.notes if loud else theme.palette.secondary)
            painting.line(painter, right, baseline, face.look.note, ink, px, align=painting.RIGHT)

    def _paint_words(self, painter: QPainter, face: NumberFace, box: QRectF) -> None:
        theme = self._theme
        px = self._digit_px(face, box)
        left = box.right() - fonts.width(face.digits, px, fonts.BOLD) - theme.px(16)
        place = QRectF(box.x(), box.y(), max(60.0, left - box.x()), box.height())
        painter.setFont(fonts.font(theme.text_px(24), fonts.SEMIBOLD))
        painter.setPen(colour(theme.palette.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place, flags, face.words)
