"""What the cuff is doing and what follows from each thing that happens, as one table.

Only STARTING sends a start, and only START leads there. STOP leads to STOPPING from every state.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from kapmonitor.model import CuffState


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


class Tell(Enum):
    """Failures the rest of the program is told of; what the cuff does follows from the state."""

    TIMED_OUT = auto()
    UNREAD = auto()


Step = tuple[State, Tell | None]
S, E, T = State, Event, Tell

_AT_REST: Final[dict[Event, Step]] = {
    E.START: (S.STARTING, None),
    E.STOP: (S.STOPPING, None),
    E.PUMPING: (S.MEASURING, None),
    E.END: (S.READING, None),
    E.REST: (S.IDLE, None),
}
"""The module may always act by itself: its own timer, another host."""

TABLE: Final[dict[State, dict[Event, Step]]] = {
    S.UNKNOWN: _AT_REST,
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, None),
        E.PUMPING: (S.MEASURING, None),
        E.END: (S.READING, None),
        E.GUARD: (S.STOPPING, T.TIMED_OUT),
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, None),
        E.END: (S.READING, None),
        E.QUIET: (S.READING, None),
        E.REST: (S.READING, None),
        E.GUARD: (S.STOPPING, T.TIMED_OUT),
    },
    S.READING: {
        E.STOP: (S.STOPPING, None),
        E.PUMPING: (S.MEASURING, None),
        E.REST: (S.IDLE, None),
        E.UNREAD: (S.STOPPING, T.UNREAD),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, None),
        E.END: (S.ABORTED, None),
        E.REST: (S.ABORTED, None),
    },
    S.ABORTED: {
        E.START: (S.STARTING, None),
        E.STOP: (S.STOPPING, None),
        E.REST: (S.IDLE, None),
        E.GUARD: (S.STOPPING, None),
    },
}
"""Pairs that are not listed change nothing."""

DETERMINATION_S: Final = 150.0
GUARD_S: Final[dict[State, float]] = {S.STARTING: 10.0, S.MEASURING: DETERMINATION_S, S.ABORTED: 5.0}
"""How long a state may last before GUARD happens; the others end by answers or last for ever."""

CUFF: Final = {S.IDLE: CuffState.IDLE, S.MEASURING: CuffState.MEASURING, S.ABORTED: CuffState.ABORTED}
"""What is told of the cuff in a state; in the others nothing is known that was not told before."""


def step(state: State, event: Event) -> Step:
    """What follows from `event` in `state`."""
    return TABLE[state].get(event, (state, None))
