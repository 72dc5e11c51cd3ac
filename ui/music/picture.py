"""What the panel is shown of the music; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from playlists.course import RATE, CueState, Mode
from playlists.model import Place, Playlist
from playlists.moves import reached
from playlists.order import coming, first_in, following
from ui.music.ports import ComingRow, MusicView, OutputHealth

ROWS: Final = 4
NOTHING_PLAYABLE: Final = "None of the tracks can be played"


def picture(
    playlist: Playlist, state: CueState, output: OutputHealth, duck_db: float, trouble: str
) -> MusicView:
    """The view for one instant."""
    grounding = playlist.grounding()
    view = MusicView(
        playlist=playlist.title,
        example=playlist.example,
        mode=state.mode,
        held=state.held,
        grounded=state.grounded,
        can_ground=grounding is not None and first_in(playlist, grounding, state.missing) is not None,
        going_to=_going_to(playlist, state),
        volume_db=state.volume_db,
        duck_db=duck_db,
        crossfade_s=playlist.crossfade_s,
        output=output,
        trouble=trouble,
    )
    if state.place is None:
        return replace(view, trouble=trouble or NOTHING_PLAYABLE)
    track = playlist.track(state.place)
    return replace(
        view,
        title=track.title,
        section=playlist.section(state.place).name,
        ended=_ended(playlist, state, state.place),
        at_s=state.at / RATE,
        duration_s=track.played_s,
        coming=_rows(playlist, state, state.place),
    )


def _ended(playlist: Playlist, state: CueState, place: Place) -> bool:
    heard = place in state.left and state.mode is Mode.STOPPED
    return heard and following(playlist, place, state.missing, stay=state.stay) is None


def _going_to(playlist: Playlist, state: CueState) -> str:
    """The section that comes soon, also one that still waits for its time."""
    if state.pending is not None:
        return playlist.section(state.pending.place).name if state.pending.at is None else ""
    section = reached(playlist, state.phase) if state.waiting else None
    return "" if section is None else playlist.sections[section].name


def _rows(playlist: Playlist, state: CueState, place: Place) -> tuple[ComingRow, ...]:
    pending = state.pending.place if state.pending and state.pending.at is None else None
    after = coming(playlist, pending or place, state.missing, stay=state.stay, rows=ROWS)
    rows = [] if pending is None else [(pending, False)]
    rows += [(row.place, row.if_moved) for row in after]
    return tuple(
        ComingRow(playlist.section(p).name, playlist.track(p).title, playlist.track(p).played_s, if_moved)
        for p, if_moved in rows[:ROWS]
    )
