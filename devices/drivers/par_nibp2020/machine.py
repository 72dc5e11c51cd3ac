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
    READING = auto()
    """It ended, or seems to have; the status is being asked for."""
    STOPPING = auto()
    """Aborts are sent until the module says that it ended or does not measure."""
    ABORTED = auto()


class Event(Enum):
    """What can happen."""

    START = auto()
    STOP = auto()
    PUMPING = auto()
    """A cuff pressure of a determination, or a status that says one is going on."""
    END = auto()
    REST = auto()
    """A status that says nothing is going on."""
    QUIET = auto()
    """No cuff pressure for a while."""
    UNREAD = auto()
    """The status could not be had."""
    GUARD = auto()


S, E, F = State, Event, NibpFailure
_Steps = dict[Event, tuple[State, tuple[Tell, ...]]]

_AT_REST: Final[_Steps] = {
    E.START: (S.STARTING, ()),
    E.STOP: (S.STOPPING, ()),
    E.PUMPING: (S.MEASURING, ()),
    E.END: (S.READING, ()),
    E.REST: (S.IDLE, ()),
}
"""The module may always act by itself: its own timer, another host."""

TABLE: Final[dict[State, _Steps]] = {
    S.UNKNOWN: _AT_REST,
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, ()),
        E.PUMPING: (S.MEASURING, ()),
        E.END: (S.READING, ()),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, ()),
        E.END: (S.READING, ()),
        E.QUIET: (S.READING, ()),
        E.REST: (S.READING, ()),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.READING: {
        E.STOP: (S.STOPPING, ()),
        E.PUMPING: (S.MEASURING, ()),
        E.REST: (S.IDLE, ()),
        E.UNREAD: (S.STOPPING, (F.UNKNOWN,)),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, ()),
        E.END: (S.ABORTED, ()),
        E.REST: (S.ABORTED, ()),
    },
    S.ABORTED: {
        E.START: (S.STARTING, ()),
        E.STOP: (S.STOPPING, ()),
        E.REST: (S.IDLE, ()),
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
    guard_s={S.STARTING: 10.0, S.MEASURING: 150.0, S.ABORTED: 5.0},
    cuff={S.IDLE: CuffState.IDLE, S.MEASURING: CuffState.MEASURING, S.ABORTED: CuffState.ABORTED},
)
