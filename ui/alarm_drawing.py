"""How the alarm zone is painted: quiet words, the filled block, and the chips of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from kapmonitor.snapshot import Priority
from ui import alarm_wording as wording
from ui import fonts, painting, strings
from ui.alarm_chips import Chip, ChipKind
from ui.alarm_face import AlarmFace, Other, QuietFace
from ui.panel import RADIUS, paint_panel
from ui.theme import Theme, colour, mix

LARGE: Final = 38
LARGE_WITH_MORE: Final = 30
SMALLEST_LARGE: Final = 20
SECOND: Final = 19
CHIP: Final = 16
SIDE: Final = 34
ROWS: Final = (0.33, 0.755)
"""Where two lines stand, in shares of the height; one alone stands in the middle."""
OTHER_SHARE: Final = 0.5
"""How much of the second line another alarm may take while there are chips as well."""
LEAST_OTHER: Final = 90


@dataclass(frozen=True, slots=True)
class Ground:
    """Where and upon what something is painted: its ink, and how far to the right it may go."""

    painter: QPainter
    theme: Theme
    box: QRectF
    ink: QColor
    right: float

    def y(self, share: float) -> float:
        return self.box.y() + self.box.height() * share

    def baseline(self, centre_y: float, px: int, weight: int = fonts.MEDIUM) -> float:
        return painting.middle_baseline(centre_y, fonts.metrics(px, weight))


def paint_quiet(ground: Ground, face: QuietFace) -> None:
    """Calm words on a panel; what is kept to be seen in a second line."""
    painter, theme = ground.painter, ground.theme
    t, p, px = theme.text_px, theme.palette, theme.px
    paint_panel(painter, ground.box, theme)
    middle = ground.y(ROWS[0] if face.chips else 0.5)
    head = t(23 if face.chips else 27)
    x = float(px(SIDE))
    x += painting.line(painter, x, ground.baseline(middle, head), face.headline, colour(p.secondary), head)
    x = max(x + px(40), float(px(330)))
    right, base = ground.right, ground.baseline(middle, t(19))
    quiet = mix(p.secondary, p.panel, 0.12)
    if face.sound:
        room = right - x - fonts.width(face.limits, t(19)) - px(40)
        size, align = t(19), painting.RIGHT
        taken = painting.line(painter, right, base, face.sound, quiet, size, room=max(0.0, room), align=align)
        right -= round(taken) + px(40)
    painting.line(painter, x, base, face.limits, quiet, t(19), room=right - x)
    paint_chips(ground, face.chips, float(px(SIDE)), ground.y(ROWS[1]))


def paint_block(painter: QPainter, theme: Theme, box: QRectF, block: QColor, priority: Priority) -> None:
    """The filled block; between two flashes only its outline is left of it."""
    thick = theme.px(3)
    painter.setPen(QPen(theme.fill(priority), thick))
    painter.setBrush(block)
    half, radius = thick / 2, theme.px(RADIUS)
    painter.drawRoundedRect(box.adjusted(half, half, -half, -half), radius, radius)


def paint_alarm(ground: Ground, face: AlarmFace) -> None:
    """Marks, sentence, and below it another alarm and the chips; the right end is painted already."""
    px = ground.theme.px
    two = face.other is not None or bool(face.chips)
    middle = ground.y(ROWS[0] if two else 0.5)
    x = float(px(SIDE)) + paint_marks(ground, face.priority, float(px(SIDE)), middle, px(28))
    right = ground.right
    if face.wanted:
        right -= _wanted_width(ground, face.wanted) + px(22)
    large = ground.theme.text_px(LARGE_WITH_MORE if two else LARGE)
    room = right - x - px(12)
    size = fonts.fitting(face.text, room, large, fonts.BOLD, ground.theme.text_px(SMALLEST_LARGE))
    base = ground.baseline(middle, size, fonts.BOLD)
    x += painting.line(ground.painter, x, base, face.text, ground.ink, size, fonts.BOLD, room=room)
    if face.wanted:
        _paint_wanted(ground, face.wanted, x + px(22), middle)
    if two:
        x = float(px(SIDE))
        if face.other is not None:
            share = OTHER_SHARE if face.chips else 1.0
            x += _paint_other(ground, face.other, x, (ground.right - x) * share) + px(28)
        paint_chips(ground, face.chips, x, ground.y(ROWS[1]))


def paint_marks(ground: Ground, priority: Priority, x: float, middle: float, size: float) -> float:
    """Shape and stars; returns where what they stand for begins."""
    return painting.marks(ground.painter, priority, x, middle, size, ground.ink) + size / 2


def _wanted_width(ground: Ground, text: str) -> float:
    return fonts.width(text, ground.theme.text_px(22), fonts.BOLD) + 2 * ground.theme.px(14)


def _paint_wanted(ground: Ground, text: str, x: float, middle: float) -> None:
    """What the alarm waits for, in an outline of its own."""
    painter, theme = ground.painter, ground.theme
    size = theme.text_px(22)
    box = QRectF(x, middle - size * 0.8, _wanted_width(ground, text), size * 1.6)
    painter.setPen(QPen(ground.ink, theme.px(3)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, theme.px(7), theme.px(7))
    base = ground.baseline(middle, size, fonts.BOLD)
    painting.line(painter, box.center().x(), base, text, ground.ink, size, fonts.BOLD, align=painting.CENTRE)


def _paint_other(ground: Ground, other: Other, x: float, room: float) -> float:
    """Another alarm, small; returns the width it took."""
    painter, theme, ink = ground.painter, ground.theme, ground.ink
    size, middle, start = theme.text_px(SECOND), ground.y(ROWS[1]), x
    if room < theme.px(LEAST_OTHER):
        return 0.0
    x += paint_marks(ground, other.priority, x, middle, size * 0.74)
    base = ground.baseline(middle, size)
    after = fonts.width(other.lasted, size, fonts.SEMIBOLD) + theme.px(20)
    after += size * 1.5 if other.acknowledged else 0
    left = room - (x - start) - after
    x += painting.line(painter, x, base, other.text, ink, size, fonts.SEMIBOLD, room=left) + theme.px(16)
    x += painting.line(painter, x, base, other.lasted, ink, size, fonts.SEMIBOLD)
    if other.acknowledged:
        box = QRectF(x + theme.px(10), middle - size * 0.4, size * 0.9, size * 0.76)
        painting.tick(painter, box, ink, max(2, theme.px(3)))
        x = box.right()
    return x - start


def paint_chips(ground: Ground, chips: tuple[Chip, ...], x: float, middle: float) -> None:
    """The chips that fit, and how many more there are."""
    theme = ground.theme
    gap, size = theme.px(10), theme.text_px(CHIP)
    for number, chip in enumerate(chips):
        left = len(chips) - number
        more = strings.MORE_ALARMS.format(n=left)
        after = fonts.width(more, size, fonts.SEMIBOLD) + gap if left > 1 else 0
        width, room = _chip_width(theme, chip), ground.right - x - after
        if width > room and (left > 1 or number):
            base = ground.baseline(middle, size, fonts.SEMIBOLD)
            painting.line(ground.painter, x, base, more, ground.ink, size, fonts.SEMIBOLD)
            return
        _paint_chip(ground, chip, QRectF(x, middle - size * 0.76, min(width, room), size * 1.52))
        x += width + gap


def _mark_width(theme: Theme, chip: Chip) -> float:
    size = theme.text_px(CHIP)
    if chip.kind is ChipKind.BELL:
        return size * 1.35
    if chip.priority is None:
        return 0.0
    word = fonts.width(f"{wording.WAS} ", size, fonts.SEMIBOLD)
    return word + painting.marks_width(chip.priority, size * 0.72) + size * 0.5


def _chip_width(theme: Theme, chip: Chip) -> float:
    size = theme.text_px(CHIP)
    return _mark_width(theme, chip) + fonts.width(chip.text, size, fonts.SEMIBOLD) + 2 * theme.px(12)


def _paint_chip(ground: Ground, chip: Chip, box: QRectF) -> None:
    """Always dark, so that it reads the same upon a block of any colour; grey for what is over."""
    painter, theme, p = ground.painter, ground.theme, ground.theme.palette
    was = chip.kind is ChipKind.WAS
    ink = colour(p.text if was else p.notes)
    painter.setPen(QPen(colour(p.faint if was else p.notes), theme.px(1.5)))
    painter.setBrush(colour(p.field))
    painter.drawRoundedRect(box, theme.px(6), theme.px(6))
    size, middle = theme.text_px(CHIP), box.center().y()
    base, x = ground.baseline(middle, size, fonts.SEMIBOLD), box.x() + theme.px(12)
    if chip.kind is ChipKind.BELL:
        bell = QRectF(x, middle - size * 0.52, size, size * 1.04)
        painting.crossed_bell(painter, bell, ink, max(1.5, theme.px(2)))
    elif chip.priority is not None:
        grey = Ground(painter, theme, box, colour(p.secondary), box.right())
        word = painting.line(painter, x, base, f"{wording.WAS} ", grey.ink, size, fonts.SEMIBOLD)
        paint_marks(grey, chip.priority, x + word, middle, size * 0.72)
    x += _mark_width(theme, chip)
    room = box.right() - theme.px(10) - x
    painting.line(painter, x, base, chip.text, ink, size, fonts.SEMIBOLD, room=room)
