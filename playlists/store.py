"""Playlists from the disk: reading with messages that name the file, the key and what is allowed.

Our own are TOML; XSPF, M3U, PLS and folders are brought into the same shape and read by the same rules.

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
from kapmonitor.tables import LONGEST_TEXT, THE_FILE, Table, is_number, top
from playlists import foreign
from playlists.edits import one_line
from playlists.locations import LONGEST, ODD
from playlists.model import LUFS, PEAK_DBFS, After, Elsewhere, Loudness, Playlist, Section, Track
from playlists.reading import file_bytes

EXAMPLE: Final = "example.toml"
LARGEST_TOML_BYTES: Final = 1_000_000
"""Its reader is much slower than that of XML."""

KEYS: Final = ("title", "crossfade_s", "quick_fade_s", "phase_wait_s", "example", "section")
_SECTION: Final = ("name", "phases", "after", "grounding", "earliest_s", "latest_s", "track")
_TRACK: Final = (
    "file",
    "title",
    "duration_s",
    "sha256",
    "gain_db",
    "leave_s",
    "start_s",
    "end_s",
    "fade_s",
    "loudness_lufs",
    "peak_dbfs",
)
LONGEST_S: Final = 86_400.0
SHORTEST_S: Final = 1.0
NO_TITLE: Final = "no title"
FOREIGN: Final = frozenset(foreign.READERS)
"""How the names of playlists of other programs' kinds end."""


def load(path: Path) -> Playlist:
    """The playlist in a file or folder; track files are named relative to it and are not looked at.

    Raises ConfigError where it cannot be read or a value is not allowed.
    """
    playlist, mistakes = look(path)
    if mistakes:
        raise mistakes[0]
    return playlist


def look(path: Path) -> tuple[Playlist, Sequence[ConfigError]]:
    """As `load`, with all mistakes; ConfigError where there is nothing to read."""
    if is_foreign(path):
        return _foreign(b"" if path.is_dir() else file_bytes(path), path)
    try:
        text = file_bytes(path, LARGEST_TOML_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise ConfigError(str(path), THE_FILE, "must be TOML in UTF-8") from why
    return read(text, path)


def mistakes_in(data: bytes, path: Path) -> Sequence[ConfigError]:
    """What would be wrong with a playlist of another program's kind if these were its bytes."""
    return _foreign(data, path)[1]


def is_foreign(path: Path) -> bool:
    """Whether this would be read as something other than TOML."""
    return path.suffix.lower() in FOREIGN or path.is_dir()


def _foreign(data: bytes, path: Path) -> tuple[Playlist, Sequence[ConfigError]]:
    """What is in another program's playlist, or in a folder, read by the rules of ours."""
    try:
        found = foreign.entries(data, path.absolute())
    except ValueError as why:
        raise ConfigError(str(path), THE_FILE, str(why)) from why
    refused = foreign.refused(found)
    if refused:
        return _read(Table({}, "", str(path), [ConfigError(str(path), THE_FILE, refused)]), path)
    base = path if path.is_dir() else path.parent
    playlist, mistakes = _read(Table(found, "", str(path), []), base.absolute())
    return playlist, [foreign.in_words(mistake, found) for mistake in mistakes]


def read(text: str, path: Path) -> tuple[Playlist, Sequence[ConfigError]]:
    """The playlist in a text, and all mistakes of it; with any of them it must not be played."""
    return _read(top(text, str(path)), path.absolute().parent)


def _read(table: Table, base: Path) -> tuple[Playlist, Sequence[ConfigError]]:
    readable = not table.mistakes
    playlist = _playlist(table if readable else Table({}, "", table.path, []), base)
    return playlist, tuple(table.mistakes)


def example_path() -> Path:
    """The example playlist that comes with the program, beside its music."""
    return Path(str(resources.files("playlists") / "data" / EXAMPLE))


def _playlist(table: Table, base: Path) -> Playlist:
    table.only(*KEYS)
    sections = tuple(_section(section, base) for section in _some(table, "section"))
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
    return table.tables(key, foreign.MOST)


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
        table.wrong("section", "music in a section that is not for grounding")


def _section(table: Table, base: Path) -> Section:
    table.only(*_SECTION)
    phases = table.words("phases", Phase)
    grounding = table.flag("grounding", default=False)
    if grounding and phases:
        table.wrong("phases", "left out where grounding = true")
    return Section(
        name=table.needed_text("name"),
        tracks=tuple(_track(track, base) for track in _some(table, "track")),
        phases=tuple(Phase(phase) for phase in phases),
        after=After(table.choice("after", After, After.REPEAT.value)),
        grounding=grounding,
        earliest_s=_number(table, "earliest_s", 0.0, (0.0, LONGEST_S)),
        latest_s=_latest(table),
    )


def _latest(table: Table) -> float | None:
    """After the earliest change, if there is one."""
    latest, earliest = table.number("latest_s", 1.0, LONGEST_S), table.values.get("earliest_s", 0.0)
    if latest is not None and is_number(earliest) and latest < earliest:
        table.wrong("latest_s", "no less than earliest_s")
    return latest


def _track(table: Table, base: Path) -> Track:
    table.only(*_TRACK)
    sha256 = table.text("sha256").lower()
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        table.wrong("sha256", "64 hexadecimal digits, or left out")
    elsewhere = _elsewhere(table)
    file = _file(table) if elsewhere is None else elsewhere.named
    start_s, end_s = _number(table, "start_s", 0.0, (0.0, LONGEST_S)), table.number("end_s", 0.0, LONGEST_S)
    if end_s is not None and end_s < start_s + SHORTEST_S:
        table.wrong("end_s", f"at least {SHORTEST_S:g} more than start_s")
    return Track(
        path=base / file,
        title=table.text("title").strip() or _title(file, elsewhere),
        duration_s=_number(table, "duration_s", 0.0, (0.0, LONGEST_S)),
        sha256=sha256,
        gain_db=_number(table, "gain_db", 0.0, (-30.0, 6.0)),
        leave_s=_seconds(table),
        start_s=start_s,
        end_s=end_s,
        fade_s=table.number("fade_s", 0.0, 60.0),
        loudness=_loudness(table),
        elsewhere=elsewhere,
    )


def _elsewhere(table: Table) -> Elsewhere | None:
    """No TOML can hold one."""
    file = table.values.get("file")
    return file if isinstance(file, Elsewhere) else None


def _file(table: Table) -> str:
    """A path, which may be longer than other texts."""
    file = table.values.get("file")
    if isinstance(file, str) and file.strip() and len(file) <= LONGEST and not ODD.search(file):
        return file
    return table.needed_text("file")


def _title(file: str, elsewhere: Elsewhere | None) -> str:
    """A track that is given no title goes by its file, or by its address on the web."""
    if elsewhere is None:
        return Path(file).stem[:LONGEST_TEXT]
    return one_line(elsewhere.location or Path(file).stem) or NO_TITLE


def _loudness(table: Table) -> Loudness | None:
    """Both numbers or none."""
    lufs, peak = table.number("loudness_lufs", *LUFS), table.number("peak_dbfs", *PEAK_DBFS)
    if (lufs is None) is not (peak is None):
        table.wrong("loudness_lufs", "given together with peak_dbfs, or neither")
    return None if lufs is None or peak is None else Loudness(lufs, peak)


def _seconds(table: Table) -> tuple[float, ...]:
    """Where a track may be left, in whatever order they stand in the file."""
    value = table.values.get("leave_s", [])
    if isinstance(value, list) and all(is_number(item) and item > 0 for item in value):
        return tuple(sorted(float(item) for item in value))
    table.wrong("leave_s", "a list of seconds from the start, each above 0")
    return ()
