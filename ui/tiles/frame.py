"""The frame all number tiles share: panel, title, unit, and the block of an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui.panel import RADIUS, paint_panel
from ui.theme import Theme, colour
from ui.tiles.face import Trust
from ui.tiles.look import Look

SIDE: Final = 22
HEADER: Final = 54
BORDER: Final = 6
PENDING_BORDER: Final = 3
FOOTER: Final = 19
DIGIT_EM: Final = 0.65
"""Width of a bold tabular digit in ems, a little generous."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a tile is of."""

    name: str
    unit: str


def paint_frame(
    painter: QPainter,
    size: QRectF,
    theme: Theme,
    title: Title,
    alarm: Priority | None,
    look: Look,
    *,
    lit: bool,
) -> None:
    """Draw everything of a tile but its numbers; a lit alarm is a filled header and a thick border."""
    if alarm is None and look.pending is not None:
        paint_panel(painter, size, theme, theme.fill(look.pending).name(), theme.px(PENDING_BORDER))
    else:
        paint_panel(painter, size, theme)
    ink, unit_ink = colour(theme.palette.secondary), colour(theme.palette.secondary)
    x = float(theme.px(SIDE))
    middle = theme.px(HEADER) / 2 + 2.0
    if alarm is not None:
        if lit:
            _paint_block(painter, size, theme, theme.fill(alarm))
            ink = unit_ink = theme.on_fill(alarm)
        else:
            ink = colour(theme.palette.text)
            paint_panel(painter, size, theme, theme.fill(alarm).name(), theme.px(2))
        x += _paint_marks(painter, theme, alarm, x, middle, ink)
    px, weight = theme.text_px(27), fonts.BOLD if alarm is not None else fonts.SEMIBOLD
    baseline = painting.middle_baseline(middle, fonts.metrics(px, weight))
    x += painting.line(painter, x, baseline, title.name, ink, px, weight) + theme.px(14)
    if look.acknowledged:
        painting.tick(painter, QRectF(x, middle - px * 0.38, px * 0.9, px * 0.76), ink, theme.px(4))
    right = size.width() - theme.px(SIDE)
    unit_px = theme.text_px(20)
    right -= painting.line(painter, right, baseline, title.unit, unit_ink, unit_px, align=painting.RIGHT)
    if look.off:
        bell_ink = ink if alarm is not None else colour(theme.palette.notes)
        _paint_off(painter, theme, look.off, right - theme.px(24), middle, bell_ink)


def _paint_off(painter: QPainter, theme: Theme, left: str, right: float, middle: float, ink: QColor) -> None:
    """A limit of this tile is off: a crossed bell, and when it comes back."""
    px = theme.text_px(22)
    baseline = painting.middle_baseline(middle, fonts.metrics(px, fonts.SEMIBOLD))
    align = painting.RIGHT
    right -= painting.line(painter, right, baseline, left, ink, px, fonts.SEMIBOLD, align=align)
    bell = QRectF(right - theme.px(8) - px * 1.1, middle - px * 0.6, px * 1.1, px * 1.2)
    painting.crossed_bell(painter, bell, ink, max(1.5, theme.px(2.4)))


def paint_dashes(painter: QPainter, theme: Theme, box: QRectF) -> None:
    """Around limits that no reading would reach yet."""
    pen = QPen(colour(theme.palette.secondary), theme.px(1.5))
    pen.setDashPattern([3.0, 3.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, theme.px(6), theme.px(6))


def _paint_block(painter: QPainter, size: QRectF, theme: Theme, fill: QColor) -> None:
    border, radius = float(theme.px(BORDER)), float(theme.px(RADIUS))
    outer, inner = QPainterPath(), QPainterPath()
    outer.addRoundedRect(size, radius, radius)
    header = float(theme.px(HEADER))
    inner.addRoundedRect(
        QRectF(border, header, size.width() - 2 * border, size.height() - header - border),
        radius / 2,
        radius / 2,
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(outer.subtracted(inner), fill)


def _paint_marks(
    painter: QPainter, theme: Theme, alarm: Priority, x: float, middle: float, ink: QColor
) -> float:
    return painting.marks(painter, alarm, x, middle, theme.px(23), ink) + theme.px(10)


def trust_ink(theme: Theme, trust: Trust, full: str) -> QColor:
    """The colour of a number one trusts so far; `full` is its parameter's own."""
    inks = {
        Trust.FULL: full,
        Trust.QUIET: theme.palette.secondary,
        Trust.STRUCK: theme.palette.faint,
        Trust.GONE: theme.palette.faint,
    }
    return colour(inks[trust])


def digit_px(width: float, height: float, digits: float) -> int:
    """The largest size at which so many bold digits fit into a box."""
    return max(12, int(min(width / (digits * DIGIT_EM), height / 0.727)))
