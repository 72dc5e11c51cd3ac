"""The list as lines: rows, and under the one that is opened what it was before; the part that fits. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.notes import history
from ui.notes.rows import Row


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: a row, or, with `told`, something that is told of it."""

    row: Row
    told: str = ""


def name(row: Row) -> str:
    """What a row is chosen by; a dose has no id and is chosen by its time."""
    return row.note or f"dose {row.t_ns}"


def lines(rows: tuple[Row, ...], opened: str, time_text: Callable[[int], str]) -> tuple[Listed, ...]:
    """All lines, with the history of the row that is opened."""
    made: list[Listed] = []
    for row in rows:
        made.append(Listed(row))
        if opened and name(row) == opened and row.dose is None:
            told = (row.why,) if row.why else ()
            made += [Listed(row, words) for words in (*told, *history.lines(row, time_text))]
    return tuple(made)


def window(listed: tuple[Listed, ...], chosen: str, fitting: int, top: int) -> int:
    """The first line in view: as near to the one before as lets the chosen row and its history be seen."""
    own = [index for index, line in enumerate(listed) if chosen and name(line.row) == chosen]
    most = max(0, len(listed) - fitting)
    if not own:
        return 0
    first, last = own[0], own[-1]
    return max(0, min(most, max(min(top, first), min(first, last - fitting + 1))))
