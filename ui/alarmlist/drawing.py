"""How the alarm list is painted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui.alarmlist import wording
from ui.alarmlist.face import KINDS, PRIORITIES, Filter, Row
from ui.theme import Theme, colour

MARGIN: Final = 22
HEAD: Final = 118
FOOT: Final = 118
ROW: Final = 36
TEXT: Final = 17
SMALL: Final = 16
TITLE: Final = 24
LONGEST_SEEN: Final = "not acknowledged"
LONGEST_LENGTH: Final = "still 00:00"


def row_height(theme: Theme) -> int:
    """Of one line."""
    return max(theme.px(ROW), round(theme.text_px(TEXT) * 1.6))


def _base(middle: float, size: int, weight: int = fonts.MEDIUM) -> float:
    return painting.middle_baseline(middle, fonts.metrics(size, weight))


def paint_head(painter: QPainter, theme: Theme, width: float, title: str, wanted: Filter) -> None:
    """Title, and below it the two rows of filters in one line."""
    px, size = theme.px, theme.text_px(TITLE)
    grey = colour(theme.palette.secondary)
    painting.line(painter, px(MARGIN), _base(px(30), size, fonts.SEMIBOLD), title, grey, size, fonts.SEMIBOLD)
    x, middle = float(px(MARGIN)), float(px(78))
    x = _paint_key(painter, theme, x, middle, wording.KIND_KEY)
    for kind in KINDS:
        x = _paint_choice(painter, theme, x, middle, (kind.value, None), chosen=kind is wanted.kind)
    x = _paint_key(painter, theme, x + px(14), middle, wording.PRIORITY_KEY)
    for priority in PRIORITIES:
        said = (wording.ALL if priority is None else "", priority)
        x = _paint_choice(painter, theme, x, middle, said, chosen=priority is wanted.priority)
    painter.setPen(QPen(colour(theme.palette.grid), 1))
    painter.drawLine(QLineF(px(MARGIN), px(HEAD - 10), width - px(MARGIN), px(HEAD - 10)))


def _paint_key(painter: QPainter, theme: Theme, x: float, middle: float, key: str) -> float:
    size = theme.text_px(SMALL)
    ink = colour(theme.palette.notes)
    used = painting.line(painter, x, _base(middle, size, fonts.SEMIBOLD), key, ink, size, fonts.SEMIBOLD)
    return x + used + theme.px(10)


def _paint_choice(
    painter: QPainter,
    theme: Theme,
    x: float,
    middle: float,
    said: tuple[str, Priority | None],
    *,
    chosen: bool,
) -> float:
    """A word or stars in an outline, filled if it is the chosen one; returns where the next stands."""
    p, px, size = theme.palette, theme.px, theme.text_px(SMALL)
    word, priority = said
    star = size * 0.74
    inner = fonts.width(word, size) if priority is None else painting.marks_width(priority, star)
    box = QRectF(x, middle - size * 0.9, inner + 2 * px(8), size * 1.8)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(p.notes if chosen else p.edge), px(2) if chosen else 1))
    painter.setBrush(colour(p.field) if chosen else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, px(7), px(7))
    ink = colour(p.text if chosen else p.secondary)
    left = box.x() + px(8)
    if priority is None:
        painting.line(painter, left, _base(middle, size), word, ink, size)
    else:
        painting.marks(painter, priority, left, middle, star, ink)
    return box.right() + px(6)


def paint_row(painter: QPainter, theme: Theme, box: QRectF, face: Row, *, chosen: bool) -> None:
    """When, how grave, what; on the right how long and who saw it."""
    p, px = theme.palette, theme.px
    if chosen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(p.notes), px(2)))
        painter.setBrush(colour(p.field))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(6), px(6))
    size, small, middle = theme.text_px(TEXT), theme.text_px(SMALL), box.center().y()
    base, x = _base(middle, size), box.x() + px(12)
    painting.line(painter, x, base, face.time, colour(p.secondary), small)
    x += max(fonts.width("T+000:00", small), fonts.width(face.time, small)) + px(12)
    star = size * 0.66
    ink = colour(p.text) if face.priority is Priority.HIGH else theme.fill(face.priority)
    painting.marks(painter, face.priority, x, middle, star, ink)
    x += painting.marks_width(Priority.HIGH, star) + px(12)
    right = box.right() - px(12)
    seen_ink = colour(p.notes if face.unseen else p.secondary)
    align = painting.RIGHT
    painting.line(painter, right, base, face.seen, seen_ink, small, align=align)
    right -= fonts.width(LONGEST_SEEN, small) + px(18)
    length_ink = colour(p.secondary if face.quiet else p.text)
    painting.line(painter, right, base, face.length, length_ink, small, align=align)
    room = right - fonts.width(LONGEST_LENGTH if not face.quiet else face.length, small) - px(14) - x
    painting.line(painter, x, base, face.text, colour(p.text), size, room=room)


def paint_foot(painter: QPainter, theme: Theme, box: QRectF, lines: tuple[str, ...], keys: str) -> None:
    """All about the chosen alarm, and the keys."""
    p, px, size = theme.palette, theme.px, theme.text_px(SMALL)
    painter.setPen(QPen(colour(p.grid), 1))
    painter.drawLine(QLineF(box.x(), box.y(), box.right(), box.y()))
    for number, said in enumerate(lines):
        base = _base(box.y() + px(24) + number * px(30), size)
        ink = colour(p.secondary if number else p.text)
        smallest = theme.text_px(13)
        painting.line(painter, box.x(), base, said, ink, size, room=box.width(), smallest=smallest)
    base = _base(box.bottom() - px(20), size)
    painting.line(painter, box.x(), base, keys, colour(p.secondary), size, room=box.width())
