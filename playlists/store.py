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

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from kapmonitor.tables import THE_FILE, Table, is_number, top
from playlists.model import After, Playlist, Section, Track

EXAMPLE: Final = "example.toml"
LARGEST_BYTES: Final = 1_000_000

KEYS: Final = ("title", "crossfade_s", "quick_fade_s", "phase_wait_s", "example", "section")
_SECTION: Final = ("name", "phases", "after", "grounding", "track")
_TRACK: Final = ("file", "title", "duration_s", "sha256", "gain_db", "leave_s")


def load(path: Path) -> Playlist:
    """The playlist in a TOML file; track files are named relative to it and are not looked at.

    Raises ConfigError where the file cannot be read or a value is not allowed.
    """
    data = _bytes(path)
    if len(data) > LARGEST_BYTES:
        raise ConfigError(str(path), THE_FILE, f"a playlist of at most {LARGEST_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as why:
        raise ConfigError(str(path), THE_FILE, "must be TOML in UTF-8") from why
    playlist, mistakes = read(text, path)
    if mistakes:
        raise mistakes[0]
    return playlist


def read(text: str, path: Path) -> tuple[Playlist, Sequence[ConfigError]]:
    """The playlist in a text, and all mistakes of it; with any of them it must not be played."""
    table = top(text, str(path))
    readable = not table.mistakes
    playlist = _playlist(table if readable else Table({}, "", str(path), []), path.parent)
    return playlist, tuple(table.mistakes)


def _bytes(path: Path) -> bytes:
    """What is in a file, up to a little more than a playlist may have."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as why:
        raise ConfigError(str(path), THE_FILE, f"cannot be read: {why.strerror or why}") from why


def example_path() -> Path:
    """The example playlist that comes with the program, beside its music."""
    return Path(str(resources.files("playlists") / "data" / EXAMPLE))


def _playlist(table: Table, folder: Path) -> Playlist:
    table.only(*KEYS)
    sections = tuple(_section(section, folder) for section in _some(table, "section"))
    _refuse_doubles(table, sections)
    return Playlist(
        title=table.needed_text("title"),
        sections=sections,
        crossfade_s=_number(table, "crossfade_s", 12.0, (0.1, 60.0)),
        quick_fade_s=_number(table, "quick_fade_s", 4.0, (0.1, 30.0)),
        phase_wait_s=_number(table, "phase_wait_s", 45.0, (0.0, 600.0)),
        example=table.flag("example", default=False),
    )


def _some(table: Table, key: str) -> tuple[Table, ...]:
    """The tables of a list that must not be empty."""
    if table.values.get(key, []) == []:
        table.wrong(key, f"at least one [[{key}]]")
        return ()
    return table.tables(key)


def _number(table: Table, key: str, default: float, allowed: tuple[float, float]) -> float:
    value = table.number(key, *allowed)
    return default if value is None else value


def _refuse_doubles(table: Table, sections: tuple[Section, ...]) -> None:
    taken: dict[Phase, str] = {}
    for section in sections:
        for phase in section.phases:
            if phase in taken:
                table.wrong("section", f"phase {phase} once; it is in {taken[phase]} and in {section.name}")
            taken[phase] = section.name
    if sum(section.grounding for section in sections) > 1:
        table.wrong("section", "only one section with grounding = true")
    if sections and all(section.grounding for section in sections):
        table.wrong("section", "a section that is not for grounding")


def _section(table: Table, folder: Path) -> Section:
    table.only(*_SECTION)
    phases = table.words("phases", Phase)
    grounding = table.flag("grounding", default=False)
    if grounding and phases:
        table.wrong("phases", "left out where grounding = true")
    return Section(
        name=table.needed_text("name"),
        tracks=tuple(_track(track, folder) for track in _some(table, "track")),
        phases=tuple(Phase(phase) for phase in phases),
        after=After(table.choice("after", After, After.REPEAT.value)),
        grounding=grounding,
    )


def _track(table: Table, folder: Path) -> Track:
    table.only(*_TRACK)
    sha256 = table.text("sha256").lower()
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        table.wrong("sha256", "64 hexadecimal digits, or left out")
    file = table.needed_text("file")
    return Track(
        path=folder / file,
        title=table.text("title") or Path(file).stem,
        duration_s=_number(table, "duration_s", 0.0, (0.0, 86_400.0)),
        sha256=sha256,
        gain_db=_number(table, "gain_db", 0.0, (-30.0, 6.0)),
        leave_s=_seconds(table),
    )


def _seconds(table: Table) -> tuple[float, ...]:
    """Where a track may be left, in whatever order they stand in the file."""
    value = table.values.get("leave_s", [])
    if isinstance(value, list) and all(is_number(item) and item > 0 for item in value):
        return tuple(sorted(float(item) for item in value))
    table.wrong("leave_s", "a list of seconds from the start, each above 0")
    return ()
