"""How one of the staff is painted in a list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from ui import fonts, painting
from ui.notes.author import Author
from ui.theme import Theme, colour

ROW: Final = 40
TEXT_PX: Final = 20


def row_height(theme: Theme) -> int:
    """Of one line."""
    return max(theme.px(ROW), round(theme.text_px(TEXT_PX) * 1.6))


def paint_box(painter: QPainter, theme: Theme, box: QRectF, *, chosen: bool) -> None:
    """The outline of a line; thick and amber for the one that Enter takes."""
    palette = theme.palette
    painter.setPen(QPen(colour(palette.notes if chosen else palette.grid), 2 if chosen else 1))
    painter.setBrush(colour(palette.field))
    painter.drawRoundedRect(box, theme.px(6), theme.px(6))


def paint_person(
    painter: QPainter,
    theme: Theme,
    box: QRectF,
    one: Author,
    lead: str = "",
    tail: str | None = None,
    ink: QColor | None = None,
) -> None:
    """A key, initials, the name; opposite the role, or `tail` in its place."""
    palette, px = theme.palette, theme.text_px(TEXT_PX)
    base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
    left, gap = box.left() + theme.px(12), theme.px(14)
    text = ink or colour(palette.text)
    if lead:
        left += painting.line(painter, left, base, lead, colour(palette.notes), px, fonts.SEMIBOLD) + gap
    initials = painting.line(painter, left, base, one.initials, text, px, fonts.SEMIBOLD)
    left += max(initials, theme.px(44)) + gap
    right, said = box.right() - theme.px(12), one.role if tail is None else tail
    quiet, small = colour(palette.secondary), theme.text_px(17)
    used = painting.line(painter, right, base, said, quiet, small, align=painting.RIGHT)
    painting.line(painter, left, base, one.name, text, px, room=right - used - gap - left)
