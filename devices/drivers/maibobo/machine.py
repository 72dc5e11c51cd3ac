"""What the cuff is doing and what follows from each thing that happens, as one table.

Only STARTING sends starts, and only START leads there. STOP leads to STOPPING from every state.
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


class Tell(Enum):
    """Failures the rest of the program is told of; what the cuff does follows from the state."""

    TIMED_OUT = auto()
    UNREAD = auto()


Step = tuple[State, Tell | None]
S, E, T = State, Event, Tell

_AT_REST: Final[dict[Event, Step]] = {
    E.START: (S.STARTING, None),
    E.STOP: (S.STOPPING, None),
    E.STARTED: (S.MEASURING, None),
    E.PUMPING: (S.MEASURING, None),
    E.RESULT: (S.IDLE, None),
    E.ERROR: (S.IDLE, None),
    E.CALM: (S.IDLE, None),
}
"""The station has a key of its own."""

TABLE: Final[dict[State, dict[Event, Step]]] = {
    S.UNKNOWN: _AT_REST,
    S.IDLE: _AT_REST,
    S.STARTING: {
        E.STOP: (S.STOPPING, None),
        E.STARTED: (S.MEASURING, None),
        E.PUMPING: (S.MEASURING, None),
        E.ERROR: (S.IDLE, None),
        E.SILENT: (S.STOPPING, T.TIMED_OUT),
        E.GUARD: (S.STOPPING, T.TIMED_OUT),
    },
    S.MEASURING: {
        E.STOP: (S.STOPPING, None),
        E.RESULT: (S.IDLE, None),
        E.ERROR: (S.IDLE, None),
        E.STOPPED: (S.ABORTED, None),
        E.QUIET: (S.STOPPING, T.UNREAD),
        E.GUARD: (S.STOPPING, T.TIMED_OUT),
    },
    S.STOPPING: {
        E.STOP: (S.STOPPING, None),
        E.STOPPED: (S.ABORTED, None),
        E.RESULT: (S.ABORTED, None),
        E.ERROR: (S.ABORTED, None),
    },
    S.ABORTED: {
        E.START: (S.STARTING, None),
        E.STOP: (S.STOPPING, None),
        E.RESULT: (S.IDLE, None),
        E.ERROR: (S.IDLE, None),
        E.CALM: (S.IDLE, None),
        E.GUARD: (S.STOPPING, None),
    },
}
"""Pairs that are not listed change nothing."""

GUARD_S: Final[dict[State, float]] = {S.STARTING: 10.0, S.MEASURING: 150.0, S.ABORTED: 20.0}
"""How long a state may last before GUARD happens; the others end by answers or last for ever."""

CUFF: Final = {S.IDLE: CuffState.IDLE, S.MEASURING: CuffState.MEASURING, S.ABORTED: CuffState.ABORTED}
"""What is told of the cuff in a state; in the others nothing is known that was not told before."""


def step(state: State, event: Event) -> Step:
    """What follows from `event` in `state`."""
    return TABLE[state].get(event, (state, None))
