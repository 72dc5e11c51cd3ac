"""What a look at files found, put into a playlist: how long they are, which they are, how loud. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from playlists.model import Loudness, Playlist, Track
from playlists.problems import Found


def with_seen(
    playlist: Playlist, found: Mapping[Path, Found], loud: Mapping[str, Loudness], pins: Mapping[Path, str]
) -> Playlist:
    """Durations as the files say; files that were not pinned are, and loudness stands where it was unknown.

    `loud` is by the SHA-256 of what was measured, as a file of this name may be another one by now; `pins`
    are the files as they were looked at first. A pinned file that changed keeps what the playlist says of it.
    """
    sections = tuple(
        replace(
            section,
            tracks=tuple(
                _seen(track, found.get(track.path), loud, pins.get(track.path, ""))
                for track in section.tracks
            ),
        )
        for section in playlist.sections
    )
    return replace(playlist, sections=sections)


def _seen(track: Track, found: Found | None, loud: Mapping[str, Loudness], pin: str) -> Track:
    sha256 = track.sha256 or pin
    same = found is not None and not found.problem and found.sha256 == sha256
    return replace(
        track,
        duration_s=found.duration_s if found is not None and same else track.duration_s,
        sha256=sha256,
        loudness=track.loudness or loud.get(sha256),
    )
