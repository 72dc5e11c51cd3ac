"""What the module's cuff is doing and what follows from each thing that happens, as one table.

Only START leads to STARTING: nothing is ever started again by itself. STOP leads to STOPPING from every
state. The module acknowledges nothing; what it does shows in the cuff packets it sends twice a second while
it measures, and in their absence.
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
    """The start was sent; the module has not yet said that it measures."""
    MEASURING = auto()
    STOPPING = auto()
    """The stop is sent again and again, until the module shows that it no longer measures."""


class Event(Enum):
    """What can happen."""

    START = auto()
    STOP = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()
    STOPPED = auto()
    READY = auto()
    """The module starts up, or has."""
    QUIET = auto()
    """The module is there, but has not said for a while that it measures."""
    GUARD = auto()


S, E = State, Event
_Steps = dict[Event, tuple[State, tuple[Tell, ...]]]

_AT_REST: Final[_Steps] = {
    E.START: (S.STARTING, ()),
    E.STOP: (S.STOPPING, ()),
    E.RUNNING: (S.MEASURING, ()),
}
_STOPPED: Final = (S.IDLE, (CuffState.ABORTED,))
_TIMED_OUT: Final = (S.STOPPING, (NibpFailure.TIMEOUT,))

TABLE: Final[dict[State, _Steps]] = {
    S.UNKNOWN: {
        **_AT_REST,
        E.DONE: (S.IDLE, ()),
        E.FAILED: (S.IDLE, ()),
        E.STOPPED: (S.IDLE, ()),
        E.READY: (S.IDLE, ()),
    },
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, ()),
        E.RUNNING: (S.MEASURING, ()),
        E.FAILED: (S.IDLE, ()),
        E.STOPPED: _STOPPED,
        E.GUARD: _TIMED_OUT,
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, ()),
        E.DONE: (S.IDLE, ()),
        E.FAILED: (S.IDLE, ()),
        E.STOPPED: _STOPPED,
        E.QUIET: _TIMED_OUT,
        E.GUARD: _TIMED_OUT,
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, ()),
        E.DONE: _STOPPED,
        E.FAILED: _STOPPED,
        E.STOPPED: _STOPPED,
        E.READY: _STOPPED,
        E.QUIET: _STOPPED,
    },
}
"""A finished determination before the module said that it measures is the one before; that is why STARTING
does not mind DONE. Why a determination failed is told by its packet."""

QUIET_S: Final[dict[State, float]] = {S.MEASURING: 10.0, S.STOPPING: 5.0}
"""How long the module may be silent about its cuff before QUIET happens."""

RULES: Final = Rules(
    first=S.UNKNOWN,
    stopping=S.STOPPING,
    start=E.START,
    stop=E.STOP,
    guard=E.GUARD,
    steps=TABLE,
    guard_s={S.STARTING: 10.0, S.MEASURING: 150.0},
    cuff={S.IDLE: CuffState.IDLE, S.MEASURING: CuffState.MEASURING},
)
