"""What the module's cuff is doing and what follows from each thing that happens, as one table.

Only START leads to STARTING: nothing is ever started again by itself. STOP leads to STOPPING from every
state. The module acknowledges nothing; what it does shows in the cuff packets it sends twice a second while
it measures, and in their absence.
"""

from __future__ import annotations

from enum import Enum, auto


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


class Tell(Enum):
    """What the rest of the program is told."""

    MEASURING = auto()
    IDLE = auto()
    ABORTED = auto()
    FAILED = auto()
    TIMED_OUT = auto()


Step = tuple[State, tuple[Tell, ...]]
S, E, T = State, Event, Tell

_AT_REST: dict[Event, Step] = {
    E.START: (S.STARTING, ()),
    E.STOP: (S.STOPPING, ()),
    E.RUNNING: (S.MEASURING, (T.MEASURING,)),
}
_STOPPED: Step = (S.IDLE, (T.ABORTED, T.IDLE))
_TIMED_OUT: Step = (S.STOPPING, (T.TIMED_OUT,))

TABLE: dict[State, dict[Event, Step]] = {
    S.UNKNOWN: {
        **_AT_REST,
        E.DONE: (S.IDLE, (T.IDLE,)),
        E.FAILED: (S.IDLE, (T.IDLE,)),
        E.STOPPED: (S.IDLE, (T.IDLE,)),
        E.READY: (S.IDLE, (T.IDLE,)),
    },
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, ()),
        E.RUNNING: (S.MEASURING, (T.MEASURING,)),
        E.FAILED: (S.IDLE, (T.FAILED, T.IDLE)),
        E.STOPPED: _STOPPED,
        E.GUARD: _TIMED_OUT,
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, ()),
        E.DONE: (S.IDLE, (T.IDLE,)),
        E.FAILED: (S.IDLE, (T.FAILED, T.IDLE)),
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
"""Pairs that are not listed change nothing. A finished determination before the module said that it measures
is the one before; that is why STARTING does not mind DONE."""

GUARD_S: dict[State, float] = {S.STARTING: 10.0, S.MEASURING: 150.0}
"""How long a state may last before GUARD happens."""

QUIET_S: dict[State, float] = {S.MEASURING: 10.0, S.STOPPING: 5.0}
"""How long the module may be silent about its cuff before QUIET happens."""


def step(state: State, event: Event) -> Step:
    """What follows from `event` in `state`."""
    return TABLE[state].get(event, (state, ()))
