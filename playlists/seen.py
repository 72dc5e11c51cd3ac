"""What a look at files found, put into a playlist: how long they are, which they are, how loud. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from playlists.model import Loudness, Playlist, Track
from playlists.problems import Found


def with_seen(playlist: Playlist, found: Mapping[Path, Found], loud: Mapping[Path, Loudness]) -> Playlist:
    """Durations as the files say; files that were not pinned are, and loudness stands where it was unknown.

    A pinned file that changed keeps what the playlist says of it.
    """
    sections = tuple(
        replace(section, tracks=tuple(_seen(track, found.get(track.path), loud) for track in section.tracks))
        for section in playlist.sections
    )
    return replace(playlist, sections=sections)


def _seen(track: Track, found: Found | None, loud: Mapping[Path, Loudness]) -> Track:
    if found is None or found.problem or (track.sha256 and track.sha256 != found.sha256):
        return track
    return replace(
        track,
        duration_s=found.duration_s or track.duration_s,
        sha256=track.sha256 or found.sha256,
        loudness=track.loudness or loud.get(track.path),
    )
