"""A CSV file with a mapping as a recording: a column of times, and a column for each track."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor.errors import ConfigError, ImportRefused
from kapmonitor.foreign import csvtext, fromtidy
from kapmonitor.foreign.mapping import ISO, MILLISECONDS, SECONDS, Mapping, Named, TimeColumn
from kapmonitor.foreign.naming import WAVES
from kapmonitor.foreign.recording import MOST_VALUES, Channel, Recording, Tell, all_valid, counted, in_order

FORMAT: Final = "csv"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MISSING: Final = "needs a mapping that names its columns: --mapping FILE, see docs/imports.md"
LATEST_S: Final = 4e9
Clock = Callable[[str], int | None]


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
    head = [name.strip() for name in next(rows, (0, []))[1]]
    if mapping.time is None:
        if fromtidy.is_tidy(head):
            return fromtidy.read(path, tell)
        if mapping.toml:
            raise ConfigError(str(path), "time", "the mapping must name the column of times")
        raise ImportRefused(str(path), MISSING)
    if mapping.time.column not in head:
        raise ConfigError(str(path), "time.column", f"there is no column {mapping.time.column!r}")
    columns, left_out = _columns(path, head, mapping)
    zone = mapping.zone or UTC
    why = _fill(
        path, rows, columns, head.index(mapping.time.column), clock_of(mapping.time, zone), mapping.decimal
    )
    readings = []
    for column in columns:
        values = np.frombuffer(column.values, np.float64)
        channel = Channel(column.name, column.named.device, column.named.meant.term, column.named.label)
        numbers, dropped = in_order(channel, np.frombuffer(column.times, np.int64), values, all_valid(values))
        readings.append(numbers)
        left_out += counted(dropped, column.name)
    left_out += [f"{count} {what}" for what, count in why.items()]
    said = mapping.zone_name or "not said in the mapping, taken for UTC where the file says none"
    first_ns = min((int(each.times[0]) for each in readings if len(each.times)), default=0)
    offset_min = _offset_min(first_ns, zone)
    return Recording(FORMAT, offset_min, said, tuple(readings), (), (), tuple(left_out))


def _columns(path: Path, head: list[str], mapping: Mapping) -> tuple[list[_Column], list[str]]:
    """Those the mapping names; the others are left out and named."""
    missing = [name for name in mapping.tracks if name not in head]
    if missing:
        raise ConfigError(str(path), "track.name", f"there is no column {missing[0]!r}")
    wave = next((name for name, named in mapping.tracks.items() if named.meant.term in WAVES), None)
    if wave is not None:
        raise ConfigError(
            str(path), "track.term", f"{wave!r} is a wave; waves are taken over from EDF and .vital"
        )
    columns = [_Column(name, head.index(name), named) for name, named in mapping.tracks.items()]
    known = {*mapping.tracks, mapping.time.column if mapping.time is not None else ""}
    return columns, [f"{name}: not in the mapping" for name in head if name not in known]


def _fill(
    path: Path,
    rows: Iterable[tuple[int, list[str]]],
    columns: list[_Column],
    at: int,
    clock: Clock,
    decimal: str,
) -> Counter[str]:
    """Put each cell to its column; what is left out is counted by why."""
    why: Counter[str] = Counter()
    total = 0
    for _, row in rows:
        t_ns = clock(row[at].strip()) if at < len(row) else None
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
    return +why


def _scaled(value: float, factor: float) -> float:
    """In our unit, without digits that the multiplication alone made."""
    return value if factor == 1.0 else float(f"{value * factor:.12g}")


def clock_of(time: TimeColumn, zone: tzinfo) -> Clock:
    """What makes nanoseconds since 1970 of a cell; None for a cell that is no time."""
    if time.format in (SECONDS, MILLISECONDS):
        start_ns = 0 if time.start is None else _ns(time.start, zone)
        scale = 1e-3 if time.format == MILLISECONDS else 1.0
        return lambda text: _after(start_ns, csvtext.number(text), scale)
    if time.format == ISO:
        return lambda text: _parsed(lambda: datetime.fromisoformat(text), zone)
    return lambda text: _parsed(lambda: datetime.strptime(text, time.format), zone)  # noqa: DTZ007  # the zone follows


def _after(start_ns: int, value: float | None, scale: float) -> int | None:
    """Whole microseconds: more digits are not a time."""
    if value is None or not abs(value * scale) < LATEST_S:
        return None
    return start_ns + round(value * scale * 1e6) * 1000


def _parsed(make: Callable[[], datetime], zone: tzinfo) -> int | None:
    try:
        return _ns(make(), zone)
    except (ValueError, OverflowError):
        return None


def _ns(at: datetime, zone: tzinfo) -> int:
    aware = at if at.tzinfo is not None else at.replace(tzinfo=zone)
    return (aware - EPOCH) // timedelta(microseconds=1) * 1000


def _offset_min(utc_ns: int, zone: tzinfo) -> int:
    at = datetime.fromtimestamp(utc_ns // 1_000_000_000, zone)
    return int((at.utcoffset() or timedelta()) / timedelta(minutes=1))
