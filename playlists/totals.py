"""How long sections and a whole playlist sound, crossfades taken off, beside what they are meant to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from playlists.course import RATE
from playlists.model import After, Place, Playlist, Section
from playlists.tape import natural_fade


class Fit(StrEnum):
    """What is to be known of a section's music beside the time it is meant to last."""

    FITS = "fits"
    EMPTY = "empty"
    SHORT = "short"
    """It ends before a change of phase may leave it, and does not begin anew."""
    CUT = "cut"
    """The section goes on before all of it was heard."""


@dataclass(frozen=True, slots=True)
class Length:
    """Seconds of music; `unknown` tracks were not looked at yet, or cannot be played, and are not in it."""

    seconds: float = 0.0
    unknown: int = 0

    def __add__(self, other: Length) -> Length:
        return Length(self.seconds + other.seconds, self.unknown + other.unknown)


def section_length(playlist: Playlist, number: int) -> Length:
    """From its first second to its last, once through; a long track may fade out after a short one."""
    tracks = playlist.sections[number].tracks
    known = [Place(number, n) for n, track in enumerate(tracks) if track.played_s > 0]
    start_s = last_s = 0.0
    for place in known:
        end_s = start_s + playlist.track(place).played_s
        last_s = max(last_s, end_s)
        start_s = end_s - natural_fade(playlist, place) / RATE
    return Length(last_s, len(tracks) - len(known))


def whole_length(playlist: Playlist) -> Length:
    """All sections but the grounding one, which is heard only where somebody asks for it."""
    numbers = (n for n, section in enumerate(playlist.sections) if not section.grounding)
    return sum((section_length(playlist, number) for number in numbers), Length())


def fit(section: Section, length: Length) -> Fit:
    """Whether its music is as long as the section is meant to last."""
    if not section.tracks:
        return Fit.EMPTY
    if length.unknown:
        return Fit.FITS
    if section.after is not After.REPEAT and length.seconds < section.earliest_s:
        return Fit.SHORT
    if section.latest_s is not None and length.seconds > section.latest_s:
        return Fit.CUT
    return Fit.FITS
