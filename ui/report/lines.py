"""Tables as lines of text, so that a page can end between any two of them; nothing is ever cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor, QPainter, QPen

from ui import fonts
from ui.report import paper, text, wording
from ui.report.tables import Row, Table, Tone

TONES = {
    Tone.PLAIN: (paper.INK, fonts.MEDIUM),
    Tone.STRONG: (paper.INK, fonts.BOLD),
    Tone.QUIET: (paper.SECONDARY, fonts.MEDIUM),
    Tone.WARN: (paper.WARN, fonts.BOLD),
    Tone.ALERT: (paper.ALERT, fonts.BOLD),
}
SPACE = 10.0
"""Between two columns."""


@dataclass(frozen=True, slots=True)
class Word:
    """Text at a place within its line."""

    x: float
    text: str
    px: int
    weight: int
    ink: QColor


@dataclass(frozen=True, slots=True)
class Line:
    """`keep` lines after it stand on the same page; `again` are those that head a page which it begins."""

    words: tuple[Word, ...]
    height: float
    keep: int = 0
    ruled: bool = False
    again: tuple[Line, ...] = field(default=())


def lines_of(table: Table, room: float) -> list[Line]:
    """The table in a column of that width."""
    places = _places(table, room)
    head = [_line(_texts(table.head, Tone.QUIET), places, paper.SMALL, paper.LINE)] if table.head else []
    title = Word(0.0, table.title, paper.HEADING, fonts.BOLD, paper.INK)
    more = replace(title, text=wording.CONTINUED.format(title=table.title))
    again = (Line((more,), 32.0), *head)
    found = [Line((title,), 32.0, keep=len(head) + 1), *(replace(line, keep=1) for line in head)]
    for row in table.rows:
        found += [replace(line, again=again) for line in _row(row, places)]
    return [*found, Line((), 26.0)]


def _places(table: Table, room: float) -> list[tuple[float, float]]:
    """Left edge and width of each column."""
    found, x = [], 0.0
    for share in table.shares:
        found.append((x, share * room - SPACE))
        x += share * room
    return found


def _texts(cells: Sequence[str], tone: Tone) -> list[tuple[str, Tone]]:
    return [(cell, tone) for cell in cells]


def _row(row: Row, places: list[tuple[float, float]]) -> Iterator[Line]:
    """As many lines as its longest cell needs, then what belongs below it."""
    tones = row.tones or (row.tone,) * len(row.cells)
    columns = [
        text.wrapped(cell, paper.BODY, width, TONES[tone][1])
        for cell, tone, (_, width) in zip(row.cells, tones, places, strict=False)
    ]
    parts = list(zip_longest(*columns, fillvalue=""))
    under = [part for words in row.below for part in _below(words, places)]
    for number, texts in enumerate(parts):
        is_last = number == len(parts) - 1 and not under
        cells = list(zip(texts, tones, strict=False))
        line = _line(cells, places, paper.BODY, paper.LINE, ruled=row.ruled and is_last)
        yield replace(line, keep=0 if is_last else 1)
    for number, (x, part) in enumerate(under):
        word = Word(x, part, paper.SMALL, fonts.MEDIUM, paper.SECONDARY)
        yield Line((word,), 21.0, ruled=row.ruled and number == len(under) - 1)


def _below(words: str, places: list[tuple[float, float]]) -> list[tuple[float, str]]:
    """From the second column on, as wide as the table is from there."""
    x = places[1][0] if len(places) > 1 else 0.0
    room = places[-1][0] + places[-1][1] - x
    return [(x, part) for part in text.wrapped(words, paper.SMALL, room, fonts.MEDIUM)]


def _line(
    cells: Sequence[tuple[str, Tone]],
    places: list[tuple[float, float]],
    px: int,
    height: float,
    *,
    ruled: bool = False,
) -> Line:
    words = tuple(
        Word(x, cell, px, TONES[tone][1], TONES[tone][0])
        for (cell, tone), (x, _) in zip(cells, places, strict=False)
        if cell
    )
    return Line(words, height, ruled=ruled)


def draw(painter: QPainter, line: Line, x: float, y: float, room: float) -> None:
    """A line with its top at `y`."""
    for word in line.words:
        text.line(painter, x + word.x, y + line.height * 0.68, word.text, word.ink, word.px, word.weight)
    if line.ruled:
        painter.setPen(QPen(paper.FAINT, 1.0))
        painter.drawLine(QLineF(x, y + line.height - 1.0, x + room, y + line.height - 1.0))
