"""Getting the ECG to flow, and to flow again: a state machine over the answers of the control point.

IDLE --offered--> LEARNING --settings--> STARTING --started--> STREAMING
                     ^  | refused, silence  |  refused, silence   | stopped, silence
                     |  v                   v                     v
                     '-------after a while------------------- RESTING
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from devices.drivers.ble_polar_ecg import pmd

RATE_HZ: Final = 130
RESOLUTION_BITS: Final = 14
PARAMETERS_MOST: Final = 512
"""More than any list of settings has."""


class State(StrEnum):
    """How far it has come."""

    IDLE = "idle"
    LEARNING = "learning"
    STARTING = "starting"
    STREAMING = "streaming"
    RESTING = "resting"


class Heard(StrEnum):
    """What was heard, or was not."""

    OFFERED = "offered"
    SETTINGS = "settings"
    STARTED = "started"
    REFUSED = "refused"
    STOPPED = "stopped"
    SILENCE = "silence"


TABLE: Final = {
    (State.IDLE, Heard.OFFERED): State.LEARNING,
    (State.LEARNING, Heard.SETTINGS): State.STARTING,
    (State.LEARNING, Heard.REFUSED): State.RESTING,
    (State.LEARNING, Heard.SILENCE): State.RESTING,
    (State.STARTING, Heard.STARTED): State.STREAMING,
    (State.STARTING, Heard.REFUSED): State.RESTING,
    (State.STARTING, Heard.SILENCE): State.RESTING,
    (State.STREAMING, Heard.STOPPED): State.RESTING,
    (State.STREAMING, Heard.SILENCE): State.RESTING,
    (State.RESTING, Heard.SILENCE): State.LEARNING,
}
"""Where each thing leads; what is not listed changes nothing."""

LIMITS_S: Final = {State.LEARNING: 5.0, State.STARTING: 5.0, State.STREAMING: 5.0, State.RESTING: 10.0}
"""How long a state may last without the answer, the frame or, when resting, anything it waits for."""

_COMMANDS: Final = {State.LEARNING: pmd.ASK, State.STARTING: pmd.start(RATE_HZ, RESOLUTION_BITS)}


class EcgControl:
    """The stream of one connection."""

    def __init__(self) -> None:
        self.state = State.IDLE
        self.deadline_ns: int | None = None
        self._command = b""
        self._parameters = b""

    def reset(self) -> None:
        """The connection is another one."""
        self.state, self.deadline_ns, self._command, self._parameters = State.IDLE, None, b"", b""

    def command_to_send(self, now_ns: int) -> bytes:
        """The command that waits, given out once; its answer is due from now on."""
        command, self._command = self._command, b""
        if command:
            self._wait(now_ns)
        return command

    @property
    def stop_command(self) -> bytes:
        """What stops a stream that may run; empty if none can."""
        return pmd.STOP if self.state in {State.STARTING, State.STREAMING} else b""

    def frame(self, t_ns: int) -> None:
        """A frame of the stream came."""
        if self.state is State.STREAMING:
            self._wait(t_ns)

    def receive(self, data: bytes, t_ns: int) -> bool:
        """Take what the control point says; False if it is malformed, unasked for or a refusal."""
        if data[:1] == bytes([pmd.FEATURES]):
            return not pmd.offers_ecg(data) or self._move(Heard.OFFERED, t_ns)
        if data[:1] == bytes([pmd.STOPPED]):
            return pmd.ECG not in data[1:] or self._move(Heard.STOPPED, t_ns)
        answer = pmd.response(data)
        if answer is None or answer.kind != pmd.ECG:
            return False
        return self._answered(answer, t_ns)

    def silent(self, now_ns: int) -> bool:
        """Called at the deadline; whether something was missing, as nothing is when it rested."""
        missed = self.state is not State.RESTING
        self._move(Heard.SILENCE, now_ns)
        return missed

    def _answered(self, answer: pmd.Response, t_ns: int) -> bool:
        expected = _COMMANDS.get(self.state)
        if expected is None or answer.op != expected[0]:
            return False
        if self.state is State.STARTING:
            started = answer.status in {pmd.OK, pmd.ALREADY}
            return self._move(Heard.STARTED if started else Heard.REFUSED, t_ns) and started
        self._parameters = (self._parameters + answer.parameters)[:PARAMETERS_MOST]
        if answer.status == pmd.OK and answer.more:
            return True
        offered = pmd.settings(self._parameters) if answer.status == pmd.OK else None
        good = (
            offered is not None
            and RATE_HZ in offered.get(pmd.SAMPLE_RATE, ())
            and RESOLUTION_BITS in offered.get(pmd.RESOLUTION, ())
        )
        return self._move(Heard.SETTINGS if good else Heard.REFUSED, t_ns) and good

    def _move(self, heard: Heard, t_ns: int) -> bool:
        """Whether that leads anywhere from here."""
        after = TABLE.get((self.state, heard))
        if after is None:
            return False
        self.state, self._parameters = after, b""
        self._command = _COMMANDS.get(after, b"")
        self.deadline_ns = None
        if not self._command:
            self._wait(t_ns)
        return True

    def _wait(self, now_ns: int) -> None:
        self.deadline_ns = now_ns + int(LIMITS_S[self.state] * 1e9)
