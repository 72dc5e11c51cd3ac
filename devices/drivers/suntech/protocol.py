"""The dialogue with a SunTech module: identify it, poll the cuff, start and stop, fetch the result.

Events follow from what the module says alone; what the host asks decides only what is sent. One exception:
the answer to a self-test looks like a cuff pressure and is told apart by having been asked for.
"""

from __future__ import annotations

from devices.cuffhost.host import HALF_FRAME_NS, CuffHost
from devices.cuffhost.machine import Machine
from devices.cuffhost.readings import CUFF, determination
from devices.dialogue import Dialogue
from devices.drivers.suntech import packets
from devices.drivers.suntech.machine import RULES, SETTLE_S, Event, State
from devices.drivers.suntech.packets import Ack, Ask, Texts
from devices.protocol import Options
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    AlertKind,
    CuffFailed,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    NibpFailure,
    Observation,
)

MS = 1_000_000
GAP_NS = 100 * MS
"""Pause between two commands; the module loses one that comes sooner."""

ANSWER_NS = 2_000 * MS
ABORT_ANSWER_NS = 500 * MS
"""An abort is repeated this often until it is acknowledged."""

AFTER_ABORT_NS = 500 * MS
"""An initial inflation sent sooner after an abort swallows the abort's ack."""

POLL_BUSY_NS = 300 * MS
POLL_REST_NS = 700 * MS
"""With ANSWER_NS less than the link's silence limit: one lost answer must not look like a lost link."""

IDENTIFY_AGAIN_NS = 10_000 * MS
EMPTY_MMHG, INFLATED_MMHG = 5, 20
RESULT_TRIES, IDENTIFY_TRIES = 3, 4
SETUP = (Ask.SELF_TEST_LX, Ask.PREPARE_TEXTS)
RESTFUL = frozenset({State.UNKNOWN, State.IDLE, State.ASLEEP})
AWAITING = frozenset({State.PUMPING, State.MEASURING, State.READING})
"""In these, BP data is the result of the determination that runs or just ended."""

ACK_EVENTS = {
    Ack.STARTED: Event.STARTED,
    Ack.DONE: Event.DONE,
    Ack.ABORTED: Event.ABORTED,
    Ack.ASLEEP: Event.ASLEEP,
}


def make(options: Options) -> CuffHost[State, Event, Ask]:
    """Options are `patient` (adult, child, neonate) and `inflate_mmhg` (0 leaves it to the module)."""
    machine, line = Machine(RULES), Dialogue[Ask](GAP_NS)
    return CuffHost(Module(options, machine, line), machine, line, packets.frames(), HALF_FRAME_NS)


class Module:
    """What one module says and is asked; a devices.cuffhost.host.Talk."""

    def __init__(self, options: Options, machine: Machine[State, Event], line: Dialogue[Ask]) -> None:
        self._start = _start_command(str(options.get("patient", "adult")))
        self._inflate_mmhg = _inflation(options.get("inflate_mmhg", 0))
        self._machine, self._line = machine, line
        self.reset(0)

    def reset(self, t_ns: int) -> None:
        self._last_result = b""
        self._setup = list(SETUP)
        self._texts: Texts | None = None
        self._identify_tries = IDENTIFY_TRIES
        self._identify_ns: int | None = None
        self._lost = False
        self._inflation_set = self._inflate_mmhg == 0
        self._result_tries = 0
        self._self_test_failed = False
        self._abort_ns = t_ns - AFTER_ABORT_NS
        self._poll_ns = t_ns

    # What the module says

    def frame(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
        match packet[1]:
            case packets.ACK:
                return self._ack(packet, t_ns)
            case packets.WORD if self._line.asked in packets.SELF_TESTS:
                return self._self_test(packet[2], t_ns)
            case packets.WORD:
                return self._pressure(packet, t_ns)
            case packets.BP_DATA:
                return self._result(packet, t_ns)
            case packets.TEXTS:
                return self._identified(packets.texts(packet), t_ns)
            case _:
                return []

    def _ack(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
        ack = packets.ACKS.get(packet[2])
        if ack is None:
            return [Fault(FaultKind.CONTENT, t_ns, len(packet), packet.hex())]
        if ack is Ack.BUSY or ack in packets.REFUSALS:
            return self._refusal(ack, t_ns)
        asked = self._line.asked
        if ack is Ack.DONE and asked in (Ask.PREPARE_TEXTS, Ask.INFLATION):
            self._line.answered()
            if asked is Ask.PREPARE_TEXTS:
                self._setup.insert(0, Ask.TEXTS)
            return []
        started = ack is Ack.STARTED and asked is self._start
        if started or ack is Ack.ASLEEP or (ack is Ack.ABORTED and asked is Ask.ABORT):
            self._line.answered()
        return self._machine.happen(ACK_EVENTS[ack], t_ns)

    def _refusal(self, ack: Ack, t_ns: int) -> list[DeviceEvent]:
        """The module did not do what was asked."""
        asked = self._line.asked
        self._line.answered()
        if asked is self._start:
            return self._machine.happen(Event.BUSY if ack is Ack.BUSY else Event.REFUSED, t_ns, ord(ack))
        return self._unanswered(asked, t_ns) if asked is not None else []

    def _identified(self, texts: Texts, t_ns: int) -> list[DeviceEvent]:
        """What the module says it is, told once and again when it says something else."""
        self._answer(Ask.TEXTS)
        before, self._texts = self._texts, texts
        if texts == before:
            return []
        return [DeviceIdentified(t_ns, "SunTech", texts.model, texts.serial, texts.firmware)]

    def _self_test(self, code: int, t_ns: int) -> list[DeviceEvent]:
        self._line.answered()
        failed, self._self_test_failed = self._self_test_failed, code != 0
        if failed == self._self_test_failed:
            return []
        detail = f"self-test {code}: {packets.failure(code)}" if code else ""
        return [DeviceAlert(AlertKind.DEVICE_FAULT, code != 0, t_ns, detail)]

    def _pressure(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
        self._answer(Ask.PRESSURE)
        if self._lost:
            # After a break, it may be another module.
            self._lost, self._setup = False, list(SETUP)
        reading = packets.cuff_pressure(packet)
        events: list[DeviceEvent] = [Observation(CUFF, t_ns, reading)]
        if not isinstance(reading, Measured):
            return events
        if reading.value < EMPTY_MMHG:
            if self._machine.state in SETTLE_S:
                settled_ns = t_ns + int(SETTLE_S[self._machine.state] * 1e9)
                self._machine.timers.setdefault(Event.SETTLED, settled_ns)
            return events + self._machine.happen(Event.EMPTY, t_ns)
        self._machine.timers.pop(Event.SETTLED, None)
        return events + (self._machine.happen(Event.INFLATED, t_ns) if reading.value >= INFLATED_MMHG else [])

    def _result(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
        result = packets.result(packet)
        awaited = self._line.asked is Ask.RESULT or self._machine.state in AWAITING
        self._answer(Ask.RESULT)
        if result.error and result.error not in packets.FAILURES and not awaited:
            # Of what noise forms by chance, most has no meaning.
            return [Fault(FaultKind.CONTENT, t_ns, len(packet), packet.hex())]
        events = self._machine.happen(Event.RESULT, t_ns)
        before, self._last_result = self._last_result, packet
        if packet == before and not awaited:
            return events
        if result.error:
            return [*events, CuffFailed(packets.failure(result.error), result.error, t_ns)]
        events += determination(result.pressures, result.pulse, t_ns)
        if awaited and result.empty:
            events.append(CuffFailed(NibpFailure.UNKNOWN, 0, t_ns))
        return events

    def ending(self, t_ns: int) -> list[DeviceEvent]:
        return []

    # What follows

    def entered(self, state: State, _t_ns: int) -> None:
        self._result_tries = RESULT_TRIES if state is State.READING else 0

    def overdue(self, command: Ask, now_ns: int) -> list[DeviceEvent]:
        events = [Fault(FaultKind.TIMEOUT, now_ns, 0), *self._unanswered(command, now_ns)]
        self._lost = self._lost or command is Ask.PRESSURE
        if self._machine.state is State.WAITING:
            # Nobody knows what happened meanwhile: the start that waits is not sent any more.
            events += self._machine.happen(Event.SILENT, now_ns)
        return events

    def _unanswered(self, command: Ask | None, t_ns: int) -> list[DeviceEvent]:
        """No answer, or one that means no, to anything but a start that was refused."""
        if command is self._start:
            return self._machine.happen(Event.SILENT, t_ns)
        if command is Ask.RESULT and self._result_tries == 0:
            return self._machine.happen(Event.UNREAD, t_ns)
        if command is Ask.SELF_TEST_LX:
            self._setup.insert(0, Ask.SELF_TEST_A)
        if command in (Ask.PREPARE_TEXTS, Ask.TEXTS) and self._identify_tries:
            self._identify_tries -= 1
            self._identify_ns = t_ns + IDENTIFY_AGAIN_NS
        return []

    # What is asked

    def _answer(self, command: Ask) -> None:
        if self._line.asked is command:
            self._line.answered()

    def stop_command(self) -> Ask:
        return Ask.ABORT

    def question(self, command: Ask, now_ns: int) -> tuple[bytes, int]:
        if command is Ask.ABORT:
            self._abort_ns = now_ns
            return command.value, ABORT_ANSWER_NS
        data = packets.initial_inflation(self._inflate_mmhg) if command is Ask.INFLATION else command.value
        return data, ANSWER_NS

    def due_command(self, now_ns: int) -> Ask | None:
        state = self._machine.state
        if state is State.STOPPING:
            return Ask.ABORT
        if state is State.STARTING:
            if self._inflation_set:
                return self._start
            self._inflation_set = now_ns >= self._abort_ns + AFTER_ABORT_NS
            return Ask.INFLATION if self._inflation_set else None
        if state is State.READING and self._result_tries:
            self._result_tries -= 1
            return Ask.RESULT
        if self._identify_ns is not None and now_ns >= self._identify_ns:
            self._identify_ns = None
            self._setup.append(Ask.PREPARE_TEXTS)
        if self._setup and state in RESTFUL:
            return self._setup.pop(0)
        if now_ns < self._poll_ns:
            return None
        self._poll_ns = now_ns + (POLL_REST_NS if state in RESTFUL else POLL_BUSY_NS)
        return Ask.PRESSURE

    def next_ns(self, free_ns: int) -> int:
        state = self._machine.state
        if state is State.STARTING and not self._inflation_set:
            return max(free_ns, self._abort_ns + AFTER_ABORT_NS)
        at_once = state in (State.STOPPING, State.STARTING) or (self._setup and state in RESTFUL)
        if at_once or (state is State.READING and self._result_tries):
            return free_ns
        return max(free_ns, self._poll_ns)


def _start_command(patient: str) -> Ask:
    if patient not in packets.STARTS:
        raise ConfigError("suntech", "patient", "one of " + ", ".join(packets.STARTS))
    return packets.STARTS[patient]


def _inflation(option: object) -> int:
    text = str(option)
    if not text.isdecimal() or not (int(text) == 0 or 60 <= int(text) <= 280):
        raise ConfigError("suntech", "inflate_mmhg", "0, or 60 to 280")
    return int(text)
