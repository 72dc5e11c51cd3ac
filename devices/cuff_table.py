"""What each thing that can happen to a cuff leads to: every pair is listed, so that none is an accident."""

from __future__ import annotations

from enum import Enum, auto


class Happening(Enum):
    """What can happen to a cuff."""

    START = auto()
    STOP = auto()
    MEASURING = auto()
    IDLE = auto()
    ABORTED = auto()
    FAILED = auto()
    RESULT = auto()
    LOST = auto()
    WATCHDOG = auto()


class Activity(Enum):
    """What the cuff is doing as far as anybody knows."""

    IDLE = auto()
    STARTING = auto()
    INFLATED = auto()
    STOPPING = auto()
    UNKNOWN = auto()


class Do(Enum):
    """What follows."""

    NOTHING = auto()
    SEND_START = auto()
    SEND_STOP = auto()
    FAIL_AND_STOP = auto()
    REFUSE_BUSY = auto()
    REFUSE_UNKNOWN = auto()
    REST = auto()


A, H = Activity, Happening

TABLE: dict[Activity, dict[Happening, tuple[Activity, Do]]] = {
    A.IDLE: {
        H.START: (A.STARTING, Do.SEND_START),
        H.STOP: (A.IDLE, Do.SEND_STOP),
        H.MEASURING: (A.INFLATED, Do.NOTHING),
        H.IDLE: (A.IDLE, Do.NOTHING),
        H.ABORTED: (A.IDLE, Do.REST),
        H.FAILED: (A.IDLE, Do.NOTHING),
        H.RESULT: (A.IDLE, Do.NOTHING),
        H.LOST: (A.IDLE, Do.NOTHING),
        H.WATCHDOG: (A.IDLE, Do.NOTHING),
    },
    A.STARTING: {
        H.START: (A.STARTING, Do.REFUSE_BUSY),
        H.STOP: (A.STOPPING, Do.SEND_STOP),
        H.MEASURING: (A.INFLATED, Do.NOTHING),
        H.IDLE: (A.IDLE, Do.REST),
        H.ABORTED: (A.IDLE, Do.REST),
        H.FAILED: (A.IDLE, Do.REST),
        H.RESULT: (A.STARTING, Do.NOTHING),
        H.LOST: (A.UNKNOWN, Do.NOTHING),
        H.WATCHDOG: (A.STOPPING, Do.FAIL_AND_STOP),
    },
    A.INFLATED: {
        H.START: (A.INFLATED, Do.REFUSE_BUSY),
        H.STOP: (A.STOPPING, Do.SEND_STOP),
        H.MEASURING: (A.INFLATED, Do.NOTHING),
        H.IDLE: (A.IDLE, Do.REST),
        H.ABORTED: (A.IDLE, Do.REST),
        H.FAILED: (A.IDLE, Do.REST),
        H.RESULT: (A.IDLE, Do.REST),
        H.LOST: (A.UNKNOWN, Do.NOTHING),
        H.WATCHDOG: (A.STOPPING, Do.FAIL_AND_STOP),
    },
    A.STOPPING: {
        H.START: (A.STOPPING, Do.REFUSE_BUSY),
        H.STOP: (A.STOPPING, Do.SEND_STOP),
        H.MEASURING: (A.STOPPING, Do.NOTHING),
        H.IDLE: (A.IDLE, Do.REST),
        H.ABORTED: (A.IDLE, Do.REST),
        H.FAILED: (A.STOPPING, Do.NOTHING),
        H.RESULT: (A.IDLE, Do.REST),
        H.LOST: (A.UNKNOWN, Do.NOTHING),
        H.WATCHDOG: (A.STOPPING, Do.SEND_STOP),
    },
    A.UNKNOWN: {
        H.START: (A.UNKNOWN, Do.REFUSE_UNKNOWN),
        H.STOP: (A.UNKNOWN, Do.SEND_STOP),
        H.MEASURING: (A.INFLATED, Do.NOTHING),
        H.IDLE: (A.IDLE, Do.REST),
        H.ABORTED: (A.IDLE, Do.REST),
        H.FAILED: (A.IDLE, Do.REST),
        H.RESULT: (A.IDLE, Do.REST),
        H.LOST: (A.UNKNOWN, Do.NOTHING),
        H.WATCHDOG: (A.STOPPING, Do.FAIL_AND_STOP),
    },
}
