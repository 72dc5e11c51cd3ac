"""How the page is painted: the observation clock, the steps, rows with marks, the foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from kapmonitor.preflight import Standing
from ui import fonts, painting
from ui.after.asks import Foot
from ui.after.heads import Clock, Head
from ui.after.rows import Kind, Row
from ui.theme import Theme, colour

MARGIN: Final = 22
HEAD: Final = 62
CLOCK: Final = 84
FOOT: Final = 136
ROW: Final = 52
TITLE: Final = 24
TEXT: Final = 19
SMALL: Final = 16
BIG: Final = 40
SMALLEST: Final = 12
UPPER: Final = 0.33
LOWER: Final = 0.72
FIRST: Final = 30
SECOND: Final = 88
"""Middles of the foot's two lines."""


def row_height(theme: Theme) -> int:
    """Of one row."""
    return max(theme.px(ROW), round((theme.text_px(TEXT) + theme.text_px(SMALL)) * 1.35))


def line(
    painter: QPainter,
    theme: Theme,
    at: tuple[float, float, float],
    said: str,
    ink: str,
    size: int,
    weight: int = fonts.MEDIUM,
    align: Qt.AlignmentFlag = painting.LEFT,
) -> float:
    """One line at x, the middle of it and its room; its width."""
    x, middle, room = at
    px = theme.text_px(size)
    base = painting.middle_baseline(middle, fonts.metrics(px, weight))
    return painting.line(
        painter, x, base, said, colour(ink), px, weight, room=room, align=align, smallest=SMALLEST
    )


def paint_head(painter: QPainter, theme: Theme, width: float, head: Head) -> None:
    """The title, and on the right the three steps with what is left in each."""
    p, px = theme.palette, theme.px
    middle, x = px(HEAD) / 2 + px(3), width - px(MARGIN)
    line(painter, theme, (px(MARGIN), middle, width), head.title, p.secondary, TITLE, fonts.SEMIBOLD)
    for step in reversed(head.steps):
        size = theme.text_px(18)
        wide = fonts.width(step.text, size, fonts.SEMIBOLD) + px(28)
        box = QRectF(x - wide, middle - px(20), wide, px(40))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(p.notes if step.chosen else p.grid), max(1.0, px(2))))
        painter.setBrush(colour(p.field if step.chosen else p.panel))
        painter.drawRoundedRect(box, px(7), px(7))
        ink = p.text if step.chosen else p.secondary
        line(
            painter,
            theme,
            (box.center().x(), middle, wide),
            step.text,
            ink,
            18,
            fonts.SEMIBOLD,
            painting.CENTRE,
        )
        x = box.x() - px(10)


def paint_clock(painter: QPainter, theme: Theme, width: float, clock: Clock) -> None:
    """Hours and minutes since the doses, and what is left of the least observation."""
    p, px = theme.palette, theme.px
    middle, x, end = px(HEAD) + px(CLOCK) / 2 - px(4), float(px(MARGIN)), width - px(MARGIN)
    for part in clock.parts:
        ink = p.good if part.over else p.notes if part.waits else p.text
        x += line(painter, theme, (x, middle, end - x), part.value, ink, BIG, fonts.BOLD) + px(12)
        x += line(painter, theme, (x, middle, end - x), part.label, p.secondary, SMALL) + px(34)
    if clock.note:
        line(painter, theme, (x, middle, end - x), clock.note, p.secondary, TEXT)
    painter.setPen(QPen(colour(p.grid), 1))
    y = px(HEAD + CLOCK) - px(6)
    painter.drawLine(QLineF(px(MARGIN), y, end, y))


def paint_row(painter: QPainter, theme: Theme, box: QRectF, row: Row, *, chosen: bool) -> None:
    """A mark, what it is, its value, and beneath it who said so or what to do."""
    p, px = theme.palette, theme.px
    if row.kind is Kind.HEADING:
        at = (box.x() + px(12), box.y() + box.height() * 0.68, box.width())
        line(painter, theme, at, row.text, p.secondary, SMALL, fonts.SEMIBOLD)
        return
    if row.kind is Kind.NOTE:
        _paint_note(painter, theme, box, row.text)
        return
    if chosen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(p.notes), max(2, px(2))))
        painter.setBrush(colour(p.field))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(6), px(6))
    if row.kind in (Kind.LEAVE, Kind.SIGN) and row.standing is None:
        _paint_button(painter, theme, box, row, chosen=chosen)
        return
    size, left = theme.text_px(TEXT) * 0.92, box.x() + px(14)
    paint_mark(painter, theme, QRectF(left, box.center().y() - size / 2, size, size), row.standing)
    left += size + px(14)
    room = box.right() - left - px(14)
    used = 0.0
    if row.value:
        value_at = (box.right() - px(14), box.y() + box.height() * UPPER, room * 0.6)
        used = line(painter, theme, value_at, row.value, p.text, TEXT, fonts.BOLD, painting.RIGHT) + px(16)
    top = (left, box.y() + box.height() * UPPER, room - used)
    line(painter, theme, top, row.text, p.text, TEXT, fonts.SEMIBOLD)
    low = (left, box.y() + box.height() * LOWER, room)
    line(painter, theme, low, row.said, _ink(theme, row), SMALL)


def _ink(theme: Theme, row: Row) -> str:
    p = theme.palette
    if row.standing is Standing.WRONG:
        return p.medium
    required = not (row.check and not row.check.required) and not (row.field and not row.field.field.required)
    return p.notes if row.standing is Standing.LEFT and required else p.secondary


def _paint_note(painter: QPainter, theme: Theme, box: QRectF, said: str) -> None:
    px, size = theme.px, theme.text_px(TEXT)
    parts = painting.broken(said, size, box.width() - px(28))[:2]
    for number, part in enumerate(parts):
        middle = box.center().y() + (number - (len(parts) - 1) / 2) * size * 1.3
        line(painter, theme, (box.x() + px(14), middle, box.width()), part, theme.palette.secondary, TEXT)


def _paint_button(painter: QPainter, theme: Theme, box: QRectF, row: Row, *, chosen: bool) -> None:
    p, px = theme.palette, theme.px
    inner = box.adjusted(px(14), px(5), -px(14), -px(5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(p.notes if chosen else p.edge), max(2, px(2)) if chosen else 1.0))
    painter.setBrush(colour(p.notes if row.ready else p.field))
    painter.drawRoundedRect(inner, px(7), px(7))
    said = f"{row.text} — {row.said}" if row.said else row.text
    ink = p.on_notes if row.ready else p.secondary
    at = (inner.center().x(), inner.center().y(), inner.width() - px(20))
    line(painter, theme, at, said, ink, TEXT, fonts.SEMIBOLD, painting.CENTRE)


def paint_mark(painter: QPainter, theme: Theme, box: QRectF, standing: Standing | None) -> None:
    """A tick; a ring while it is open; a cross for a no; a ring with a bar for what is gone on without."""
    p, width = theme.palette, max(1.8, 2.4 * theme.scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if standing is None:
        return
    if standing is Standing.DONE:
        painting.tick(painter, box, colour(p.good), width)
        return
    ink = colour(p.medium if standing is Standing.WRONG else p.notes)
    painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    small = box.adjusted(width, width, -width, -width)
    if standing is Standing.WRONG:
        painter.drawLine(QLineF(small.topLeft(), small.bottomRight()))
        painter.drawLine(QLineF(small.bottomLeft(), small.topRight()))
        return
    painter.drawEllipse(small)
    if standing is Standing.OVERRIDDEN:
        painter.drawLine(QLineF(small.left(), small.center().y(), small.right(), small.center().y()))


@dataclass(frozen=True, slots=True)
class FootPlaces:
    """Where the foot's parts stand."""

    box: QRectF
    entry: QRectF


def foot_places(theme: Theme, width: float, height: float, entry_height: float) -> FootPlaces:
    """The foot along the lower edge; the entry below the question."""
    px = theme.px
    box = QRectF(px(MARGIN), height - px(FOOT), width - 2 * px(MARGIN), px(FOOT))
    middle = box.y() + px(SECOND)
    entry = QRectF(box.x(), middle - entry_height / 2, box.width() * 0.5, entry_height)
    return FootPlaces(box, entry)


def paint_foot(painter: QPainter, theme: Theme, at: FootPlaces, foot: Foot, *, typing: bool) -> None:
    """What is asked; below it the keys, or what is wrong."""
    p, px, box = theme.palette, theme.px, at.box
    painter.setPen(QPen(colour(p.grid), 1))
    painter.drawLine(QLineF(box.x(), box.y(), box.right(), box.y()))
    first = foot.ask or foot.trouble
    ink = p.text if foot.ask else p.notes
    line(painter, theme, (box.x(), box.y() + px(FIRST), box.width()), first, ink, 20, fonts.SEMIBOLD)
    left = at.entry.right() + px(18) if typing else box.x()
    said = foot.trouble if foot.ask and foot.trouble else foot.keys
    ink = p.notes if foot.ask and foot.trouble else p.secondary
    room = box.right() - left
    size = theme.text_px(SMALL)
    fits = fonts.width(said, size) <= room
    parts = [said] if fits else painting.broken(said, size, room)[:3]
    for number, part in enumerate(parts):
        middle = box.y() + px(SECOND) + (number - (len(parts) - 1) / 2) * size * 1.3
        line(painter, theme, (left, middle, room), part, ink, SMALL)
