"""What the cuff is doing and what follows from each thing that happens, as one table.

Only STARTING sends a start, and only START leads there. STOP leads to STOPPING from every state.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from devices.cuffhost.machine import Rules, Tell
from kapmonitor.model import CuffState, NibpFailure


class State(Enum):
    """Where a determination stands, as far as the host knows."""

    UNKNOWN = auto()
    IDLE = auto()
    STARTING = auto()
    MEASURING = auto()
    STOPPING = auto()
    """A cancel is sent again and again until the monitor says that it cancelled."""
    ABORTED = auto()
    """Cancelled; the monitor has not said yet that it rests."""


class Event(Enum):
    """What can happen."""

    START = auto()
    STOP = auto()
    STARTED = auto()
    """The monitor took the start."""
    BUSY = auto()
    """The monitor says that a determination is not finished."""
    FRESH = auto()
    """There is a reading that was not there before."""
    FAILED = auto()
    """A determination failed that had not failed before."""
    ENDED = auto()
    """A determination is over that left no reading of its own."""
    RESTING = auto()
    """The monitor repeats how its last determination ended."""
    STOPPED = auto()
    """The monitor took the cancel."""
    REFUSED = auto()
    SILENT = auto()
    """No answer to a start."""
    GUARD = auto()


S, E, F = State, Event, NibpFailure
_Steps = dict[Event, tuple[State, tuple[Tell, ...]]]

_AT_REST: Final[_Steps] = {
    E.START: (S.STARTING, ()),
    E.STOP: (S.STOPPING, ()),
    E.STARTED: (S.MEASURING, ()),
    E.BUSY: (S.MEASURING, ()),
    E.FRESH: (S.IDLE, ()),
    E.FAILED: (S.IDLE, (F.UNKNOWN,)),
    E.RESTING: (S.IDLE, ()),
}
"""The monitor may always act by itself: its own key, its own timer, another host."""

TABLE: Final[dict[State, _Steps]] = {
    S.UNKNOWN: _AT_REST,
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, ()),
        E.STARTED: (S.MEASURING, ()),
        E.BUSY: (S.MEASURING, ()),
        E.REFUSED: (S.IDLE, (F.MODULE_FAULT,)),
        E.SILENT: (S.STOPPING, (F.TIMEOUT,)),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, ()),
        E.FRESH: (S.IDLE, ()),
        E.FAILED: (S.IDLE, (F.UNKNOWN,)),
        E.ENDED: (S.IDLE, (F.UNKNOWN,)),
        E.STOPPED: (S.ABORTED, ()),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, ()),
        E.STOPPED: (S.ABORTED, ()),
        E.FRESH: (S.ABORTED, ()),
        E.FAILED: (S.ABORTED, ()),
        E.ENDED: (S.ABORTED, ()),
        E.RESTING: (S.ABORTED, ()),
    },
    S.ABORTED: {
        E.START: (S.STARTING, ()),
        E.STOP: (S.STOPPING, ()),
        E.STARTED: (S.MEASURING, ()),
        E.FRESH: (S.IDLE, ()),
        E.FAILED: (S.IDLE, ()),
        E.ENDED: (S.IDLE, ()),
        E.RESTING: (S.IDLE, ()),
        E.GUARD: (S.STOPPING, ()),
    },
}

RULES: Final = Rules(
    first=S.UNKNOWN,
    stopping=S.STOPPING,
    start=E.START,
    stop=E.STOP,
    guard=E.GUARD,
    steps=TABLE,
    guard_s={S.STARTING: 10.0, S.MEASURING: 180.0, S.ABORTED: 15.0},
    cuff={S.IDLE: CuffState.IDLE, S.MEASURING: CuffState.MEASURING, S.ABORTED: CuffState.ABORTED},
)
