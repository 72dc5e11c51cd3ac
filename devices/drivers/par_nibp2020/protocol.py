"""The dialogue with a module: set it up and start it, follow the cuff, fetch the result, abort.

The module keeps its last result until the next one, so a status counts as a result once, after a
determination was seen to end. Events follow from what the module says alone; what the host asks decides only
what is sent.
"""

from __future__ import annotations

from typing import Final

from devices.dialogue import Dialogue
from devices.drivers.par_nibp2020 import packets
from devices.drivers.par_nibp2020.machine import CUFF, GUARD_S, Event, State, Tell, step
from devices.drivers.par_nibp2020.packets import Ask, Cuff, Status
from devices.protocol import Options
from kapmonitor.errors import ConfigError
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_DIA, NIBP_MEAN, NIBP_PULSE, NIBP_SYS
from kapmonitor.model import (
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
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
MEAN: Final = Metric(NIBP_MEAN, "NIBP mean")
PULSE: Final = Metric(NIBP_PULSE, "Pulse (cuff)")
CUFF_METRIC: Final = Metric(CUFF_PRESSURE, "Cuff pressure")

MS: Final = 1_000_000
GAP_NS: Final = 100 * MS
"""Pause between two commands; most are not answered."""

ANSWER_NS: Final = 1_000 * MS
ABORT_NS: Final = 500 * MS
POLL_NS: Final = 1_500 * MS
"""With ANSWER_NS less than the link's silence limit: one lost answer must not look like a lost link."""

QUIET_NS: Final = 2_000 * MS
"""The cuff pressure comes several times a second while the module measures."""

INFLATED_MMHG: Final = 20
STATUS_TRIES: Final = 5
STOP_TURNS: Final = (Ask.ABORT, Ask.ABORT, Ask.STATUS)
FAILURES: Final = {Tell.TIMED_OUT: NibpFailure.TIMEOUT, Tell.UNREAD: NibpFailure.UNKNOWN}


class Nibp2020:
    """One module on one line; implements WireProtocol and CuffControl."""

    def __init__(self, options: Options) -> None:
        """Options `patient` (adult, neonate), `inflate_mmhg` and `end_cycle`; ConfigError if they clash."""
        self._set_up = _set_up(str(options.get("patient", "adult")), options.get("inflate_mmhg", 140))
        self._end_cycle = bool(options.get("end_cycle", False))
        self._frames = packets.frames()
        self._line: Dialogue[Ask] = Dialogue(GAP_NS)
        self._known: tuple[Status, int] | None = None
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self.state = State.UNKNOWN
        self._told: CuffState | None = None
        self._fault_told = 0
        self._doubted: Status | None = None
        self._unproved: Status | None = None
        self._unsent = [Ask.END_CYCLE] if self._end_cycle else []
        self._status_tries = self._stop_turn = 0
        self._guard_ns: int | None = None
        self._quiet_ns: int | None = None
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
        events = self._texts(self._frames.finish(t_ns), t_ns) + self._last_resort(t_ns)
        self._reset(t_ns)
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self._texts(self._frames.feed(data, t_ns), t_ns)
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
        if self._line.overdue(now_ns) is Ask.STATUS:
            # A link that was silent counts as live again only with news.
            self._told = None
            events.append(Fault(FaultKind.TIMEOUT, now_ns, 0))
            if self.state is State.READING and not self._status_tries:
                events += self._happen(Event.UNREAD, now_ns)
        if self._quiet_ns is not None and now_ns >= self._quiet_ns:
            self._quiet_ns = None
            events += self._happen(Event.QUIET, now_ns)
        if self._guard_ns is not None and now_ns >= self._guard_ns:
            self._guard_ns = None
            events += self._happen(Event.GUARD, now_ns)
        self._ask_next(now_ns)
        return events

    # What the module says

    def _texts(self, items: list[bytes | Fault], t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in items:
            if isinstance(item, Fault):
                events.append(item)
            elif item != b"\r":
                events += self._text(item, t_ns)
        return events

    def _text(self, frame: bytes, t_ns: int) -> list[DeviceEvent]:
        if (cuff := packets.cuff(frame)) is not None:
            return self._cuff(cuff, t_ns)
        if (status := packets.status(frame)) is not None:
            if self._line.asked is Ask.STATUS:
                self._line.answered()
            return self._status(frame, status, t_ns)
        if self._line.asked is Ask.ABORT:
            self._line.answered()
        return self._happen(Event.END, t_ns)

    def _cuff(self, cuff: Cuff, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = [Observation(CUFF_METRIC, t_ns, cuff.pressure)]
        pressure = cuff.pressure
        inflated = isinstance(pressure, Measured) and pressure.value >= INFLATED_MMHG
        return events + (self._happen(Event.PUMPING, t_ns) if cuff.measuring or inflated else [])

    def _status(self, frame: bytes, status: Status, t_ns: int) -> list[DeviceEvent]:
        if not status.proved and not status.says_the_same(self._doubted):
            # Asked for again: what comes twice was not damaged on its way.
            self._doubted = status
            self._unproved = status if self.state is State.READING else None
            return [Fault(FaultKind.CHECKSUM, t_ns, len(frame), frame[:32].hex())]
        if status.measuring:
            return self._happen(Event.PUMPING, t_ns)
        events = self._module_fault(status.message, t_ns)
        before = self.state
        events += self._happen(Event.REST, t_ns)
        if before is State.UNKNOWN and status.has_numbers:
            events += _observations(status, t_ns, stored=True) if not self._is_known(status) else []
            self._known = status, t_ns
        elif before is State.READING:
            self._known = status, t_ns
            events += _observations(status, t_ns) if status.message == 0 else []
            if not status.has_numbers:
                failure = packets.FAILURES.get(status.message, NibpFailure.UNKNOWN)
                events.append(CuffFailed(failure, status.message, t_ns))
        return events

    def _last_resort(self, t_ns: int) -> list[DeviceEvent]:
        """A result with a sum that does not fit, which nobody can ask for again, counts as questionable."""
        unproved = self._unproved
        if unproved is None or not unproved.has_numbers:
            return []
        return _observations(unproved.questionable(), t_ns)

    def _is_known(self, status: Status) -> bool:
        """Whether the result found on connecting is the one told before the line was lost."""
        return self._known is not None and status.says_the_same(self._known[0])

    def _module_fault(self, message: int, t_ns: int) -> list[DeviceEvent]:
        """Messages about the module itself, raised and withdrawn."""
        now = message if message in packets.FAULTS else 0
        if now == self._fault_told:
            return []
        self._fault_told = now
        detail = f"message {now:02d}: {packets.FAILURES[now]}" if now else ""
        return [DeviceAlert(AlertKind.DEVICE_FAULT, bool(now), t_ns, detail)]

    # What follows

    def _happen(self, event: Event, t_ns: int) -> list[DeviceEvent]:
        """Move by the table; what the rest of the program is told of it."""
        state, tell = step(self.state, event)
        if state is not self.state:
            self._unproved = None
            self._guard_ns = t_ns + int(GUARD_S[state] * 1e9) if state in GUARD_S else None
            self._unsent = [*self._set_up, Ask.START] if state is State.STARTING else []
            self._status_tries = STATUS_TRIES if state is State.READING else 0
            if state in (State.READING, State.ABORTED):
                self._poll_ns = t_ns
            elif state is State.STARTING:
                # The first pressure may be slow to come; meanwhile the status shows that the module is there.
                self._poll_ns = t_ns + POLL_NS
        self.state = state
        self._quiet_ns = t_ns + QUIET_NS if state is State.MEASURING else None
        if event is Event.STOP or (state is State.STOPPING and event in (Event.GUARD, Event.UNREAD)):
            self._stop_turn = 0
            self._ask(self._next_of_stopping(), t_ns)
        events: list[DeviceEvent] = []
        if (cuff := CUFF.get(state)) is not None and cuff is not self._told:
            self._told = cuff
            events.append(CuffChanged(cuff, t_ns))
        if tell is not None:
            events.append(CuffFailed(FAILURES[tell], 0, t_ns))
        return events

    # What is asked

    def _ask(self, command: Ask, now_ns: int) -> None:
        limits = {Ask.STATUS: ANSWER_NS, Ask.ABORT: ABORT_NS}
        self._line.ask(command, command.value, now_ns, limits.get(command, GAP_NS))

    def _ask_next(self, now_ns: int) -> None:
        """Ask what is due if the line is free, and say when to look again."""
        free_ns = self._line.free_ns
        if free_ns is not None and now_ns >= free_ns and (command := self._due_command(now_ns)) is not None:
            self._ask(command, now_ns)
        times = (self._next_ask_ns(), self._guard_ns, self._quiet_ns)
        self.deadline_ns = min((t for t in times if t is not None), default=None)

    def _due_command(self, now_ns: int) -> Ask | None:
        if self.state is State.STOPPING:
            return self._next_of_stopping()
        if self._unsent:
            return self._unsent.pop(0)
        if self.state is State.MEASURING or now_ns < self._poll_ns:
            return None
        if self.state is State.READING:
            self._status_tries -= 1
        self._poll_ns = now_ns if self._status_tries else now_ns + POLL_NS
        return Ask.STATUS

    def _next_of_stopping(self) -> Ask:
        command = STOP_TURNS[self._stop_turn % len(STOP_TURNS)]
        self._stop_turn += 1
        return command

    def _next_ask_ns(self) -> int | None:
        """When the line may next be used for something that will then be due."""
        free_ns = self._line.free_ns
        if free_ns is None:
            return self._line.limit_ns
        if self._unsent or self.state is State.STOPPING:
            return free_ns
        if self.state is State.MEASURING:
            return None
        return max(free_ns, self._poll_ns)


def _observations(status: Status, t_ns: int, *, stored: bool = False) -> list[DeviceEvent]:
    pressures = status.pressures
    return [
        Observation(SYS, t_ns, pressures.systolic, stored=stored),
        Observation(DIA, t_ns, pressures.diastolic, stored=stored),
        Observation(MEAN, t_ns, pressures.mean, stored=stored),
        Observation(PULSE, t_ns, status.pulse, stored=stored),
    ]


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
