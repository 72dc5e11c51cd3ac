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
SMALLEST: Final = 14
ROW: Final = 32
HEAD_ROW: Final = 28
SAMPLE: Final = 104
"""Design pixels of the stroke and the shape that stand for a session."""
APART: Final = 22
LAST_SHARE: Final = 0.14
"""Of the room at least for the notes, if they want it."""


def row_height(theme: Theme) -> int:
    """Text shrinks more slowly than everything else."""
    return max(theme.px(ROW), round(theme.text_px(TEXT) * 1.6))


def columns(theme: Theme, rows: Sequence[Row], room: float) -> list[tuple[float, float]]:
    """Where each column begins after the sample and how wide it is; the last one takes what is left.

    Where there is too little room the widest give way first, and none of the others.
    """
    px, apart = theme.text_px(TEXT), theme.px(APART)
    table = [wording.COLUMNS, *(row.cells for row in rows if row.kind is Kind.SESSION)]
    wanted = [max(fonts.width(cells[place], px) for cells in table) + 1 for place in range(len(table[0]))]
    left = room - theme.px(SAMPLE) - apart * (len(wanted) - 1)
    widths = _shared(wanted[:-1], left - min(wanted[-1], left * LAST_SHARE))
    found: list[tuple[float, float]] = []
    x = float(theme.px(SAMPLE))
    for width in widths:
        found.append((x, width))
        x += width + apart
    return [*found, (x, max(0.0, room - x))]


def _shared(wanted: Sequence[float], room: float) -> list[float]:
    """What each gets of the room: all it wants, or as much as every other that wants more."""
    given: dict[int, float] = {}
    for count, place in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        fair = (room - sum(given.values())) / (len(wanted) - count)
        given[place] = max(0.0, min(wanted[place], fair))
    return [given[place] for place in range(len(wanted))]


def cut_short(theme: Theme, row: Row, widths: Sequence[tuple[float, float]]) -> str:
    """In full what its columns have no room for, each with its name; empty where all is to be read."""
    if row.kind is not Kind.SESSION:
        return ""
    px = theme.text_px(SMALLEST)
    cells = zip(wording.COLUMNS, row.cells, widths, strict=True)
    return " · ".join(f"{name}: {text}" for name, text, (_, room) in cells if fonts.width(text, px) > room)


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
        small = theme.text_px(SMALLEST)
        painting.line(painter, box.x() + x, base, text, ink, px, room=width, smallest=small)


def _paint_sample(painter: QPainter, box: QRectF, theme: Theme, place: int) -> None:
    """The stroke of its curves and the shape of its readings."""
    p, y = theme.palette, box.center().y()
    left, right = box.x() + theme.px(14), box.x() + theme.px(SAMPLE - 30)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(marks.stroke(place, colour(p.secondary), max(1.5, 2 * theme.scale)))
    painter.drawLine(QLineF(left, y, right, y))
    marks.mark(painter, place, QPointF(right + theme.px(12), y), max(4.0, 5.5 * theme.scale), colour(p.text))
