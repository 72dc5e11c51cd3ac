"""A CSV file with a mapping as a recording: a column of times, and a column for each track."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor.errors import ConfigError, ImportRefused
from kapmonitor.foreign import csvtext, fromtidy
from kapmonitor.foreign.csvclock import Clock, clock_of
from kapmonitor.foreign.daytime import offset_min
from kapmonitor.foreign.mapping import Mapping, Named
from kapmonitor.foreign.naming import WAVES, distinct
from kapmonitor.foreign.recording import MOST_VALUES, Channel, Recording, Tell, all_valid, counted, in_order
from kapmonitor.tables import shown

FORMAT: Final = "csv"
MOST_SHOWN: Final = 8
MISSING: Final = "needs a mapping that names its columns: --mapping FILE, see docs/imports.md"


@dataclass(slots=True)
class _Column:
    """One column on its way: `place` is where it stands in a row."""

    name: str
    place: int
    named: Named
    times: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))


def read(path: Path, mapping: Mapping, tell: Tell) -> Recording:
    """Our own export needs no mapping; ImportRefused or ConfigError where the file or the mapping is none."""
    rows = csvtext.rows(path, mapping.encoding, mapping.delimiter, tell)
    head = _names(next(rows, (0, []))[1])
    if mapping.time is None:
        if fromtidy.is_tidy(head):
            return fromtidy.read(path, tell)
        if mapping.toml:
            raise ConfigError(str(path), "time", "the mapping must name the column of times")
        raise ImportRefused(str(path), MISSING)
    if mapping.time.column not in head:
        raise ConfigError(str(path), "time.column", _no_column(mapping.time.column, head, mapping))
    columns, left_out = _columns(path, head, mapping)
    zone = mapping.zone or UTC
    clock = clock_of(path, mapping.time, zone, mapping.decimal)
    why: Counter[str] = Counter()
    good = _good(rows, len(head), why)
    _fill(path, good, columns, head.index(mapping.time.column), clock, mapping.decimal, why)
    readings = []
    for column in columns:
        values = np.frombuffer(column.values, np.float64)
        channel = Channel(column.name, column.named.device, column.named.meant.term, column.named.label)
        numbers, dropped = in_order(channel, np.frombuffer(column.times, np.int64), values, all_valid(values))
        readings.append(numbers)
        left_out += counted(dropped, column.name)
    left_out += [f"{count} {what}" for what, count in why.items() if count]
    said = mapping.zone_name or "not said in the mapping, taken for UTC where the file says none"
    first_ns = min((int(each.times[0]) for each in readings if len(each.times)), default=0)
    return Recording(FORMAT, offset_min(first_ns, zone), said, tuple(readings), (), (), tuple(left_out))


def _names(row: list[str]) -> list[str]:
    """Of the first row's cells, each once: of two columns that are called the same none hides the other."""
    return distinct(cell.strip() or f"column {place}" for place, cell in enumerate(row, start=1))


def _no_column(name: str, head: list[str], mapping: Mapping) -> str:
    """With what is there instead: most often the delimiter is another one, or the first line is no head."""
    there = ", ".join(shown(each) for each in head[:MOST_SHOWN]) or "none"
    more = f" and {len(head) - MOST_SHOWN} more" if len(head) > MOST_SHOWN else ""
    read = f"with the delimiter {mapping.delimiter!r} the first line has {there}{more}"
    what = "name one of these, or another delimiter, or take lines above the head out of the file"
    return f"there is no column {name!r}; {read}; {what}"


def _columns(path: Path, head: list[str], mapping: Mapping) -> tuple[list[_Column], list[str]]:
    """Those the mapping names; the others are left out and named."""
    missing = [name for name in mapping.tracks if name not in head]
    if missing:
        raise ConfigError(str(path), "track.name", _no_column(missing[0], head, mapping))
    wave = next((name for name, named in mapping.tracks.items() if named.meant.term in WAVES), None)
    if wave is not None:
        raise ConfigError(
            str(path), "track.term", f"{wave!r} is a wave; waves are taken over from EDF and .vital"
        )
    columns = [_Column(name, head.index(name), named) for name, named in mapping.tracks.items()]
    known = {*mapping.tracks, mapping.time.column if mapping.time is not None else ""}
    return columns, [f"{name}: not in the mapping" for name in head if name not in known]


def _good(
    rows: Iterable[tuple[int, list[str]]], width: int, why: Counter[str]
) -> Iterator[tuple[int, list[str]]]:
    """Without those that have more cells than the head: nobody can tell which is of which column."""
    for line, row in rows:
        if any(cell.strip() for cell in row[width:]):
            why["rows with more cells than the first line; is the decimal sign the delimiter?"] += 1
        else:
            yield line, row


def _fill(
    path: Path,
    rows: Iterable[tuple[int, list[str]]],
    columns: list[_Column],
    at: int,
    clock: Clock,
    decimal: str,
    why: Counter[str],
) -> None:
    """Put each cell to its column; what is left out is counted by why."""
    total = 0
    for line, row in rows:
        t_ns = clock(line, row[at].strip()) if at < len(row) else None
        if t_ns is None:
            why["rows without a time that can be read"] += bool(any(row))
            continue
        for column in columns:
            cell = row[column.place].strip() if column.place < len(row) else ""
            value = csvtext.number(cell, decimal)
            if value is None:
                why[f"cells of {column.name} that are no number"] += bool(cell)
                continue
            none = value in column.named.no_value
            column.times.append(t_ns)
            column.values.append(float("nan") if none else _scaled(value, column.named.meant.factor))
            total += 1
        if total > MOST_VALUES:
            raise ImportRefused(str(path), f"has more than {MOST_VALUES} values; it is not taken over")


def _scaled(value: float, factor: float) -> float:
    """In our unit, without digits that the multiplication alone made."""
    return value if factor == 1.0 else float(f"{value * factor:.12g}")
