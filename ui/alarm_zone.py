"""The alarm line: quiet words while nothing is wrong, else a filled block in the colour of the priority."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.snapshot import Priority
from ui import fonts, painting, strings
from ui.alarm_face import AlarmFace, QuietFace
from ui.button import Key
from ui.flash import Flasher
from ui.panel import RADIUS, paint_panel
from ui.theme import Theme, colour, mix

LARGE: Final = 38
SMALLEST_LARGE: Final = 22
OTHERS: Final = 18
SIDE: Final = 34


class AlarmZone(QWidget):
    """Shows an alarm face; `acknowledge_asked` when its key is clicked. Never covered by anything."""

    acknowledge_asked = Signal()

    def __init__(self, theme: Theme, flasher: Flasher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._flasher = flasher
        self._passive = False
        self._face: QuietFace | AlarmFace = QuietFace(strings.NO_ALARMS, strings.NO_LIMITS, "")
        self.key = Key(theme, strings.ACKNOWLEDGE, self)
        self.key.set_look(26, fonts.SEMIBOLD)
        self.key.clicked.connect(self.acknowledge_asked)
        self.key.hide()
        flasher.changed.connect(self._on_flash)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.key.set_theme(theme)
        self._place_key()
        self.update()

    def set_face(self, face: QuietFace | AlarmFace) -> None:
        """Show this from now on."""
        if face == self._face:
            return
        self._face = face
        self._show_key()
        said = face.text if isinstance(face, AlarmFace) else face.headline
        self.setAccessibleName(said)
        self._colour_key()
        self._place_key()
        self.update()

    def set_passive(self, *, passive: bool) -> None:
        """In a review there is nothing to acknowledge."""
        self._passive = passive
        self._show_key()
        self.update()

    def _show_key(self) -> None:
        face = self._face
        wanted = isinstance(face, AlarmFace) and not face.acknowledged
        self.key.setVisible(wanted and not self._passive)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_key()

    def _on_flash(self) -> None:
        if isinstance(self._face, AlarmFace):
            self._colour_key()
            self.update()

    def _lit(self, face: AlarmFace) -> bool:
        return not face.passed and (not face.flashing or self._flasher.lit(face.priority))

    def _inks(self, face: AlarmFace) -> tuple[QColor, QColor]:
        """Block and text colour now."""
        theme = self._theme
        if self._lit(face):
            return theme.fill(face.priority), theme.on_fill(face.priority)
        return colour(theme.palette.panel), colour(theme.palette.text)

    def _colour_key(self) -> None:
        face = self._face
        if isinstance(face, AlarmFace):
            block, ink = self._inks(face)
            shade = 0.24 if self._lit(face) else 0.0
            fill = mix(block.name(), "#000000", shade) if shade else colour(self._theme.palette.field)
            self.key.set_colours(fill, ink)

    def _place_key(self) -> None:
        px = self._theme.px
        width = max(px(262), self.key.sizeHint().width())
        height = round(self.height() * 0.66)
        self.key.setGeometry(self.width() - px(26) - width, (self.height() - height) // 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(self._face, QuietFace):
            self._paint_quiet(painter, self._face)
        else:
            self._paint_alarm(painter, self._face)
        painter.end()

    def _baseline(self, centre_y: float, px: int, weight: int = fonts.MEDIUM) -> float:
        return painting.middle_baseline(centre_y, fonts.metrics(px, weight))

    def _paint_quiet(self, painter: QPainter, face: QuietFace) -> None:
        t, p, px = self._theme.text_px, self._theme.palette, self._theme.px
        paint_panel(painter, QRectF(self.rect()), self._theme)
        middle = self.height() / 2
        x = float(px(SIDE))
        grey = colour(p.secondary)
        x += painting.line(painter, x, self._baseline(middle, t(27)), face.headline, grey, t(27))
        x = max(x + px(40), float(px(330)))
        right = self.width() - px(SIDE)
        small = self._baseline(middle, t(19))
        quiet = mix(p.secondary, p.panel, 0.12)
        if face.sound:
            room = right - x - fonts.width(face.limits, t(19)) - px(40)
            taken = painting.line(
                painter, right, small, face.sound, quiet, t(19), room=max(0.0, room), align=painting.RIGHT
            )
            right -= round(taken) + px(40)
        painting.line(painter, x, small, face.limits, quiet, t(19), room=right - x)

    def _paint_alarm(self, painter: QPainter, face: AlarmFace) -> None:
        block, ink = self._inks(face)
        px = self._theme.px
        thick = px(3)
        outline = self._theme.fill(face.priority) if not face.passed else colour(self._theme.palette.faint)
        painter.setPen(QPen(outline, thick))
        painter.setBrush(block)
        half = thick / 2
        radius = px(RADIUS)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)
        right = self._paint_right(painter, face, ink)
        middle = self.height() * (0.40 if face.others else 0.5)
        mark = ink if not face.passed else colour(self._theme.palette.secondary)
        x = float(px(SIDE)) + self._paint_marks(painter, face.priority, middle, px(28), mark, px(SIDE))
        large = self._theme.text_px(LARGE if not face.others else 32)
        room = right - x - px(24)
        size = fonts.fitting(face.text, room, large, fonts.BOLD, self._theme.text_px(SMALLEST_LARGE))
        baseline = self._baseline(middle, size, fonts.BOLD)
        painting.line(painter, x, baseline, face.text, ink, size, fonts.BOLD, room=room)
        if face.others:
            self._paint_others(painter, face, ink, right)

    def _paint_marks(
        self, painter: QPainter, priority: Priority, middle: float, size: float, ink: QColor, x: float
    ) -> float:
        """Shape and stars; returns the width they took."""
        painting.priority_shape(painter, priority, QRectF(x, middle - size / 2, size, size * 0.94), ink)
        gap = self._theme.px(14)
        width = painting.stars(painter, x + size + gap, middle, size, strings.STARS[priority], ink)
        return size + gap + width + gap

    def _paint_right(self, painter: QPainter, face: AlarmFace, ink: QColor) -> float:
        """Duration, count, and the key or the tick; returns where they begin."""
        t, px = self._theme.text_px, self._theme.px
        right = float(self.width() - px(SIDE))
        middle = self.height() / 2
        if face.acknowledged:
            said = strings.ACKNOWLEDGED
            baseline = self._baseline(middle, t(24), fonts.SEMIBOLD)
            align = painting.RIGHT
            right -= painting.line(painter, right, baseline, said, ink, t(24), fonts.SEMIBOLD, align=align)
            box = QRectF(right - px(38), middle - px(11), px(26), px(22))
            painting.tick(painter, box, ink, px(4))
            right = box.left() - px(36)
        elif not self._passive:
            right = self.key.x() - px(36)
        baseline = self._baseline(middle, t(30), fonts.SEMIBOLD)
        right -= painting.line(
            painter, right, baseline, face.lasted, ink, t(30), fonts.SEMIBOLD, align=painting.RIGHT
        )
        if face.more:
            right -= px(28)
            right -= painting.line(
                painter, right, baseline, face.more, ink, t(24), fonts.SEMIBOLD, align=painting.RIGHT
            )
        return right - px(12)

    def _paint_others(self, painter: QPainter, face: AlarmFace, ink: QColor, right: float) -> None:
        px, t = self._theme.px, self._theme.text_px(OTHERS)
        middle = self.height() * 0.79
        baseline = self._baseline(middle, t)
        x, size = float(px(SIDE)), t * 0.72
        for priority, text in face.others:
            room = right - x - size - px(8)
            if room < px(90):
                break
            painting.priority_shape(painter, priority, QRectF(x, middle - size / 2, size, size * 0.94), ink)
            x += size + px(8)
            x += painting.line(painter, x, baseline, text, ink, t, fonts.SEMIBOLD, room=room) + px(26)
        painter.setPen(Qt.PenStyle.NoPen)
