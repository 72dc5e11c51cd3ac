"""The dialogue with a station: greet it now and then, start and stop it, take what it tells by itself.

A command is repeated every 200 ms, a start at most five times, until the station echoes it. Events follow
from what the station says alone; what the host asks decides only what is sent.
"""

from __future__ import annotations

from typing import Final

from devices.cuffhost.host import HALF_FRAME_NS, CuffHost
from devices.cuffhost.known import Known
from devices.cuffhost.machine import Machine
from devices.cuffhost.readings import CUFF, DIA, PULSE, SYS
from devices.dialogue import Dialogue
from devices.drivers.maibobo import packets
from devices.drivers.maibobo.machine import RULES, Event, State
from devices.drivers.maibobo.packets import Ask, Sub
from devices.protocol import Options
from kapmonitor.model import (
    Absent,
    CuffFailed,
    DeviceEvent,
    Fault,
    FaultKind,
    Measured,
    NibpFailure,
    Observation,
)

MS: Final = 1_000_000
ANSWER_NS: Final = 200 * MS
TRIES: Final = 5
POLL_NS: Final = 2_000 * MS
"""With a few tries less than the link's silence limit: one lost echo must not look like a lost link."""

CALM_NS: Final = 2_000 * MS
QUIET_NS: Final = 8_000 * MS
DEFLATION_NS: Final = 10_000 * MS
"""So long after its end, pressures are those of the determination that ended."""

INFLATED_MMHG: Final = 20
STARTED: Final = frozenset({State.STARTING, State.MEASURING})
ECHOED: Final = {Ask.START: Event.STARTED, Ask.STOP: Event.STOPPED}


def make(_options: Options) -> CuffHost[State, Event, Ask]:
    """There are no options."""
    machine, line = Machine(RULES), Dialogue[Ask](0)
    return CuffHost(Station(machine, line), machine, line, packets.frames(), HALF_FRAME_NS)


class Station:
    """What one station says and is asked; a devices.cuffhost.host.Talk."""

    def __init__(self, machine: Machine[State, Event], line: Dialogue[Ask]) -> None:
        self._machine, self._line = machine, line
        self._known: Known[bytes] = Known()
        self.reset(0)

    def reset(self, t_ns: int) -> None:
        self._known.opened(t_ns)
        self._seen = False
        self._tries = TRIES
        self._calm_ns = t_ns + CALM_NS
        self._deflated_ns = self._poll_ns = t_ns

    # What the station says

    def frame(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
        match packets.sub(packet):
            case None:
                return [Fault(FaultKind.CONTENT, t_ns, len(packet), packet[:32].hex())]
            case Sub.PRESSURE:
                return self._pressure(packets.cuff_pressure(packet), t_ns)
            case Sub.RESULT:
                return self._result(packet, t_ns)
            case Sub.ERROR:
                return self._error(packet[6], t_ns)
            case echoed:
                return self._echo(packets.ECHOES[echoed], t_ns)

    def _echo(self, command: Ask, t_ns: int) -> list[DeviceEvent]:
        if self._line.asked is command:
            self._line.answered()
            self._tries = TRIES
        if command is not Ask.CONNECT:
            return self._machine.happen(ECHOED[command], t_ns)
        self._poll_ns = t_ns + POLL_NS
        return self._machine.happen(Event.CALM, t_ns) if t_ns >= self._calm_ns else []

    def _pressure(self, reading: Measured | Absent, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = [Observation(CUFF, t_ns, reading)]
        self._calm_ns = t_ns + CALM_NS
        if self._machine.state is State.MEASURING:
            self._machine.timers[Event.QUIET] = t_ns + QUIET_NS
        inflated = isinstance(reading, Measured) and reading.value >= INFLATED_MMHG
        if inflated and (self._machine.state in STARTED or t_ns >= self._deflated_ns):
            events += self._machine.happen(Event.PUMPING, t_ns)
        return events

    def _result(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
        """One set of numbers, unless the station only repeats its last one.

        It is new if the determination was seen going on; else it was made before the line was opened.
        """
        repeated = self._known.told_before(packet, t_ns) and not self._seen
        stored, self._seen = not self._seen, False
        events = self._machine.happen(Event.RESULT, t_ns)
        self._deflated_ns = t_ns + DEFLATION_NS
        if repeated:
            return events
        result = packets.result(packet)
        readings = ((SYS, result.systolic), (DIA, result.diastolic), (PULSE, result.pulse))
        events += [Observation(metric, t_ns, r, result.device_time, stored) for metric, r in readings]
        if isinstance(result.systolic, Absent) and not stored:
            events.append(CuffFailed(NibpFailure.UNKNOWN, 0, t_ns))
        return events

    def _error(self, code: int, t_ns: int) -> list[DeviceEvent]:
        """A determination failed; after a stop that is no news."""
        stopped, self._seen = self._machine.state in (State.STOPPING, State.ABORTED), False
        events = self._machine.happen(Event.ERROR, t_ns)
        self._deflated_ns = t_ns + DEFLATION_NS
        if stopped:
            return events
        failure = packets.FAILURES.get(code, NibpFailure.UNKNOWN)
        return [*events, CuffFailed(failure, code, t_ns)]

    def ending(self, t_ns: int) -> list[DeviceEvent]:
        return []

    # What follows

    def entered(self, state: State, t_ns: int) -> None:
        self._tries = TRIES
        if state is State.MEASURING:
            self._seen = True
            self._machine.timers[Event.QUIET] = t_ns + QUIET_NS
        elif state is State.ABORTED:
            self._calm_ns, self._deflated_ns = t_ns + CALM_NS, t_ns + DEFLATION_NS

    def overdue(self, command: Ask, now_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = [Fault(FaultKind.TIMEOUT, now_ns, 0)]
        if self._tries:
            return events
        self._tries = TRIES
        if command is Ask.CONNECT:
            self._poll_ns = now_ns + POLL_NS
        return events + (self._machine.happen(Event.SILENT, now_ns) if command is Ask.START else [])

    # What is asked

    def stop_command(self) -> Ask:
        return Ask.STOP

    def question(self, command: Ask, now_ns: int) -> tuple[bytes, int]:
        self._tries = max(0, self._tries - 1)
        return command.value, ANSWER_NS

    def due_command(self, now_ns: int) -> Ask | None:
        match self._machine.state:
            case State.STOPPING:
                return Ask.STOP
            case State.STARTING:
                return Ask.START
            case State.MEASURING:
                return None
            case _:
                return Ask.CONNECT if now_ns >= self._poll_ns else None

    def next_ns(self, free_ns: int) -> int | None:
        return None if self._machine.state is State.MEASURING else self._poll_ns
