"""A folder of music as a playlist: its subfolders are sections, brought on by the phase in their name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kapmonitor.session.events import Phase
from playlists.formats import PLAYED

Entry = dict[str, object]

PHASES: Final[Mapping[str, tuple[Phase, ...]]] = {
    **{phase.value: (phase,) for phase in Phase},
    "settle": (Phase.PREPARATION, Phase.BASELINE),
    "ascent": (Phase.DOSING, Phase.ONSET),
}
GROUNDING: Final = ("ground", "grounding")


def entries(path: Path) -> Mapping[str, object]:
    """The folder's music in the order of its names; raises ValueError where there is none."""
    try:
        folders = sorted((p for p in path.iterdir() if p.is_dir() and not _hidden(p)), key=natural)
        found = [(folder.name, _files(folder, path)) for folder in folders]
        own = _files(path, path)
    except OSError as why:
        raise ValueError(f"a folder that can be read ({why.strerror or why})") from why
    title = path.resolve().name or "Music"
    sections = [_section(name, tracks) for name, tracks in ((title, own), *found) if tracks]
    if not sections:
        raise ValueError("a folder with music in it")
    return {"title": title, "section": _each_phase_once(sections)}


def natural(path: Path) -> tuple[tuple[int, str], ...]:
    """Sorts 2 before 10, whatever else is in the name."""
    parts = re.findall(r"\d{1,9}|\D+|\d", path.name.casefold())
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in parts)


def _files(folder: Path, base: Path) -> list[Entry]:
    names = (p for p in folder.iterdir() if p.suffix.lower() in PLAYED and p.is_file() and not _hidden(p))
    return [{"file": os.fspath(p.relative_to(base))} for p in sorted(names, key=natural)]


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


def _section(name: str, tracks: list[Entry]) -> Entry:
    words = re.findall(r"[a-z]+", name.casefold())
    if any(word in GROUNDING for word in words):
        return {"name": name, "grounding": True, "track": tracks}
    phases = [phase.value for word in words for phase in PHASES.get(word, ())]
    return {"name": name, "phases": phases, "track": tracks}


def _each_phase_once(sections: list[Entry]) -> list[Entry]:
    """The first folder that names a phase, or grounding, has it."""
    taken: set[object] = set()
    for section in sections:
        phases = section.get("phases")
        if isinstance(phases, list):
            section["phases"] = [phase for phase in dict.fromkeys(phases) if phase not in taken]
            taken.update(phases)
        if section.get("grounding"):
            section["grounding"] = "grounding" not in taken
            taken.add("grounding")
    return sections
