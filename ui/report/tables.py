"""What the report's tables consist of; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a cell is written."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    WARN = "warn"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Row:
    """`tones` are those of its cells where they differ; `below` stands under it, from the second cell on."""

    cells: tuple[str, ...]
    tone: Tone = Tone.PLAIN
    tones: tuple[Tone, ...] = ()
    below: tuple[str, ...] = ()
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """`shares` are the widths of its columns as parts of 1."""

    title: str
    shares: tuple[float, ...]
    rows: tuple[Row, ...]
    head: tuple[str, ...] = ()


def listed(title: str, shares: tuple[float, ...], rows: tuple[Row, ...], none: str) -> Table:
    """A table, with words where it has no rows."""
    if not rows:
        return Table(title, (1.0,), (Row((none,), Tone.QUIET, ruled=False),))
    return Table(title, shares, rows)
