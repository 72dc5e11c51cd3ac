"""The alarm line: quiet words while nothing is wrong, else a filled block in the colour of the priority."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import alarm_wording as wording
from ui import fonts, painting, strings
from ui.alarm_chips import ChipKind
from ui.alarm_drawing import ROWS, SIDE, Ground, paint_alarm, paint_block, paint_quiet
from ui.alarm_face import AlarmFace, Face, QuietFace
from ui.button import Key
from ui.flash import Flasher
from ui.theme import Theme, colour, mix

KEY: Final = 262
SHADE: Final = 0.24


class AlarmZone(QWidget):
    """Shows an alarm face; `acknowledge_asked` when its key is clicked. Never covered by anything."""

    acknowledge_asked = Signal()

    def __init__(self, theme: Theme, flasher: Flasher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._flasher = flasher
        self._passive = False
        self._face: Face = QuietFace(strings.NO_ALARMS, strings.NO_LIMITS, "")
        self.key = Key(theme, strings.ACKNOWLEDGE, self)
        self.key.set_look(26, fonts.SEMIBOLD)
        self.key.clicked.connect(self.acknowledge_asked)
        self.key.hide()
        flasher.changed.connect(self._on_flash)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.key.set_theme(theme)
        self._show_key()
        self.update()

    def set_face(self, face: Face) -> None:
        """Show this from now on."""
        if face == self._face:
            return
        self._face = face
        self._show_key()
        self.setAccessibleName(face.text if isinstance(face, AlarmFace) else face.headline)
        self.update()

    def set_passive(self, *, passive: bool) -> None:
        """In a review there is nothing to acknowledge."""
        self._passive = passive
        self._show_key()
        self.update()

    def _show_key(self) -> None:
        """One key for both: it acknowledges what is active and takes away what was seen."""
        face = self._face
        active = isinstance(face, AlarmFace) and not face.acknowledged
        passed = any(chip.kind is ChipKind.WAS for chip in face.chips)
        self.key.set_label(strings.ACKNOWLEDGE if active else wording.SEEN)
        self.key.setVisible((active or passed) and not self._passive)
        self._colour_key()
        self._place_key()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_key()

    def _on_flash(self) -> None:
        if isinstance(self._face, AlarmFace):
            self._colour_key()
            self.update()

    def _lit(self, face: AlarmFace) -> bool:
        return face.rhythm is None or self._flasher.lit(face.rhythm)

    def _inks(self, face: AlarmFace) -> tuple[QColor, QColor]:
        """Block and text colour now."""
        theme = self._theme
        if self._lit(face):
            return theme.fill(face.priority), theme.on_fill(face.priority)
        return colour(theme.palette.panel), colour(theme.palette.text)

    def _colour_key(self) -> None:
        face = self._face
        if isinstance(face, QuietFace):
            self.key.set_colours(None, None)
            return
        block, ink = self._inks(face)
        lit = self._lit(face)
        self.key.set_colours(
            mix(block.name(), "#000000", SHADE) if lit else colour(self._theme.palette.field), ink
        )

    def _place_key(self) -> None:
        px = self._theme.px
        width = max(px(KEY), self.key.sizeHint().width())
        height = round(self.height() * 0.66)
        self.key.setGeometry(self.width() - px(26) - width, (self.height() - height) // 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, face = QRectF(self.rect()), self._face
        if isinstance(face, QuietFace):
            ink = colour(self._theme.palette.secondary)
            paint_quiet(Ground(painter, self._theme, box, ink, self._right()), face)
        else:
            block, ink = self._inks(face)
            paint_block(painter, self._theme, box, block, face.priority)
            ground = Ground(painter, self._theme, box, ink, self._right())
            right = self._paint_right(ground, face)
            paint_alarm(Ground(painter, self._theme, box, ink, right), face)
        painter.end()

    def _right(self) -> float:
        """Where what is painted ends: at the key, or at the edge."""
        end = self.width() - self._theme.px(SIDE)
        return float(end if self.key.isHidden() else self.key.x() - self._theme.px(30))

    def _paint_right(self, ground: Ground, face: AlarmFace) -> float:
        """Duration, count, and that it is acknowledged; returns where they begin."""
        t, px = self._theme.text_px, self._theme.px
        right = ground.right
        if face.acknowledged:
            right = self._paint_acknowledged(ground, face) - px(30)
        base = ground.baseline(ground.y(0.5), t(30), fonts.SEMIBOLD)
        for words, size in ((face.lasted, 30), (face.more, 24)):
            if words:
                right -= painting.line(
                    ground.painter,
                    right,
                    base,
                    words,
                    ground.ink,
                    t(size),
                    fonts.SEMIBOLD,
                    align=painting.RIGHT,
                )
                right -= px(26)
        return right

    def _paint_acknowledged(self, ground: Ground, face: AlarmFace) -> float:
        """A tick and the word, and below it when the alarm speaks up again; returns where they begin."""
        painter, t, px = ground.painter, self._theme.text_px, self._theme.px
        middle = ground.y(ROWS[0] if face.reminder else 0.5)
        base = ground.baseline(middle, t(24), fonts.SEMIBOLD)
        align, ink, weight = painting.RIGHT, ground.ink, fonts.SEMIBOLD
        word = painting.line(
            painter, ground.right, base, wording.ACKNOWLEDGED, ink, t(24), weight, align=align
        )
        box = QRectF(ground.right - word - px(38), middle - px(11), px(26), px(22))
        painting.tick(painter, box, ink, px(4))
        below = ground.baseline(ground.y(ROWS[1]), t(19), weight)
        small = painting.line(painter, ground.right, below, face.reminder, ink, t(19), weight, align=align)
        return min(box.left(), ground.right - small)
