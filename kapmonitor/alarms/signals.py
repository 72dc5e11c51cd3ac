"""What alarms are to sound like, and what really sounds: values between core and annunciator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kapmonitor.alarms.audio import AudioState
from kapmonitor.alarms.types import Priority


class Stage(StrEnum):
    """Who is told of what nobody has acknowledged; compare with `rank`."""

    IDLE = "idle"
    VISUAL = "visual"
    STAFF = "staff"
    LOUDER = "louder"
    ROOM = "room"
    FULL = "full"

    @property
    def rank(self) -> int:
        return tuple(Stage).index(self)


class OutputRole(StrEnum):
    """The two outputs of alarms."""

    STAFF = "staff"
    ROOM = "room"


class SoundName(StrEnum):
    """The tones; kapmonitor.alarms.tones makes them."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    SOFT_HIGH = "soft-high"
    SOFT_MEDIUM = "soft-medium"
    SOFT_LOW = "soft-low"
    FAILURE = "failure"
    CHECK = "check"


LOUD = {Priority.HIGH: SoundName.HIGH, Priority.MEDIUM: SoundName.MEDIUM, Priority.LOW: SoundName.LOW}
SOFT = {
    Priority.HIGH: SoundName.SOFT_HIGH,
    Priority.MEDIUM: SoundName.SOFT_MEDIUM,
    Priority.LOW: SoundName.SOFT_LOW,
}


@dataclass(frozen=True, slots=True)
class Tone:
    """Bursts again and again: level in dB to full scale, seconds from the end of one to the next."""

    sound: SoundName
    level_db: float
    repeat_s: float


@dataclass(frozen=True, slots=True)
class Chime:
    """One tone, once: a new `number` is a new one."""

    number: int
    sound: SoundName
    level_db: float
    output: OutputRole = OutputRole.STAFF


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is wanted of sound, music and window. `finish` lets a burst under way come to its end."""

    stage: Stage = Stage.IDLE
    priority: Priority | None = None
    staff: Tone | None = None
    room: Tone | None = None
    chime: Chime | None = None
    duck_db: float = 0.0
    duck_over_s: float = 0.0
    to_front: bool = False
    finish: bool = False


class OutputWord(StrEnum):
    """How an output of alarms is."""

    READY = "ready"
    NOT_CHOSEN = "not-chosen"
    ABSENT = "absent"
    LOST = "lost"
    FAILED = "failed"
    MUSIC = "music"
    """It is the one that plays the music, and is therefore not used."""
    MUTED = "muted"
    """This computer plays it muted or at no volume."""


@dataclass(frozen=True, slots=True)
class OutputReport:
    """One output as the annunciator has it: what it plays now, and how many bursts it has begun."""

    state: OutputWord = OutputWord.NOT_CHOSEN
    name: str = ""
    playing: str = ""
    bursts: int = 0

    @property
    def works(self) -> bool:
        return self.state is OutputWord.READY


@dataclass(frozen=True, slots=True)
class Report:
    """What the annunciator really does; `answered` is the newest wanted signals it has."""

    answered: int = 0
    staff: OutputReport = OutputReport()
    room: OutputReport = OutputReport()
    outputs: tuple[str, ...] = ()
    failing: bool = False
    silent_s: float = 0.0

    def of(self, role: OutputRole) -> OutputReport:
        """The report on one output."""
        return self.staff if role is OutputRole.STAFF else self.room


@dataclass(frozen=True, slots=True)
class SoundState:
    """The sound of alarms as the screen shows it; `trouble` is one sentence, empty while all is well."""

    state: AudioState = AudioState.FAULT
    until_t_ns: int | None = None
    stage: Stage = Stage.IDLE
    staff: OutputReport = OutputReport()
    room: OutputReport = OutputReport()
    outputs: tuple[str, ...] = ()
    trouble: str = ""
    to_front: bool = False
    still_there: bool = False
    """Ask whether somebody is at the screen; any key answers."""
    wanted: bool = False
    """Whether this session sounds alarms at all; a review and a demo without a speaker do not."""
