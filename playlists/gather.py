"""Tracks from files, folders and other playlists that somebody points at, one small step at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kapmonitor.errors import ConfigError
from playlists import library, store
from playlists.edits import one_line
from playlists.library import Piece, Step
from playlists.locations import odd_name
from playlists.model import Track


@dataclass(frozen=True, slots=True)
class Gathered:
    """The tracks that can be played, and what was said of the files that cannot."""

    tracks: tuple[Track, ...] = ()
    problems: tuple[str, ...] = ()


def gather(paths: Iterable[Path]) -> Iterator[Step]:
    """Every music file that is named, lies below a folder that is, or stands in a playlist that is.

    Never fails; whoever asks may stop at any step.
    """
    for path in paths:
        if path.is_dir():
            yield from map(_named, library.scan(path))
        elif store.is_foreign(path):
            yield from _of_list(path)
        else:
            yield _named(Step(1, 1, library.look(path)))


def named_oddly(piece: Piece) -> Piece:
    """The same piece, which cannot be taken where no list could name it."""
    odd = odd_name(os.fspath(piece.path))
    return Piece(piece.path, problem=f"{one_line(piece.path.name)}: {odd}") if odd else piece


def gathered(pieces: Iterable[Piece]) -> Gathered:
    """What a list takes of them."""
    found = tuple(pieces)
    good = tuple(track_of(piece) for piece in found if not piece.problem)
    return Gathered(good, tuple(piece.problem for piece in found if piece.problem))


def track_of(piece: Piece) -> Track:
    """A piece as it stands in a list: named, and as loud as its tags say."""
    return Track(piece.path, library.named(piece), piece.duration_s, loudness=piece.tags.loudness)


def _of_list(path: Path) -> Iterator[Step]:
    try:
        playlist = store.load(path)
    except ConfigError as why:
        yield Step(1, 1, Piece(path, problem=str(why)))
        return
    places = playlist.places()
    for number, place in enumerate(places, start=1):
        track = playlist.track(place)
        if track.elsewhere is None:
            yield Step(number, len(places), library.look(track.path))
        else:
            problem = f"{track.title}: {track.elsewhere.why}"
            yield Step(number, len(places), Piece(track.path, problem=problem))


def _named(step: Step) -> Step:
    return step if step.piece is None else replace(step, piece=named_oddly(step.piece))
