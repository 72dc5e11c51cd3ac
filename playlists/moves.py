"""Moves from section to section: what a phase asks for, and what the time in a section brings. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kapmonitor.session.events import Phase
from playlists.course import RATE, CueState, Mode, Pending
from playlists.model import Place, Playlist
from playlists.order import first_after, first_in, rest_of

AT_ONCE: Final = frozenset({Phase.INTEGRATION, Phase.DISCHARGE})
"""Phases in which nobody should still hear what the journey's music is: no section is too young for them."""


def go(state: CueState, place: Place | None, patience: int, fade_s: float) -> CueState:
    """Decide to move; while nothing plays, be there."""
    if place is None:
        return state
    if state.mode is Mode.STOPPED:
        same = state.place is not None and state.place.section == place.section
        in_section = state.in_section if same else 0
        return replace(state, place=place, pending=None, waiting=False, in_section=in_section)
    return replace(state, pending=Pending(place, patience, round(fade_s * RATE)), waiting=False)


def follow_phase(playlist: Playlist, state: CueState, *, onward: bool) -> CueState:
    """Move to the section of the phase; `onward` waits until the present one is old enough."""
    section = playlist.section_for(state.phase)
    if section is None or state.stay or state.place is None:
        return state
    if section == state.place.section:
        leaving = state.pending is not None and state.pending.place.section != section
        return replace(state, waiting=False, pending=None if leaving else state.pending)
    sounds = state.mode is not Mode.STOPPED and bool(state.voices)
    if onward and sounds and state.phase not in AT_ONCE and too_young(playlist, state) > 0:
        return replace(state, waiting=True)
    return go(state, entry(playlist, state, section), _patience(playlist), playlist.crossfade_s)


def in_time(playlist: Playlist, state: CueState) -> CueState:
    """What the time spent in a section brings: a change of phase that waited, or its latest change."""
    if state.mode is not Mode.PLAYING or state.stay or state.place is None or state.pending is not None:
        return state
    if state.waiting and too_young(playlist, state) <= 0:
        return follow_phase(playlist, replace(state, waiting=False), onward=False)
    latest = playlist.section(state.place).latest_s
    if latest is None or state.in_section < round(latest * RATE):
        return state
    target = first_after(playlist, state.place.section, state.missing)
    return go(state, target, _patience(playlist), playlist.crossfade_s)


def until_in_time(playlist: Playlist, state: CueState) -> tuple[int, ...]:
    """In how many frames `in_time` may have something to say."""
    if state.place is None:
        return ()
    latest = playlist.section(state.place).latest_s
    left = () if latest is None else (round(latest * RATE) - state.in_section,)
    return (*left, too_young(playlist, state)) if state.waiting else left


def too_young(playlist: Playlist, state: CueState) -> int:
    """For how many frames the section must still sound before a change of phase may leave it."""
    if state.place is None:
        return 0
    return round(playlist.section(state.place).earliest_s * RATE) - state.in_section


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
