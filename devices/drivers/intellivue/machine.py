"""How an association with the monitor comes about, lasts and ends, as one table.

The monitor sends data to one host at a time. That host asks for an association, the monitor accepts and says
what it is (MDS create), the host confirms, and from then on polls. An association may still stand from an
earlier run that could not say goodbye, so it is released first, twice, as the first release may be lost.
"""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Where the association stands, as far as the host knows."""

    CLEARING = auto()
    """Release sent, to end what may stand from before."""
    CLEARING_AGAIN = auto()
    REQUESTING = auto()
    """Request sent; repeated until accepted."""
    ACCEPTED = auto()
    """The monitor has yet to say what it is."""
    POLLING = auto()
    WAITING = auto()
    """Refused, or cut off by the monitor: a pause, or two that disagree would go round and round."""


class Event(Enum):
    """What can happen."""

    ACCEPTED = auto()
    REFUSED = auto()
    RELEASED = auto()
    """The monitor confirmed a release, or asked for one itself."""
    ABORTED = auto()
    CREATED = auto()
    """MDS create: the monitor says what it is and waits for the host to confirm."""
    POLLED = auto()
    """An answer to a poll."""
    LATE = auto()
    """The state lasted longer than its limit."""
    SILENT = auto()
    """Not one frame for SILENCE_S."""


class Send(Enum):
    """What is sent in consequence."""

    RELEASE = auto()
    REQUEST = auto()
    CONFIRM = auto()
    """The answer to MDS create."""
    POLLS = auto()
    """All polls begin anew."""


Step = tuple[State, tuple[Send, ...]]
S, E = State, Event

_REQUEST: Step = (S.REQUESTING, (Send.REQUEST,))
_CREATED: Step = (S.POLLING, (Send.CONFIRM, Send.POLLS))
_CLEAR: Step = (S.CLEARING, (Send.RELEASE,))
_CLEAR_AGAIN: Step = (S.CLEARING_AGAIN, (Send.RELEASE,))
_WAIT: Step = (S.WAITING, ())

TABLE: dict[State, dict[Event, Step]] = {
    S.CLEARING: {
        E.RELEASED: _REQUEST,
        E.ABORTED: _REQUEST,
        E.LATE: _CLEAR_AGAIN,
    },
    S.CLEARING_AGAIN: {
        E.RELEASED: _REQUEST,
        E.ABORTED: _REQUEST,
        E.LATE: _REQUEST,
    },
    S.REQUESTING: {
        E.ACCEPTED: (S.ACCEPTED, ()),
        E.CREATED: _CREATED,
        E.REFUSED: _WAIT,
        E.LATE: _REQUEST,
    },
    S.ACCEPTED: {
        E.CREATED: _CREATED,
        E.POLLED: (S.POLLING, (Send.POLLS,)),
        E.RELEASED: _WAIT,
        E.ABORTED: _WAIT,
        E.LATE: _CLEAR,
        E.SILENT: _CLEAR,
    },
    S.POLLING: {
        E.CREATED: (S.POLLING, (Send.CONFIRM,)),
        E.RELEASED: _WAIT,
        E.ABORTED: _WAIT,
        E.SILENT: _CLEAR,
    },
    S.WAITING: {
        E.LATE: _CLEAR_AGAIN,
    },
}
"""Pairs that are not listed change nothing."""

LIMIT_S: dict[State, float] = {
    S.CLEARING: 1.0,
    S.CLEARING_AGAIN: 0.5,
    S.REQUESTING: 2.0,
    S.ACCEPTED: 5.0,
    S.WAITING: 2.0,
}
"""How long a state may last before LATE happens; POLLING lasts until something ends it."""

SILENCE_S = 5.0
"""Polls are answered each second; a monitor that says nothing for this long has dropped the association."""


def step(state: State, event: Event) -> Step:
    """What follows from `event` in `state`."""
    return TABLE[state].get(event, (state, ()))
