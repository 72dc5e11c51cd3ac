"""What is asked of the cuff safety layer (devices.cuff), what it decides, and what events mean to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from devices.cuff_schedule import Schedule
from devices.cuff_table import Happening
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_SYS
from kapmonitor.model import (
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceEvent,
    LinkChanged,
    LinkState,
    Measured,
    NibpFailure,
    Observation,
)

TIMER, WATCHDOG, REPEAT = "timer", "watchdog", "repeat"
"""Who asks where no person does: the schedule, the watchdog, a reading that has to be confirmed."""

HIGH, FAILED = "high", "failed"
"""Why a reading is to be repeated; the words go into the record."""


class Refusal(StrEnum):
    """Why something was not done."""

    OFF = "off"
    NO_LINK = "no-link"
    UNKNOWN = "cuff-unknown"
    BUSY = "cuff-busy"
    RESTING = "resting"
    MISSED = "missed"
    NOTHING_PLANNED = "nothing-planned"
    ALREADY_HELD = "already-held"
    HELD_ENOUGH = "held-enough"
    NOT_HELD = "not-held"


class Action(StrEnum):
    """What can be asked of a cuff; the words go into the record."""

    START = "start"
    STOP = "stop"
    HOLD = "hold"
    RELEASE = "release"
    TURN_ON = "turn-on"
    TURN_OFF = "turn-off"


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks for something; `by` is who."""

    action: Action
    by: str


@dataclass(frozen=True, slots=True)
class Planned:
    """From now on measure by this schedule, or only on request; `dose_ns` is None before the dose."""

    schedule: Schedule | None
    dose_ns: int | None


@dataclass(frozen=True, slots=True)
class Again:
    """Measure once more at this time, besides the schedule; over once anything was measured.

    `why` is what the reading before was, HIGH or FAILED.
    """

    t_ns: int
    held: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was planned before the program was started again; `due_ns` is when it was due before any hold."""

    due_ns: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Linked:
    """The link became live, or is so no longer."""

    live: bool


@dataclass(frozen=True, slots=True)
class Pressure:
    """The cuff holds this pressure."""

    mmhg: float


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""


@dataclass(frozen=True, slots=True)
class SendStart:
    """Start the cuff now."""

    by: str


@dataclass(frozen=True, slots=True)
class SendStop:
    """Abort now, ahead of everything."""

    by: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nothing was sent."""

    action: Action
    by: str
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Plan:
    """The next measurement that is due by itself, None for none; `interval_s` is 0 then.

    `again` is why the reading before is to be repeated, empty for one of the schedule.
    """

    next_t_ns: int | None = None
    interval_s: int = 0
    held: bool = False
    again: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """The determination counts as failed, though the device did not say so."""

    failure: NibpFailure


CuffNews = Happening | Linked | Pressure
CuffInput = Request | Planned | Again | Recalled | CuffNews | Tick
CuffDecision = SendStart | SendStop | Refuse | Plan | Fail

_TOLD = {
    CuffState.MEASURING: Happening.MEASURING,
    CuffState.IDLE: Happening.IDLE,
    CuffState.ASLEEP: Happening.IDLE,
    CuffState.ABORTED: Happening.ABORTED,
}


def news(event: DeviceEvent | LinkChanged) -> CuffNews | None:
    """What an event of the cuff's device or link means here; None if nothing."""
    match event:
        case CuffChanged():
            return _TOLD[event.state]
        case CuffFailed():
            return Happening.FAILED
        case LinkChanged():
            return Linked(event.state is LinkState.LIVE)
        case Observation(metric, _, Measured() as reading) if metric.term == CUFF_PRESSURE:
            return Pressure(reading.value)
        case Observation(metric) if metric.term == NIBP_SYS and not event.stored:
            return Happening.RESULT
        case _:
            return None
