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
SMALL_TABLE = 8
"""A table of no more lines stands on one page."""
WHOLE_ROW = 10
"""So does a row; of a longer one, two lines at least on each."""


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
    rows = [_kept(_row(row, places), again) for row in table.rows]
    count = sum(len(row) for row in rows)
    first = count if count <= SMALL_TABLE else 1 + rows[0][0].keep
    found = [Line((title,), 32.0, keep=len(head) + first)]
    found += [replace(line, keep=first) for line in head]
    return [*found, *(line for row in rows for line in row), Line((), 26.0)]


def _kept(row: list[Line], again: tuple[Line, ...]) -> list[Line]:
    """With what holds its lines together, and what heads a page that one of them begins."""
    last = len(row) - 1
    if len(row) <= WHOLE_ROW:
        return [replace(line, keep=last - number, again=again) for number, line in enumerate(row)]
    begun = (*again, *_begun(row[0]))
    keeps = {0: 1, last - 1: 1}
    return [
        replace(line, keep=keeps.get(number, 0), again=begun if number else again)
        for number, line in enumerate(row)
    ]


def _begun(first: Line) -> Iterator[Line]:
    """Of which row the lines are that a page begins with."""
    for word in first.words[:1]:
        said = wording.CONTINUED.format(title=word.text)
        yield Line((replace(word, text=said, px=paper.SMALL, ink=paper.SECONDARY),), 24.0)


def _places(table: Table, room: float) -> list[tuple[float, float]]:
    """Left edge and width of each column."""
    found, x = [], 0.0
    for share in table.shares:
        found.append((x, share * room - SPACE))
        x += share * room
    return found


def _texts(cells: Sequence[str], tone: Tone) -> list[tuple[str, Tone]]:
    return [(cell, tone) for cell in cells]


def _row(row: Row, places: list[tuple[float, float]]) -> list[Line]:
    """As many lines as its longest cell needs, then what belongs below it."""
    tones = row.tones or (row.tone,) * len(row.cells)
    columns = [
        text.wrapped(cell, paper.BODY, width, TONES[tone][1])
        for cell, tone, (_, width) in zip(row.cells, tones, places, strict=False)
    ]
    parts = list(zip_longest(*columns, fillvalue=""))
    found = [_line(list(zip(texts, tones, strict=False)), places, paper.BODY, paper.LINE) for texts in parts]
    under = [part for words in row.below for part in _below(words, places)]
    found += [Line((Word(x, part, paper.SMALL, fonts.MEDIUM, paper.SECONDARY),), 21.0) for x, part in under]
    return [*found[:-1], replace(found[-1], ruled=row.ruled)]


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
) -> Line:
    words = tuple(
        Word(x, cell, px, TONES[tone][1], TONES[tone][0])
        for (cell, tone), (x, _) in zip(cells, places, strict=False)
        if cell
    )
    return Line(words, height)


def draw(painter: QPainter, line: Line, x: float, y: float, room: float) -> None:
    """A line with its top at `y`."""
    for word in line.words:
        text.line(painter, x + word.x, y + line.height * 0.68, word.text, word.ink, word.px, word.weight)
    if line.ruled:
        painter.setPen(QPen(paper.FAINT, 1.0))
        painter.drawLine(QLineF(x, y + line.height - 1.0, x + room, y + line.height - 1.0))
