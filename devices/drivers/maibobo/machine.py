"""What the cuff is doing and what follows from each thing that happens, as one table.

Only STARTING sends starts, and only START leads there. STOP leads to STOPPING from every state.
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
    """Stops are sent until the station echoes one, or tells how the determination ended."""
    ABORTED = auto()


class Event(Enum):
    """What can happen."""

    START = auto()
    STOP = auto()
    STARTED = auto()
    """The station echoed the start."""
    PUMPING = auto()
    RESULT = auto()
    ERROR = auto()
    STOPPED = auto()
    """The station echoed the stop."""
    CALM = auto()
    """The station answers, and has told no pressure for a while."""
    QUIET = auto()
    """Nothing came for long, though a determination is going on."""
    SILENT = auto()
    """No echo of any start."""
    GUARD = auto()


S, E, F = State, Event, NibpFailure
_Steps = dict[Event, tuple[State, tuple[Tell, ...]]]

_AT_REST: Final[_Steps] = {
    E.START: (S.STARTING, ()),
    E.STOP: (S.STOPPING, ()),
    E.STARTED: (S.MEASURING, ()),
    E.PUMPING: (S.MEASURING, ()),
    E.RESULT: (S.IDLE, ()),
    E.ERROR: (S.IDLE, ()),
    E.CALM: (S.IDLE, ()),
}
"""The station has a key of its own."""

TABLE: Final[dict[State, _Steps]] = {
    S.UNKNOWN: _AT_REST,
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, ()),
        E.STARTED: (S.MEASURING, ()),
        E.PUMPING: (S.MEASURING, ()),
        E.ERROR: (S.IDLE, ()),
        E.SILENT: (S.STOPPING, (F.TIMEOUT,)),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, ()),
        E.RESULT: (S.IDLE, ()),
        E.ERROR: (S.IDLE, ()),
        E.STOPPED: (S.ABORTED, ()),
        E.QUIET: (S.STOPPING, (F.UNKNOWN,)),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, ()),
        E.STOPPED: (S.ABORTED, ()),
        E.RESULT: (S.ABORTED, ()),
        E.ERROR: (S.ABORTED, ()),
    },
    S.ABORTED: {
        E.START: (S.STARTING, ()),
        E.STOP: (S.STOPPING, ()),
        E.RESULT: (S.IDLE, ()),
        E.ERROR: (S.IDLE, ()),
        E.CALM: (S.IDLE, ()),
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
    guard_s={S.STARTING: 10.0, S.MEASURING: 150.0, S.ABORTED: 20.0},
    cuff={S.IDLE: CuffState.IDLE, S.MEASURING: CuffState.MEASURING, S.ABORTED: CuffState.ABORTED},
)
