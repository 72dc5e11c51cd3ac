"""What the music did in the demo's history: the example playlist following the made-up session."""

from __future__ import annotations

from kapmonitor.demo_history import PHASES
from kapmonitor.session.events import MusicAction, MusicEvent
from playlists.check import duration_s
from playlists.model import Playlist, Section

BEGINS_S = 20.0
OUTPUT = "Room speakers (made up)"


def history(playlist: Playlist, until_s: float) -> tuple[tuple[float, MusicEvent], ...]:
    """(second, event) from the start of the music to `until_s`."""
    out: list[tuple[float, MusicEvent]] = []
    t_s, section, number = BEGINS_S, playlist.sections[0], 0
    while t_s < until_s:
        wanted = _section(playlist, t_s) or section
        if wanted is not section:
            section, number = wanted, 0
        track = section.tracks[number % len(section.tracks)]
        length_s = duration_s(track.path)
        event = MusicEvent(
            action=MusicAction.STARTED.value,
            section=section.name,
            track=track.id,
            title=track.title,
            position_s=0.0,
            duration_s=length_s,
            volume_db=0.0,
            output=OUTPUT,
            fade_s=playlist.crossfade_s if out else 1.0,
            end_s=length_s,
            file=str(track.path),
        )
        out.append((t_s, event))
        t_s += length_s - playlist.crossfade_s
        number += 1
    return tuple(out)


def _section(playlist: Playlist, t_s: float) -> Section | None:
    phase = [phase for from_s, phase in PHASES if from_s <= t_s][-1]
    return next((section for section in playlist.sections if phase in section.phases), None)
