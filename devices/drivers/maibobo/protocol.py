"""The dialogue with a station: greet it now and then, start and stop it, take what it tells by itself.

A command is repeated every 200 ms, a start at most five times, until the station echoes it. Events follow
from what the station says alone; what the host asks decides only what is sent.
"""

from __future__ import annotations

from typing import Final

from devices.dialogue import Dialogue
from devices.drivers.maibobo import packets
from devices.drivers.maibobo.machine import CUFF, GUARD_S, Event, State, Tell, step
from devices.drivers.maibobo.packets import Ask, Sub
from devices.protocol import Options
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_DIA, NIBP_PULSE, NIBP_SYS
from kapmonitor.model import (
    Absent,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceEvent,
    Fault,
    FaultKind,
    Measured,
    Metric,
    NibpFailure,
    Observation,
)

SYS: Final = Metric(NIBP_SYS, "NIBP sys")
DIA: Final = Metric(NIBP_DIA, "NIBP dia")
PULSE: Final = Metric(NIBP_PULSE, "Pulse (cuff)")
CUFF_METRIC: Final = Metric(CUFF_PRESSURE, "Cuff pressure")

MS: Final = 1_000_000
ANSWER_NS: Final = 200 * MS
TRIES: Final = 5
POLL_NS: Final = 2_000 * MS
"""With a few tries less than the link's silence limit: one lost echo must not look like a lost link."""

CALM_NS: Final = 2_000 * MS
PAUSE_NS: Final = 3_000 * MS
"""Without a pressure for so long, the link counts as silent, and as live again only with news."""

QUIET_NS: Final = 8_000 * MS
DEFLATION_NS: Final = 10_000 * MS
"""So long after its end, pressures are those of the determination that ended."""

HALF_FRAME_NS: Final = 250 * MS
"""The longest packet takes 40 ms on the line; a half one older than this will not be completed."""

INFLATED_MMHG: Final = 20
STARTED: Final = frozenset({State.STARTING, State.MEASURING})
FAILURES: Final = {Tell.TIMED_OUT: NibpFailure.TIMEOUT, Tell.UNREAD: NibpFailure.UNKNOWN}
ECHOED: Final = {Ask.START: Event.STARTED, Ask.STOP: Event.STOPPED}


class Maibobo:
    """One station on one line; implements WireProtocol and CuffControl."""

    def __init__(self, _options: Options) -> None:
        self._frames = packets.frames()
        self._line: Dialogue[Ask] = Dialogue(0)
        self._known: tuple[bytes, int] | None = None
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self.state = State.UNKNOWN
        self._told: CuffState | None = None
        self._seen = False
        self._tries = TRIES
        self._calm_ns = t_ns + CALM_NS
        self._deflated_ns = t_ns
        self._guard_ns: int | None = None
        self._quiet_ns: int | None = None
        self._pause_ns: int | None = None
        self._half_frame_ns: int | None = None
        self._poll_ns = t_ns
        self._frames.clear()
        self._line.clear()

    def opened(self, t_ns: int) -> None:
        if self._known is not None and t_ns < self._known[1]:
            # Another session's time, in which nothing is known yet.
            self._known = None
        self._reset(t_ns)
        self._ask_next(t_ns)

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events = self._packets(self._frames.finish(t_ns), t_ns)
        self._reset(t_ns)
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self._packets(self._frames.feed(data, t_ns), t_ns)
        self._half_frame_ns = t_ns + HALF_FRAME_NS if self._frames.waiting else None
        self._ask_next(t_ns)
        return events

    def data_to_send(self) -> bytes:
        return self._line.take()

    def start_cuff(self, t_ns: int) -> None:
        self._happen(Event.START, t_ns)
        self._ask_next(t_ns)

    def stop_cuff(self, t_ns: int) -> None:
        self._happen(Event.STOP, t_ns)
        self._ask_next(t_ns)

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if _due(self._half_frame_ns, now_ns):
            events += self._packets(self._frames.give_up(now_ns), now_ns)
            self._half_frame_ns = now_ns + HALF_FRAME_NS if self._frames.waiting else None
        if (command := self._line.overdue(now_ns)) is not None:
            events += [Fault(FaultKind.TIMEOUT, now_ns, 0), *self._unanswered(command, now_ns)]
        if _due(self._pause_ns, now_ns):
            self._pause_ns = self._told = None
        if _due(self._quiet_ns, now_ns):
            self._quiet_ns = None
            events += self._happen(Event.QUIET, now_ns)
        if _due(self._guard_ns, now_ns):
            self._guard_ns = None
            events += self._happen(Event.GUARD, now_ns)
        self._ask_next(now_ns)
        return events

    # What the station says

    def _packets(self, items: list[bytes | Fault], t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in items:
            events += [item] if isinstance(item, Fault) else self._packet(item, t_ns)
        return events

    def _packet(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
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
            return self._happen(ECHOED[command], t_ns)
        self._poll_ns = t_ns + POLL_NS
        return self._happen(Event.CALM, t_ns) if t_ns >= self._calm_ns else []

    def _pressure(self, reading: Measured | Absent, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = [Observation(CUFF_METRIC, t_ns, reading)]
        self._calm_ns = t_ns + CALM_NS
        if self.state is State.MEASURING:
            self._quiet_ns, self._pause_ns = t_ns + QUIET_NS, t_ns + PAUSE_NS
        inflated = isinstance(reading, Measured) and reading.value >= INFLATED_MMHG
        if inflated and (self.state in STARTED or t_ns >= self._deflated_ns):
            events += self._happen(Event.PUMPING, t_ns)
        return events

    def _result(self, packet: bytes, t_ns: int) -> list[DeviceEvent]:
        """One set of numbers, unless the station only repeats its last one.

        It is new if the determination was seen going on; else it was made before the line was opened.
        """
        repeated = self._known is not None and packet == self._known[0] and not self._seen
        stored, self._seen, self._known = not self._seen, False, (packet, t_ns)
        events = self._happen(Event.RESULT, t_ns)
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
        stopped, self._seen = self.state in (State.STOPPING, State.ABORTED), False
        events = self._happen(Event.ERROR, t_ns)
        self._deflated_ns = t_ns + DEFLATION_NS
        if stopped:
            return events
        failure = packets.FAILURES.get(code, NibpFailure.UNKNOWN)
        return [*events, CuffFailed(failure, code, t_ns)]

    # What follows

    def _happen(self, event: Event, t_ns: int) -> list[DeviceEvent]:
        """Move by the table; what the rest of the program is told of it."""
        state, tell = step(self.state, event)
        if state is not self.state:
            self._guard_ns = t_ns + int(GUARD_S[state] * 1e9) if state in GUARD_S else None
            measuring = state is State.MEASURING
            self._seen = self._seen or measuring
            self._quiet_ns = t_ns + QUIET_NS if measuring else None
            self._pause_ns = t_ns + PAUSE_NS if measuring else None
            self._tries = TRIES
            if state is State.ABORTED:
                self._calm_ns, self._deflated_ns = t_ns + CALM_NS, t_ns + DEFLATION_NS
        self.state = state
        if event is Event.STOP or (state is State.STOPPING and tell is not None):
            self._ask(Ask.STOP, t_ns)
        events: list[DeviceEvent] = []
        if (cuff := CUFF.get(state)) is not None and cuff is not self._told:
            self._told = cuff
            events.append(CuffChanged(cuff, t_ns))
        if tell is not None:
            events.append(CuffFailed(FAILURES[tell], 0, t_ns))
        return events

    def _unanswered(self, command: Ask, t_ns: int) -> list[DeviceEvent]:
        # A link that was silent counts as live again only with news.
        self._told = None
        if self._tries:
            return []
        self._tries = TRIES
        if command is Ask.CONNECT:
            self._poll_ns = t_ns + POLL_NS
        return self._happen(Event.SILENT, t_ns) if command is Ask.START else []

    # What is asked

    def _ask(self, command: Ask, now_ns: int) -> None:
        self._tries = max(0, self._tries - 1)
        self._line.ask(command, command.value, now_ns, ANSWER_NS)

    def _ask_next(self, now_ns: int) -> None:
        """Ask what is due if the line is free, and say when to look again."""
        free_ns = self._line.free_ns
        if free_ns is not None and (command := self._due_command(now_ns)) is not None:
            self._ask(command, now_ns)
        times = (self._next_ask_ns(), self._guard_ns, self._quiet_ns, self._pause_ns, self._half_frame_ns)
        self.deadline_ns = min((t for t in times if t is not None), default=None)

    def _due_command(self, now_ns: int) -> Ask | None:
        match self.state:
            case State.STOPPING:
                return Ask.STOP
            case State.STARTING:
                return Ask.START
            case State.MEASURING:
                return None
            case _:
                return Ask.CONNECT if now_ns >= self._poll_ns else None

    def _next_ask_ns(self) -> int | None:
        if self._line.free_ns is None:
            return self._line.limit_ns
        return None if self.state is State.MEASURING else self._poll_ns


def _due(when_ns: int | None, now_ns: int) -> bool:
    return when_ns is not None and now_ns >= when_ns
