"""Brings tracks to one level by their loudness. Pure."""

from __future__ import annotations

from dataclasses import replace
from math import log10
from typing import Final

from playlists.model import Loudness, Playlist, Section

TARGET_LUFS: Final = -23.0
"""EBU R128; low enough that hardly any music has a peak more than 22 dB above it."""
CEILING_DBFS: Final = -1.0
MOST_DB: Final = 20.0
SILENCE_DB: Final = -200.0
UNMEASURED: Final = Loudness(-14.0, 0.0)
"""Beside measured tracks, one that is not is taken for as loud as music is sold: too soft startles nobody."""


def from_db(level_db: float) -> float:
    """A gain from decibels."""
    return float(10 ** (level_db / 20))


def to_db(gain: float) -> float:
    """Decibels of a gain; SILENCE_DB where it is nothing."""
    return max(SILENCE_DB, 20 * log10(gain)) if gain > 0.0 else SILENCE_DB


def level_db(loudness: Loudness) -> float:
    """The gain that brings a track to TARGET_LUFS, less where its peak would go beyond CEILING_DBFS."""
    return round(min(TARGET_LUFS - loudness.lufs, CEILING_DBFS - loudness.peak_dbfs, MOST_DB), 2)


def levelled(playlist: Playlist) -> Playlist:
    """The playlist with each track's level; where no track was measured, all are left as they are."""
    if not any(playlist.track(place).loudness for place in playlist.places()):
        return playlist
    return replace(playlist, sections=tuple(_levelled(section) for section in playlist.sections))


def _levelled(section: Section) -> Section:
    tracks = (replace(track, level_db=level_db(track.loudness or UNMEASURED)) for track in section.tracks)
    return replace(section, tracks=tuple(tracks))
