"""Which files a record's music was played from, and why one of them cannot be played again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playlists.heard import Lane
from playlists.model import Track
from ui.music import wording
from ui.music.decoder import Stream

HASH: Final = "sha256:"


def tracks_of(lane: Lane) -> dict[int, Track]:
    """Every track of a record by the number of its beginning, held to the hash that the record has."""
    events = {part.serial: part.event for course in lane.courses for part in course.parts}
    found = {}
    for serial, event in events.items():
        sha256 = event.track.removeprefix(HASH) if event.track.startswith(HASH) else ""
        path, length_s = Path(event.file), event.duration_s
        found[serial] = Track(path, event.title, length_s, sha256, gain_db=event.gain_db)
    return found


def unknown(track: Track) -> str:
    """Why a record's track cannot even be looked for; empty where it can."""
    if not track.path.name:
        return wording.NO_FILE
    return "" if track.sha256 else wording.NO_HASH.format(name=track.path.name)


def problem(track: Track, stream: Stream) -> str:
    """Why a record's track cannot be heard from its file."""
    changed = stream.sha256 not in (None, "", track.sha256)
    return wording.OTHER_FILE.format(name=track.path.name) if changed else stream.problem
