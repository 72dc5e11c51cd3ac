"""Edits of a playlist: values in, another playlist out, always one that can be written and read again. Pure.

A section may be without tracks for as long as it is edited; `without_empty` is what can be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from typing import Final

from kapmonitor.session.events import Phase
from playlists.model import After, Place, Playlist, Section, Track
from playlists.problems import SHORTEST_S

LONGEST_S: Final = 86_400.0
CROSSFADE_S: Final = (0.1, 60.0)
GAIN_DB: Final = (-30.0, 6.0)
FADE_S: Final = (0.0, 60.0)
LONGEST_NAME: Final = 500

UNTITLED: Final = Playlist("Playlist", ())


def add_section(playlist: Playlist, number: int, name: str) -> Playlist:
    """An empty section, which is then the one with this number."""
    sections = playlist.sections
    fresh = Section(one_line(name) or f"Section {len(sections) + 1}", ())
    return replace(playlist, sections=(*sections[:number], fresh, *sections[number:]))


def drop_section(playlist: Playlist, number: int) -> Playlist:
    """Without this section and its tracks."""
    sections = playlist.sections
    return replace(playlist, sections=(*sections[:number], *sections[number + 1 :]))


def move_section(playlist: Playlist, number: int, to: int) -> Playlist:
    """The section stands where `to` says among the others, counted without it."""
    rest = drop_section(playlist, number).sections
    to = min(max(to, 0), len(rest))
    return replace(playlist, sections=(*rest[:to], playlist.sections[number], *rest[to:]))


def rename(playlist: Playlist, number: int, name: str) -> Playlist:
    """Another name for a section; a blank one changes nothing."""
    return _section(playlist, number, lambda old: replace(old, name=one_line(name) or old.name))


def retitle(playlist: Playlist, title: str) -> Playlist:
    """Another title for the whole; a blank one changes nothing."""
    return replace(playlist, title=one_line(title) or playlist.title)


def set_crossfade(playlist: Playlist, crossfade_s: float) -> Playlist:
    """How one track goes over into the next where it says nothing of its own."""
    return replace(playlist, crossfade_s=_within(crossfade_s, CROSSFADE_S))


def bind(playlist: Playlist, number: int, phases: tuple[Phase, ...], *, on: bool) -> Playlist:
    """Let these phases bring the section on, and no other section; or not any more."""
    taken = _each(playlist, lambda section: replace(section, phases=_less(section.phases, phases)))
    if not on:
        return _section(playlist, number, lambda old: replace(old, phases=_less(old.phases, phases)))
    kept = {*playlist.sections[number].phases, *phases}
    ordered = tuple(phase for phase in Phase if phase in kept)
    return _section(taken, number, lambda old: replace(old, phases=ordered, grounding=False))


def ground(playlist: Playlist, number: int, *, on: bool) -> Playlist:
    """Let it be the grounding section, the only one, which no phase brings on."""
    others = _each(playlist, lambda section: replace(section, grounding=section.grounding and not on))
    phases = () if on else playlist.sections[number].phases
    return _section(others, number, lambda old: replace(old, grounding=on, phases=phases))


def set_after(playlist: Playlist, number: int, after: After) -> Playlist:
    """What follows once all its tracks were played."""
    return _section(playlist, number, lambda old: replace(old, after=after))


def set_earliest(playlist: Playlist, number: int, earliest_s: float) -> Playlist:
    """A change of phase leaves it no earlier; its latest change gives way."""
    earliest = _within(earliest_s, (0.0, LONGEST_S))

    def changed(old: Section) -> Section:
        latest = None if old.latest_s is None else max(old.latest_s, earliest)
        return replace(old, earliest_s=earliest, latest_s=latest)

    return _section(playlist, number, changed)


def set_latest(playlist: Playlist, number: int, latest_s: float | None) -> Playlist:
    """When it goes on by itself, None for never; its earliest change gives way."""
    latest = None if latest_s is None else _within(latest_s, (1.0, LONGEST_S))

    def changed(old: Section) -> Section:
        earliest = old.earliest_s if latest is None else min(old.earliest_s, latest)
        return replace(old, earliest_s=earliest, latest_s=latest)

    return _section(playlist, number, changed)


def insert(playlist: Playlist, at: Place, tracks: tuple[Track, ...]) -> Playlist:
    """Put tracks before the place, or at the end of its section; a section is made where there is none."""
    if not playlist.sections:
        playlist = add_section(playlist, 0, "")

    def changed(old: Section) -> Section:
        return replace(old, tracks=(*old.tracks[: at.track], *tracks, *old.tracks[at.track :]))

    return _section(playlist, min(at.section, len(playlist.sections) - 1), changed)


def drop(playlist: Playlist, place: Place) -> Playlist:
    """Without this track."""

    def changed(old: Section) -> Section:
        return replace(old, tracks=(*old.tracks[: place.track], *old.tracks[place.track + 1 :]))

    return _section(playlist, place.section, changed)


def move(playlist: Playlist, place: Place, to: Place) -> tuple[Playlist, Place]:
    """The track before `to`, counted while it is still where it was; and where it then is."""
    track = playlist.track(place)
    same = to.section == place.section
    at = Place(to.section, to.track - 1) if same and to.track > place.track else to
    return insert(drop(playlist, place), at, (track,)), at


def neighbour(playlist: Playlist, place: Place, step: int) -> Place | None:
    """Where `move` puts a track one step up (-1) or down (1), into the next section at its end."""
    count = len(playlist.sections[place.section].tracks)
    if 0 <= place.track + step < count:
        return Place(place.section, place.track + (step if step < 0 else step + 1))
    section = place.section + step
    if not 0 <= section < len(playlist.sections):
        return None
    return Place(section, len(playlist.sections[section].tracks) if step < 0 else 0)


def change(playlist: Playlist, place: Place, track: Track) -> Playlist:
    """Another track in its place, brought within what is allowed."""
    allowed = _allowed(track, playlist.track(place).title)

    def changed(old: Section) -> Section:
        return replace(old, tracks=(*old.tracks[: place.track], allowed, *old.tracks[place.track + 1 :]))

    return _section(playlist, place.section, changed)


def without_empty(playlist: Playlist) -> Playlist:
    """Only the sections that hold tracks."""
    return replace(playlist, sections=tuple(section for section in playlist.sections if section.tracks))


def one_line(text: str) -> str:
    """A name as it can be written: one line, no more than can be shown."""
    return (
        re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\\s]+", " ", text)
        .strip()[:LONGEST_NAME]
        .strip()
    )


def _allowed(track: Track, title: str) -> Track:
    start = _within(track.start_s, (0.0, LONGEST_S - SHORTEST_S))
    end = track.end_s
    return replace(
        track,
        title=one_line(track.title) or title,
        gain_db=_within(track.gain_db, GAIN_DB),
        start_s=start,
        end_s=None if end is None else _within(end, (start + SHORTEST_S, LONGEST_S)),
        fade_s=None if track.fade_s is None else _within(track.fade_s, FADE_S),
    )


def _within(value: float, allowed: tuple[float, float]) -> float:
    """To the millisecond, or thousandth of a decibel; what is no number counts as the least."""
    least, most = allowed
    return min(max(round(value, 3), least), most) if isfinite(value) else least


def _less(phases: tuple[Phase, ...], gone: tuple[Phase, ...]) -> tuple[Phase, ...]:
    return tuple(phase for phase in phases if phase not in gone)


def _each(playlist: Playlist, changed: Callable[[Section], Section]) -> Playlist:
    return replace(playlist, sections=tuple(changed(section) for section in playlist.sections))


def _section(playlist: Playlist, number: int, changed: Callable[[Section], Section]) -> Playlist:
    sections = playlist.sections
    fresh = changed(sections[number])
    return replace(playlist, sections=(*sections[:number], fresh, *sections[number + 1 :]))
