"""What a playlist is: tracks in sections, and sections bound to the phases of a session."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from kapmonitor.session.events import Phase

LUFS: Final = (-70.0, 10.0)
PEAK_DBFS: Final = (-70.0, 20.0)
"""What a playlist can say of how loud a piece is, and no more is believed of tags or measured of a file."""


class After(StrEnum):
    """What follows when a section has played all its tracks and nobody moved on."""

    REPEAT = "repeat"
    NEXT = "next"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud a whole piece is, by EBU R128, and its highest sample."""

    lufs: float
    peak_dbfs: float


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a list names that is no file which can be played, and why not, in words for the screen.

    `named` is what to call it, `location` how it stands in the list: None where that is the path `named`.
    """

    named: str
    why: str
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One piece of music.

    `duration_s` is the file's, 0 until it has been looked at; `sha256` is empty where the playlist does not
    pin the file; `leave_s` are the places where it may be left without breaking a phrase, in seconds from the
    file's start. Of the file, `start_s` to `end_s` is played (None: to its end). `fade_s` joins it to what
    follows (None: as the playlist says; 0: without a gap or a fade, as on an album). `gain_db` is a person's
    choice, `level_db` brings it to the level of the others and is set when the files are looked at. A track
    that is `elsewhere` is left out, wherever its path leads.
    """

    path: Path
    title: str
    duration_s: float = 0.0
    sha256: str = ""
    gain_db: float = 0.0
    leave_s: tuple[float, ...] = ()
    start_s: float = 0.0
    end_s: float | None = None
    fade_s: float | None = None
    loudness: Loudness | None = None
    level_db: float = 0.0
    elsewhere: Elsewhere | None = None

    @property
    def played_s(self) -> float:
        """How long it sounds; 0 until the file has been looked at."""
        end_s = self.duration_s if self.end_s is None else min(self.end_s, self.duration_s)
        return max(0.0, end_s - self.start_s)

    @property
    def id(self) -> str:
        """The name under which the record keeps it: what it sounds like if pinned, else where it is."""
        return f"sha256:{self.sha256}" if self.sha256 else self.path.name


@dataclass(frozen=True, slots=True)
class Section:
    """Tracks that belong together; `phases` are the phases of a session that bring it on.

    A change of phase leaves it no earlier than `earliest_s` after it began, unless a person asks for the next
    track; after `latest_s` it goes on by itself, unless it is held. Both count what was heard of it.
    """

    name: str
    tracks: tuple[Track, ...]
    phases: tuple[Phase, ...] = ()
    after: After = After.REPEAT
    grounding: bool = False
    earliest_s: float = 0.0
    latest_s: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A track in a playlist: the number of its section and its number therein, both from 0."""

    section: int
    track: int


@dataclass(frozen=True, slots=True)
class Playlist:
    """Sections in the order of the session.

    `crossfade_s` joins tracks that follow of themselves, `quick_fade_s` what a person asked for at once;
    `phase_wait_s` is the longest that a change of phase waits for a place where the music may be left.
    """

    title: str
    sections: tuple[Section, ...]
    crossfade_s: float = 12.0
    quick_fade_s: float = 4.0
    phase_wait_s: float = 45.0
    example: bool = False

    def track(self, place: Place) -> Track:
        return self.sections[place.section].tracks[place.track]

    def section(self, place: Place) -> Section:
        return self.sections[place.section]

    def places(self) -> tuple[Place, ...]:
        """Every track's place, in playing order."""
        return tuple(
            Place(s, t) for s, section in enumerate(self.sections) for t in range(len(section.tracks))
        )

    def section_for(self, phase: Phase) -> int | None:
        """The section that belongs to a phase; None where the playlist names none."""
        for number, section in enumerate(self.sections):
            if phase in section.phases:
                return number
        return None

    def grounding(self) -> int | None:
        """The grounding section; None where the playlist has none."""
        for number, section in enumerate(self.sections):
            if section.grounding:
                return number
        return None
