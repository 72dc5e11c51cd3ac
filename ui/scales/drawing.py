"""How the page of scales is painted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from ui import fonts, painting
from ui.panel import RADIUS
from ui.scales import wording
from ui.scales.face import Foot, Row
from ui.theme import Theme, colour

MARGIN: Final = 22
HEAD: Final = 66
FOOT: Final = 250
ROW: Final = 84
TITLE: Final = 24
NAME: Final = 21
SMALL: Final = 17
BIG: Final = 64


def row_height(theme: Theme) -> int:
    """Of one scale."""
    return max(theme.px(ROW), round(theme.text_px(NAME) * 3.4))


def foot_height(theme: Theme) -> int:
    """Of what is being entered."""
    return max(theme.px(FOOT), round(theme.text_px(SMALL) * 11))


def _base(middle: float, px: int, weight: int = fonts.MEDIUM) -> float:
    return painting.middle_baseline(middle, fonts.metrics(px, weight))


def paint_head(painter: QPainter, theme: Theme, width: float, *, none: bool) -> None:
    """The title; in the middle that there are none."""
    px, ink = theme.text_px(TITLE), colour(theme.palette.secondary)
    base = _base(theme.px(32), px, fonts.SEMIBOLD)
    painting.line(painter, theme.px(MARGIN), base, wording.TITLE, ink, px, fonts.SEMIBOLD)
    if none:
        small = theme.text_px(SMALL)
        base = _base(theme.px(HEAD) * 2, small)
        painting.line(painter, width / 2, base, wording.NONE, ink, small, align=painting.CENTRE)


def paint_row(painter: QPainter, theme: Theme, box: QRectF, row: Row, *, chosen: bool) -> None:
    """Name and standing; below it what came of the earlier times."""
    p, px = theme.palette, theme.px
    painter.setPen(QPen(colour(p.notes if chosen else p.grid), px(2) if chosen else 1))
    painter.setBrush(colour(p.field))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(RADIUS), px(RADIUS))
    left, right, gap = box.x() + px(16), box.right() - px(16), px(20)
    name, small = theme.text_px(NAME), theme.text_px(SMALL)
    top, bottom = box.y() + box.height() * 0.32, box.y() + box.height() * 0.72
    used = painting.line(
        painter, left, _base(top, name), row.scale.name, colour(p.text), name, fonts.SEMIBOLD
    )
    ink = colour(p.notes if row.wanted else p.secondary)
    room = right - left - used - gap
    painting.line(
        painter,
        right,
        _base(top, small),
        row.standing,
        ink,
        small,
        fonts.SEMIBOLD,
        room=room,
        align=painting.RIGHT,
    )
    history = row.history or _kind(row)
    painting.line(painter, left, _base(bottom, small), history, colour(p.secondary), small, room=right - left)


def _kind(row: Row) -> str:
    scale = row.scale
    if scale.items:
        return wording.ITEMS.format(count=len(scale.items), high=scale.item_high)
    return wording.FROM_TO.format(low=scale.low, high=scale.high)


def paint_foot(painter: QPainter, theme: Theme, box: QRectF, foot: Foot) -> None:
    """What is asked, large digits on the right; words for scores; what was saved or is wrong; the keys."""
    p, small = theme.palette, theme.text_px(SMALL)
    painter.setPen(QPen(colour(p.grid), 1))
    painter.drawLine(QLineF(box.x(), box.y(), box.right(), box.y()))
    ask, big = theme.text_px(TITLE), theme.text_px(BIG)
    digits = foot.typed or "–"
    base = _base(box.y() + box.height() * 0.27, big, fonts.BOLD)
    ink = colour(p.notes if foot.typed else p.faint)
    used = painting.line(painter, box.right(), base, digits, ink, big, fonts.BOLD, align=painting.RIGHT)
    room = box.width() - used - theme.px(24)
    lines = (
        (0.17, foot.ask, p.text, ask, room),
        (0.35, foot.more, p.secondary, small, room),
        (0.54, foot.anchors, p.secondary, small, box.width()),
        (0.71, foot.trouble or foot.said, p.medium if foot.trouble else p.good, small, box.width()),
        (0.88, foot.keys, p.secondary, theme.text_px(16), box.width()),
    )
    for share, words, name, px, wide in lines:
        base = _base(box.y() + box.height() * share, px)
        painting.line(painter, box.x(), base, words, colour(name), px, room=wide, smallest=12)
