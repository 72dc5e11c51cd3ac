"""Playlists as TOML files: reading with messages that name the file, the key and what is allowed.

title = "Evening"
crossfade_s = 12
[[section]]
name = "Peak"
phases = ["peak"]
after = "repeat"
[[section.track]]
file = "long-light.flac"
title = "Long light"
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from playlists.model import After, Playlist, Section, Track

EXAMPLE: Final = "example.toml"
LARGEST_BYTES: Final = 1_000_000

_TOP: Final = frozenset({"title", "crossfade_s", "quick_fade_s", "phase_wait_s", "example", "section"})
_SECTION: Final = frozenset({"name", "phases", "after", "grounding", "track"})
_TRACK: Final = frozenset({"file", "title", "duration_s", "sha256", "gain_db", "leave_s"})


def load(path: Path) -> Playlist:
    """The playlist in a TOML file; track files are named relative to it and are not looked at.

    Raises ConfigError where the file cannot be read or a value is not allowed.
    """
    data = _bytes(path)
    if len(data) > LARGEST_BYTES:
        raise ConfigError(str(path), "file", f"a playlist of at most {LARGEST_BYTES} bytes")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as why:
        raise ConfigError(str(path), "file", f"must be TOML in UTF-8: {why}") from why
    return _playlist(_Table(path, "", table, _TOP))


def _bytes(path: Path) -> bytes:
    """What is in a file, up to a little more than a playlist may have."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as why:
        raise ConfigError(str(path), "file", f"cannot be read: {why.strerror or why}") from why


def example_path() -> Path:
    """The example playlist that comes with the program, beside its music."""
    return Path(str(resources.files("playlists") / "data" / EXAMPLE))


@dataclass(frozen=True, slots=True)
class _Table:
    """One TOML table under its name, read key by key; unknown keys are refused."""

    path: Path
    name: str
    values: Mapping[str, object]
    known: frozenset[str]

    def __post_init__(self) -> None:
        for key in self.values:
            if key not in self.known:
                raise self.wrong(key, "not known; allowed are " + ", ".join(sorted(self.known)))

    def wrong(self, key: str, allowed: str) -> ConfigError:
        return ConfigError(str(self.path), f"{self.name}{key}", allowed)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, "must be a text that is not empty" if default is None else "must be a text")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(key, f"must be a number from {low:g} to {high:g}")
        return float(value)

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def texts(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or any(item not in allowed for item in value):
            raise self.wrong(key, "must be a list of: " + ", ".join(allowed))
        return tuple(value)

    def seconds(self, key: str) -> tuple[float, ...]:
        value = self.values.get(key, [])
        good = isinstance(value, list) and all(
            isinstance(item, int | float) and not isinstance(item, bool) and 0 < item < math.inf
            for item in value
        )
        if not good or not isinstance(value, list):
            raise self.wrong(key, "must be a list of seconds from the start, each above 0")
        return tuple(sorted(float(item) for item in value))

    def tables(self, key: str, known: frozenset[str]) -> tuple[_Table, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, f"must be at least one [[{key}]]")
        return tuple(
            _Table(self.path, f"{self.name}{key}[{number}].", item, known)
            for number, item in enumerate(value, start=1)
        )


def _playlist(table: _Table) -> Playlist:
    sections = tuple(_section(section) for section in table.tables("section", _SECTION))
    _refuse_doubles(table, sections)
    return Playlist(
        title=table.text("title"),
        sections=sections,
        crossfade_s=table.number("crossfade_s", 12.0, 0.1, 60.0),
        quick_fade_s=table.number("quick_fade_s", 4.0, 0.1, 30.0),
        phase_wait_s=table.number("phase_wait_s", 45.0, 0.0, 600.0),
        example=table.flag("example"),
    )


def _refuse_doubles(table: _Table, sections: tuple[Section, ...]) -> None:
    taken: dict[Phase, str] = {}
    for section in sections:
        for phase in section.phases:
            if phase in taken:
                raise table.wrong("section", f"phase {phase} is in {taken[phase]} and in {section.name}")
            taken[phase] = section.name
    if sum(section.grounding for section in sections) > 1:
        raise table.wrong("section", "only one section may have grounding = true")
    if all(section.grounding for section in sections):
        raise table.wrong("section", "must have a section that is not for grounding")


def _section(table: _Table) -> Section:
    after = table.text("after", After.REPEAT.value)
    if after not in set(After):
        raise table.wrong("after", "must be one of: " + ", ".join(After))
    phases = table.texts("phases", tuple(phase.value for phase in Phase))
    grounding = table.flag("grounding")
    if grounding and phases:
        raise table.wrong("phases", "must be left out where grounding = true")
    return Section(
        name=table.text("name"),
        tracks=tuple(_track(track) for track in table.tables("track", _TRACK)),
        phases=tuple(Phase(phase) for phase in phases),
        after=After(after),
        grounding=grounding,
    )


def _track(table: _Table) -> Track:
    sha256 = table.text("sha256", "").lower()
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise table.wrong("sha256", "must be 64 hexadecimal digits, or left out")
    file = table.text("file")
    if "\0" in file:
        raise table.wrong("file", "must be a file name")
    return Track(
        path=table.path.parent / file,
        title=table.text("title", "") or Path(file).stem,
        duration_s=table.number("duration_s", 0.0, 0.0, 86_400.0),
        sha256=sha256,
        gain_db=table.number("gain_db", 0.0, -30.0, 6.0),
        leave_s=table.seconds("leave_s"),
    )
