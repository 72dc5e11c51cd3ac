"""What the cuff is doing and what follows from each thing that happens, as one table.

Only STARTING sends a start, and only START (a person or the timer, through devices.cuff) and SETTLED out of
WAITING lead there. STOP leads to STOPPING from every state.
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
    ASLEEP = auto()
    WAITING = auto()
    """The module was busy when a start was sent; sent again once the cuff has been empty for a while."""
    STARTING = auto()
    PUMPING = auto()
    """Started; the cuff has not been seen inflated yet."""
    MEASURING = auto()
    READING = auto()
    """Ended; the result is being asked for."""
    SETTLING = auto()
    """The result is there, the cuff may not be empty yet."""
    STOPPING = auto()
    """Abort sent again and again, until the module says that it aborted."""
    CONFIRMING = auto()
    """The module finished without saying that it aborted: the pressure must show it."""
    ABORTED = auto()


class Event(Enum):
    """What can happen."""

    START = auto()
    STOP = auto()
    STARTED = auto()
    DONE = auto()
    ABORTED = auto()
    ASLEEP = auto()
    RESULT = auto()
    INFLATED = auto()
    EMPTY = auto()
    BUSY = auto()
    """The module was busy when asked to start."""
    REFUSED = auto()
    SILENT = auto()
    """No answer to a start, or to a poll while a start waits."""
    UNREAD = auto()
    """The result could not be had."""
    SETTLED = auto()
    GUARD = auto()


S, E, F = State, Event, NibpFailure
_Steps = dict[Event, tuple[State, tuple[Tell, ...]]]

_BY_ITSELF: Final[_Steps] = {
    E.STARTED: (S.PUMPING, ()),
    E.ABORTED: (S.ABORTED, ()),
    E.ASLEEP: (S.ASLEEP, ()),
    E.STOP: (S.STOPPING, ()),
}
"""The module may always act by itself (its own key, another host), and a person may always stop it."""

_AT_REST: Final[_Steps] = {
    **_BY_ITSELF,
    E.START: (S.STARTING, ()),
    E.INFLATED: (S.MEASURING, ()),
}

TABLE: Final[dict[State, _Steps]] = {
    S.UNKNOWN: {**_AT_REST, E.EMPTY: (S.IDLE, ())},
    S.IDLE: _AT_REST,
    S.ASLEEP: {**_AT_REST, E.ASLEEP: (S.ASLEEP, ()), E.EMPTY: (S.IDLE, ())},
    S.WAITING: {
        **_BY_ITSELF,
        E.SETTLED: (S.STARTING, ()),
        E.SILENT: (S.IDLE, (F.UNKNOWN,)),
        E.GUARD: (S.IDLE, (F.UNKNOWN,)),
    },
    S.STARTING: {
        **_BY_ITSELF,
        E.BUSY: (S.WAITING, ()),
        E.REFUSED: (S.IDLE, (F.MODULE_FAULT,)),
        E.SILENT: (S.STOPPING, (F.TIMEOUT,)),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.PUMPING: {
        **_BY_ITSELF,
        E.STARTED: (S.PUMPING, ()),
        E.INFLATED: (S.MEASURING, ()),
        E.DONE: (S.READING, ()),
        E.RESULT: (S.SETTLING, ()),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.MEASURING: {
        **_BY_ITSELF,
        E.STARTED: (S.MEASURING, ()),
        E.DONE: (S.READING, ()),
        E.SETTLED: (S.READING, ()),
        E.RESULT: (S.SETTLING, ()),
        E.GUARD: (S.STOPPING, (F.TIMEOUT,)),
    },
    S.READING: {
        **_BY_ITSELF,
        E.RESULT: (S.SETTLING, ()),
        E.UNREAD: (S.SETTLING, (F.UNKNOWN,)),
    },
    S.SETTLING: {
        **_BY_ITSELF,
        E.START: (S.STARTING, ()),
        E.EMPTY: (S.IDLE, ()),
        E.GUARD: (S.STOPPING, ()),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, ()),
        E.ABORTED: (S.ABORTED, ()),
        E.DONE: (S.CONFIRMING, ()),
    },
    S.CONFIRMING: {
        E.STOP: (S.STOPPING, ()),
        E.ABORTED: (S.ABORTED, ()),
        E.EMPTY: (S.IDLE, (CuffState.ABORTED,)),
        E.INFLATED: (S.STOPPING, ()),
        E.GUARD: (S.STOPPING, ()),
    },
    S.ABORTED: {
        E.STOP: (S.STOPPING, ()),
        E.STARTED: (S.PUMPING, ()),
        E.ASLEEP: (S.ASLEEP, ()),
        E.START: (S.STARTING, ()),
        E.DONE: (S.SETTLING, ()),
        E.EMPTY: (S.IDLE, ()),
        E.GUARD: (S.STOPPING, ()),
    },
}

DETERMINATION_S: Final = 150.0
"""The module ends an adult determination within 130 s by itself."""

DEFLATION_S: Final = 20.0

SETTLE_S: Final[dict[State, float]] = {S.MEASURING: 2.0, S.WAITING: 5.0}
"""How long the cuff must be empty before SETTLED happens."""

RULES: Final = Rules(
    first=S.UNKNOWN,
    stopping=S.STOPPING,
    start=E.START,
    stop=E.STOP,
    guard=E.GUARD,
    steps=TABLE,
    guard_s={
        S.WAITING: 30.0,
        S.STARTING: DETERMINATION_S,
        S.PUMPING: DETERMINATION_S,
        S.MEASURING: DETERMINATION_S,
        S.SETTLING: DEFLATION_S,
        S.CONFIRMING: 5.0,
        S.ABORTED: DEFLATION_S,
    },
    cuff={
        S.IDLE: CuffState.IDLE,
        S.ASLEEP: CuffState.ASLEEP,
        S.PUMPING: CuffState.MEASURING,
        S.MEASURING: CuffState.MEASURING,
        S.READING: CuffState.IDLE,
        S.SETTLING: CuffState.IDLE,
        S.ABORTED: CuffState.ABORTED,
    },
    one_run=frozenset({S.PUMPING, S.MEASURING}),
)
