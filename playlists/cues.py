"""What people and events do to the music: a table of what can happen in each mode. Pure.

`step` answers to people and events; `playlists.tape.advance` answers to the passing of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kapmonitor.session.events import MusicAction, Phase
from playlists.course import (
    GATE_FADE,
    RATE,
    RESUME_FADE,
    SEEK_FADE,
    VOLUME_CAP_DB,
    VOLUME_FADE,
    VOLUME_FLOOR_DB,
    Ask,
    Cue,
    CueState,
    Mode,
    Pending,
    Said,
    Why,
)
from playlists.model import Place, Playlist
from playlists.moves import decided, follow_phase, go, homeward, instead
from playlists.order import asked_next, first_in, following

LAST_S: Final = 5.0
"""Nobody is taken closer to a track's end than this."""

AT_ITS_END_S: Final = 1.0
"""So close to its end a track is left as it is: what follows is about to begin."""

Step = tuple[CueState, tuple[Said, ...]]


def initial(playlist: Playlist, phase: Phase, missing: frozenset[Place] = frozenset()) -> CueState:
    """Nothing sounds yet; the first playable track of the phase is next, else the first of the playlist."""
    section = playlist.section_for(phase)
    place = first_in(playlist, section, missing) if section is not None else None
    if place is None:
        anywhere = (p for p in playlist.places() if p not in missing and not playlist.section(p).grounding)
        place = next(anywhere, None)
    home = place.section if place is not None else 0
    return CueState(place=place, phase=phase, missing=missing, home=home)


def _say(state: CueState, action: MusicAction, fade: int = 0) -> tuple[Said, ...]:
    return (Said(action, state.place, state.at, fade),)


def _sounds_again(state: CueState) -> tuple[Said, ...]:
    """What was left sounding is heard again, whatever comes next."""
    if not state.output or not state.voices:
        return ()
    newest = state.voices[-1]
    return (Said(MusicAction.RESUMED, newest.place, newest.at, GATE_FADE),)


def _nothing(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    return state, ()


def _begin(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    if state.place is None:
        return replace(state, mode=Mode.STOPPED), ()
    pending = Pending(state.place, 0, RESUME_FADE) if state.voices else None
    return replace(state, pending=pending), _sounds_again(state)


def _resume(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    pending = replace(state.pending, patience=0, fade=RESUME_FADE) if state.pending else None
    return replace(state, pending=pending), _sounds_again(state)


def _pause(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    return state, _say(state, MusicAction.PAUSED, GATE_FADE)


def _stop(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    there = state.place is not None and playlist.section(state.place).grounding
    stopped = replace(state, pending=None, waiting=False, grounded=state.grounded and there)
    return stopped, _say(state, MusicAction.STOPPED, GATE_FADE)


def _next(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    """A move that is decided and not yet heard comes at once: who asks for the next track means that."""
    target = decided(playlist, state)
    if target is None:
        origin = state.pending.place if state.pending and not state.pending.waits else state.place
        if origin is None:
            return state, ()
        target = asked_next(playlist, origin, state.missing, stay=state.stay)
    return go(state, target, 0, playlist.quick_fade_s, Why.NEXT), ()


def _hold(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    if state.held:
        return state, ()
    waits = state.pending is not None and state.pending.waits
    held = replace(state, held=True, waiting=False, pending=None if waits else state.pending)
    return held, _say(held, MusicAction.HELD)


def _release(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    if not state.held:
        return state, ()
    released = replace(state, held=False)
    return follow_phase(playlist, released), _say(released, MusicAction.RELEASED)


def _phase(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    return follow_phase(playlist, replace(state, phase=cue.phase or state.phase), state.phase), ()


def _dose(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    """A further dose: the section's time counts anew, and what its time had brought is taken back."""
    by_time = state.pending is not None and state.pending.why is Why.TIME
    return replace(state, in_section=0, pending=None if by_time else state.pending), ()


def _seek(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    """Elsewhere in the track that sounds; a move that is under way is not broken off."""
    pending = state.pending
    if state.place is None or not state.voices or (pending is not None and not pending.waits):
        return state, ()
    track = playlist.track(state.place)
    if track.played_s - state.at / RATE < AT_ITS_END_S:
        return state, ()
    last_s = max(0.0, track.played_s - LAST_S)
    at = round(min(last_s, max(0.0, cue.at_s - track.start_s)) * RATE)
    waiting = state.waiting or (pending is not None and pending.why is Why.PHASE)
    return replace(state, pending=Pending(state.place, 0, SEEK_FADE, at=at), waiting=waiting), ()


def _ground(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    section = playlist.grounding()
    target = first_in(playlist, section, state.missing) if section is not None else None
    if target is None or state.grounded:
        return state, ()
    home = state.place.section if state.place is not None else state.home
    grounded = replace(
        state,
        grounded=True,
        home=home,
        in_section=state.in_section if home == state.home else 0,
        mode=Mode.PLAYING,
        waiting=False,
    )
    if not state.voices:
        return replace(grounded, place=target, pending=None), ()
    fade_s = playlist.quick_fade_s if state.mode is Mode.PLAYING else RESUME_FADE / RATE
    said = () if state.mode is Mode.PLAYING else _sounds_again(state)
    return go(grounded, target, 0, fade_s), said


def _return(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    if not state.grounded:
        return state, ()
    back, target = homeward(playlist, state)
    return replace(go(back, target, 0, playlist.quick_fade_s), waiting=back.waiting), ()


def _volume(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    wanted = min(VOLUME_CAP_DB, max(VOLUME_FLOOR_DB, state.volume_db + cue.change_db))
    if wanted == state.volume_db:
        return state, ()
    changed = replace(state, volume_db=wanted)
    return changed, _say(changed, MusicAction.VOLUME, VOLUME_FADE)


def _missing(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    lost = cue.place
    if lost is None or lost in state.missing:
        return state, ()
    voices = tuple(voice for voice in state.voices if voice.place != lost)
    state = replace(state, missing=state.missing | {lost}, voices=voices)
    told = (Said(MusicAction.MISSING, lost, 0),)
    if state.grounded and lost.section == playlist.grounding() and _all_lost(playlist, state, lost.section):
        return _ungrounded(playlist, state, lost, told)
    if state.pending is not None and state.pending.place == lost:
        state = replace(state, pending=_other(playlist, state, state.pending))
    if state.place != lost:
        return state, told
    target = state.pending.place if state.pending else instead(playlist, state, lost)
    return _elsewhere(state, lost, target, told)


def _all_lost(playlist: Playlist, state: CueState, section: int) -> bool:
    return first_in(playlist, section, state.missing) is None


def _ungrounded(playlist: Playlist, state: CueState, lost: Place, told: tuple[Said, ...]) -> Step:
    """Nothing of the grounding section can be played: as if nobody had asked for it, or back from it."""
    if state.place != lost and state.voices:
        return follow_phase(playlist, replace(state, grounded=False, pending=None)), told
    back, target = homeward(playlist, state)
    return _elsewhere(back, lost, target, told)


def _other(playlist: Playlist, state: CueState, pending: Pending) -> Pending | None:
    """The move that is made in place of one to a track that is lost; none where the music stays as it is."""
    find = asked_next if pending.why is Why.NEXT else following
    found = find(playlist, pending.place, state.missing, stay=state.stay)
    if found is None and state.place is not None and playlist.section(state.place).grounding:
        found = instead(playlist, replace(state, pending=None), pending.place)  # back from grounding
    return None if found in (None, state.place) else replace(pending, place=found)


def _elsewhere(state: CueState, lost: Place, target: Place | None, told: tuple[Said, ...]) -> Step:
    """The track that sounded is lost: another one begins as soon as it is read, if there is one."""
    state = replace(state, place=target, pending=None)
    if target is None and state.mode is not Mode.STOPPED:
        stopped = Said(MusicAction.STOPPED, lost, 0, GATE_FADE)
        return replace(state, mode=Mode.STOPPED, waiting=False), (*told, stopped)
    if target is not None and state.voices and state.mode is not Mode.STOPPED:
        state = replace(state, pending=Pending(target, 0, RESUME_FADE))
    return state, told


def _output_lost(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    if not state.output:
        return state, ()
    return replace(state, output=False), _say(state, MusicAction.OUTPUT_LOST)


def _output_back(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    if state.output:
        return state, ()
    back = replace(state, output=True)
    again = _sounds_again(back) if state.mode is Mode.PLAYING else ()
    return back, again or _say(back, MusicAction.OUTPUT_BACK)


Act = Callable[[Playlist, CueState, Cue], Step]

_S, _P, _Z = Mode.STOPPED, Mode.PLAYING, Mode.PAUSED

RULES: Final[dict[tuple[Mode, Ask], tuple[Mode, Act]]] = {
    (_S, Ask.PLAY): (_P, _begin),
    (_P, Ask.PLAY): (_P, _nothing),
    (_Z, Ask.PLAY): (_P, _resume),
    (_S, Ask.PAUSE): (_S, _nothing),
    (_P, Ask.PAUSE): (_Z, _pause),
    (_Z, Ask.PAUSE): (_Z, _nothing),
    (_S, Ask.STOP): (_S, _nothing),
    (_P, Ask.STOP): (_S, _stop),
    (_Z, Ask.STOP): (_S, _stop),
    (_S, Ask.NEXT): (_S, _next),
    (_P, Ask.NEXT): (_P, _next),
    (_Z, Ask.NEXT): (_Z, _next),
    (_S, Ask.HOLD): (_S, _hold),
    (_P, Ask.HOLD): (_P, _hold),
    (_Z, Ask.HOLD): (_Z, _hold),
    (_S, Ask.RELEASE): (_S, _release),
    (_P, Ask.RELEASE): (_P, _release),
    (_Z, Ask.RELEASE): (_Z, _release),
    (_S, Ask.GROUND): (_S, _ground),
    (_P, Ask.GROUND): (_P, _ground),
    (_Z, Ask.GROUND): (_Z, _ground),
    (_S, Ask.RETURN): (_S, _return),
    (_P, Ask.RETURN): (_P, _return),
    (_Z, Ask.RETURN): (_Z, _return),
    (_S, Ask.PHASE): (_S, _phase),
    (_P, Ask.PHASE): (_P, _phase),
    (_Z, Ask.PHASE): (_Z, _phase),
    (_S, Ask.DOSE): (_S, _dose),
    (_P, Ask.DOSE): (_P, _dose),
    (_Z, Ask.DOSE): (_Z, _dose),
    (_S, Ask.SEEK): (_S, _nothing),
    (_P, Ask.SEEK): (_P, _seek),
    (_Z, Ask.SEEK): (_Z, _seek),
    (_S, Ask.VOLUME): (_S, _volume),
    (_P, Ask.VOLUME): (_P, _volume),
    (_Z, Ask.VOLUME): (_Z, _volume),
    (_S, Ask.MISSING): (_S, _missing),
    (_P, Ask.MISSING): (_P, _missing),
    (_Z, Ask.MISSING): (_Z, _missing),
    (_S, Ask.OUTPUT_LOST): (_S, _output_lost),
    (_P, Ask.OUTPUT_LOST): (_P, _output_lost),
    (_Z, Ask.OUTPUT_LOST): (_Z, _output_lost),
    (_S, Ask.OUTPUT_BACK): (_S, _output_back),
    (_P, Ask.OUTPUT_BACK): (_P, _output_back),
    (_Z, Ask.OUTPUT_BACK): (_Z, _output_back),
}


def step(playlist: Playlist, state: CueState, cue: Cue) -> Step:
    """The state after one cue, and what of it belongs in the record. Never fails."""
    mode, act = RULES[state.mode, cue.ask]
    return act(playlist, replace(state, mode=mode), cue)
