"""How the result of a rehearsal is painted: one line an alarm, and a strip of hours beneath."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from kapmonitor.alarms.types import Priority
from kapmonitor.rehearse import Kind
from ui import fonts, painting
from ui.replay.rehearsed import Hour, Row
from ui.theme import Theme, colour

ROW: Final = 38
TEXT: Final = 17
SMALL: Final = 15
SHAPE: Final = 14
HOUR_STRIP: Final = 58
HOUR_CELL: Final = 170
PARTS: Final = (0.11, 0.52, 0.61, 0.79)
"""Where text, length, comparison and hearing begin, in shares of the width."""


def row_height(theme: Theme) -> int:
    """Of one alarm."""
    return max(theme.px(ROW), round(theme.text_px(TEXT) * 1.6))


def paint_row(painter: QPainter, box: QRectF, theme: Theme, row: Row, *, chosen: bool) -> None:
    """When, what, for how long, beside what alarmed then, who would have heard it."""
    p, px = theme.palette, theme.px
    if chosen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(p.edge, 0.6))
        painter.drawRoundedRect(box.adjusted(-px(8), 2, px(8), -2), px(6), px(6))
    size = theme.text_px(TEXT)
    base = painting.middle_baseline(box.center().y(), fonts.metrics(size))
    left, width, gap = box.left(), box.width(), px(14)
    starts = [left, *(left + share * width for share in PARTS)]
    ends = [*(start - gap for start in starts[1:]), box.right()]
    ink = colour(p.secondary if row.faint else p.text)
    shape = px(SHAPE)
    mark = QRectF(starts[1], box.center().y() - shape / 2, shape, shape)
    painting.priority_shape(painter, row.priority, mark, _ink(theme, row.priority))
    starts[1] += shape + px(10)
    inks = (colour(p.secondary), ink, ink, _beside_ink(theme, row), colour(p.secondary))
    texts = (row.when, row.text, row.lasted, row.beside, row.heard)
    for start, end, text, tint in zip(starts, ends, texts, inks, strict=True):
        least = theme.text_px(SMALL - 2)
        painting.line(painter, start, base, text, tint, size, room=end - start, smallest=least)


def paint_hours(painter: QPainter, box: QRectF, theme: Theme, hours: tuple[Hour, ...]) -> None:
    """A cell an hour: its number, and beneath it each priority's shape with its count."""
    if not hours:
        return
    p, px = theme.palette, theme.px
    size, shape = theme.text_px(SMALL), px(SHAPE - 2)
    width = min(px(HOUR_CELL), box.width() / len(hours))
    for number, hour in enumerate(hours):
        left = box.left() + number * width
        upper = painting.middle_baseline(box.top() + box.height() * 0.28, fonts.metrics(size))
        painting.line(painter, left, upper, hour.name, colour(p.secondary), size, room=width)
        middle = box.top() + box.height() * 0.72
        lower = painting.middle_baseline(middle, fonts.metrics(size))
        x = left
        for priority, count in hour.counts:
            ink = _ink(theme, priority) if count else colour(p.faint)
            painting.priority_shape(painter, priority, QRectF(x, middle - shape / 2, shape, shape), ink)
            x += shape + px(4)
            tint = colour(p.text if count else p.faint)
            x += painting.line(painter, x, lower, str(count), tint, size) + px(12)


def _ink(theme: Theme, priority: Priority) -> QColor:
    return colour(theme.palette.text) if priority is Priority.HIGH else theme.fill(priority)


def _beside_ink(theme: Theme, row: Row) -> QColor:
    p = theme.palette
    return colour({Kind.NEW: p.notes, Kind.MISSED: p.medium, Kind.LOWER: p.medium}.get(row.kind, p.secondary))
