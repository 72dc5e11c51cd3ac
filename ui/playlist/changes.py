"""A playlist with what was typed on one line; ValueError, in words, where that cannot be. Pure."""

from __future__ import annotations

from dataclasses import replace

from playlists import edits
from playlists.model import Place, Playlist
from ui.playlist import typed, wording


def of_list(playlist: Playlist, name: str, text: str) -> Playlist:
    """What is said of the whole."""
    if name == "list":
        return edits.retitle(playlist, text)
    return edits.set_crossfade(playlist, typed.crossfade_s(text))


def of_section(playlist: Playlist, number: int, name: str, text: str) -> Playlist:
    """What is said of a section."""
    match name:
        case "earliest":
            return edits.set_earliest(playlist, number, typed.seconds(text, wording.FIELDS[name]) or 0.0)
        case "latest":
            return edits.set_latest(playlist, number, typed.seconds(text, wording.FIELDS[name]))
        case _:
            return edits.rename(playlist, number, text)


def of_track(playlist: Playlist, place: Place, name: str, text: str) -> Playlist:
    """What is said of a track."""
    track = playlist.track(place)
    match name:
        case "gain":
            track = replace(track, gain_db=typed.gain_db(text))
        case "fade":
            track = replace(track, fade_s=typed.fade_s(text))
        case "start":
            track = replace(track, start_s=typed.seconds(text, wording.FIELDS[name]) or 0.0)
            typed.end_s(typed.track_texts(track)["end"], track.start_s)
        case "end":
            track = replace(track, end_s=typed.end_s(text, track.start_s))
        case _:
            track = replace(track, title=text)
    return edits.change(playlist, place, track)
