"""A monitor on the data export port: associate, confirm, poll, begin anew when it falls silent, release.

Events follow from what the monitor says alone; what the host asked decides only what is sent next.
"""

from __future__ import annotations

from collections import deque

from devices.drivers.intellivue import messages
from devices.drivers.intellivue.apdu import Accepted, Created, Failed, Malformed, Message, Polled, read
from devices.drivers.intellivue.framing import Frames, frame
from devices.drivers.intellivue.identity import Identity, said
from devices.drivers.intellivue.machine import LIMIT_S, SILENCE_S, Event, Send, State, step
from devices.drivers.intellivue.questions import Questions
from devices.drivers.intellivue.readings import Readings
from devices.framing import HEAD_BYTES
from devices.protocol import Options
from kapmonitor.model import DeviceEvent, Fault, FaultKind

SILENCE_NS = int(SILENCE_S * 1e9)
FRAMES_AT_ONCE = 4
PAUSE_NS = 256_000_000
"""Monitors lose frames that come faster than four in 128 ms; half of that is safe, and bursts are welcome."""

MOST_WAITING = 16
"""Frames that wait to be sent; a full round of questions is seven."""

ASSOCIATED = frozenset({State.ACCEPTED, State.POLLING})
HELD = ASSOCIATED | {State.REQUESTING}
"""In these, the monitor may take this host for the one it serves."""

UNANSWERED = frozenset({State.REQUESTING, State.ACCEPTED})
"""In these, LATE means that an answer is missing."""


class Intellivue:
    """One monitor on one line; implements WireProtocol and Parting."""

    def __init__(self, options: Options) -> None:
        """Option `waves`: whether to ask for waves."""
        self._frames = Frames()
        self._readings = Readings()
        self._questions = Questions(waves=bool(options.get("waves", True)))
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self.state = State.CLEARING
        self._limit_ns: int | None = None
        self._heard_ns = t_ns
        self._free_ns = t_ns
        self._out = b""
        self._waiting.clear()
        self._frames.clear()
        self._identity = Identity()
        self._accepted = Accepted()
        self._created = (0, 0)

    def opened(self, t_ns: int) -> None:
        self._reset(t_ns)
        self._readings.opened(t_ns)
        self._enter(State.CLEARING, (Send.RELEASE,), t_ns)
        self._go_on(t_ns)

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events = self._take(self._frames.finish(t_ns), t_ns) + self._readings.closed(t_ns)
        self._reset(t_ns)
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        if not (items := self._frames.feed(data, t_ns)):
            return []
        events = self._take(items, t_ns)
        self._go_on(t_ns)
        return events

    def data_to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def last_words(self) -> bytes:
        """Gives the place as host up, or the monitor would refuse the next one for a while."""
        return frame(messages.RELEASE) if self.state in HELD else b""

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self._limit_ns is not None and now_ns >= self._limit_ns:
            if self.state in UNANSWERED:
                events.append(Fault(FaultKind.TIMEOUT, now_ns, 0))
            self._happen(Event.LATE, now_ns)
        if self.state in ASSOCIATED and now_ns >= self._heard_ns + SILENCE_NS:
            events.append(Fault(FaultKind.TIMEOUT, now_ns, 0))
            self._happen(Event.SILENT, now_ns)
        self._go_on(now_ns)
        return events

    # What the monitor says

    def _take(self, items: list[bytes | Fault], t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in items:
            if isinstance(item, Fault):
                self._readings.lost()
                events.append(item)
                continue
            self._heard_ns = t_ns
            try:
                if (message := read(item)) is not None:
                    events += self._heard(message, t_ns)
            except Malformed:
                self._readings.lost()
                events.append(Fault(FaultKind.CONTENT, t_ns, len(item), item[:HEAD_BYTES].hex()))
        return events

    def _heard(self, message: Message, t_ns: int) -> list[DeviceEvent]:
        match message:
            case Polled():
                return self._polled(message, t_ns)
            case Accepted():
                self._accepted = message
                self._happen(Event.ACCEPTED, t_ns)
                return []
            case Created():
                self._created = message.invoke_id, message.event_time
                self._happen(Event.CREATED, t_ns)
                return self._identity.heard(message.said, t_ns)
            case Failed():
                self._questions.failed(message.invoke_id, t_ns)
                return []
            case _:
                self._happen(message, t_ns)
                return []

    def _polled(self, reply: Polled, t_ns: int) -> list[DeviceEvent]:
        events = self._readings.take(reply, t_ns)
        if reply.polled == messages.MDS:
            for _, attributes in reply.objects:
                events += self._identity.heard(said(attributes), t_ns)
        self._happen(Event.POLLED, t_ns)
        self._questions.answered(reply.invoke_id, reply.polled, t_ns)
        return events

    # What follows

    def _happen(self, event: Event, t_ns: int) -> None:
        state, sends = step(self.state, event)
        if sends or state is not self.state:
            self._enter(state, sends, t_ns)

    def _enter(self, state: State, sends: tuple[Send, ...], t_ns: int) -> None:
        if state is not State.POLLING:
            self._waiting.clear()
        self.state = state
        self._limit_ns = t_ns + int(LIMIT_S[state] * 1e9) if state in LIMIT_S else None
        if state in ASSOCIATED:
            self._heard_ns = t_ns
        for send in sends:
            self._send(send, t_ns)

    def _send(self, send: Send, t_ns: int) -> None:
        match send:
            case Send.RELEASE:
                self._queue(messages.RELEASE)
            case Send.REQUEST:
                self._queue(messages.ASSOCIATE)
            case Send.CONFIRM:
                self._queue(messages.confirm_create(*self._created))
            case Send.POLLS:
                self._questions.begin(t_ns, self._accepted)

    def _queue(self, user_data: bytes) -> None:
        if user_data not in self._waiting:
            self._waiting.append(user_data)

    def _go_on(self, now_ns: int) -> None:
        """Hand over what may be sent now, and say when to look again."""
        if self.state is State.POLLING and now_ns >= self._questions.due_ns:
            for user_data in self._questions.take(now_ns):
                self._queue(user_data)
        if self._waiting and now_ns >= self._free_ns:
            self._free_ns = now_ns + PAUSE_NS
            if not self._out:
                count = min(FRAMES_AT_ONCE, len(self._waiting))
                self._out = b"".join(frame(self._waiting.popleft()) for _ in range(count))
        self.deadline_ns = min(self._deadlines())

    def _deadlines(self) -> list[int]:
        times = [] if self._limit_ns is None else [self._limit_ns]
        if self.state in ASSOCIATED:
            times.append(self._heard_ns + SILENCE_NS)
        if self.state is State.POLLING:
            times.append(self._questions.due_ns)
        if self._waiting:
            times.append(self._free_ns)
        return times
