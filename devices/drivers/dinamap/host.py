"""The dialogue with a DINAMAP: ask how the last determination stands, start one, cancel it, fetch its rate.

The monitor repeats its last reading for ever. A reading is new when the counter of its age has become
smaller, or, where there is no counter, when the status has become "valid". The pressures wait for the rate,
so that one determination is one set of numbers with one time. Events follow from what the monitor says
alone; what the host asks decides only what is sent.
"""

from __future__ import annotations

from typing import Final

from devices.dialogue import Dialogue
from devices.drivers.dinamap import replies
from devices.drivers.dinamap.machine import CUFF, GUARD_S, Event, State, Tell, step
from devices.drivers.dinamap.replies import Ask, Nibp
from devices.plausible import Pressures
from kapmonitor.mdc import NIBP_DIA, NIBP_MEAN, NIBP_PULSE, NIBP_SYS
from kapmonitor.model import (
    Absent,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceEvent,
    Fault,
    FaultKind,
    Metric,
    NibpFailure,
    Observation,
    Reading,
)

SYS: Final = Metric(NIBP_SYS, "NIBP sys")
DIA: Final = Metric(NIBP_DIA, "NIBP dia")
MEAN: Final = Metric(NIBP_MEAN, "NIBP mean")
PULSE: Final = Metric(NIBP_PULSE, "Pulse (cuff)")

MS: Final = 1_000_000
GAP_NS: Final = 100 * MS
ANSWER_NS: Final = 2_000 * MS
READ_NS: Final = 1_500 * MS
STOP_ANSWER_NS: Final = 500 * MS
POLL_NS: Final = 1_000 * MS
"""With READ_NS less than the link's silence limit: one lost answer must not look like a lost link."""

RATE_TRIES: Final = 2
SLOW_FAILURE_NS: Final = 10_000 * MS
"""So long after a start, the failure the monitor shows is that of the new determination."""

SAME_END_NS: Final = 5_000 * MS
"""Equal pressures whose ages lead back to the same moment are one reading."""

LAST_AGES: Final = 9_990
"""From here on the counter of the age may begin anew by itself."""

FAILURES: Final = {
    Tell.FAILED: NibpFailure.UNKNOWN,
    Tell.ENDED: NibpFailure.UNKNOWN,
    Tell.REFUSED: NibpFailure.MODULE_FAULT,
    Tell.TIMED_OUT: NibpFailure.TIMEOUT,
}


class Host:
    """One monitor on one line; implements WireProtocol and CuffControl."""

    def __init__(self) -> None:
        self._lines = replies.lines()
        self._line: Dialogue[Ask] = Dialogue(GAP_NS)
        self._known: tuple[Pressures, int, int] | None = None
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self.state = State.UNKNOWN
        self._opened_ns = t_ns
        self._told: CuffState | None = None
        self._last: Nibp | None = None
        self._begun_ns = t_ns
        self._busy_seen = self._stop_refused = False
        self._busy_ns = t_ns
        self._age_before: int | None = None
        self._guard_ns: int | None = None
        self._held: tuple[Pressures, bool] | None = None
        self._rate_tries = 0
        self._poll_ns = t_ns
        self._lines.clear()
        self._line.clear()

    def opened(self, t_ns: int) -> None:
        if self._known is not None and t_ns < self._known[2]:
            # Another session's time, in which nothing is known yet.
            self._known = None
        self._reset(t_ns)
        self._ask_next(t_ns)

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events = self._replies(self._lines.finish(t_ns), t_ns) + self._release(None, t_ns)
        self._reset(t_ns)
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self._replies(self._lines.feed(data, t_ns), t_ns)
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
        if (command := self._line.overdue(now_ns)) is not None:
            # A link that was silent counts as live again only with news.
            self._told = None
            events.append(Fault(FaultKind.TIMEOUT, now_ns, 0))
            events += self._unanswered(command, now_ns)
        if self._guard_ns is not None and now_ns >= self._guard_ns:
            self._guard_ns = None
            events += self._happen(Event.GUARD, now_ns)
        self._ask_next(now_ns)
        return events

    # What the monitor says

    def _replies(self, items: list[bytes | Fault], t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in items:
            events += [item] if isinstance(item, Fault) else self._reply(item, t_ns)
        return events

    def _reply(self, reply: bytes, t_ns: int) -> list[DeviceEvent]:
        answered = replies.BY_LETTERS.get(reply[1:3])
        asked = self._line.asked
        if asked is not None and answered in (None, asked):
            self._line.answered()
        match answered:
            case None:
                refused = self._refused(asked, t_ns)
                return [Fault(FaultKind.CONTENT, t_ns, len(reply), reply.hex()), *refused]
            case Ask.START:
                return self._happen(Event.STARTED, t_ns)
            case Ask.STOP:
                return self._happen(Event.STOPPED, t_ns)
            case Ask.RATE:
                rate = replies.rate(reply)
                return self._release(rate, t_ns) if rate is not None else [_unread(reply, t_ns)]
            case Ask.NIBP:
                nibp = replies.nibp(reply)
                return self._nibp(nibp, t_ns) if nibp is not None else [_unread(reply, t_ns)]

    def _refused(self, asked: Ask | None, t_ns: int) -> list[DeviceEvent]:
        """The monitor answered with letters that are none of ours: it did not do what was asked."""
        if asked is Ask.START:
            return self._happen(Event.REFUSED, t_ns)
        self._stop_refused = self._stop_refused or asked is Ask.STOP
        return self._unanswered(asked, t_ns)

    def _nibp(self, nibp: Nibp, t_ns: int) -> list[DeviceEvent]:
        repeated = nibp == self._last and self._rate_tries
        events = self._release(None, t_ns) if not repeated else []
        event, first = self._meaning(nibp, t_ns), self._last is None
        self._last = nibp
        busy = nibp.status == replies.BUSY
        if busy:
            self._busy_ns = t_ns
        else:
            self._age_before = nibp.age
        self._busy_seen = busy or (self._busy_seen and event is Event.RESTING)
        if event is None:
            return events
        if event is Event.FRESH:
            self._is_known(nibp, t_ns)
            self._held, self._rate_tries = (nibp.pressures, False), RATE_TRIES
        elif first and nibp.status == replies.VALID and not self._is_known(nibp, t_ns):
            if self._line.listening:
                self._held, self._rate_tries = (nibp.pressures, True), RATE_TRIES
            else:
                # The rate is not asked for: what the monitor counts by now need not be the cuff's.
                events += _observations(nibp.pressures, None, t_ns, stored=True)
        return events + self._happen(event, t_ns, nibp.status)

    def _meaning(self, nibp: Nibp, t_ns: int) -> Event | None:
        """What an answer says beyond the one before; None if nothing."""
        last = self._last
        if nibp.status == replies.BUSY:
            return Event.BUSY
        if last is None:
            return self._first(nibp, t_ns)
        younger = self._is_younger(nibp, last, t_ns)
        if nibp.status == replies.VALID:
            blank = last.age is None or nibp.age is None
            if younger or (blank and last.status != replies.VALID):
                return Event.FRESH
            return Event.ENDED if self._busy_seen else self._resting()
        if nibp.status > replies.BUSY:
            slow = self.state is State.MEASURING and t_ns - self._begun_ns >= SLOW_FAILURE_NS
            return Event.FAILED if younger or last.status <= replies.BUSY or slow else self._resting()
        return self._resting()

    def _first(self, nibp: Nibp, t_ns: int) -> Event:
        """Whether the first answer tells of a reading made since the line was opened."""
        since_s = (t_ns - self._opened_ns) / 1e9
        valid = nibp.status == replies.VALID and nibp.age is not None
        return Event.FRESH if valid and (nibp.age or 0) + 1 < since_s else Event.RESTING

    def _is_known(self, nibp: Nibp, t_ns: int) -> bool:
        """Whether the reading was told before, perhaps before the line was lost; from now on it is."""
        known, end_ns = self._known, t_ns - (nibp.age or 0) * 1_000 * MS
        self._known = nibp.pressures, end_ns, t_ns
        if known is None or known[0] != nibp.pressures:
            return False
        return nibp.age is None or abs(known[1] - end_ns) <= SAME_END_NS

    def _is_younger(self, nibp: Nibp, last: Nibp, t_ns: int) -> bool:
        """Whether the counter began anew: against the answer before and, after a determination was seen
        going on, against the one from before it and against the time since."""
        if nibp.age is None or last.age is None:
            return False
        if self._busy_seen:
            before = last.age if self._age_before is None else max(last.age, self._age_before)
            return nibp.age < before or nibp.age * 1_000 * MS <= t_ns - self._busy_ns
        changed = last.age < LAST_AGES or nibp.pressures != last.pressures
        return changed and nibp.age < last.age

    def _resting(self) -> Event | None:
        """While a cancel is under way, an old status proves something only if another was seen."""
        if self.state is State.STOPPING and not (self._busy_seen or self._stop_refused):
            return None
        return Event.RESTING

    def _release(self, rate: Reading | None, t_ns: int) -> list[DeviceEvent]:
        """Tell the pressures that waited, with their rate if it came."""
        held, self._held = self._held, None
        if held is not None:
            return _observations(held[0], rate, t_ns, stored=held[1])
        if rate is not None and self._line.listening:
            # Whose reading it belongs to is not in the capture.
            return [Observation(PULSE, t_ns, rate, stored=True)]
        return []

    # What follows

    def _happen(self, event: Event, t_ns: int, raw: int = 0) -> list[DeviceEvent]:
        """Move by the table; what the rest of the program is told of it, `raw` being the monitor's status."""
        state, tell = step(self.state, event)
        if state is not self.state:
            self._guard_ns = t_ns + int(GUARD_S[state] * 1e9) if state in GUARD_S else None
            if state is State.MEASURING:
                self._begun_ns = t_ns
            if state is State.STARTING:
                self._busy_seen = False
            if state is State.STOPPING:
                self._stop_refused = False
        self.state = state
        if event is Event.STOP or (state is State.STOPPING and event is Event.GUARD):
            self._ask(Ask.STOP, t_ns)
        events: list[DeviceEvent] = []
        if (cuff := CUFF.get(state)) is not None and cuff is not self._told:
            self._told = cuff
            events.append(CuffChanged(cuff, t_ns))
        if tell is not None:
            events.append(CuffFailed(FAILURES[tell], raw, t_ns))
        return events

    def _unanswered(self, command: Ask | None, t_ns: int) -> list[DeviceEvent]:
        """No answer, or one that means no, to anything but a start that was refused."""
        if command is Ask.START:
            return self._happen(Event.SILENT, t_ns)
        if command is Ask.RATE and self._rate_tries == 0:
            return self._release(None, t_ns)
        return []

    # What is asked

    def _ask(self, command: Ask, now_ns: int) -> None:
        limit_ns = ANSWER_NS if command is Ask.START else READ_NS
        if self.state is State.STOPPING:
            limit_ns = STOP_ANSWER_NS
        self._line.ask(command, command.value, now_ns, limit_ns)

    def _ask_next(self, now_ns: int) -> None:
        """Ask what is due if the line is free, and say when to look again."""
        free_ns = self._line.free_ns
        if free_ns is not None and now_ns >= free_ns and (command := self._due_command(now_ns)) is not None:
            self._ask(command, now_ns)
        times = (self._next_ask_ns(), self._guard_ns)
        self.deadline_ns = min(t for t in times if t is not None)

    def _due_command(self, now_ns: int) -> Ask | None:
        if now_ns >= self._poll_ns:
            # Also while stopping: what the monitor says of itself then may be the only proof.
            self._poll_ns = now_ns + POLL_NS
            if self.state is not State.STARTING or self._last is None:
                return Ask.NIBP if self._held is None else self._rate_command()
        if self.state is State.STOPPING:
            return Ask.STOP
        if self.state is State.STARTING and self._last is not None:
            return Ask.START
        return self._rate_command() if self._held is not None else None

    def _rate_command(self) -> Ask:
        """The rate that belongs to the pressures that wait; after the last try, the next status."""
        if not self._rate_tries:
            return Ask.NIBP
        self._rate_tries -= 1
        return Ask.RATE

    def _next_ask_ns(self) -> int:
        free_ns = self._line.free_ns
        if free_ns is None:
            return self._line.limit_ns or 0
        at_once = self.state is State.STOPPING or self._held is not None
        if at_once or (self.state is State.STARTING and self._last is not None):
            return free_ns
        return max(free_ns, self._poll_ns)


def _observations(
    pressures: Pressures, rate: Reading | None, t_ns: int, *, stored: bool = False
) -> list[DeviceEvent]:
    if stored and isinstance(pressures.systolic, Absent):
        return []
    events: list[DeviceEvent] = [
        Observation(SYS, t_ns, pressures.systolic, stored=stored),
        Observation(DIA, t_ns, pressures.diastolic, stored=stored),
        Observation(MEAN, t_ns, pressures.mean, stored=stored),
    ]
    if rate is not None:
        events.append(Observation(PULSE, t_ns, rate, stored=stored))
    return events


def _unread(reply: bytes, t_ns: int) -> Fault:
    return Fault(FaultKind.CONTENT, t_ns, len(reply), reply.hex())
