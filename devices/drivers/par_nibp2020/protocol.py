"""The dialogue with a module: set it up and start it, follow the cuff, fetch the result, abort.

The module keeps its last result until the next one, so a status counts as a result once, after a
determination was seen to end. Events follow from what the module says alone; what the host asks decides only
what is sent.
"""

from __future__ import annotations

from typing import Final

from devices.cuffhost.host import CuffHost
from devices.cuffhost.known import Known
from devices.cuffhost.machine import Machine
from devices.cuffhost.readings import CUFF, determination
from devices.dialogue import Dialogue
from devices.drivers.par_nibp2020 import packets
from devices.drivers.par_nibp2020.machine import RULES, Event, State
from devices.drivers.par_nibp2020.packets import Ask, Cuff, Status
from devices.protocol import Options
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    AlertKind,
    CuffFailed,
    DeviceAlert,
    DeviceEvent,
    Fault,
    FaultKind,
    Measured,
    NibpFailure,
    Observation,
)

MS: Final = 1_000_000
GAP_NS: Final = 100 * MS
"""Pause between two commands; most are not answered."""

ANSWER_NS: Final = 1_000 * MS
ABORT_NS: Final = 500 * MS
LIMITS_NS: Final = {Ask.STATUS: ANSWER_NS, Ask.ABORT: ABORT_NS}
"""When an answer is overdue; what is not here is not answered."""

POLL_NS: Final = 1_500 * MS
"""With ANSWER_NS less than the link's silence limit: one lost answer must not look like a lost link."""

QUIET_NS: Final = 2_000 * MS
"""The cuff pressure comes several times a second while the module measures."""

INFLATED_MMHG: Final = 20
STATUS_TRIES: Final = 5
STOP_TURNS: Final = (Ask.ABORT, Ask.ABORT, Ask.STATUS)


def make(options: Options) -> CuffHost[State, Event, Ask]:
    """Options are `patient` (adult, neonate), `inflate_mmhg` and `end_cycle`; ConfigError if they clash."""
    machine, line = Machine(RULES), Dialogue[Ask](GAP_NS)
    return CuffHost(Module(options, machine, line), machine, line, packets.frames())


class Module:
    """What one module says and is asked; a devices.cuffhost.host.Talk."""

    def __init__(self, options: Options, machine: Machine[State, Event], line: Dialogue[Ask]) -> None:
        self._set_up = _set_up(str(options.get("patient", "adult")), options.get("inflate_mmhg", 140))
        self._end_cycle = bool(options.get("end_cycle", False))
        self._machine, self._line = machine, line
        self._known: Known[packets.Said] = Known()
        self.reset(0)

    def reset(self, t_ns: int) -> None:
        self._known.opened(t_ns)
        self._fault_told = 0
        self._doubted: Status | None = None
        self._unproved: Status | None = None
        self._unsent = [Ask.END_CYCLE] if self._end_cycle else []
        self._status_tries = self._stop_turn = 0
        self._poll_ns = t_ns

    # What the module says

    def frame(self, frame: bytes, t_ns: int) -> list[DeviceEvent]:
        if frame == b"\r":
            return []
        if (cuff := packets.cuff(frame)) is not None:
            return self._cuff(cuff, t_ns)
        if (status := packets.status(frame)) is not None:
            if self._line.asked is Ask.STATUS:
                self._line.answered()
            return self._status(frame, status, t_ns)
        if self._line.asked is Ask.ABORT:
            self._line.answered()
        return self._machine.happen(Event.END, t_ns)

    def _cuff(self, cuff: Cuff, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = [Observation(CUFF, t_ns, cuff.pressure)]
        pressure = cuff.pressure
        inflated = isinstance(pressure, Measured) and pressure.value >= INFLATED_MMHG
        return events + (self._pumping(t_ns) if cuff.measuring or inflated else [])

    def _pumping(self, t_ns: int) -> list[DeviceEvent]:
        events = self._machine.happen(Event.PUMPING, t_ns)
        if self._machine.state is State.MEASURING:
            self._machine.timers[Event.QUIET] = t_ns + QUIET_NS
        return events

    def _status(self, frame: bytes, status: Status, t_ns: int) -> list[DeviceEvent]:
        if not status.proved and (self._doubted is None or status.said != self._doubted.said):
            # Asked for again: what comes twice was not damaged on its way.
            self._doubted = status
            self._unproved = status if self._machine.state is State.READING else None
            return [Fault(FaultKind.CHECKSUM, t_ns, len(frame), frame[:32].hex())]
        if status.measuring:
            return self._pumping(t_ns)
        events = self._module_fault(status.message, t_ns)
        before = self._machine.state
        events += self._machine.happen(Event.REST, t_ns)
        if before is State.UNKNOWN and status.has_numbers:
            if not self._known.told_before(status.said, t_ns):
                events += determination(status.pressures, status.pulse, t_ns, stored=True)
        elif before is State.READING:
            self._known.told_before(status.said, t_ns)
            events += determination(status.pressures, status.pulse, t_ns) if status.message == 0 else []
            if not status.has_numbers:
                failure = packets.FAILURES.get(status.message, NibpFailure.UNKNOWN)
                events.append(CuffFailed(failure, status.message, t_ns))
        return events

    def ending(self, t_ns: int) -> list[DeviceEvent]:
        """A result with a sum that does not fit, which nobody can ask for again, counts as questionable."""
        unproved = self._unproved
        if unproved is None or not unproved.has_numbers:
            return []
        doubted = unproved.questionable()
        return determination(doubted.pressures, doubted.pulse, t_ns)

    def _module_fault(self, message: int, t_ns: int) -> list[DeviceEvent]:
        """Messages about the module itself, raised and withdrawn."""
        now = message if message in packets.FAULTS else 0
        if now == self._fault_told:
            return []
        self._fault_told = now
        detail = f"message {now:02d}: {packets.FAILURES[now]}" if now else ""
        return [DeviceAlert(AlertKind.DEVICE_FAULT, bool(now), t_ns, detail)]

    # What follows

    def entered(self, state: State, t_ns: int) -> None:
        self._unproved = None
        self._unsent = [*self._set_up, Ask.START] if state is State.STARTING else []
        self._status_tries = STATUS_TRIES if state is State.READING else 0
        if state in (State.READING, State.ABORTED):
            self._poll_ns = t_ns
        elif state is State.STARTING:
            # The first pressure may be slow to come; meanwhile the status shows that the module is there.
            self._poll_ns = t_ns + POLL_NS

    def overdue(self, command: Ask, now_ns: int) -> list[DeviceEvent]:
        """Only the status is answered by all modules."""
        if command is not Ask.STATUS:
            return []
        events: list[DeviceEvent] = [Fault(FaultKind.TIMEOUT, now_ns, 0)]
        if self._machine.state is State.READING and not self._status_tries:
            events += self._machine.happen(Event.UNREAD, now_ns)
        return events

    # What is asked

    def stop_command(self) -> Ask:
        self._stop_turn = 0
        return self._next_of_stopping()

    def question(self, command: Ask, now_ns: int) -> tuple[bytes, int]:
        return command.value, LIMITS_NS.get(command, GAP_NS)

    def due_command(self, now_ns: int) -> Ask | None:
        if self._machine.state is State.STOPPING:
            return self._next_of_stopping()
        if self._unsent:
            return self._unsent.pop(0)
        if self._machine.state is State.MEASURING or now_ns < self._poll_ns:
            return None
        if self._machine.state is State.READING:
            self._status_tries -= 1
        self._poll_ns = now_ns if self._status_tries else now_ns + POLL_NS
        return Ask.STATUS

    def _next_of_stopping(self) -> Ask:
        command = STOP_TURNS[self._stop_turn % len(STOP_TURNS)]
        self._stop_turn += 1
        return command

    def next_ns(self, free_ns: int) -> int | None:
        if self._unsent or self._machine.state is State.STOPPING:
            return free_ns
        if self._machine.state is State.MEASURING:
            return None
        return max(free_ns, self._poll_ns)


def _set_up(patient: str, option: object) -> list[Ask]:
    """What is sent before each start: the patient mode and the first inflation."""
    if patient not in packets.MODES:
        raise ConfigError("par-nibp2020", "patient", "one of " + ", ".join(packets.MODES))
    allowed = packets.TARGETS_OF[patient]
    text = str(option)
    if not text.isdecimal() or int(text) not in allowed:
        choice = ", ".join(str(mmhg) for mmhg in allowed)
        raise ConfigError("par-nibp2020", "inflate_mmhg", f"for {patient} one of {choice}")
    return [packets.MODES[patient], packets.TARGETS[int(text)]]
