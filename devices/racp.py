"""Fetching kept readings through the Record Access Control Point 0x2A52: ask how many, then for all.

    IDLE --begin--> COUNTING --some--> REPORTING --done--> IDLE
                       | none, refused     | silence
                       v                   v
                      IDLE              STOPPING --answer, silence--> IDLE

Requests are (code, operator); an answer is 5 (number), or 6 (general: request, result). Nothing is deleted.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from devices import gatt
from devices.protocol import GattAction, GattStep
from kapmonitor.model import DeviceEvent, Fault, FaultKind

CONTROL_POINT: Final = gatt.uuid16(0x2A52)
COUNT: Final = b"\x04\x01"
REPORT: Final = b"\x01\x01"
ABORT: Final = b"\x03\x00"
LIMIT_S: Final = 10.0
"""Between a request and its answer, and between two records."""
_NUMBER, _GENERAL = 5, 6
_SUCCESS, _NO_RECORDS = 1, 6


class State(StrEnum):
    """What is under way."""

    IDLE = "idle"
    COUNTING = "counting"
    REPORTING = "reporting"
    STOPPING = "stopping"


class Answer(StrEnum):
    """What was heard, or was not."""

    SOME = "some"
    NONE = "none"
    DONE = "done"
    REFUSED = "refused"
    SILENCE = "silence"


TABLE: Final[dict[tuple[State, Answer], tuple[State, bytes]]] = {
    (State.COUNTING, Answer.SOME): (State.REPORTING, REPORT),
    (State.COUNTING, Answer.NONE): (State.IDLE, b""),
    (State.COUNTING, Answer.REFUSED): (State.IDLE, b""),
    (State.COUNTING, Answer.SILENCE): (State.IDLE, b""),
    (State.REPORTING, Answer.DONE): (State.IDLE, b""),
    (State.REPORTING, Answer.NONE): (State.IDLE, b""),
    (State.REPORTING, Answer.REFUSED): (State.IDLE, b""),
    (State.REPORTING, Answer.SILENCE): (State.STOPPING, ABORT),
    (State.STOPPING, Answer.DONE): (State.IDLE, b""),
    (State.STOPPING, Answer.REFUSED): (State.IDLE, b""),
    (State.STOPPING, Answer.SILENCE): (State.IDLE, b""),
}
"""Where each answer leads, and what to send then; an answer that is not listed changes nothing."""

_REQUEST_OF: Final = {State.COUNTING: COUNT[0], State.REPORTING: REPORT[0], State.STOPPING: ABORT[0]}


class StoredRecords:
    """The one procedure that may run on a connection."""

    def __init__(self) -> None:
        self.state = State.IDLE
        self.deadline_ns: int | None = None
        self._request = b""

    @property
    def reporting(self) -> bool:
        """Whether a reading that comes now is one that was asked for."""
        return self.state in {State.REPORTING, State.STOPPING}

    def reset(self) -> None:
        """The connection is another one."""
        self.state, self.deadline_ns, self._request = State.IDLE, None, b""

    def begin(self) -> None:
        """Ask how many there are, unless a procedure runs."""
        if self.state is State.IDLE:
            self.state, self._request = State.COUNTING, COUNT

    def steps_to_take(self, now_ns: int) -> tuple[GattStep, ...]:
        """The request that waits, if one does; its answer is due from now on."""
        request, self._request = self._request, b""
        if not request:
            return ()
        self._wait(now_ns)
        return (GattStep(GattAction.WRITE, CONTROL_POINT, request, optional=True),)

    def last_steps(self) -> tuple[GattStep, ...]:
        """A report that is under way is called off."""
        return (GattStep(GattAction.WRITE, CONTROL_POINT, ABORT),) if self.state is State.REPORTING else ()

    def record(self, t_ns: int) -> None:
        """A record came: the next one has time again."""
        if self.state is State.REPORTING and self.deadline_ns is not None:
            self._wait(t_ns)

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        """An indication of the control point; one that is malformed, unasked for or a refusal is a Fault."""
        answer = self._answer(data)
        if answer is None or answer is Answer.REFUSED:
            fault = gatt.fault(FaultKind.CONTENT, data, t_ns)
            return [fault, *(self._move(answer) if answer else ())]
        return self._move(answer)

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        """Nothing came in time."""
        if self.deadline_ns is None or now_ns < self.deadline_ns:
            return []
        return [Fault(FaultKind.TIMEOUT, now_ns, 0), *self._move(Answer.SILENCE)]

    def _answer(self, data: bytes) -> Answer | None:
        """What an indication says about the request that runs; None if it does not belong to it."""
        if len(data) != 4 or data[1] != 0:
            return None
        if data[0] == _NUMBER and self.state is State.COUNTING:
            return Answer.SOME if data[2] | data[3] else Answer.NONE
        if data[0] != _GENERAL or data[2] != _REQUEST_OF.get(self.state):
            return None
        if data[3] == _NO_RECORDS and self.state is not State.STOPPING:
            return Answer.NONE
        done = data[3] == _SUCCESS and self.state is not State.COUNTING
        return Answer.DONE if done else Answer.REFUSED

    def _move(self, answer: Answer) -> list[DeviceEvent]:
        after = TABLE.get((self.state, answer))
        if after is not None:
            self.state, self._request = after
            self.deadline_ns = None
        return []

    def _wait(self, now_ns: int) -> None:
        self.deadline_ns = now_ns + int(LIMIT_S * 1e9)
