"""Everything that can happen in a session, as frozen, versioned values.

The order of events in a record is the truth about a session; all other state is folded from it. A body holds
only JSON-able fields, so that kapmonitor.session.codec can write any of them; a correction is a new event.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from kapmonitor.session.alarm_events import (
    AlarmAcknowledged,
    AlarmChanged,
    BaselineSet,
    ConditionSensed,
    InputLate,
    LimitsChanged,
    LimitsSet,
    RuleDisabled,
    RuleEnabled,
    SameArmSaid,
)
from kapmonitor.session.care_events import (
    CardFilled,
    CheckAnswered,
    CheckOverridden,
    FieldLeftOut,
    FormFilled,
    HandedOver,
    PersonIdentified,
    PersonLeft,
    PresenceSaid,
    ProtocolSet,
    ScaleScored,
    SessionOpened,
    SessionSignedOff,
)
from kapmonitor.session.clock_events import ClockHeld
from kapmonitor.session.device_events import (
    AlertEvent,
    CuffAsked,
    CuffEvent,
    CuffPlan,
    DeviceAdded,
    DeviceAdopted,
    DeviceChanged,
    DeviceClock,
    DeviceConfirmed,
    DeviceIdentity,
    DeviceReleased,
    FaultsCounted,
    LinkEvent,
    SourceChosen,
    SourceShown,
)
from kapmonitor.session.dose_events import CuffExplained, DoseAmended
from kapmonitor.session.import_events import SessionImported
from kapmonitor.session.keys_events import EmergencyAccessed, PinTried, ScreenLocked, ScreenUnlocked
from kapmonitor.session.note_events import NoteAdded, NoteAmended, NoteDrafted, NoteEnded
from kapmonitor.session.record_events import (
    RecordAmended,
    RecordCopied,
    RecordHeads,
    RecordMoved,
    RecordSigned,
)
from kapmonitor.session.sound_events import (
    BedsideConfirmed,
    SoundAsked,
    SoundChanged,
    SoundChecked,
    SoundOutput,
    SoundProcess,
    SoundStaged,
)


class Phase(StrEnum):
    """The phases of a session, in their usual order; a person moves them."""

    PREPARATION = "preparation"
    BASELINE = "baseline"
    DOSING = "dosing"
    ONSET = "onset"
    PEAK = "peak"
    RETURN = "return"
    INTEGRATION = "integration"
    DISCHARGE = "discharge"


class Route(StrEnum):
    """How a dose was given."""

    IV = "iv"
    IM = "im"
    IN = "in"
    SL = "sl"
    PO = "po"


class NoteKind(StrEnum):
    """How a note was made."""

    TAG = "tag"
    MARK = "mark"
    TEXT = "text"
    LINE = "line"


class MusicAction(StrEnum):
    """What the music did."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    HELD = "held"
    RELEASED = "released"
    VOLUME = "volume"
    MISSING = "missing"
    OUTPUT_LOST = "output-lost"
    OUTPUT_CHANGED = "output-changed"
    SOUGHT = "sought"
    """Another place of the track that sounded."""
    DUCKED = "ducked"
    """Lowered for an alarm, by `duck_db`, or let up again."""
    FADING = "fading"
    """The track goes to silence, and nothing follows it at once."""
    OUTPUT_BACK = "output-back"
    """The sound output is there again, and the music is not meant to play."""
    AT = "at"
    """Where the track is: sound came late, or the sound device counts seconds otherwise than the computer."""


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """The record was opened. `mode` is a GenerationMode word; `utc_ns` belongs to the event's own t_ns."""

    TYPE: ClassVar[str] = "session.started"
    VERSION: ClassVar[int] = 1
    session: str
    mode: str
    software: str
    utc_ns: int
    utc_offset_min: int
    zone: str
    person: str = ""
    initials: str = ""
    number: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class SessionResumed:
    """The program took up a record again after `gap_ns` without monitoring.

    Of the waves another `waves_lost_ns` before that did not reach the disk.
    """

    TYPE: ClassVar[str] = "session.resumed"
    VERSION: ClassVar[int] = 2
    utc_ns: int
    gap_ns: int
    waves_lost_ns: int = 0


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """The record was closed on purpose.

    `reason` is "ended", "signal", "window", "not-opened", "signed-off" or "imported".
    """

    TYPE: ClassVar[str] = "session.closed"
    VERSION: ClassVar[int] = 1
    reason: str
    utc_ns: int


@dataclass(frozen=True, slots=True)
class ClockAnchored:
    """UTC belonging to this event's t_ns; `step_ns` is how far the wall clock moved against the monotonic."""

    TYPE: ClassVar[str] = "clock.anchored"
    VERSION: ClassVar[int] = 1
    utc_ns: int
    step_ns: int = 0


@dataclass(frozen=True, slots=True)
class ComputerBoot:
    """Which start of the computer the session's clock counts from.

    `waking_ns` is what the clock that goes on while the computer sleeps showed at this event's t_ns.
    """

    TYPE: ClassVar[str] = "computer.boot"
    VERSION: ClassVar[int] = 1
    boot: str
    waking_ns: int


@dataclass(frozen=True, slots=True)
class ComputerSlept:
    """The computer was asleep until this event's t_ns: for so long nothing was monitored."""

    TYPE: ClassVar[str] = "computer.slept"
    VERSION: ClassVar[int] = 1
    length_ns: int


@dataclass(frozen=True, slots=True)
class ChannelDescribed:
    """A channel that data rows refer to by number; `fs` is 0 for numerics, which come each `period_s`."""

    TYPE: ClassVar[str] = "channel.described"
    VERSION: ClassVar[int] = 2
    channel: int
    device: str
    ref: str
    code: int
    label: str
    unit: str
    fs: float
    resolution: float
    offset: float
    period_s: float = 1.0


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """A person moved the session to another phase."""

    TYPE: ClassVar[str] = "phase.changed"
    VERSION: ClassVar[int] = 1
    phase: str
    by: str


@dataclass(frozen=True, slots=True)
class DoseGiven:
    """A dose; T+ counts from the first one. `route` is a Route word, `weight_kg` 0 where nobody weighed.

    `site` is where on the body: a muscle, a vein, a nostril. `dose` is its id, by which it can be corrected.
    """

    TYPE: ClassVar[str] = "dose.given"
    VERSION: ClassVar[int] = 3
    drug: str
    amount_mg: float
    route: str
    site: str
    by: str
    lot: str = ""
    witness: str = ""
    weight_kg: float = 0.0
    dose: str = ""


@dataclass(frozen=True, slots=True)
class MusicEvent:
    """What the music did.

    `track` is the SHA-256 of its file, or the file's name where that could not be read; `position_s` is the
    place in the file; `volume_db` and `duck_db` are what was then in force, `gain_db` the track's own gain.
    `by` is who was at the keys for what only a key does; empty for what may have come by itself.

    What it did is heard `heard_after_s` later, as sound is written ahead, and takes `fade_s`. The track is
    played to `end_s` of its `file` at the latest; 0 and empty where that is not known.
    """

    TYPE: ClassVar[str] = "music"
    VERSION: ClassVar[int] = 4
    action: str
    section: str
    track: str
    title: str
    position_s: float
    duration_s: float
    volume_db: float
    output: str
    by: str = ""
    duck_db: float = 0.0
    gain_db: float = 0.0
    heard_after_s: float = 0.0
    fade_s: float = 0.0
    end_s: float = 0.0
    file: str = ""


SessionEvent = (
    SessionStarted
    | SessionImported
    | SessionResumed
    | SessionClosed
    | ClockAnchored
    | ClockHeld
    | ComputerBoot
    | ComputerSlept
    | ChannelDescribed
    | DeviceAdded
    | DeviceIdentity
    | DeviceAdopted
    | DeviceChanged
    | DeviceConfirmed
    | DeviceReleased
    | DeviceClock
    | SourceChosen
    | SourceShown
    | LinkEvent
    | AlertEvent
    | CuffEvent
    | CuffAsked
    | CuffPlan
    | FaultsCounted
    | PhaseChanged
    | DoseGiven
    | DoseAmended
    | CuffExplained
    | NoteAdded
    | NoteAmended
    | NoteEnded
    | NoteDrafted
    | MusicEvent
    | ProtocolSet
    | PersonIdentified
    | CardFilled
    | CheckAnswered
    | CheckOverridden
    | SessionOpened
    | ScaleScored
    | PresenceSaid
    | HandedOver
    | FormFilled
    | FieldLeftOut
    | PersonLeft
    | SessionSignedOff
    | ScreenLocked
    | ScreenUnlocked
    | PinTried
    | EmergencyAccessed
    | LimitsSet
    | LimitsChanged
    | RuleDisabled
    | RuleEnabled
    | BaselineSet
    | SameArmSaid
    | ConditionSensed
    | InputLate
    | AlarmChanged
    | AlarmAcknowledged
    | SoundAsked
    | SoundChanged
    | SoundStaged
    | SoundOutput
    | SoundProcess
    | SoundChecked
    | BedsideConfirmed
    | RecordHeads
    | RecordCopied
    | RecordMoved
    | RecordAmended
    | RecordSigned
)


@dataclass(frozen=True, slots=True)
class Stamped:
    """An event at its time."""

    t_ns: int
    event: SessionEvent
