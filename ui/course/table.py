"""The list of a course's sessions as it is painted: a line each, as wide columns as their words need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter

from ui import fonts, painting
from ui.course import marks, wording
from ui.course.faces import Kind, Row
from ui.theme import Theme, colour

TEXT: Final = 17
ROW: Final = 32
HEAD_ROW: Final = 28
SAMPLE: Final = 104
"""Design pixels of the stroke and the shape that stand for a session."""
APART: Final = 22


def row_height(theme: Theme) -> int:
    """Text shrinks more slowly than everything else."""
    return max(theme.px(ROW), round(theme.text_px(TEXT) * 1.6))


def columns(theme: Theme, rows: Sequence[Row], room: float) -> list[tuple[float, float]]:
    """Where each column begins after the sample and how wide it may be; the last one takes what is left."""
    px, apart = theme.text_px(TEXT), theme.px(APART)
    sessions = [row.cells for row in rows if row.kind is Kind.SESSION]
    table = [wording.COLUMNS, *sessions]
    found: list[tuple[float, float]] = []
    x = float(theme.px(SAMPLE))
    for place in range(len(wording.COLUMNS)):
        wide = max(fonts.width(cells[place], px) for cells in table) + 1
        last = place == len(wording.COLUMNS) - 1
        width = max(0.0, room - x) if last else min(wide, room * 0.24)
        found.append((x, width))
        x += width + apart
    return found


def paint_heads(painter: QPainter, box: QRectF, theme: Theme, widths: Sequence[tuple[float, float]]) -> None:
    """What the columns are."""
    px = theme.text_px(TEXT - 2)
    base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
    ink = colour(theme.palette.secondary)
    for name, (x, width) in zip(wording.COLUMNS, widths, strict=True):
        painting.line(painter, box.x() + x, base, name, ink, px, room=width)


def paint_row(
    painter: QPainter,
    box: QRectF,
    theme: Theme,
    row: Row,
    widths: Sequence[tuple[float, float]],
    *,
    chosen: bool,
) -> None:
    """A session with its sample, or a line of words."""
    p, px = theme.palette, theme.text_px(TEXT)
    if chosen:
        painter.fillRect(box, colour(p.field))
        painter.fillRect(QRectF(box.x(), box.y(), theme.px(4), box.height()), colour(p.notes))
    base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
    ink = colour(p.secondary if row.faint else p.text)
    if row.kind is not Kind.SESSION:
        left = box.x() + theme.px(SAMPLE)
        painting.line(painter, left, base, row.cells[0], ink, px, room=box.right() - left)
        return
    if not row.faint:
        _paint_sample(painter, box, theme, row.place)
    for text, (x, width) in zip(row.cells, widths, strict=True):
        painting.line(painter, box.x() + x, base, text, ink, px, room=width)


def _paint_sample(painter: QPainter, box: QRectF, theme: Theme, place: int) -> None:
    """The stroke of its curves and the shape of its readings."""
    p, y = theme.palette, box.center().y()
    left, right = box.x() + theme.px(14), box.x() + theme.px(SAMPLE - 30)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(marks.stroke(place, colour(p.secondary), max(1.5, 2 * theme.scale)))
    painter.drawLine(QLineF(left, y, right, y))
    marks.mark(painter, place, QPointF(right + theme.px(12), y), max(4.0, 5.5 * theme.scale), colour(p.text))
