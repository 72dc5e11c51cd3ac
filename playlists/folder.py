"""A folder of music as a playlist: its subfolders are sections, brought on by the phase in their name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kapmonitor.session.events import Phase
from playlists.edits import one_line
from playlists.formats import MUSIC, PLAYED
from playlists.locations import odd_name
from playlists.model import Elsewhere

Entry = dict[str, object]

PHASES: Final[Mapping[str, tuple[Phase, ...]]] = {
    **{phase.value: (phase,) for phase in Phase},
    "settle": (Phase.PREPARATION, Phase.BASELINE),
    "ascent": (Phase.DOSING, Phase.ONSET),
}
GROUNDING: Final = ("ground", "grounding")
TOO_DEEP: Final = "{name} lies too deep: only the folder's own music is taken, and that of the folders in it"


def entries(path: Path) -> Mapping[str, object]:
    """The folder's music in the order of its names; raises ValueError where there is none."""
    try:
        folders = sorted((p for p in path.iterdir() if p.is_dir() and not _hidden(p)), key=natural)
        own = _files(path, path)
    except OSError as why:
        raise ValueError(f"a folder that can be read ({why.strerror or why})") from why
    title = one_line(path.resolve().name) or "Music"
    found = [(one_line(folder.name) or title, _within(folder, path)) for folder in folders]
    sections = [_section(name, tracks) for name, tracks in ((title, own), *found) if tracks]
    if not sections:
        raise ValueError("a folder with music in it")
    _each_phase_once(sections)
    return {"title": title, "section": sections}


def natural(path: Path) -> tuple[tuple[int, str], ...]:
    """Sorts 2 before 10, whatever else is in the name."""
    parts = re.findall(r"\d{1,9}|\D+|\d", path.name.casefold())
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in parts)


def _within(folder: Path, base: Path) -> list[Entry]:
    """A section's music, and the folders in it that hold more."""
    try:
        deeper = sorted((p for p in folder.iterdir() if p.is_dir() and _holds_music(p)), key=natural)
        tracks = _files(folder, base)
    except OSError as why:
        said = f"{folder.name} cannot be read ({why.strerror or why})"
        return [_left_out(folder, base, said)]
    return [*tracks, *(_left_out(p, base, TOO_DEEP.format(name=one_line(p.name))) for p in deeper)]


def _files(folder: Path, base: Path) -> list[Entry]:
    """Also what is music and not played: it is named, and left out, when it is looked at."""
    names = (p for p in folder.iterdir() if p.suffix.lower() in MUSIC and p.is_file() and not _hidden(p))
    return [_track(p, base) for p in sorted(names, key=natural)]


def _track(path: Path, base: Path) -> Entry:
    odd = odd_name(os.fspath(path.relative_to(base)))
    return _left_out(path, base, odd) if odd else {"file": os.fspath(path.relative_to(base))}


def _left_out(path: Path, base: Path, why: str) -> Entry:
    return {"file": Elsewhere(os.fspath(path.relative_to(base)), why)}


def _holds_music(folder: Path) -> bool:
    """Anywhere below it."""
    if _hidden(folder):
        return False
    return any(Path(name).suffix.lower() in MUSIC for _, _, files in os.walk(folder) for name in files)


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


def _section(name: str, tracks: list[Entry]) -> Entry:
    words = re.findall(r"[a-z]+", name.casefold())
    if any(word in GROUNDING for word in words):
        return {"name": name, "grounding": True, "track": tracks}
    phases = [phase.value for word in words for phase in PHASES.get(word, ())]
    return {"name": name, "phases": phases, "track": tracks}


def _each_phase_once(sections: list[Entry]) -> None:
    """The first folder that names a phase, or grounding, and holds something that may be played, has it."""
    taken: set[object] = set()
    for section in sorted(sections, key=lambda section: not _may_be_played(section)):
        phases = section.get("phases")
        if isinstance(phases, list):
            section["phases"] = [phase for phase in dict.fromkeys(phases) if phase not in taken]
            taken.update(phases)
        if section.get("grounding"):
            section["grounding"] = "grounding" not in taken
            taken.add("grounding")


def _may_be_played(section: Entry) -> bool:
    tracks = section["track"]
    files = [track["file"] for track in tracks] if isinstance(tracks, list) else []
    return any(isinstance(file, str) and Path(file).suffix.lower() in PLAYED for file in files)
