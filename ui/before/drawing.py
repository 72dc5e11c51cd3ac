"""How the page is painted: panels with a head, checks, limits, the foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from kapmonitor.preflight import Standing
from kapmonitor.snapshot import Priority
from ui import fonts, painting, standing_mark
from ui.before import wording
from ui.before.checklines import Line
from ui.before.limitlines import LimitsFace
from ui.before.places import HEAD, SIDE, inner
from ui.panel import paint_panel
from ui.theme import Theme, colour

TITLE: Final = 22
BESIDE: Final = 17
TEXT: Final = 18
BENEATH: Final = 15
LIMIT: Final = 18
SMALLEST: Final = 12
UPPER: Final = 0.31
LOWER: Final = 0.745
NAME_X, MEDIUM_X, HIGH_X = 0.0, 0.27, 0.56
"""Where the columns of the limits begin, in shares of the width."""


def paint_head(painter: QPainter, theme: Theme, panel: QRectF, title: str, beside: str) -> None:
    """A panel with its title, and on the right how things are or which key there is."""
    paint_panel(painter, panel, theme)
    p, px, t = theme.palette, theme.px, theme.text_px
    middle = panel.y() + px(HEAD) / 2 + px(2)
    base = painting.middle_baseline(middle, fonts.metrics(t(TITLE), fonts.SEMIBOLD))
    left, right = panel.x() + px(SIDE), panel.right() - px(SIDE)
    used = painting.line(painter, left, base, title, colour(p.secondary), t(TITLE), fonts.SEMIBOLD)
    room = right - left - used - px(20)
    base = painting.middle_baseline(middle, fonts.metrics(t(BESIDE)))
    painting.line(
        painter, right, base, beside, colour(p.secondary), t(BESIDE), room=room, align=painting.RIGHT
    )


def paint_check(painter: QPainter, theme: Theme, box: QRectF, line: Line, *, chosen: bool) -> None:
    """A mark, what it is, and beneath it who said so or what to do."""
    p, px, t = theme.palette, theme.px, theme.text_px
    standing = line.check.standing
    edge = p.notes if chosen else p.grid
    paint_panel(painter, box, theme, edge, max(2.0, px(2.5)) if chosen else 1.0)
    size = t(TEXT) * 0.95
    standing_mark.paint(
        painter, theme, QRectF(box.x() + px(16), box.center().y() - size / 2, size, size), standing
    )
    left = box.x() + px(16) + size + px(14)
    room = box.right() - left - px(12)
    done = standing in (Standing.DONE, Standing.OVERRIDDEN)
    upper = UPPER if line.said else 0.5
    _text(painter, theme, (left, box.y() + box.height() * upper, room), line.text, p.text, TEXT)
    ink = p.secondary if done else p.medium if standing is Standing.WRONG else p.notes
    if not line.check.required and standing is Standing.LEFT:
        ink = p.secondary
    _text(painter, theme, (left, box.y() + box.height() * LOWER, room), line.said, ink, BENEATH)


def _text(
    painter: QPainter, theme: Theme, at: tuple[float, float, float], said: str, ink: str, size: int
) -> None:
    x, middle, room = at
    px = theme.text_px(size)
    weight = fonts.SEMIBOLD if size == TEXT else fonts.MEDIUM
    base = painting.middle_baseline(middle, fonts.metrics(px, weight))
    painting.line(painter, x, base, said, colour(ink), px, weight, room=room, smallest=SMALLEST)


def paint_limits(painter: QPainter, theme: Theme, panel: QRectF, face: LimitsFace) -> None:
    """The table and whose it is."""
    paint_head(painter, theme, panel, wording.LIMITS, wording.ALL_LIMITS)
    room = inner(theme, panel)
    if not face.rows:
        _text(
            painter,
            theme,
            (room.x(), room.y() + theme.px(20), room.width()),
            wording.NO_LIMITS,
            theme.palette.notes,
            TEXT,
        )
        return
    step = room.height() / (len(face.rows) + 4.6)
    _paint_priorities(painter, theme, room, room.y() + step * 0.4)
    painter.setPen(QPen(colour(theme.palette.grid), 1))
    for number, row in enumerate(face.rows):
        top = room.y() + step * (number + 0.9)
        painter.setPen(QPen(colour(theme.palette.grid), 1))
        painter.drawLine(QLineF(room.x(), top + step, room.right(), top + step))
        middle = top + step / 2
        for share, end, said, ink in (
            (NAME_X, MEDIUM_X, row.name, theme.palette.text),
            (MEDIUM_X, HIGH_X, row.medium, theme.palette.text),
            (HIGH_X, 1.0, row.high, theme.palette.text),
        ):
            x = room.x() + room.width() * share
            wide = room.width() * (end - share) - theme.px(10)
            _text(painter, theme, (x, middle, wide), said, ink, LIMIT if share else TEXT)
    y = room.y() + step * (len(face.rows) + 1.6)
    doubtful = theme.palette.notes if face.doubtful else theme.palette.secondary
    for said, ink in (
        (face.name, theme.palette.text),
        (face.signed, doubtful),
        (face.baseline, theme.palette.secondary),
        (face.plan, theme.palette.secondary),
    ):
        _text(painter, theme, (room.x(), y, room.width()), said, ink, BESIDE)
        y += step * 0.78


def _paint_priorities(painter: QPainter, theme: Theme, room: QRectF, middle: float) -> None:
    size = theme.text_px(BESIDE)
    base = painting.middle_baseline(middle, fonts.metrics(size))
    for share, priority, said in (
        (MEDIUM_X, Priority.MEDIUM, wording.MEDIUM),
        (HIGH_X, Priority.HIGH, wording.HIGH),
    ):
        x, mark = room.x() + room.width() * share, size * 0.75
        painting.priority_shape(
            painter, priority, QRectF(x, middle - mark / 2, mark, mark), theme.fill(priority)
        )
        painting.line(painter, x + mark * 1.6, base, said, colour(theme.palette.secondary), size)


@dataclass(frozen=True, slots=True)
class Foot:
    """The last panel: a question or what the console is, which keys there are, and the two buttons.

    `ask` is empty while nothing is asked; `trouble` says what is wrong. `ready` if nothing is left.
    """

    ask: str
    keys: str
    trouble: str
    button: str
    back: str
    ready: bool
    chosen: bool
    sure: bool = False


@dataclass(frozen=True, slots=True)
class FootPlaces:
    """Where the foot's parts stand; `entry` is where something is typed."""

    words: QRectF
    entry: QRectF
    back: QRectF
    button: QRectF


def foot_places(theme: Theme, box: QRectF) -> FootPlaces:
    """The buttons on the right, what is asked on the left, the line for an answer between them."""
    px = theme.px
    height = min(px(54), box.height() - px(20))
    top = box.center().y() - height / 2
    button = QRectF(box.right() - px(SIDE) - px(330), top, px(330), height)
    back = QRectF(button.x() - px(16) - px(220), top, px(220), height)
    words = QRectF(box.x() + px(SIDE), box.y(), back.x() - box.x() - px(SIDE) - px(24), box.height())
    entry = QRectF(words.right() - words.width() * 0.3, top, words.width() * 0.3, height)
    return FootPlaces(words, entry, back, button)


def paint_foot(painter: QPainter, theme: Theme, box: QRectF, foot: Foot, *, typing: bool) -> None:
    """What is asked or what the console is; below it the keys, or what is wrong."""
    paint_panel(painter, box, theme)
    p, at = theme.palette, foot_places(theme, box)
    room = at.words.width() - (at.entry.width() + theme.px(20) if typing else 0)
    upper, lower = box.y() + box.height() * 0.34, box.y() + box.height() * 0.70
    ask = foot.ask or wording.HOW_TO
    _text(painter, theme, (at.words.x(), upper, room), ask, p.notes if foot.ask else p.secondary, TEXT)
    said = foot.trouble or foot.keys
    _text(painter, theme, (at.words.x(), lower, room), said, p.notes if foot.trouble else p.secondary, 16)
    _paint_button(painter, theme, at.back, foot.back, lit=False, edge=p.edge)
    edge = p.notes if foot.chosen or foot.sure else p.edge
    _paint_button(painter, theme, at.button, foot.button, lit=foot.ready, edge=edge)


def _paint_button(painter: QPainter, theme: Theme, box: QRectF, said: str, *, lit: bool, edge: str) -> None:
    p = theme.palette
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(edge), max(1.0, theme.px(2)) if edge == p.notes else 1.0))
    painter.setBrush(colour(p.notes if lit else p.field))
    painter.drawRoundedRect(box, theme.px(7), theme.px(7))
    size = theme.text_px(20)
    ink = colour(p.on_notes if lit else p.text)
    base = painting.middle_baseline(box.center().y(), fonts.metrics(size, fonts.SEMIBOLD))
    room = box.width() - theme.px(20)
    painting.line(
        painter,
        box.center().x(),
        base,
        said,
        ink,
        size,
        fonts.SEMIBOLD,
        room=room,
        align=painting.CENTRE,
        smallest=SMALLEST,
    )
