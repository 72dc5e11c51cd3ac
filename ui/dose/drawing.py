"""Paints the list of doses on their page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from ui import fonts, painting
from ui.dose import wording
from ui.dose.listed import DoseRow
from ui.theme import Theme, colour

SIZE: Final = 19
SMALL: Final = 16
LINE: Final = 30
SINCE: Final = 92
AT: Final = 64


def paint_list(painter: QPainter, box: QRectF, theme: Theme, rows: tuple[DoseRow, ...], chosen: str) -> None:
    """Newest at the top if not all fit; `chosen` is the id of the one that is corrected."""
    palette = theme.palette
    painter.setPen(colour(palette.edge))
    painter.drawLine(box.topLeft(), box.topRight())
    y = box.top() + theme.px(8)
    if not rows:
        _line(painter, theme, box, y, wording.NO_DOSES, palette.secondary, box.left(), SMALL)
    for row in _that_fit(rows, box.bottom() - y, theme):
        y = _paint_row(painter, theme, box, y, row, lit=row.dose.id == chosen)


def _that_fit(rows: tuple[DoseRow, ...], room: float, theme: Theme) -> tuple[DoseRow, ...]:
    """All of them, or the newest ones."""
    kept: list[DoseRow] = []
    for row in reversed(rows):
        room -= theme.px(LINE) * (2 + len(row.changes))
        if room < 0 and kept:
            break
        kept.insert(0, row)
    return tuple(kept)


def _paint_row(painter: QPainter, theme: Theme, box: QRectF, y: float, row: DoseRow, *, lit: bool) -> float:
    palette, pad = theme.palette, theme.px(8)
    high = theme.px(LINE)
    lines = 1 + bool(row.details) + len(row.changes)
    if lit:
        painter.fillRect(QRectF(box.left(), y, box.width(), high * lines), colour(palette.field))
        painter.fillRect(QRectF(box.left(), y, theme.px(3), high * lines), colour(palette.notes))
    ink = palette.secondary if row.withdrawn else palette.text
    x = box.left() + pad
    _line(painter, theme, box, y, row.since, palette.notes, x, SIZE, fonts.SEMIBOLD)
    _line(painter, theme, box, y, row.at, palette.secondary, x + theme.px(SINCE), SIZE)
    x += theme.px(SINCE + AT)
    _line(painter, theme, box, y, row.what, ink, x, SIZE, fonts.SEMIBOLD)
    for text in (row.details, *row.changes):
        if text:
            y += high
            _line(painter, theme, box, y, text, palette.secondary, x, SMALL)
    return y + high


def _line(
    painter: QPainter,
    theme: Theme,
    box: QRectF,
    y: float,
    text: str,
    ink: str,
    x: float,
    size: int,
    weight: int = fonts.MEDIUM,
) -> None:
    px = theme.text_px(size)
    base = painting.middle_baseline(y + theme.px(LINE) / 2, fonts.metrics(px, weight))
    room = box.right() - x - theme.px(8)
    painting.line(painter, x, base, text, colour(ink), px, weight, room=room, smallest=theme.text_px(14))
