"""How the music runs on by itself: which slices of which tracks make up the next frames. Pure.

A crossfade keeps one power: two voices whose levels add to 1 have gains sin and cos of the same angle.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.session.events import MusicAction
from playlists.course import RATE, RESUME_FADE, CueState, Mode, Pending, Said, Voice
from playlists.model import Place, Playlist
from playlists.moves import comes_next, in_time, remember, until_in_time
from playlists.order import following

MOST_VOICES: Final = 4
"""More are never mixed: a further move waits until one has faded out."""

SHORTEST_FADE: Final = RATE // 20


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of one voice; its level goes evenly from `level0` to `level1`."""

    voice: int
    place: Place
    at: int
    level0: float
    level1: float


@dataclass(frozen=True, slots=True)
class Segment:
    """`frames` frames in which the same voices sound."""

    frames: int
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Advance:
    """What the next frames are made of. Fewer frames than asked where a track is not ready or music ended."""

    state: CueState
    segments: tuple[Segment, ...]
    said: tuple[Said, ...]


def track_frames(playlist: Playlist, place: Place) -> int:
    """How much of a track is played, in frames, at least one."""
    return max(1, round(playlist.track(place).played_s * RATE))


def natural_fade(playlist: Playlist, place: Place) -> int:
    """How long the crossfade at the end of this track is: shorter for a short track; 0 joins without one."""
    own = playlist.track(place).fade_s
    fade_s = playlist.crossfade_s if own is None else own
    return min(round(fade_s * RATE), track_frames(playlist, place) // 3)


def _leaving_fade(playlist: Playlist, place: Place) -> int:
    """How long before its end a track is left for another than the one it is joined to."""
    usual = min(round(playlist.crossfade_s * RATE), track_frames(playlist, place) // 3)
    return natural_fade(playlist, place) or usual


def _may_leave(playlist: Playlist, voice: Voice) -> bool:
    """Whether the track may be left just here."""
    places, frame = _leave(playlist, voice)
    number = bisect_left(places, voice.at, key=frame)
    return number < len(places) and frame(places[number]) == voice.at


def _to_leave(playlist: Playlist, voice: Voice) -> tuple[int, ...]:
    """In how many frames the track may be left next; empty where it may not be any more."""
    places, frame = _leave(playlist, voice)
    number = bisect_right(places, voice.at, key=frame)
    return tuple(frame(place) - voice.at for place in places[number : number + 1])


def _leave(playlist: Playlist, voice: Voice) -> tuple[tuple[float, ...], Callable[[float], int]]:
    """Where a track may be left, in order, and how such a place is counted in frames from its beginning.

    A file may name a hundred thousand of them, and this is asked all the time: they are never gone through.
    """
    track = playlist.track(voice.place)
    return track.leave_s, lambda place_s: round((place_s - track.start_s) * RATE)


def advance(playlist: Playlist, state: CueState, frames: int, ready: frozenset[Place]) -> Advance:
    """Let `frames` frames pass; a track is begun only if its place is in `ready`, each place once."""
    segments: list[Segment] = []
    said: list[Said] = []
    left = frames
    while left > 0:
        state = in_time(playlist, state)
        state, ready = _go_on(playlist, state, ready, said, frames - left)
        if not state.voices:
            break
        before, state = state, _fade_if_late(playlist, state, ready)
        said += _fading(before, state, frames - left)
        count = min(left, _to_boundary(playlist, state))
        segments.append(_segment(state, count))
        left -= count
        ended, before = state.voices[-1], _aged(playlist, state, count)
        state = _at_end(playlist, before)
        said += _fading(before, state, frames - left)
        state, ready = _join_first(playlist, state, ended, ready, said, frames - left)
        if state.pending is not None and state.pending.joined:
            # Now, and not with the next frames: until then somebody may ask for something else.
            state, ready = _go_on(playlist, state, ready, said, frames - left)
        if not state.voices and state.pending is None:
            if state.mode is Mode.PLAYING:
                state = replace(state, mode=Mode.STOPPED, waiting=False)
                said.append(Said(MusicAction.STOPPED, state.place, 0, after=frames - left))
            break
    return Advance(state, tuple(segments), tuple(said))


def _fading(before: CueState, state: CueState, after: int) -> tuple[Said, ...]:
    """What to say where the newest track goes to silence with nothing in its place."""
    if not before.voices or not state.voices:
        return ()
    was, now = before.voices[-1], state.voices[-1]
    if was.id != now.id or was.level_to == 0.0 or now.level_to != 0.0:
        return ()
    return (Said(MusicAction.FADING, now.place, now.at, now.fade, after),)


def _join_first(
    playlist: Playlist, state: CueState, ended: Voice, ready: frozenset[Place], said: list[Said], so_far: int
) -> tuple[CueState, frozenset[Place]]:
    """What was asked for in the last moment of a joined track is crossed over to from the track after it."""
    pending, after = state.pending, _joins(playlist, state, ended.place)
    if (
        state.voices
        or pending is None
        or pending.joined
        or ended.level < 1.0
        or after not in ready
        or after is None
    ):
        return state, ready
    said.append(Said(MusicAction.STARTED, after, 0, after=so_far))
    joined = _joined(state, after)
    return replace(joined, pending=None if pending.place == after else pending), ready - {after}


def _joins(playlist: Playlist, state: CueState, place: Place) -> Place | None:
    """The track that follows this one without a gap or a fade."""
    if natural_fade(playlist, place) > 0 or state.mode is not Mode.PLAYING:
        return None
    after = following(playlist, place, state.missing, stay=state.stay)
    return after if after is not None and after.track == place.track + 1 else None


def _go_on(
    playlist: Playlist, state: CueState, ready: frozenset[Place], said: list[Said], so_far: int
) -> tuple[CueState, frozenset[Place]]:
    """The state with what is due begun, and what is still ready then."""
    begun = _begin_if_due(playlist, state, ready)
    if begun is None:
        late = state.pending is not None and state.pending.joined
        # After a silence nothing begins at full level.
        return (
            replace(state, pending=replace(state.pending, joined=False)) if late and state.pending else state
        ), ready
    sought = state.pending is not None and state.pending.at is not None
    action, new = MusicAction.SOUGHT if sought else MusicAction.STARTED, begun.voices[-1]
    said.append(Said(action, new.place, new.at, new.fade, so_far))
    return begun, ready - {new.place}


def _begin_if_due(playlist: Playlist, state: CueState, ready: frozenset[Place]) -> CueState | None:
    """The state with a new voice, where one is due and ready."""
    if state.mode is not Mode.PLAYING:
        return None
    pending = state.pending
    if not state.voices:
        place = pending.place if pending else state.place
        if place is None or place not in ready:
            return None
        return (
            _joined(state, place)
            if pending and pending.joined
            else _begun(playlist, state, place, RESUME_FADE)
        )
    if pending is None or pending.place not in ready or len(state.voices) >= MOST_VOICES:
        return None
    return _begun(playlist, state, pending.place, pending.fade) if _is_due(playlist, state, pending) else None


def _fade_if_late(playlist: Playlist, state: CueState, ready: frozenset[Place]) -> CueState:
    """Fade a track out just before its end where nothing follows at once: some files end at full level."""
    newest = state.voices[-1]
    remaining = track_frames(playlist, newest.place) - newest.at
    if state.place is None or newest.level_to == 0.0 or remaining > SHORTEST_FADE:
        return state
    pending = state.pending
    after = pending.place if pending else comes_next(playlist, state, state.place)
    if after is None or (after in ready and state.mode is Mode.PLAYING):
        return state
    fading = replace(state, voices=(*state.voices[:-1], _towards_silence(newest, remaining)))
    if state.mode is Mode.STOPPED or pending is not None:
        return fading
    return replace(fading, pending=Pending(after, 0, RESUME_FADE))


def _is_due(playlist: Playlist, state: CueState, pending: Pending) -> bool:
    newest = state.voices[-1]
    remaining = track_frames(playlist, newest.place) - newest.at
    if remaining < SHORTEST_FADE and newest.level == 1.0 and _joins(playlist, state, newest.place):
        return False
    if pending.waited >= pending.patience:
        return True
    return _may_leave(playlist, newest) or remaining <= _leaving_fade(playlist, newest.place)


def _begun(playlist: Playlist, state: CueState, place: Place, fade: int) -> CueState:
    """One more voice; none of the others may end before it has faded out."""
    ends = (track_frames(playlist, voice.place) - voice.at for voice in state.voices)
    fade = max(SHORTEST_FADE, min((fade, *ends)))
    fading = tuple(
        _towards_silence(voice, max(1, min(fade, track_frames(playlist, voice.place) - voice.at)))
        for voice in state.voices
    )
    at = state.pending.at if state.pending is not None else None
    return _with_voice(state, fading, Voice(state.serial + 1, place, at or 0, 0.0, 1.0, fade))


def _joined(state: CueState, place: Place) -> CueState:
    """The next track at full level: the one before has just ended."""
    return _with_voice(state, (), Voice(state.serial + 1, place, 0, 1.0, 1.0, 0))


def _with_voice(state: CueState, others: tuple[Voice, ...], new: Voice) -> CueState:
    """Grounding interrupts its section: that one's time stands, and goes on when it is come back to."""
    home = state.home if state.grounded else new.place.section
    same = home == state.home and state.serial > 0
    return replace(
        state,
        voices=(*others, new),
        serial=new.id,
        place=new.place,
        home=home,
        pending=None,
        in_section=state.in_section if same else 0,
        waiting=state.waiting and same,
        left=remember(state, new.place),
    )


def _towards_silence(voice: Voice, fade: int) -> Voice:
    if voice.level_to == 0.0 and voice.fade - voice.faded <= fade:
        return voice
    return replace(voice, level_from=voice.level, level_to=0.0, fade=fade, faded=0)


def _to_boundary(playlist: Playlist, state: CueState) -> int:
    """Frames until something changes: a fade or a track ends, or a move is due."""
    newest = state.voices[-1]
    ends = [track_frames(playlist, v.place) - v.at for v in state.voices]
    ends += [v.fade - v.faded for v in state.voices]
    remaining = track_frames(playlist, newest.place) - newest.at
    ends += [remaining - natural_fade(playlist, newest.place), remaining - SHORTEST_FADE]
    if state.pending is not None:
        ends += [
            state.pending.patience - state.pending.waited,
            remaining - _leaving_fade(playlist, newest.place),
        ]
        ends += _to_leave(playlist, newest)
    ends += until_in_time(playlist, state)
    return min(end for end in ends if end > 0)


def _segment(state: CueState, count: int) -> Segment:
    slices = []
    for voice in state.voices:
        later = replace(voice, faded=min(voice.fade, voice.faded + count))
        slices.append(Slice(voice.id, voice.place, voice.at, voice.level, later.level))
    return Segment(count, tuple(slices))


def _aged(playlist: Playlist, state: CueState, count: int) -> CueState:
    aged = (
        replace(voice, at=voice.at + count, faded=min(voice.fade, voice.faded + count))
        for voice in state.voices
    )
    sounding = (
        voice
        for voice in aged
        if voice.at < track_frames(playlist, voice.place) and not (voice.level == 0.0 == voice.level_to)
    )
    pending = state.pending
    if pending is not None:
        pending = replace(pending, waited=pending.waited + count)
    counted = count if state.place is not None and state.place.section == state.home else 0
    return replace(state, voices=tuple(sounding), pending=pending, in_section=state.in_section + counted)


def _at_end(playlist: Playlist, state: CueState) -> CueState:
    """Decide what follows once the newest track is within its natural crossfade, or over."""
    if state.pending is not None or state.place is None or state.mode is Mode.STOPPED:
        return state
    remaining = 0
    if state.voices and state.voices[-1].id == state.serial:
        newest = state.voices[-1]
        remaining = track_frames(playlist, newest.place) - newest.at
        if remaining > natural_fade(playlist, newest.place):
            return state
    after = comes_next(playlist, state, state.place)
    if after is None:
        return _ending(playlist, state, remaining)
    joined = (
        remaining == 0 and natural_fade(playlist, state.place) == 0 and after.track == state.place.track + 1
    )
    return replace(state, pending=Pending(after, 0, max(remaining, SHORTEST_FADE), joined=joined))


def _ending(playlist: Playlist, state: CueState, remaining: int) -> CueState:
    """The music ends with this track: one that is cut before its own end fades out."""
    if not state.voices or state.place is None or playlist.track(state.place).end_s is None:
        return state
    newest = state.voices[-1]
    if newest.level_to == 0.0:
        return state
    fading = _towards_silence(newest, max(SHORTEST_FADE, remaining))
    return replace(state, voices=(*state.voices[:-1], fading))
