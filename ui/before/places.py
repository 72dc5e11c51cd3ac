"""Where the parts of the page stand, for a page of any size. Pure: numbers in, boxes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF

from ui.before.card import ROWS, Field
from ui.theme import Theme

GAP: Final = 12
FOOT: Final = 92
UPPER_SHARE: Final = 0.47
"""Of what is above the foot: person and devices; the rest are checks and limits."""
PERSON_SHARE: Final = 0.42
CHECKS_SHARE: Final = 0.68
HEAD: Final = 48
SIDE: Final = 20
LABEL_SHARE: Final = 0.40
"""How much of a field's height is its label's."""
FEW_CHECKS: Final = 14
"""More than these stand in three columns."""


@dataclass(frozen=True, slots=True)
class Places:
    """The five panels; `fields` are whole, label and line, `checks` in the order of the list."""

    person: QRectF
    devices: QRectF
    checks: QRectF
    limits: QRectF
    foot: QRectF
    fields: dict[Field, QRectF]
    lines: tuple[QRectF, ...]
    columns: int


def places(theme: Theme, width: float, height: float, count: int) -> Places:
    """For a page of this size with `count` checks."""
    px = theme.px
    gap, foot = px(GAP), max(px(FOOT), 62)
    room = height - foot - 2 * gap
    upper = round(room * UPPER_SHARE)
    person = QRectF(0, 0, round((width - gap) * PERSON_SHARE), upper)
    devices = QRectF(person.right() + gap, 0, width - person.width() - gap, upper)
    checks = QRectF(0, upper + gap, round((width - gap) * CHECKS_SHARE), room - upper)
    limits = QRectF(checks.right() + gap, checks.y(), width - checks.width() - gap, checks.height())
    columns = 2 if count <= FEW_CHECKS else 3
    return Places(
        person,
        devices,
        checks,
        limits,
        QRectF(0, height - foot, width, foot),
        _fields(theme, person),
        _lines(theme, checks, count, columns),
        columns,
    )


def inner(theme: Theme, panel: QRectF) -> QRectF:
    """A panel without its head and margins."""
    side = theme.px(SIDE)
    return panel.adjusted(side, theme.px(HEAD), -side, -theme.px(14))


def _fields(theme: Theme, panel: QRectF) -> dict[Field, QRectF]:
    room, gap = inner(theme, panel), theme.px(14)
    height = room.height() / len(ROWS)
    found = {}
    for number, row in enumerate(ROWS):
        shares = sum(share for _, share in row)
        x, free = room.x(), room.width() - gap * (len(row) - 1)
        for field, share in row:
            width = free * share / shares
            found[field] = QRectF(x, room.y() + number * height, width, height)
            x += width + gap
    return found


def label_and_line(theme: Theme, box: QRectF) -> tuple[QRectF, QRectF]:
    """Where a field's label and its line of text stand in its box."""
    label = round(box.height() * LABEL_SHARE)
    line = QRectF(box.x(), box.y() + label, box.width(), box.height() - label - theme.px(3))
    return QRectF(box.x(), box.y(), box.width(), label), line


def _lines(theme: Theme, panel: QRectF, count: int, columns: int) -> tuple[QRectF, ...]:
    """Down the first column, then down the next."""
    room, gap = inner(theme, panel), theme.px(8)
    rows = max(1, -(-count // columns))
    width = (room.width() - gap * (columns - 1)) / columns
    height = room.height() / rows
    return tuple(
        QRectF(
            room.x() + (number // rows) * (width + gap),
            room.y() + (number % rows) * height,
            width,
            height - gap * 0.5,
        )
        for number in range(count)
    )


def neighbour(count: int, columns: int, at: int, across: int, down: int) -> int:
    """Which line an arrow leads to; `count` is what stands below the list."""
    rows = max(1, -(-count // columns))
    if at >= count:
        return count - 1 if down < 0 or across < 0 else at
    wanted = at + down + across * rows
    if down > 0 and at == count - 1:
        return count
    return wanted if 0 <= wanted < count else at
