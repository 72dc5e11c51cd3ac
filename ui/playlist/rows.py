"""The list as it is shown: a row for each section and each track, and where something dropped goes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from playlists.model import Place, Playlist, Section, Track
from playlists.problems import Problem
from playlists.totals import Length, fit, section_length, whole_length
from ui import format as fmt
from ui.playlist import wording
from ui.playlist.typed import clock

JOIN: Final = " · "


@dataclass(frozen=True, slots=True)
class Row:
    """A section's head, or with `track` one of its tracks; `trouble` is what is wrong with it."""

    section: int
    track: int | None
    number: str
    title: str
    about: str
    right: str
    trouble: str = ""
    left_out: bool = False

    @property
    def place(self) -> Place | None:
        return None if self.track is None else Place(self.section, self.track)


def rows(playlist: Playlist, troubles: Mapping[Place, Problem]) -> tuple[Row, ...]:
    """From top to bottom."""
    found: list[Row] = []
    for number, section in enumerate(playlist.sections):
        found.append(_head(playlist, number, section))
        found.extend(
            _track(Place(number, n), track, troubles.get(Place(number, n)))
            for n, track in enumerate(section.tracks)
        )
    return tuple(found)


def whole(playlist: Playlist) -> str:
    """How long all of it sounds."""
    total = wording.TOTAL.format(length=_length(whole_length(playlist)))
    return total if playlist.sections else ""


def row_of(found: tuple[Row, ...], section: int, track: int | None) -> int:
    """The number of the row; of the nearest one above it where it is gone, 0 at least."""
    at = 0
    for number, row in enumerate(found):
        before = row.section < section or (
            row.section == section and (row.track is None or (track is not None and row.track <= track))
        )
        at = number if before else at
    return at


def place_at(found: tuple[Row, ...], gap: int) -> Place:
    """Where a track dropped above row `gap` goes; above a section's head it is the end of the one before."""
    gap = min(max(gap, 0), len(found))
    if gap < len(found) and found[gap].track is not None:
        row = found[gap]
        return Place(row.section, row.track or 0)
    if gap == 0:
        return Place(0, 0)
    above = found[gap - 1]
    return Place(above.section, 0 if above.track is None else above.track + 1)


def section_at(found: tuple[Row, ...], gap: int, moved: int) -> int:
    """Which number a section gets that is dropped above row `gap`, counted without it."""
    heads = [row.section for row in found[:gap] if row.track is None]
    inside = gap < len(found) and found[gap].track is not None
    before = len(heads) - (1 if inside else 0)
    return before - (1 if moved < before else 0)


def _head(playlist: Playlist, number: int, section: Section) -> Row:
    length = section_length(playlist, number)
    meant = _meant(section)
    about = JOIN.join(part for part in (meant, _brought_on(section), wording.AFTER[section.after]) if part)
    trouble = wording.FITS[fit(section, length)]
    right = _length(length) if section.tracks else wording.NO_TRACKS
    return Row(number, None, "", section.name, about, right, trouble)


def _track(place: Place, track: Track, problem: Problem | None) -> Row:
    marks = []
    if track.gain_db:
        marks.append(f"{'+' if track.gain_db > 0 else fmt.MINUS}{abs(track.gain_db):g} dB")
    if track.start_s or track.end_s is not None:
        end = wording.TO_END if track.end_s is None else clock(track.end_s)
        marks.append(f"{clock(track.start_s)}–{end}")
    if track.fade_s is not None:
        marks.append(f"fade {track.fade_s:g} s" if track.fade_s else "joined to the next")
    right = fmt.duration(round(track.played_s) * fmt.SECOND_NS) if track.played_s else ""
    words = "" if problem is None else problem.words
    left_out = problem is not None and problem.left_out
    number, about = f"{place.track + 1}", JOIN.join(marks)
    return Row(place.section, place.track, number, track.title, about, right, words, left_out)


def _brought_on(section: Section) -> str:
    if section.grounding:
        return wording.GROUNDING
    words: list[str] = []
    left = section.phases
    for name, phases in wording.PARTS:
        if all(phase in left for phase in phases):
            words.append(name)
            left = tuple(phase for phase in left if phase not in phases)
    words.extend(wording.PHASES[phase] for phase in left)
    return ", ".join(words) or wording.NO_PHASE


def _meant(section: Section) -> str:
    least, most = section.earliest_s, section.latest_s
    if least and most is not None:
        return wording.MEANT_BETWEEN.format(least=clock(least), most=clock(most))
    if most is not None:
        return wording.MEANT_MOST.format(most=clock(most))
    return wording.MEANT_LEAST.format(least=clock(least)) if least else ""


def _length(length: Length) -> str:
    said = fmt.duration(round(length.seconds) * fmt.SECOND_NS)
    return JOIN.join((said, wording.UNKNOWN.format(count=length.unknown))) if length.unknown else said
