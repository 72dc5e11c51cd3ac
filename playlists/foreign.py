"""What XSPF, other programs' playlists and folders hold, as if it stood in our own TOML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.tables import THE_FILE
from playlists import folder, lists, xspf_reading
from playlists.model import Elsewhere

MOST: Final = 2_000
"""Tracks in a section, and sections."""
READERS: Final[Mapping[str, Callable[[bytes, Path], Mapping[str, object]]]] = {
    ".xspf": xspf_reading.entries,
    ".m3u": lists.m3u,
    ".m3u8": lists.m3u,
    ".pls": lists.pls,
}
EMPTY: Final = "a playlist with at least one track; this has none"
PLACE: Final = re.compile(r"section\[(\d+)\](?:\.track\[(\d+)\])?(?:\.(.+))?")

Entry = Mapping[str, object]


def entries(data: bytes, path: Path) -> Entry:
    """The sections and tracks of a file, or of the folder at the path; raises ValueError, in words."""
    return folder.entries(path) if path.is_dir() else READERS[path.suffix.lower()](data, path)


def refused(found: Entry) -> str:
    """Why there is too much of it or nothing to go on with, in words; empty where there is not."""
    sections = _those(found, "section")
    if len(sections) > MOST:
        return f"at most {MOST} sections; this has {len(sections)}"
    for section in sections:
        count = len(_those(section, "track"))
        if count > MOST:
            return f"at most {MOST} tracks in a section; {section.get('name')} has {count}"
    files = [track.get("file") for section in sections for track in _those(section, "track")]
    if not files:
        return EMPTY
    first = files[0]
    if isinstance(first, Elsewhere) and all(isinstance(file, Elsewhere) for file in files):
        return f"a playlist with at least one file that can be played; of its first track: {first.why}"
    return ""


def in_words(mistake: ConfigError, found: Entry) -> ConfigError:
    """A mistake by the names of its section and track, as there are no such keys in these files."""
    place = PLACE.fullmatch(mistake.key)
    if place is None:
        shown = "" if mistake.key == "section" else mistake.found
        key = THE_FILE if mistake.key == "section" else mistake.key
        return ConfigError(mistake.path, key, mistake.allowed, shown)
    section = _those(found, "section")[int(place[1]) - 1]
    said = [str(section.get("name", "")) or f"section {place[1]}"]
    if place[2]:
        track = _those(section, "track")[int(place[2]) - 1]
        said.append(f"track {place[2]}" + (f" ({track['title']})" if track.get("title") else ""))
    return ConfigError(mistake.path, ", ".join([*said, place[3] or ""]), mistake.allowed, mistake.found)


def _those(found: Entry, key: str) -> Sequence[Entry]:
    entries = found.get(key)
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else ()
