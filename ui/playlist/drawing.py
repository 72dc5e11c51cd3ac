"""How the editor is laid out and painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ui import fonts, painting
from ui.panel import paint_panel
from ui.playlist import wording
from ui.playlist.rows import JOIN, Row
from ui.theme import Theme, colour

MARGIN: Final = 20
HEAD: Final = 84
FIELDS: Final = 184
ROW: Final = 38
TITLE: Final = 28
TEXT: Final = 19
SMALL: Final = 16
NUMBER: Final = 44
KEY_GAP: Final = "    "
NARROW: Final = 420
"""A row with less room than this says nothing but its title and what is wrong."""


@dataclass(frozen=True, slots=True)
class Places:
    """The page's parts, from top to bottom."""

    head: QRectF
    rows: QRectF
    fields: QRectF
    foot: QRectF


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the list."""

    title: str
    file: str
    total: str
    unsaved: bool
    barred: str = ""


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands below: something that was said or is wrong, then the keys."""

    said: str
    keys: tuple[str, ...]
    amber: bool = False


def places(theme: Theme, width: float, height: float, lines: int) -> Places:
    """Each part's box on a page of this size, with so many lines of keys; the list gives way first."""
    px, margin = theme.px, float(theme.px(MARGIN))
    wide = width - 2 * margin
    head = max(px(HEAD), (theme.text_px(TITLE) + theme.text_px(SMALL)) * 1.6)
    fields = max(px(FIELDS), theme.text_px(TEXT) * 9.4)
    foot = foot_step(theme) * (lines + 1) + px(10)
    rows = height - head - fields - foot
    rows = int(rows / row_height(theme)) * row_height(theme) + 2
    return Places(
        QRectF(margin, 0, wide, head),
        QRectF(margin, head, wide, rows),
        QRectF(margin, head + rows, wide, fields),
        QRectF(margin, height - foot, wide, foot),
    )


def foot_step(theme: Theme) -> float:
    """From line to line below the list."""
    return theme.text_px(SMALL) * 1.6


def row_height(theme: Theme) -> float:
    """How high a row of any list here is."""
    return max(float(theme.px(ROW)), theme.text_px(TEXT) * 1.75)


def paint_head(painter: QPainter, theme: Theme, box: QRectF, head: Head) -> None:
    """Title and total; below them the file, and what it does not hold yet."""
    p, t = theme.palette, theme.text_px
    upper, lower = box.top() + box.height() * 0.36, box.top() + box.height() * 0.74
    used = text_line(painter, theme, box.right(), upper, head.total, p.text, TEXT, align=painting.RIGHT)
    text_line(
        painter,
        theme,
        box.left(),
        upper,
        head.title,
        p.text,
        TITLE,
        fonts.BOLD,
        room=box.width() - used - t(TEXT) * 2,
    )
    state = wording.UNSAVED if head.unsaved else ""
    right = head.barred or state
    ink = p.music if head.barred else p.notes
    used = text_line(painter, theme, box.right(), lower, right, ink, SMALL, align=painting.RIGHT)
    left = " · ".join(part for part in (state if head.barred else "", head.file) if part)
    text_line(
        painter, theme, box.left(), lower, left, p.secondary, SMALL, room=box.width() - used - t(SMALL) * 2
    )


def paint_empty(painter: QPainter, theme: Theme, box: QRectF) -> None:
    """There is nothing yet, and how something comes."""
    p = theme.palette
    middle = box.center().y()
    text_line(
        painter,
        theme,
        box.center().x(),
        middle - theme.px(20),
        wording.EMPTY,
        p.text,
        TITLE - 4,
        align=painting.CENTRE,
    )
    px = theme.text_px(SMALL)
    for number, said in enumerate(
        painting.broken(wording.EMPTY_HINT, px, box.width() - 2 * theme.px(MARGIN))
    ):
        y = middle + theme.px(24) + number * px * 1.5
        text_line(painter, theme, box.center().x(), y, said, p.secondary, SMALL, align=painting.CENTRE)


def paint_row(painter: QPainter, theme: Theme, box: QRectF, row: Row, *, chosen: bool, keyed: bool) -> None:
    """A section's head stands out by its ground and weight, the chosen row by an amber edge."""
    p, px = theme.palette, theme.px
    if row.track is None:
        painter.fillRect(box.adjusted(0, 1, 0, -1), colour(p.music_fill))
    if chosen:
        if row.track is not None:
            painter.fillRect(box.adjusted(0, 1, 0, -1), colour(p.field))
        edge = colour(p.notes if keyed else p.secondary)
        painter.fillRect(QRectF(box.left(), box.top() + 1, px(4), box.height() - 2), edge)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 1.5, -0.5, -1.5))
    middle = box.center().y()
    left, right = box.left() + px(14), box.right() - px(14)
    right -= text_line(painter, theme, right, middle, row.right, p.text, TEXT, align=painting.RIGHT) + px(18)
    if row.track is None:
        _paint_beside(painter, theme, row, left, right, middle, fonts.SEMIBOLD)
    else:
        text_line(
            painter, theme, left + px(NUMBER - 16), middle, row.number, p.secondary, SMALL,
            align=painting.RIGHT,
        )  # fmt: skip
        _paint_beside(painter, theme, row, left + px(NUMBER), right, middle, fonts.MEDIUM)


def _paint_beside(
    painter: QPainter, theme: Theme, row: Row, left: float, right: float, middle: float, weight: int
) -> None:
    """The title, and beside it what is wrong, or where there is room what else is to be said."""
    p, wide = theme.palette, right - left
    beside = row.trouble or row.about
    if not row.trouble and wide < NARROW and row.track is not None:
        beside = ""
    natural = fonts.width(row.title, theme.text_px(TEXT), weight)
    room = min(natural + theme.px(4), wide * (0.45 if beside else 1.0))
    ink = p.faint if row.left_out else p.text
    text_line(painter, theme, left, middle, row.title, ink, TEXT, weight, room=room)
    ink = p.notes if row.trouble else p.secondary
    rest = wide - room - theme.px(16)
    if row.trouble and row.about and row.track is None:
        beside = f"{row.trouble}{JOIN}{row.about}"
    beside = _fitting(beside, rest, theme)
    text_line(painter, theme, right, middle, beside, ink, SMALL, room=rest, align=painting.RIGHT)


def _fitting(words: str, room: float, theme: Theme) -> str:
    """As many of the joined words as there is room for, none of them cut where that can be."""
    parts = words.split(JOIN)
    while len(parts) > 1 and fonts.width(JOIN.join(parts), theme.text_px(SMALL)) > room:
        parts.pop()
    return JOIN.join(parts)


def paint_gap(painter: QPainter, theme: Theme, below: QRectF) -> None:
    """Where what is dragged would go."""
    width = max(2, theme.px(3))
    painter.fillRect(
        QRectF(below.left(), below.top() - width / 2, below.width(), width), colour(theme.palette.notes)
    )


def paint_where(painter: QPainter, theme: Theme, box: QRectF, top: int, room: int, count: int) -> None:
    """Which part of a long list is in view."""
    if count <= room:
        return
    width = max(3, theme.px(4))
    length = max(box.height() * room / count, width * 4)
    y = box.top() + (box.height() - length) * top / max(1, count - room)
    painter.fillRect(QRectF(box.right() - width, y, width, length), colour(theme.palette.edge))


def paint_foot(painter: QPainter, theme: Theme, box: QRectF, foot: Foot) -> None:
    """What was said in the first line, the keys below."""
    p = theme.palette
    keys = key_lines(foot.keys, theme.text_px(SMALL), box.width())
    step = foot_step(theme)
    ink = p.notes if foot.amber else p.text
    y = box.top() + step * 0.6
    text_line(painter, theme, box.left(), y, foot.said, ink, SMALL, room=box.width())
    for number, said in enumerate(keys, start=1):
        text_line(painter, theme, box.left(), y + step * number, said, p.faint, SMALL, room=box.width())


def key_lines(keys: tuple[str, ...], px: int, room: float) -> list[str]:
    """The keys in as many lines as they need, none of them broken."""
    lines = [""]
    for key in keys:
        longer = f"{lines[-1]}{KEY_GAP}{key}" if lines[-1] else key
        if lines[-1] and fonts.width(longer, px) > room:
            lines.append(key)
        else:
            lines[-1] = longer
    return lines


def paint_page(painter: QPainter, theme: Theme, page: QRectF, at: Places) -> None:
    """The panel, and a line above the fields."""
    painter.fillRect(page, colour(theme.palette.window))
    paint_panel(painter, page, theme)
    painter.setPen(QPen(colour(theme.palette.edge), 1))
    for y in (at.rows.top(), at.rows.bottom()):
        painter.drawLine(QLineF(at.head.left(), y, at.head.right(), y))


def text_line(
    painter: QPainter,
    theme: Theme,
    x: float,
    middle: float,
    text: str,
    ink: str,
    size: int,
    weight: int = fonts.MEDIUM,
    *,
    room: float = 1e6,
    align: Qt.AlignmentFlag = painting.LEFT,
) -> float:
    """One line, its capitals centred on `middle`."""
    px = theme.text_px(size)
    base = painting.middle_baseline(middle, fonts.metrics(px, weight))
    return painting.line(painter, x, base, text, colour(ink), px, weight, room=room, align=align)
