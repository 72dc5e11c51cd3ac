"""What the dashboard shows at one instant: frozen, replaced as a whole at each tick."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kapmonitor.alarms.baseline import Baseline, Proposal
from kapmonitor.alarms.signals import SoundState
from kapmonitor.alarms.types import (
    Priority as Priority,  # the dashboard names priorities through its snapshot
)
from kapmonitor.model import (
    Absent,
    AlertKind,
    ChannelKey,
    CuffReading,
    CuffState,
    GenerationMode,
    LinkProblem,
    LinkState,
    Reading,
    Validity,
)
from kapmonitor.networkclock import NetworkClock
from kapmonitor.record.items import RecordStatus
from kapmonitor.session.events import Phase
from kapmonitor.session.state import SessionState

NOTHING = Absent(Validity.NOT_AVAILABLE)
"""The reading of a tile that has never had one."""


class Freshness(StrEnum):
    """How old a shown value is."""

    NONE = "none"
    FRESH = "fresh"
    AGEING = "ageing"
    OVERDUE = "overdue"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the dashboard with all that stands beside it; `t_ns` is when it arrived."""

    reading: Reading = NOTHING
    t_ns: int = 0
    freshness: Freshness = Freshness.NONE
    source: str = ""
    low: float | None = None
    high: float | None = None
    alerts: tuple[AlertKind, ...] = ()
    alarm: Priority | None = None
    others: int = 0
    """How many other devices could stand here now."""
    unconfirmed: bool = False
    """Another device answers where the source was, and nobody has said that it is this person's."""
    unread: bool = False
    """Of a record that cannot be read at this time: whether there was a value is not known."""


@dataclass(frozen=True, slots=True)
class CuffTile:
    """The blood pressure tile: the last determination and what the cuff does now."""

    last: CuffReading | None = None
    freshness: Freshness = Freshness.NONE
    source: str = ""
    high_sys: float | None = None
    high_dia: float | None = None
    low_sys: float | None = None
    state: CuffState = CuffState.IDLE
    pressure: float | None = None
    next_t_ns: int | None = None
    held: bool = False
    again: str = ""
    """Why the last reading is to be repeated then, 'high' or 'failed'; empty if it is not."""
    can_start: bool = False
    refused: str = ""
    alarm: Priority | None = None
    unread: bool = False
    """As of a Tile."""


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """One device link, as the status zone shows it."""

    device: str
    label: str
    state: LinkState = LinkState.OFF
    problem: LinkProblem = LinkProblem.NONE
    detail: str = ""
    retry_t_ns: int | None = None
    alerts: tuple[AlertKind, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ActiveAlarm:
    """An alarm condition that is on screen, highest priority first in the list."""

    condition: str
    role: str
    priority: Priority
    state: str
    value: float | None
    limit: float | None
    direction: str
    onset_t_ns: int
    text: str = ""
    acknowledged_t_ns: int | None = None
    remind_t_ns: int | None = None
    """When somebody is next reminded that an acknowledged condition still holds."""
    ended_t_ns: int | None = None
    """When the condition of an alarm that is kept until seen was over."""
    bypassed: bool = False
    """The value is so far out that no stage is waited for."""
    repeat_wanted: bool = False
    """A second blood pressure has to confirm it."""
    repeat_from_s: float = 0.0
    """How long after the first one it has to be taken at least."""
    reading_t_ns: int = 0
    """The newest reading that it was judged by."""
    raised_t_ns: int = 0
    """When it last called for somebody."""


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """One limit as it holds now, for the page of limits; `limit` is None while it waits for a baseline.

    `source` says where the number came from; `off_until_t_ns` when a limit that somebody switched off comes
    back; `in_phase` whether it holds in the present phase; `state` is a ConditionState word.
    """

    rule: str
    role: str
    side: str
    priority: Priority
    limit: float | None
    source: str
    delay_s: float
    at_once: float | None
    phases: tuple[str, ...]
    in_phase: bool
    off_until_t_ns: int | None
    state: str = "normal"


@dataclass(frozen=True, slots=True)
class BaselineStatus:
    """The person's own values before the dose: those in force, and what could be set now.

    `needed` says that limits wait for one and have only fixed numbers until then.
    """

    baseline: Baseline | None = None
    by: str = ""
    set_t_ns: int | None = None
    proposal: Proposal | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What the console knows of its own computer; None where it does not tell.

    `disk_will_do` is whether the folder of the record is a place to keep one in, `awake` whether the system
    said that it will not sleep by itself, `encrypted` whether the record is.
    """

    disk_will_do: bool | None = None
    disk_free: int | None = None
    battery: float | None = None
    on_mains: bool | None = None
    awake: bool | None = None
    encrypted: bool | None = None
    clock: NetworkClock | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent picture of the session."""

    t_ns: int = 0
    utc_ns: int = 0
    utc_offset_min: int = 0
    mode: GenerationMode = GenerationMode.REAL
    speed: float = 1.0
    session: SessionState = field(default_factory=SessionState)
    hr: Tile = field(default_factory=Tile)
    spo2: Tile = field(default_factory=Tile)
    perfusion: float | None = None
    nibp: CuffTile = field(default_factory=CuffTile)
    pleth: ChannelKey | None = None
    links: tuple[LinkStatus, ...] = ()
    alarms: tuple[ActiveAlarm, ...] = ()
    limits: tuple[LimitInForce, ...] = ()
    baseline: BaselineStatus = field(default_factory=BaselineStatus)
    record: RecordStatus | None = None
    sound: SoundState = field(default_factory=SoundState)
    station: StationFacts = field(default_factory=StationFacts)
    next_phase: Phase | None = None
    """The phase that the protocol suggests by now; a person moves there or does not."""
