"""A mapping file in TOML: what the columns or tracks of another program's file are."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kapmonitor import mdc
from kapmonitor.foreign.naming import Meant, as_term
from kapmonitor.foreign.timecolumn import TimeColumn, time_column
from kapmonitor.tables import Table, each_once, is_number, top
from kapmonitor.textfile import read_text

DELIMITERS: Final = (",", ";", "\t", "|")
ENCODINGS: Final = ("utf-8", "utf-16", "latin-1", "cp1252")
MOST_SENTINELS: Final = 20


@dataclass(frozen=True, slots=True)
class Named:
    """What one column or track is; numbers of `no_value` mean that there is none."""

    meant: Meant
    label: str
    device: str
    no_value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """`zone` is that of times which name none, None if nothing is said; `toml` the text it was read from."""

    zone: tzinfo | None = None
    zone_name: str = ""
    time: TimeColumn | None = None
    tracks: Dict[str, Named] = field(default_factory=dict)
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    toml: str = ""

    def not_there(self, names: Iterable[str]) -> list[str]:
        """In words, of which of its tracks a file has none."""
        there = set(names)
        return [f"{name}: named in the mapping, not in the file" for name in self.tracks if name not in there]


def read_mapping(path: Path) -> Mapping:
    """ConfigError, with all mistakes of the file, if it is not one."""
    return parse(read_text(path), str(path))


def parse(text: str, path: str) -> Mapping:
    """The mapping of a TOML text; ConfigError if it is wrong."""
    table = top(text, path)
    table.only("zone", "csv", "time", "track")
    name = table.text("zone")
    zone = zone_of(name) if name else None
    if name and zone is None:
        table.wrong("zone", "a zone such as Europe/Berlin, UTC or +02:00")
    csv = table.table("csv") or Table({}, "csv", path, table.mistakes)
    csv.only("delimiter", "decimal", "encoding")
    found = Mapping(
        zone=zone,
        zone_name=name,
        time=time_column(table),
        tracks=dict(_tracks(table)),
        delimiter=csv.choice("delimiter", DELIMITERS, ","),
        decimal=csv.choice("decimal", (".", ","), "."),
        encoding=csv.choice("encoding", ENCODINGS, "utf-8"),
        toml=text,
    )
    if table.mistakes:
        raise table.mistakes[0]
    return found


def zone_of(name: str) -> tzinfo | None:
    """A zone by name or distance from UTC; None if there is no such one."""
    if name.upper() in ("UTC", "Z"):
        return UTC
    if name[:1] in ("+", "-"):
        hours, _, minutes = name[1:].partition(":")
        if hours.isdecimal() and minutes.isdecimal() and len(name) == len("+02:00"):
            length = timedelta(hours=int(hours), minutes=int(minutes))
            return timezone(-length if name[0] == "-" else length) if length < timedelta(days=1) else None
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _tracks(table: Table) -> list[tuple[str, Named]]:
    found: list[tuple[str, Named]] = []
    tables = table.tables("track")
    each_once(tables, "name")
    for track in tables:
        track.only("name", "term", "unit", "label", "device", "no_value")
        name, ref = track.needed_text("name"), track.needed_text("term")
        term = mdc.BY_REF.get(ref)
        if term is None:
            track.wrong("term", "an 11073 name that this program knows, such as MDC_PULS_OXIM_SAT_O2")
            continue
        meant = as_term(term, track.text("unit", term.unit))
        if isinstance(meant, str):
            track.wrong("unit", meant)
            continue
        label = track.text("label") or name
        found.append((name, Named(meant, label, track.text("device") or "import", _sentinels(track))))
    return found


def _sentinels(track: Table) -> tuple[float, ...]:
    value = track.values.get("no_value", [])
    if isinstance(value, list) and len(value) <= MOST_SENTINELS:
        numbers = tuple(float(item) for item in value if is_number(item))
        if len(numbers) == len(value):
            return numbers
    track.wrong("no_value", "a list of numbers that mean there is no value, such as [0, 127]")
    return ()
