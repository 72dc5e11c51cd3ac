"""Looks at a playlist's files: which can be played and how long they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from playlists.model import Place, Playlist, Section, Track

SHORTEST_S: Final = 1.0
LONGEST_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Unplayable:
    """A track that will be passed over, and why, in words for the screen."""

    place: Place
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The playlist with the files' own durations, and the tracks that cannot be played."""

    playlist: Playlist
    unplayable: tuple[Unplayable, ...]

    @property
    def missing(self) -> frozenset[Place]:
        return frozenset(item.place for item in self.unplayable)


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal; raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def duration_s(path: Path) -> float:
    """How long a sound file is; raises ValueError, in words for the screen, where it cannot be played."""
    import soundfile

    try:
        if not path.is_file():
            raise ValueError(f"{path.name} is not there")
        info = soundfile.info(str(path))
    except (soundfile.SoundFileError, OSError) as why:
        raise ValueError(f"{path.name} cannot be read as music") from why
    seconds = info.frames / info.samplerate if info.samplerate > 0 else 0.0
    if seconds < SHORTEST_S:
        raise ValueError(f"{path.name} is too short to be played")
    if seconds > LONGEST_S:
        raise ValueError(f"{path.name} is damaged: no piece is {seconds:.0f} seconds long")
    return seconds


def check(playlist: Playlist) -> Checked:
    """Look at every file's header. Takes milliseconds a track; run it outside the GUI thread."""
    unplayable: list[Unplayable] = []
    sections = tuple(
        replace(section, tracks=_tracks(number, section, unplayable))
        for number, section in enumerate(playlist.sections)
    )
    return Checked(replace(playlist, sections=sections), tuple(unplayable))


def _tracks(number: int, section: Section, unplayable: list[Unplayable]) -> tuple[Track, ...]:
    tracks = []
    for index, track in enumerate(section.tracks):
        try:
            tracks.append(replace(track, duration_s=duration_s(track.path)))
        except ValueError as why:
            unplayable.append(Unplayable(Place(number, index), track.title, str(why)))
            tracks.append(track)
    return tuple(tracks)
