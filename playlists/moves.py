"""Moves from section to section: what a phase asks for, and what the time in a section brings. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kapmonitor.session.events import Phase
from playlists.course import RATE, CueState, Mode, Pending, Why
from playlists.model import After, Place, Playlist
from playlists.order import asked_next, first_after, first_before, first_in, following, rest_of

AT_ONCE: Final = frozenset({Phase.INTEGRATION, Phase.DISCHARGE})
"""Phases in which nobody should still hear what the journey's music is: no section is too young for them."""

ORDER: Final = {phase: number for number, phase in enumerate(Phase)}


def go(
    state: CueState, place: Place | None, patience: int, fade_s: float, why: Why | None = None
) -> CueState:
    """Decide to move; while nothing plays, be there."""
    if place is None:
        return state
    if state.mode is Mode.STOPPED:
        return replace(state, place=place, pending=None, waiting=False)
    return replace(state, pending=Pending(place, patience, round(fade_s * RATE), why=why), waiting=False)


def follow_phase(playlist: Playlist, state: CueState, was: Phase | None = None) -> CueState:
    """Move to the section of the phase, onward only once the present one is old enough.

    `was` is the phase before, if it is the phase that changed.
    """
    if state.stay or state.place is None:
        return state
    section = playlist.section_for(state.phase)
    return _without(playlist, state, was) if section is None else _move(playlist, state, section, was)


def _without(playlist: Playlist, state: CueState, was: Phase | None) -> CueState:
    """A phase that has no section leaves the music alone.

    To go back to one takes back what the later phase had brought; to go on to one does not.
    """
    if was is None or ORDER[state.phase] > ORDER[was]:
        return state
    return state if reached(playlist, was) == reached(playlist, state.phase) else _taken_back(state)


def _move(playlist: Playlist, state: CueState, section: int, was: Phase | None = None) -> CueState:
    pending, here = state.pending, state.place.section if state.place is not None else None
    if section == here:
        return _taken_back(state, leaving=True)
    if pending is not None and pending.place.section == section:
        # On its way there already: to decide it once more would let it wait anew.
        why = Why.PHASE if pending.waits else pending.why
        return replace(state, waiting=False, pending=replace(pending, why=why))
    sounds = state.mode is not Mode.STOPPED and bool(state.voices) and here == state.home
    if sounds and holds_back(playlist, state, section, was):
        return replace(_taken_back(state), waiting=True)
    target = entry(playlist, state, section)
    return go(_taken_back(state), target, _patience(playlist), playlist.crossfade_s, Why.PHASE)


def _taken_back(state: CueState, *, leaving: bool = False) -> CueState:
    """No change of phase is under way any more; with `leaving` no other move out of the section is, either.

    What the section's time has brought stays: it would only be brought again.
    """
    pending = state.pending
    gone = pending is not None and pending.why is Why.PHASE
    if leaving and pending is not None and state.place is not None and pending.why is not Why.TIME:
        gone = pending.place.section != state.place.section
    return replace(state, waiting=False, pending=None if gone else pending)


def reached(playlist: Playlist, phase: Phase) -> int | None:
    """The section that the session has come to with this phase: its own, else that of those before it."""
    found = (playlist.section_for(p) for p in reversed(Phase) if ORDER[p] <= ORDER[phase])
    return next((section for section in found if section is not None), None)


def holds_back(playlist: Playlist, state: CueState, section: int, was: Phase | None = None) -> bool:
    """Whether the present section is too young for a move onward to this one.

    Onward is seen from the section that sounds: the phase before may have been pressed by mistake.
    """
    if state.phase in AT_ONCE or too_young(playlist, state) <= 0:
        return False
    own = playlist.sections[state.home].phases
    if not own:
        return section > state.home
    since = was if was is not None and was in own else min(own, key=ORDER.__getitem__)
    return ORDER[state.phase] > ORDER[since]


def in_time(playlist: Playlist, state: CueState) -> CueState:
    """What the time spent in a section brings: a change of phase that waited, or its latest change."""
    if state.mode is not Mode.PLAYING or state.stay or state.pending is not None:
        return state
    if state.place is None or state.place.section != state.home:
        return state
    if state.waiting:
        section = reached(playlist, state.phase)
        if section is None or not holds_back(playlist, state, section):
            late = replace(state, waiting=False)
            return late if section is None else _move(playlist, late, section)
    target = first_after(playlist, state.home, state.missing) if _is_over(playlist, state) else None
    return go(state, target, _patience(playlist), playlist.crossfade_s, Why.TIME)


def _is_over(playlist: Playlist, state: CueState) -> bool:
    """Whether the section's latest change has come."""
    latest = playlist.sections[state.home].latest_s
    return latest is not None and state.in_section >= round(latest * RATE)


def until_in_time(playlist: Playlist, state: CueState) -> tuple[int, ...]:
    """In how many frames `in_time` may have something to say."""
    latest = playlist.sections[state.home].latest_s
    left = () if latest is None else (round(latest * RATE) - state.in_section,)
    return (*left, too_young(playlist, state)) if state.waiting else left


def too_young(playlist: Playlist, state: CueState) -> int:
    """For how many frames the section must still sound before a change of phase may leave it."""
    return round(playlist.sections[state.home].earliest_s * RATE) - state.in_section


def decided(playlist: Playlist, state: CueState) -> Place | None:
    """Where the music is bound for without being asked: who asks for the next track means that."""
    pending = state.pending
    if state.stay or state.place is None or state.mode is Mode.STOPPED:
        return None
    if pending is not None and pending.waits:
        return pending.place
    if state.waiting:
        section = reached(playlist, state.phase)
        return None if section is None else entry(playlist, state, section)
    seeks = pending is not None and pending.at is not None
    if (pending is None or seeks) and state.place.section == state.home and _is_over(playlist, state):
        return first_after(playlist, state.home, state.missing)
    return None


def comes_next(playlist: Playlist, state: CueState, place: Place) -> Place | None:
    """What follows a track of itself; a section that is over is not too young for a phase that waits."""
    after = following(playlist, place, state.missing, stay=state.stay)
    if after is not None and after.section == place.section:
        return after
    return decided(playlist, state) or after


def instead(playlist: Playlist, state: CueState, lost: Place) -> Place | None:
    """What sounds in place of a track that cannot be played any further; None where silence is right.

    Rather music of a section before than silence in the middle of a journey: who sits beside can pause it at
    once, and nobody can begin what is not there. A section that stops at its end was to end in silence.
    """
    found = comes_next(playlist, state, lost) or asked_next(playlist, lost, state.missing, stay=False)
    if found is not None or playlist.section(lost).after is After.STOP:
        return found
    before = first_before(playlist, lost.section, state.missing)
    return None if before is None else entry(playlist, state, before)


def homeward(playlist: Playlist, state: CueState) -> tuple[CueState, Place | None]:
    """No longer grounded, and where to: what grounding came upon, or the phase's section if that may come.

    Grounding takes nothing from the time that a section has to sound before a change of phase may leave it.
    """
    back = replace(state, grounded=False)
    section = None if back.held else playlist.section_for(back.phase)
    heard = back.in_section > 0 and back.mode is not Mode.STOPPED
    waits = section not in (None, back.home) and heard and holds_back(playlist, back, section or 0)
    sections = (section, back.home) if section is not None and not waits else (back.home, section)
    targets = (entry(playlist, back, number) for number in sections if number is not None)
    target = next((place for place in targets if place is not None), None)
    if target is None:
        target = instead(playlist, back, Place(back.home, 0))
    return replace(back, waiting=waits and target is not None and target.section == back.home), target


def entry(playlist: Playlist, state: CueState, section: int) -> Place | None:
    """Where a section begins; one that was heard before goes on after what was heard of it."""
    last = next((place for place in state.left if place.section == section), None)
    after = None if last is None else rest_of(playlist, last, state.missing)
    return after or first_in(playlist, section, state.missing)


def remember(state: CueState, place: Place) -> tuple[Place, ...]:
    """`left` once this track has begun."""
    return (*(other for other in state.left if other.section != place.section), place)


def _patience(playlist: Playlist) -> int:
    return round(playlist.phase_wait_s * RATE)
