"""Where everything stands: lines poured into the pages' columns, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtGui import QPainter

from ui.report import paper
from ui.report.lines import Line, draw

FIRST_TOP: Final = 1000.0
"""Below the trends of the first page."""
NEXT_TOP: Final = 150.0
"""Below the head of a later page."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line at its place."""

    page: int
    x: float
    y: float
    room: float
    line: Line


@dataclass(frozen=True, slots=True)
class Spot:
    """How far a column is filled."""

    page: int = 0
    y: float = FIRST_TOP


@dataclass(slots=True)
class Pages:
    """Grows by what is poured in."""

    placed: list[Placed] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many pages there are; at least one."""
        return max((each.page for each in self.placed), default=0) + 1

    def paint(self, painter: QPainter, page: int) -> None:
        """Draw the lines of one page."""
        for each in self.placed:
            if each.page == page:
                draw(painter, each.line, each.x, each.y, each.room)

    def pour(self, lines: Sequence[Line], x: float, room: float, spot: Spot) -> Spot:
        """Put lines below each other from `spot` on, over as many pages as they need; where they end."""
        page, y = spot.page, spot.y
        for number, line in enumerate(lines):
            kept = sum(each.height for each in lines[number : number + 1 + line.keep])
            if y + kept > paper.BOTTOM:
                if not line.words:  # space between tables is not needed at a page's end
                    y = paper.BOTTOM
                    continue
                page, y = page + 1, NEXT_TOP
                for each in line.again:
                    self.placed.append(Placed(page, x, y, room, each))
                    y += each.height
            self.placed.append(Placed(page, x, y, room, line))
            y += line.height
        return Spot(page, y)


def fits(lines: Sequence[Line], spot: Spot) -> bool:
    """Whether all of it stands on the page that is begun."""
    return spot.y + sum(line.height for line in lines if line.words) <= paper.BOTTOM


def later(one: Spot, other: Spot) -> Spot:
    """The one that is further on."""
    return max(one, other, key=lambda spot: (spot.page, spot.y))
