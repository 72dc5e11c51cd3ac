"""What is wrong with a playlist's files, said before a session and not during it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from playlists.model import Place, Playlist, Track

SHORTEST_S: Final = 1.0
NOT_MEASURED: Final = "its loudness was not measured, so it may be louder or softer than the others"


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at one file found; `problem` says in words why it cannot be played."""

    duration_s: float = 0.0
    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One track and what is wrong with it, in words for the screen; `left_out` if it will be passed over."""

    place: Place
    title: str
    words: str
    left_out: bool


def problems(playlist: Playlist, found: Mapping[Path, Found]) -> tuple[Problem, ...]:
    """What a person should know of tracks elsewhere and of files that were looked at, in playing order."""
    some_measured = any(playlist.track(place).loudness for place in playlist.places())
    return tuple(
        Problem(place, track.title, words, left_out)
        for place in playlist.places()
        for track in (playlist.track(place),)
        for words, left_out in _of(track, found.get(track.path), some_measured=some_measured)
    )


def files_only(playlist: Playlist) -> Playlist:
    """Without what is elsewhere, and without sections that hold nothing else."""
    sections = (
        replace(section, tracks=tuple(track for track in section.tracks if track.elsewhere is None))
        for section in playlist.sections
    )
    return replace(playlist, sections=tuple(section for section in sections if section.tracks))


def _of(track: Track, found: Found | None, *, some_measured: bool) -> Iterator[tuple[str, bool]]:
    name = track.path.name
    if track.elsewhere is not None:
        yield track.elsewhere.why, True
    elif found is None:
        return
    elif found.problem:
        yield found.problem, True
    elif track.sha256 and found.sha256 != track.sha256:
        yield f"{name} is not the file that the playlist names: it was changed or replaced", True
    elif (
        found.duration_s
        and min(track.end_s or found.duration_s, found.duration_s) - track.start_s < SHORTEST_S
    ):
        yield f"{name} is shorter than where the playlist begins it", True
    elif some_measured and track.loudness is None:
        yield NOT_MEASURED, False
