"""A playlist made complete: each track pinned to its file, named by its tags, and measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from playlists.check import fingerprint
from playlists.library import Piece, heard, look, named
from playlists.model import Place, Playlist, Section, Track
from playlists.problems import Found, problems


@dataclass(frozen=True, slots=True)
class Done:
    """One track done; `problem` says in words why it could not be, else it is empty."""

    number: int
    of: int
    track: Track
    problem: str = ""


def complete(playlist: Playlist, *, measured: bool) -> Iterator[Done | Playlist]:
    """A step for each track, then the playlist; tracks that `check` would leave out are left out of it.

    With `measured` every track is measured; else loudness is taken from the tags of those that have it.
    """
    places = playlist.places()
    pieces: dict[Place, Piece] = {}
    tracks: dict[Place, Track] = {}
    for number, place in enumerate(places, start=1):
        track = playlist.track(place)
        piece = look(track.path)
        try:
            tracks[place] = _completed(track, piece, measured=measured)
            pieces[place] = piece
            yield Done(number, len(places), tracks[place])
        except (ValueError, OSError) as why:
            yield Done(number, len(places), track, str(why))
    sections = (_section(playlist, number, tracks, pieces) for number in range(len(playlist.sections)))
    yield replace(playlist, sections=tuple(section for section in sections if section.tracks))


def _completed(track: Track, piece: Piece, *, measured: bool) -> Track:
    sha256 = "" if piece.problem else fingerprint(track.path)
    wrong = _left_out(track, Found(piece.duration_s, sha256, piece.problem))
    if wrong:
        raise ValueError(wrong)
    loudness = None if measured else track.loudness or piece.tags.loudness
    if loudness is None:
        *_, last = heard(track.path, sha256, None)
        loudness = last.loudness
    own_name = track.title not in ("", track.path.stem)
    return replace(
        track,
        title=track.title if own_name else named(piece),
        duration_s=piece.duration_s,
        sha256=sha256,
        loudness=loudness,
    )


def _left_out(track: Track, found: Found) -> str:
    """Why a track would be passed over in a session, by the rules of `check`; empty where it would not."""
    alone = Playlist("", (Section("", (track,)),))
    return next((problem.words for problem in problems(alone, {track.path: found}) if problem.left_out), "")


def _section(
    playlist: Playlist, number: int, tracks: dict[Place, Track], pieces: dict[Place, Piece]
) -> Section:
    """What belongs together on an album is joined without a gap, unless the playlist says otherwise."""
    places = [place for place in sorted(tracks) if place.section == number]
    for one, after in pairwise(places):
        if tracks[one].fade_s is None and pieces[after].tags.follows(pieces[one].tags):
            tracks[one] = replace(tracks[one], fade_s=0.0)
    return replace(playlist.sections[number], tracks=tuple(tracks[place] for place in places))
