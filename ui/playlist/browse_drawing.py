"""How the page is painted on which music or a list is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from ui import fonts, painting
from ui.panel import paint_panel
from ui.playlist.drawing import KEY_GAP, MARGIN, SMALL, TEXT, TITLE, row_height, text_line
from ui.playlist.items import Item, Kind
from ui.theme import Theme, colour

ENTRY: Final = 48
HEAD: Final = 96


@dataclass(frozen=True, slots=True)
class Places:
    """Head, the line to type on, the rows, of which there is room for so many, and the foot."""

    head: QRectF
    entry: QRectF
    rows: QRectF
    foot: QRectF
    room: int


@dataclass(frozen=True, slots=True)
class Face:
    """What it says: the rows in view, which of them is chosen, and `empty` where there are none."""

    title: str
    folder: str
    items: tuple[Item, ...]
    chosen: int
    said: str
    keys: tuple[str, ...]
    empty: str


def places(theme: Theme, width: float, height: float) -> Places:
    """Each part's box."""
    px, margin = theme.px, float(theme.px(MARGIN))
    wide = width - 2 * margin
    head = max(px(HEAD), (theme.text_px(TITLE) + theme.text_px(SMALL)) * 1.8)
    entry = max(px(ENTRY), theme.text_px(TEXT) * 2.1)
    foot = theme.text_px(SMALL) * 4.0
    top = head + entry + px(14)
    rows = QRectF(margin, top, wide, height - top - foot)
    room = max(1, int(rows.height() / row_height(theme)))
    return Places(
        QRectF(margin, 0, wide, head),
        QRectF(margin, head, wide, entry),
        rows,
        QRectF(margin, height - foot, wide, foot),
        room,
    )


def paint(painter: QPainter, theme: Theme, page: QRectF, at: Places, face: Face) -> None:
    """All of it but the line to type on."""
    p = theme.palette
    painter.fillRect(page, colour(p.window))
    paint_panel(painter, page, theme)
    head, foot = at.head, at.foot
    y = head.top() + head.height() * 0.36
    text_line(painter, theme, head.left(), y, face.title, p.text, TITLE, fonts.BOLD)
    y = head.top() + head.height() * 0.74
    text_line(painter, theme, head.left(), y, face.folder, p.secondary, SMALL, room=head.width())
    height = row_height(theme)
    for number, item in enumerate(face.items):
        box = QRectF(at.rows.left(), at.rows.top() + number * height, at.rows.width(), height)
        _paint_item(painter, theme, box, item, chosen=number == face.chosen)
    if face.empty:
        middle = at.rows.center()
        text_line(
            painter, theme, middle.x(), middle.y(), face.empty, p.secondary, TEXT, align=painting.CENTRE
        )
    y = foot.top() + foot.height() * 0.28
    text_line(painter, theme, foot.left(), y, face.said, p.text, SMALL, room=foot.width())
    y = foot.top() + foot.height() * 0.70
    keys = KEY_GAP.join(face.keys)
    text_line(painter, theme, foot.left(), y, keys, p.faint, SMALL, room=foot.width())


def _paint_item(painter: QPainter, theme: Theme, box: QRectF, item: Item, *, chosen: bool) -> None:
    p, px = theme.palette, theme.px
    if chosen:
        painter.fillRect(box.adjusted(0, 1, 0, -1), colour(p.field))
        painter.fillRect(QRectF(box.left(), box.top() + 1, px(4), box.height() - 2), colour(p.notes))
    left, right, middle = box.left() + px(14), box.right() - px(14), box.center().y()
    beside = item.trouble or item.right
    natural = fonts.width(item.name, theme.text_px(TEXT))
    room = min(natural + px(4), (right - left) * (0.55 if item.trouble else 0.8))
    ink = p.music if item.kind in (Kind.FOLDER, Kind.UP) else p.faint if item.trouble else p.text
    text_line(painter, theme, left, middle, item.name, ink, TEXT, room=room)
    rest = right - left - room - px(16)
    ink = p.notes if item.trouble else p.secondary
    text_line(painter, theme, right, middle, beside, ink, SMALL, room=rest, align=painting.RIGHT)
