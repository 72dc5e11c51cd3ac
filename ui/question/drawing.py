"""How a question is laid out and painted: one column in the middle of the page, whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ui import fonts, painting
from ui.panel import paint_panel
from ui.question import wording
from ui.question.asked import Choice, Question
from ui.theme import Theme, colour

COLUMN: Final = 1080
EDGE: Final = 48
"""Design pixels kept free on either side of the column."""
UPPER_SHARE: Final = 0.4
"""How much of the free height stands above the column: its middle is a little above the page's."""
TITLE: Final = 44
SMALLEST_TITLE: Final = 24
LINE: Final = 24
LABEL: Final = 26
DETAIL: Final = 18
KEYS: Final = 17
ROW: Final = 104
ROW_GAP: Final = 14
AFTER_TITLE: Final = 16
AFTER_LINES: Final = 34
AFTER_ROWS: Final = 12
KEY: Final = 46
SIDE: Final = 26
LINE_STEP: Final = 1.5
"""From line to line, in sizes of the text."""
UPPER: Final = 0.37
LOWER: Final = 0.70


@dataclass(frozen=True, slots=True)
class Column:
    """The middle of the title and of each line, from their left ends; `below` is where answers begin."""

    left: float
    width: float
    title_y: float
    lines: tuple[tuple[float, str], ...]
    below: float


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything stands: title and lines, the rows, the middle of the line of keys."""

    column: Column
    rows: tuple[QRectF, ...]
    keys_y: float


def column(theme: Theme, said: tuple[str, ...], width: float, height: float, answers: float) -> Column:
    """Title and lines from top to bottom, above answers of that height and a line of keys."""
    px, t = theme.px, theme.text_px
    wide = min(float(px(COLUMN)), width - 2 * px(EDGE))
    left = (width - wide) / 2
    broken = [part for line in said for part in painting.broken(line, t(LINE), wide)]
    title, step, keys = t(TITLE) * 1.3, t(LINE) * LINE_STEP, t(KEYS) * 2.0
    fixed = title + len(broken) * step + answers + keys
    gaps = px(AFTER_TITLE) + px(AFTER_LINES) + px(AFTER_ROWS)
    top = max(float(px(ROW_GAP)), (height - fixed - gaps) * UPPER_SHARE)
    y = top + title + px(AFTER_TITLE)
    lines = tuple((y + step * (number + 0.5), text) for number, text in enumerate(broken))
    return Column(left, wide, top + title / 2, lines, y + len(broken) * step + px(AFTER_LINES))


def places(theme: Theme, question: Question, said: tuple[str, ...], width: float, height: float) -> Places:
    """The column's parts from top to bottom; `said` are the question's lines as they read now."""
    px, t = theme.px, theme.text_px
    row = max(float(px(ROW)), (t(LABEL) + t(DETAIL)) * 1.8)
    count = len(question.choices)
    rows = count * (row + px(ROW_GAP)) - px(ROW_GAP)
    at = column(theme, said, width, height, rows)
    boxes = tuple(
        QRectF(at.left, at.below + number * (row + px(ROW_GAP)), at.width, row) for number in range(count)
    )
    return Places(at, boxes, at.below + rows + px(AFTER_ROWS) + t(KEYS))


def paint_title(painter: QPainter, theme: Theme, at: Column, title: str) -> None:
    """Shrinks before it is cut."""
    t = theme.text_px
    base = painting.middle_baseline(at.title_y, fonts.metrics(t(TITLE), fonts.BOLD))
    painting.line(
        painter,
        at.left,
        base,
        title,
        colour(theme.palette.text),
        t(TITLE),
        fonts.BOLD,
        room=at.width,
        smallest=t(SMALLEST_TITLE),
    )


def paint_lines(painter: QPainter, theme: Theme, at: Column) -> None:
    """What stands below the title."""
    px = theme.text_px(LINE)
    for y, text in at.lines:
        base = painting.middle_baseline(y, fonts.metrics(px))
        painting.line(painter, at.left, base, text, colour(theme.palette.text), px, room=at.width)


def paint_question(painter: QPainter, theme: Theme, question: Question, at: Places, chosen: int) -> None:
    """Title, lines, rows and keys."""
    p, t = theme.palette, theme.text_px
    paint_title(painter, theme, at.column, question.title)
    paint_lines(painter, theme, at.column)
    for number, (box, choice) in enumerate(zip(at.rows, question.choices, strict=True)):
        _paint_row(painter, theme, box, choice, chosen=number == chosen)
    base = painting.middle_baseline(at.keys_y, fonts.metrics(t(KEYS)))
    left, width = at.column.left, at.column.width
    painting.line(painter, left, base, keys(question), colour(p.secondary), t(KEYS), room=width)


def keys(question: Question) -> str:
    """Which keys answer it."""
    letters = [choice.key.upper() for choice in question.choices]
    listed = wording.AND.join(part for part in (", ".join(letters[:-1]), letters[-1]) if part)
    return wording.KEYS.format(letters=listed)


def _paint_row(painter: QPainter, theme: Theme, box: QRectF, choice: Choice, *, chosen: bool) -> None:
    """The letter on a key, what it does, and below what that means; the chosen one names Enter."""
    p, px, t = theme.palette, theme.px, theme.text_px
    width = max(2.0, px(3)) if chosen else 1.0
    paint_panel(painter, box, theme, p.notes if chosen else p.edge, width)
    _paint_key(painter, theme, box, choice.key.upper())
    left, right = box.left() + px(SIDE) + _key_size(theme) + px(SIDE), box.right() - px(SIDE)
    if chosen:
        base = painting.middle_baseline(box.center().y(), fonts.metrics(t(DETAIL), fonts.SEMIBOLD))
        ink = colour(p.notes)
        right -= px(SIDE) + painting.line(
            painter, right, base, wording.ENTER, ink, t(DETAIL), fonts.SEMIBOLD, align=painting.RIGHT
        )
    upper = box.top() + box.height() * (UPPER if choice.detail else 0.5)
    base = painting.middle_baseline(upper, fonts.metrics(t(LABEL), fonts.SEMIBOLD))
    room = right - left
    painting.line(painter, left, base, choice.label, colour(p.text), t(LABEL), fonts.SEMIBOLD, room=room)
    base = painting.middle_baseline(box.top() + box.height() * LOWER, fonts.metrics(t(DETAIL)))
    painting.line(painter, left, base, choice.detail, colour(p.secondary), t(DETAIL), room=room)


def _key_size(theme: Theme) -> float:
    return max(float(theme.px(KEY)), theme.text_px(LABEL) * 1.5)


def _paint_key(painter: QPainter, theme: Theme, box: QRectF, letter: str) -> None:
    p, size = theme.palette, _key_size(theme)
    cap = QRectF(box.left() + theme.px(SIDE), box.center().y() - size / 2, size, size)
    painter.setPen(QPen(colour(p.notes), max(1.0, 1.5 * theme.scale)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(cap, theme.px(7), theme.px(7))
    px, middle = theme.text_px(LABEL), QPointF(cap.center())
    base = painting.middle_baseline(middle.y(), fonts.metrics(px, fonts.BOLD))
    ink = colour(p.notes)
    painting.line(painter, middle.x(), base, letter, ink, px, fonts.BOLD, align=painting.CENTRE)
