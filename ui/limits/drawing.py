"""How the page of limits is painted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui.limits.face import Foot, Head, Row
from ui.theme import Theme, colour

MARGIN: Final = 22
HEAD: Final = 116
FOOT: Final = 144
FIRST: Final = 26
SECOND: Final = 70
"""Middles of the two lines of the foot."""
ENTRY: Final = 360
ROW: Final = 32
TEXT: Final = 17
TITLE: Final = 24
SMALL: Final = 16
ASK: Final = 21
SURE: Final = 26
LONGEST_NAME: Final = "BP diastolic above"
LONGEST_LIMIT: Final = "52.5"


def row_height(theme: Theme) -> int:
    """Of one line."""
    return max(theme.px(ROW), round(theme.text_px(TEXT) * 1.55))


def _base(theme: Theme, middle: float, size: int, weight: int = fonts.MEDIUM) -> float:
    return painting.middle_baseline(middle, fonts.metrics(size, weight))


def paint_head(painter: QPainter, theme: Theme, width: float, face: Head) -> None:
    """Title and lock; whose limits; the baseline."""
    p, px, t = theme.palette, theme.px, theme.text_px
    left, right = float(px(MARGIN)), width - px(MARGIN)
    base = _base(theme, px(30), t(TITLE), fonts.SEMIBOLD)
    used = painting.line(painter, left, base, face.title, colour(p.secondary), t(TITLE), fonts.SEMIBOLD)
    ink, small = colour(p.notes if face.open else p.secondary), t(TEXT)
    room = right - left - used - px(24)
    mark = small * 0.9
    said = painting.line(
        painter,
        right,
        base,
        face.lock,
        ink,
        small,
        fonts.SEMIBOLD,
        room=room - mark * 2,
        align=painting.RIGHT,
    )
    box = QRectF(right - said - px(12) - mark, px(30) - mark * 0.55, mark, mark * 1.1)
    _paint_lock(painter, box, ink, max(1.5, px(2)), shut=not face.open)
    _paint_pair(
        painter,
        theme,
        (left, right),
        px(64),
        (face.name, p.text),
        (face.signed, p.notes if face.doubtful else p.secondary),
    )
    wanting = p.notes if face.wanting else p.secondary
    _paint_pair(painter, theme, (left, right), px(92), (face.baseline, wanting), (face.proposal, p.text))
    painter.setPen(QPen(colour(p.grid), 1))
    painter.drawLine(QLineF(left, px(HEAD - 6), right, px(HEAD - 6)))


def _paint_pair(
    painter: QPainter,
    theme: Theme,
    ends: tuple[float, float],
    middle: float,
    first: tuple[str, str],
    second: tuple[str, str],
) -> None:
    """Two texts after each other, the second as far as there is room."""
    size = theme.text_px(TEXT)
    base = _base(theme, middle, size)
    left, right = ends
    left += painting.line(
        painter, left, base, first[0], colour(first[1]), size, fonts.SEMIBOLD, room=right - left
    )
    left += theme.px(18)
    if second[0] and right - left > theme.px(60):
        painting.line(painter, left, base, second[0], colour(second[1]), size, room=right - left)


def _paint_lock(painter: QPainter, box: QRectF, ink: QColor, width: float, *, shut: bool) -> None:
    """A padlock; open, its shackle stands up to one side."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    body = box.adjusted(0, box.height() * 0.45, 0, 0)
    shackle = QRectF(box.x() + box.width() * 0.2, box.y(), box.width() * 0.6, box.height() * 0.8)
    painter.drawArc(shackle if shut else shackle.translated(box.width() * 0.45, 0), 0, 180 * 16)
    painter.fillRect(body, ink)


def paint_row(painter: QPainter, theme: Theme, box: QRectF, face: Row, *, chosen: bool) -> None:
    """Priority, what it limits, the number, where it came from, and when it alarms."""
    p, px = theme.palette, theme.px
    if chosen:
        painter.setPen(QPen(colour(p.notes), px(2)))
        painter.setBrush(colour(p.field))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(6), px(6))
    size, middle = theme.text_px(TEXT), box.center().y()
    base = _base(theme, middle, size)
    ink = colour(p.secondary if face.quiet else p.text)
    x = _paint_marks(painter, theme, face, box.x() + px(10), middle) + px(16)
    painting.line(painter, x, base, face.name, ink, size)
    x += fonts.width(LONGEST_NAME, size) + px(10) + fonts.width(LONGEST_LIMIT, size, fonts.BOLD)
    painting.line(painter, x, base, face.limit, ink, size, fonts.BOLD, align=painting.RIGHT)
    _paint_when(painter, theme, box, face, base, x + px(22))


def _paint_marks(painter: QPainter, theme: Theme, face: Row, x: float, middle: float) -> float:
    """Shape and stars; returns where the longest of them would end."""
    size = theme.text_px(TEXT) * 0.66
    ink = theme.fill(face.priority) if face.priority != Priority.HIGH else colour(theme.palette.text)
    ink = colour(theme.palette.faint) if face.quiet else ink
    painting.marks(painter, face.priority, x, middle, size, ink)
    return x + painting.marks_width(Priority.HIGH, size)


def _paint_when(painter: QPainter, theme: Theme, box: QRectF, face: Row, base: float, left: float) -> None:
    """Source and delay share what is left; the delay is never shortened."""
    p, size = theme.palette, theme.text_px(SMALL)
    right = box.right() - theme.px(10)
    ink = colour(p.notes if face.off else p.secondary)
    used = painting.line(painter, right, base, face.when, ink, size, align=painting.RIGHT)
    if face.off:
        bell = QRectF(right - used - size * 1.5, box.center().y() - size * 0.55, size, size * 1.1)
        painting.crossed_bell(painter, bell, ink, max(1.5, theme.px(2)))
        used += size * 1.7
    room = right - used - theme.px(14) - left
    painting.line(painter, left, base, face.source, colour(p.secondary), size, room=room)


def entry_box(theme: Theme, box: QRectF, height: int) -> QRectF:
    """Where something is typed, in the foot: below the question."""
    middle = box.y() + theme.px(SECOND)
    return QRectF(box.x(), middle - height / 2, min(box.width() * 0.5, theme.px(ENTRY)), height)


def paint_foot(painter: QPainter, theme: Theme, box: QRectF, face: Foot) -> None:
    """About the chosen limit, or the question with what is wrong with the answer."""
    p, px = theme.palette, theme.px
    painter.setPen(QPen(colour(p.grid), 1))
    painter.drawLine(QLineF(box.x(), box.y(), box.right(), box.y()))
    size = theme.text_px(SMALL)
    ink, weight = (p.notes, fonts.SEMIBOLD) if face.sure else (p.secondary, fonts.MEDIUM)
    base = _base(theme, box.bottom() - px(20), size, weight)
    painting.line(painter, box.x(), base, face.keys, colour(ink), size, weight, room=box.width())
    if face.ask:
        _paint_ask(painter, theme, box, face)
    elif face.lines:
        first, second = face.lines[0], face.trouble or face.lines[1]
        _paint_words(painter, theme, box, FIRST, (first, p.text))
        _paint_words(painter, theme, box, SECOND, (second, p.notes if face.trouble else p.secondary))


def _paint_ask(painter: QPainter, theme: Theme, box: QRectF, face: Foot) -> None:
    weight, ink = fonts.BOLD if face.sure else fonts.SEMIBOLD, colour(theme.palette.notes)
    largest = theme.text_px(SURE if face.sure else ASK)
    size = fonts.fitting(face.ask, box.width(), largest, weight, theme.text_px(SMALL))
    base = _base(theme, box.y() + theme.px(FIRST), size, weight)
    painting.line(painter, box.x(), base, face.ask, ink, size, weight, room=box.width())
    aside = entry_box(theme, box, 0).right() + theme.px(16)
    beside = QRectF(aside, box.y(), box.right() - aside, box.height())
    _paint_words(painter, theme, beside, SECOND, (face.trouble, theme.palette.notes))


def _paint_words(painter: QPainter, theme: Theme, box: QRectF, line: int, said: tuple[str, str]) -> None:
    size = theme.text_px(SMALL)
    base = _base(theme, box.y() + theme.px(line), size)
    smallest = theme.text_px(13)
    painting.line(painter, box.x(), base, said[0], colour(said[1]), size, room=box.width(), smallest=smallest)
