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


class Tell(Enum):
    """Failures the rest of the program is told of; what the cuff does follows from the state."""

    FAILED = auto()
    ENDED = auto()
    REFUSED = auto()
    TIMED_OUT = auto()


Step = tuple[State, Tell | None]
S, E, T = State, Event, Tell

_AT_REST: Final[dict[Event, Step]] = {
    E.START: (S.STARTING, None),
    E.STOP: (S.STOPPING, None),
    E.STARTED: (S.MEASURING, None),
    E.BUSY: (S.MEASURING, None),
    E.FRESH: (S.IDLE, None),
    E.FAILED: (S.IDLE, T.FAILED),
    E.RESTING: (S.IDLE, None),
}
"""The monitor may always act by itself: its own key, its own timer, another host."""

TABLE: Final[dict[State, dict[Event, Step]]] = {
    S.UNKNOWN: _AT_REST,
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, None),
        E.STARTED: (S.MEASURING, None),
        E.BUSY: (S.MEASURING, None),
        E.REFUSED: (S.IDLE, T.REFUSED),
        E.SILENT: (S.STOPPING, T.TIMED_OUT),
        E.GUARD: (S.STOPPING, T.TIMED_OUT),
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, None),
        E.FRESH: (S.IDLE, None),
        E.FAILED: (S.IDLE, T.FAILED),
        E.ENDED: (S.IDLE, T.ENDED),
        E.STOPPED: (S.ABORTED, None),
        E.GUARD: (S.STOPPING, T.TIMED_OUT),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, None),
        E.STOPPED: (S.ABORTED, None),
        E.FRESH: (S.ABORTED, None),
        E.FAILED: (S.ABORTED, None),
        E.ENDED: (S.ABORTED, None),
        E.RESTING: (S.ABORTED, None),
    },
    S.ABORTED: {
        E.START: (S.STARTING, None),
        E.STOP: (S.STOPPING, None),
        E.STARTED: (S.MEASURING, None),
        E.FRESH: (S.IDLE, None),
        E.FAILED: (S.IDLE, None),
        E.ENDED: (S.IDLE, None),
        E.RESTING: (S.IDLE, None),
        E.GUARD: (S.STOPPING, None),
    },
}
"""Pairs that are not listed change nothing."""

GUARD_S: Final[dict[State, float]] = {S.STARTING: 10.0, S.MEASURING: 180.0, S.ABORTED: 15.0}
"""How long a state may last before GUARD happens; the others end by answers or last for ever."""

CUFF: Final = {S.IDLE: CuffState.IDLE, S.MEASURING: CuffState.MEASURING, S.ABORTED: CuffState.ABORTED}
"""What is told of the cuff in a state; in the others nothing is known that was not told before."""


def step(state: State, event: Event) -> Step:
    """What follows from `event` in `state`."""
    return TABLE[state].get(event, (state, None))
