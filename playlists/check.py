"""Looks at a playlist's files: which can be played and how long they are."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from playlists.formats import NotMusic, failed, unplayable
from playlists.level import levelled
from playlists.model import Place, Playlist, Track
from playlists.opened import length_s, opened
from playlists.problems import SHORTEST_S, Found, problems

log = logging.getLogger(__name__)

GoOn = Callable[[int, int], bool]


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
    """How long a sound file is; raises NotMusic, in words for the screen, where it cannot be played."""
    with opened(path) as file:
        seconds = length_s(path, file)
    if seconds < SHORTEST_S:
        raise NotMusic(f"{path.name} is too short to be played")
    return seconds


def look(path: Path, *, pinned: bool) -> Found:
    """Read a file's header and, where the playlist pins it, all of it. Never fails."""
    try:
        seconds = duration_s(path)
        return Found(seconds, fingerprint(path) if pinned else "")
    except NotMusic as why:
        return Found(problem=str(why))
    except OSError:
        return Found(problem=unplayable(path))
    except Exception as why:
        log.exception("looking at a sound file failed")
        return Found(problem=failed(path, why))


def look_all(playlist: Playlist, go_on: GoOn = lambda done, of: True) -> Mapping[Path, Found]:
    """Look at every file once; `go_on` hears how far it is, and ends it by answering False."""
    wanted: dict[Path, bool] = {}
    for place in playlist.places():
        track = playlist.track(place)
        wanted[track.path] = wanted.get(track.path, False) or bool(track.sha256)
    found: dict[Path, Found] = {}
    for number, (path, pinned) in enumerate(wanted.items()):
        if not go_on(number, len(wanted)):
            break
        found[path] = look(path, pinned=pinned)
    return found


def check(playlist: Playlist) -> Checked:
    """Look at every file, and bring those that can be played to one level; not for the GUI thread."""
    found = look_all(playlist)
    left_out = tuple(
        Unplayable(problem.place, problem.title, problem.words)
        for problem in problems(playlist, found)
        if problem.left_out
    )
    sections = tuple(
        replace(section, tracks=tuple(_seen(track, found) for track in section.tracks))
        for section in playlist.sections
    )
    return Checked(levelled(replace(playlist, sections=sections)), left_out)


def _seen(track: Track, found: Mapping[Path, Found]) -> Track:
    seconds = found[track.path].duration_s
    return replace(track, duration_s=seconds) if seconds else track
