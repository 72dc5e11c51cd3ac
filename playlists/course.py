"""What the music's course is made of: what can happen to it, what it is doing, what it tells the record.

Time here is the music's own: frames of 48 kHz that have been asked for. It stands while nothing sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.session.events import MusicAction, Phase
from playlists.model import Place

RATE: Final = 48_000
SEEK_FADE: Final = RATE // 2
RESUME_FADE: Final = RATE
"""A second: as long as the music takes to return after a pause, so that what is left behind is not heard."""

GATE_FADE: Final = RATE * 4 // 5
"""How long the music takes to fall silent for a pause, and to come back from it."""
VOLUME_FADE: Final = RATE * 2 // 5

VOLUME_FLOOR_DB: Final = -30.0
VOLUME_CAP_DB: Final = 0.0
FIRST_VOLUME_DB: Final = -12.0


class Mode(StrEnum):
    """What people want of the music; whether it can be heard is another matter (`CueState.output`)."""

    STOPPED = "stopped"
    PLAYING = "playing"
    PAUSED = "paused"


class Ask(StrEnum):
    """What can happen to the music."""

    PLAY = "play"
    PAUSE = "pause"
    STOP = "stop"
    NEXT = "next"
    HOLD = "hold"
    RELEASE = "release"
    GROUND = "ground"
    RETURN = "return"
    PHASE = "phase"
    DOSE = "dose"
    SEEK = "seek"
    VOLUME = "volume"
    MISSING = "missing"
    OUTPUT_LOST = "output-lost"
    OUTPUT_BACK = "output-back"


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing that happened; the fields that its Ask needs are set."""

    ask: Ask
    phase: Phase | None = None
    place: Place | None = None
    change_db: float = 0.0
    at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """Something for the record: what the music did, with which track, `at` frames into it.

    It happens `after` so many frames of those that were asked for, and takes `fade` of them.
    """

    action: MusicAction
    place: Place | None
    at: int
    fade: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """One track sounding: `at` frames in, its level going from one value to another over `fade` frames."""

    id: int
    place: Place
    at: int
    level_from: float
    level_to: float
    fade: int
    faded: int = 0

    @property
    def level(self) -> float:
        """0 to 1; the gain is the sine of that share of a right angle, so that two voices keep one power."""
        if self.faded >= self.fade:
            return self.level_to
        return self.level_from + (self.level_to - self.level_from) * self.faded / self.fade


class Why(StrEnum):
    """What decided a move, where that matters to what may still become of it."""

    PHASE = "phase"
    TIME = "time"
    """The section's latest change."""
    NEXT = "next"
    """A person asked for the next track."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A move that is decided: it happens where the music may be left, or after `patience` frames.

    `why` is None for what follows of itself, for a seek, and for grounding and back. `at` is another place of
    the track that sounds, None where it begins at its beginning; `joined` marks a track that follows without
    a gap or a fade.
    """

    place: Place
    patience: int
    fade: int
    waited: int = 0
    why: Why | None = None
    at: int | None = None
    joined: bool = False

    @property
    def waits(self) -> bool:
        """Whether it waits for a place where the music may be left: nobody asked for it at once."""
        return self.why in (Why.PHASE, Why.TIME)


@dataclass(frozen=True, slots=True)
class CueState:
    """Everything the music's course depends on.

    `home` is the section that sounds, during grounding the one to return to; `in_section` is for how long
    that one has sounded; `waiting` is a change of phase that it is still too young for; `left` holds, for
    each section, the track that was last heard of it.
    """

    place: Place | None
    phase: Phase = Phase.PREPARATION
    mode: Mode = Mode.STOPPED
    held: bool = False
    grounded: bool = False
    output: bool = True
    home: int = 0
    pending: Pending | None = None
    voices: tuple[Voice, ...] = ()
    serial: int = 0
    missing: frozenset[Place] = frozenset()
    volume_db: float = FIRST_VOLUME_DB
    in_section: int = 0
    waiting: bool = False
    left: tuple[Place, ...] = ()

    @property
    def at(self) -> int:
        """Frames into the track that sounds; 0 before it does."""
        newest = self.voices[-1] if self.voices else None
        return newest.at if newest is not None and newest.place == self.place else 0

    @property
    def stay(self) -> bool:
        """Whether the section goes round instead of on."""
        return self.held or self.grounded
