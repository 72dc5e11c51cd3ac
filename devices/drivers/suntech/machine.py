"""What the cuff is doing and what follows from each thing that happens, as one table.

Only STARTING sends a start, and only START (a person or the timer, through devices.cuff) and SETTLED out of
WAITING lead there. STOP leads to STOPPING from every state.
"""

from __future__ import annotations

from enum import Enum, auto


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


class Tell(Enum):
    """What the rest of the program is told."""

    MEASURING = auto()
    IDLE = auto()
    ABORTED = auto()
    ASLEEP = auto()
    TIMED_OUT = auto()
    REFUSED = auto()
    BUSY = auto()
    UNREAD = auto()


Step = tuple[State, tuple[Tell, ...]]
S, E, T = State, Event, Tell

_BY_ITSELF: dict[Event, Step] = {
    E.STARTED: (S.PUMPING, (T.MEASURING,)),
    E.ABORTED: (S.ABORTED, (T.ABORTED,)),
    E.ASLEEP: (S.ASLEEP, (T.ASLEEP,)),
    E.STOP: (S.STOPPING, ()),
}
"""The module may always act by itself (its own key, another host), and a person may always stop it."""

_AT_REST: dict[Event, Step] = {
    **_BY_ITSELF,
    E.START: (S.STARTING, ()),
    E.INFLATED: (S.MEASURING, (T.MEASURING,)),
}

TABLE: dict[State, dict[Event, Step]] = {
    S.UNKNOWN: {**_AT_REST, E.EMPTY: (S.IDLE, (T.IDLE,))},
    S.IDLE: _AT_REST,
    S.ASLEEP: {**_AT_REST, E.ASLEEP: (S.ASLEEP, ()), E.EMPTY: (S.IDLE, (T.IDLE,))},
    S.WAITING: {
        **_BY_ITSELF,
        E.SETTLED: (S.STARTING, ()),
        E.SILENT: (S.IDLE, (T.BUSY,)),
        E.GUARD: (S.IDLE, (T.BUSY,)),
    },
    S.STARTING: {
        **_BY_ITSELF,
        E.BUSY: (S.WAITING, ()),
        E.REFUSED: (S.IDLE, (T.REFUSED,)),
        E.SILENT: (S.STOPPING, (T.TIMED_OUT,)),
        E.GUARD: (S.STOPPING, (T.TIMED_OUT,)),
    },
    S.PUMPING: {
        **_BY_ITSELF,
        E.STARTED: (S.PUMPING, ()),
        E.INFLATED: (S.MEASURING, ()),
        E.DONE: (S.READING, (T.IDLE,)),
        E.RESULT: (S.SETTLING, (T.IDLE,)),
        E.GUARD: (S.STOPPING, (T.TIMED_OUT,)),
    },
    S.MEASURING: {
        **_BY_ITSELF,
        E.STARTED: (S.MEASURING, ()),
        E.DONE: (S.READING, (T.IDLE,)),
        E.SETTLED: (S.READING, (T.IDLE,)),
        E.RESULT: (S.SETTLING, (T.IDLE,)),
        E.GUARD: (S.STOPPING, (T.TIMED_OUT,)),
    },
    S.READING: {
        **_BY_ITSELF,
        E.RESULT: (S.SETTLING, ()),
        E.UNREAD: (S.SETTLING, (T.UNREAD,)),
    },
    S.SETTLING: {
        **_BY_ITSELF,
        E.START: (S.STARTING, ()),
        E.EMPTY: (S.IDLE, ()),
        E.GUARD: (S.STOPPING, ()),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, ()),
        E.ABORTED: (S.ABORTED, (T.ABORTED,)),
        E.DONE: (S.CONFIRMING, ()),
    },
    S.CONFIRMING: {
        E.STOP: (S.STOPPING, ()),
        E.ABORTED: (S.ABORTED, (T.ABORTED,)),
        E.EMPTY: (S.IDLE, (T.ABORTED, T.IDLE)),
        E.INFLATED: (S.STOPPING, ()),
        E.GUARD: (S.STOPPING, ()),
    },
    S.ABORTED: {
        E.STOP: (S.STOPPING, ()),
        E.STARTED: (S.PUMPING, (T.MEASURING,)),
        E.ASLEEP: (S.ASLEEP, (T.ASLEEP,)),
        E.START: (S.STARTING, ()),
        E.DONE: (S.SETTLING, (T.IDLE,)),
        E.EMPTY: (S.IDLE, (T.IDLE,)),
        E.GUARD: (S.STOPPING, ()),
    },
}
"""Pairs that are not listed change nothing."""

DETERMINATION_S = 150.0
"""The module ends an adult determination within 130 s by itself."""

DEFLATION_S = 20.0

GUARD_S: dict[State, float] = {
    S.WAITING: 30.0,
    S.STARTING: DETERMINATION_S,
    S.PUMPING: DETERMINATION_S,
    S.MEASURING: DETERMINATION_S,
    S.SETTLING: DEFLATION_S,
    S.CONFIRMING: 5.0,
    S.ABORTED: DEFLATION_S,
}
"""How long a state may last before GUARD happens; the others end by answers or last for ever."""

SETTLE_S: dict[State, float] = {S.MEASURING: 2.0, S.WAITING: 5.0}
"""How long the cuff must be empty before SETTLED happens."""


def step(state: State, event: Event) -> Step:
    """What follows from `event` in `state`."""
    return TABLE[state].get(event, (state, ()))
