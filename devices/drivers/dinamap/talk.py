"""The dialogue with a DINAMAP: ask how the last determination stands, start one, cancel it, fetch its rate.

The monitor repeats its last reading for ever. A reading is new when the counter of its age has become
smaller, or, where there is no counter, when the status has become "valid". The pressures wait for the rate,
so that one determination is one set of numbers with one time. Events follow from what the monitor says
alone; what the host asks decides only what is sent.
"""

from __future__ import annotations

from typing import Final

from devices.cuffhost.host import CuffHost
from devices.cuffhost.known import Known
from devices.cuffhost.machine import Machine
from devices.cuffhost.readings import PULSE, determination
from devices.dialogue import Dialogue
from devices.drivers.dinamap import replies
from devices.drivers.dinamap.machine import RULES, Event, State
from devices.drivers.dinamap.replies import Ask, Nibp
from devices.plausible import Pressures
from kapmonitor.model import (
    Absent,
    DeviceEvent,
    Fault,
    FaultKind,
    Observation,
    Reading,
)

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

LAST_AGES: Final = 9_990
"""From here on the counter of the age may begin anew by itself."""


def make() -> CuffHost[State, Event, Ask]:
    """The protocol of the text mode."""
    machine, line = Machine(RULES), Dialogue[Ask](GAP_NS)
    return CuffHost(Monitor(machine, line), machine, line, replies.lines())


class Monitor:
    """What one monitor says and is asked; a devices.cuffhost.host.Talk."""

    def __init__(self, machine: Machine[State, Event], line: Dialogue[Ask]) -> None:
        self._machine, self._line = machine, line
        self._known: Known[Pressures] = Known()
        self.reset(0)

    def reset(self, t_ns: int) -> None:
        self._known.opened(t_ns)
        self._opened_ns = t_ns
        self._last: Nibp | None = None
        self._begun_ns = t_ns
        self._busy_seen = self._stop_refused = False
        self._busy_ns = t_ns
        self._age_before: int | None = None
        self._held: tuple[Pressures, bool] | None = None
        self._rate_tries = 0
        self._poll_ns = t_ns

    # What the monitor says

    def frame(self, reply: bytes, t_ns: int) -> list[DeviceEvent]:
        answered = replies.BY_LETTERS.get(reply[1:3])
        asked = self._line.asked
        if asked is not None and answered in (None, asked):
            self._line.answered()
        match answered:
            case None:
                refused = self._refused(asked, t_ns)
                return [Fault(FaultKind.CONTENT, t_ns, len(reply), reply.hex()), *refused]
            case Ask.START:
                return self._machine.happen(Event.STARTED, t_ns)
            case Ask.STOP:
                return self._machine.happen(Event.STOPPED, t_ns)
            case Ask.RATE:
                rate = replies.rate(reply)
                return self._release(rate, t_ns) if rate is not None else [_unread(reply, t_ns)]
            case Ask.NIBP:
                nibp = replies.nibp(reply)
                return self._nibp(nibp, t_ns) if nibp is not None else [_unread(reply, t_ns)]

    def _refused(self, asked: Ask | None, t_ns: int) -> list[DeviceEvent]:
        """The monitor answered with letters that are none of ours: it did not do what was asked."""
        if asked is Ask.START:
            return self._machine.happen(Event.REFUSED, t_ns)
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
            self._told_before(nibp, t_ns)
            self._held, self._rate_tries = (nibp.pressures, False), RATE_TRIES
        elif first and nibp.status == replies.VALID and not self._told_before(nibp, t_ns):
            events += self._found(nibp.pressures, t_ns)
        return events + self._machine.happen(event, t_ns, nibp.status)

    def _found(self, pressures: Pressures, t_ns: int) -> list[DeviceEvent]:
        """A reading from before the line was opened."""
        if isinstance(pressures.systolic, Absent):
            return []
        if self._line.listening:
            self._held, self._rate_tries = (pressures, True), RATE_TRIES
            return []
        # The rate is not asked for: what the monitor counts by now need not be the cuff's.
        return determination(pressures, None, t_ns, stored=True)

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
            slow = self._machine.state is State.MEASURING and t_ns - self._begun_ns >= SLOW_FAILURE_NS
            return Event.FAILED if younger or last.status <= replies.BUSY or slow else self._resting()
        return self._resting()

    def _first(self, nibp: Nibp, t_ns: int) -> Event:
        """Whether the first answer tells of a reading made since the line was opened."""
        since_s = (t_ns - self._opened_ns) / 1e9
        valid = nibp.status == replies.VALID and nibp.age is not None
        return Event.FRESH if valid and (nibp.age or 0) + 1 < since_s else Event.RESTING

    def _told_before(self, nibp: Nibp, t_ns: int) -> bool:
        age_ns = None if nibp.age is None else nibp.age * 1_000 * MS
        return self._known.told_before(nibp.pressures, t_ns, age_ns)

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
        if self._machine.state is State.STOPPING and not (self._busy_seen or self._stop_refused):
            return None
        return Event.RESTING

    def _release(self, rate: Reading | None, t_ns: int) -> list[DeviceEvent]:
        """Tell the pressures that waited, with their rate if it came."""
        held, self._held = self._held, None
        if held is not None:
            return determination(held[0], rate, t_ns, stored=held[1])
        if rate is not None and self._line.listening:
            # Whose reading it belongs to is not in the capture.
            return [Observation(PULSE, t_ns, rate, stored=True)]
        return []

    def ending(self, t_ns: int) -> list[DeviceEvent]:
        return self._release(None, t_ns)

    # What follows

    def entered(self, state: State, t_ns: int) -> None:
        if state is State.MEASURING:
            self._begun_ns = t_ns
        elif state is State.STARTING:
            self._busy_seen = False
        elif state is State.STOPPING:
            self._stop_refused = False

    def overdue(self, command: Ask, now_ns: int) -> list[DeviceEvent]:
        return [Fault(FaultKind.TIMEOUT, now_ns, 0), *self._unanswered(command, now_ns)]

    def _unanswered(self, command: Ask | None, t_ns: int) -> list[DeviceEvent]:
        """No answer, or one that means no, to anything but a start that was refused."""
        if command is Ask.START:
            return self._machine.happen(Event.SILENT, t_ns)
        if command is Ask.RATE and self._rate_tries == 0:
            return self._release(None, t_ns)
        return []

    # What is asked

    def stop_command(self) -> Ask:
        return Ask.STOP

    def question(self, command: Ask, now_ns: int) -> tuple[bytes, int]:
        if self._machine.state is State.STOPPING:
            return command.value, STOP_ANSWER_NS
        return command.value, ANSWER_NS if command is Ask.START else READ_NS

    def due_command(self, now_ns: int) -> Ask | None:
        if now_ns >= self._poll_ns:
            # Also while stopping: what the monitor says of itself then may be the only proof.
            self._poll_ns = now_ns + POLL_NS
            if self._machine.state is not State.STARTING or self._last is None:
                return Ask.NIBP if self._held is None else self._rate_command()
        if self._machine.state is State.STOPPING:
            return Ask.STOP
        if self._machine.state is State.STARTING and self._last is not None:
            return Ask.START
        return self._rate_command() if self._held is not None else None

    def _rate_command(self) -> Ask:
        """The rate that belongs to the pressures that wait; after the last try, the next status."""
        if not self._rate_tries:
            return Ask.NIBP
        self._rate_tries -= 1
        return Ask.RATE

    def next_ns(self, free_ns: int) -> int:
        at_once = self._machine.state is State.STOPPING or self._held is not None
        if at_once or (self._machine.state is State.STARTING and self._last is not None):
            return free_ns
        return max(free_ns, self._poll_ns)


def _unread(reply: bytes, t_ns: int) -> Fault:
    return Fault(FaultKind.CONTENT, t_ns, len(reply), reply.hex())
