"""A Contec oximeter on one line: which protocol it speaks, what it is asked, what it says.

The new protocol is silent until asked to start and stops unless told now and then that somebody listens; the
old one streams by itself. What arrives decides; the questions of the new protocol do no harm to the old one.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from devices.drivers.contec import packets
from devices.drivers.contec.asking import Asking
from devices.drivers.contec.live import Live, stored_observations
from devices.drivers.contec.packets import DONE, REASONS, STORING, Ask, Kind
from devices.framing import WASTE_BYTES, Waste
from devices.gatt import Alerts
from devices.protocol import Options
from kapmonitor.model import AlertKind, DeviceEvent, DeviceIdentified, Fault, FaultKind

HEADER = RECORD = 3
WAIT = -1
"""More bytes are needed to tell what these are."""

RUNS = {
    Kind.LIVE_NEW: re.compile(rb"(?:\x01[\x80-\xff]{8})+"),
    Kind.LIVE_OLD: re.compile(rb"(?:[\x80-\xff][\x00-\x7f]{4})+"),
}


class Stored(Enum):
    """What comes next of the old protocol's stored data."""

    LENGTH = auto()
    FILLER = auto()
    RECORDS = auto()


class Contec:
    """One oximeter on one line; implements WireProtocol and Parting."""

    def __init__(self, options: Options) -> None:
        """There are no options: the protocol is recognised."""
        self._waste = Waste()
        self._asking = Asking()
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self._rest = b""
        self._live: Live | None = None
        self._locked = self._following = False
        self._clean = True
        self._before = 0
        self._stored: Stored | None = None
        self._alerts = Alerts()
        self._name = ""
        self._junk = 0
        self._waste.clear()
        self._asking.reset(t_ns)

    def opened(self, t_ns: int) -> None:
        self._reset(t_ns)
        self.deadline_ns = self._asking.go_on(t_ns)

    def data_to_send(self) -> bytes:
        return self._asking.take()

    def last_words(self) -> bytes:
        """An oximeter of the new protocol would go on sending for a while."""
        return self._asking.last_words

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self._clean and not self._following and (short := packets.whole(self._rest)) is not None:
            self._live, self._following = Live(short.kind, self._alerts), True
            self._live.take(self._rest, t_ns, events)
            self._rest = b""
        if self._rest:
            kind = FaultKind.LENGTH if self._locked or self._following else FaultKind.NOISE
            events += self._waste.add(self._rest, t_ns, kind)
        events += self._waste.end(t_ns)
        if self._live is not None:
            self._live.finish(t_ns, events)
        events += self._alerts.withdraw_all(t_ns)
        self._reset(t_ns)
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        buffer = self._rest + data
        pos, end = 0, len(buffer)
        while pos < end:
            size = self._read(buffer, pos, t_ns, events) or self._search(buffer, pos, t_ns, events)
            if size == WAIT:
                break
            pos += size
        self._rest = buffer[pos:]
        self.deadline_ns = self._asking.go_on(t_ns)
        return events

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self._asking.overdue(now_ns):
            events.append(Fault(FaultKind.TIMEOUT, now_ns, 0))
        self.deadline_ns = self._asking.go_on(now_ns)
        return events

    # What arrives

    def _read(self, buffer: bytes, pos: int, t_ns: int, events: list[DeviceEvent]) -> int:
        """Go on with the stream that is being read: how many bytes it took, 0 if it does not go on here."""
        if self._stored:
            return self._read_stored(buffer[pos : pos + RECORD], t_ns, events)
        if not self._locked or self._live is None:
            return 0
        run = RUNS[self._live.kind].match(buffer, pos)
        if run is None:
            return WAIT if _may_become_frame(self._live, buffer[pos:]) else 0
        self._asking.streaming(self._live.kind, t_ns)
        self._live.take(run[0], t_ns, events)
        return len(run[0])

    def _read_stored(self, begun: bytes, t_ns: int, events: list[DeviceEvent]) -> int:
        """Take the length, the filler that some units send, or one record; anything else is the end."""
        match self._stored:
            case Stored.LENGTH:
                if len(begun) < HEADER:
                    return WAIT
                self._stored = Stored.FILLER
                return HEADER
            case Stored.FILLER if begun[0] == 0:
                self._stored = Stored.RECORDS
                return 1
        if not packets.may_be_record(begun):
            self._stored = None
            return 0
        if len(begun) < RECORD:
            return WAIT
        self._stored = Stored.RECORDS
        events += stored_observations(packets.stored_record(begun), t_ns)
        return RECORD

    def _search(self, buffer: bytes, pos: int, t_ns: int, events: list[DeviceEvent]) -> int:
        """Look for anything known at `pos`; how many bytes are done with."""
        known = self._live.kind if self._live is not None else None
        trusted = self._following or self._clean
        found = packets.find(buffer, pos, known, following=trusted)
        piece = buffer[pos : pos + found.size]
        match found.kind:
            case Kind.BEGUN:
                return WAIT
            case Kind.NOTHING:
                junk = buffer[pos : packets.begin_behind(buffer, pos + 1)]
                self._discard(junk, t_ns, events)
                return len(junk)
            case Kind.ANSWER:
                self._accept(t_ns, events)
                self._answer(piece, t_ns, events, trusted=trusted)
                self._before = piece[0]
            case Kind.STORED_OLD:
                self._accept(t_ns, events)
                self._forget(t_ns, events)
                self._stored = Stored.LENGTH
                self._asking.storing()
            case Kind.LIVE_NEW | Kind.LIVE_OLD:
                self._lock(found.kind, piece, t_ns, events)
        return found.size

    def _discard(self, junk: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        self._locked = self._following = self._clean = False
        self._before = 0
        while junk:
            part, junk = junk[: WASTE_BYTES - self._junk], junk[WASTE_BYTES - self._junk :]
            self._junk += len(part)
            events += self._waste.add(part, t_ns, FaultKind.NOISE)
            if self._junk == WASTE_BYTES:
                self._forget(t_ns, events)

    def _accept(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """Something good begins here."""
        self._following = True
        events += self._waste.end(t_ns)

    def _lock(self, kind: Kind, proof: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        """Go on reading this protocol, beginning with the frames that proved it."""
        self._accept(t_ns, events)
        if self._live is None or self._live.kind is not kind:
            self._forget(t_ns, events)
            self._live = Live(kind, self._alerts)
        elif self._junk:
            self._live.gap(self._junk, t_ns, events)
        self._junk = 0
        self._locked = True
        self._asking.streaming(kind, t_ns)
        self._asking.heard(packets.LIVE)
        events += self._alerts.set(AlertKind.DEVICE_MESSAGE, False, t_ns)
        self._live.take(proof, t_ns, events)

    def _forget(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """What was read before does not go on."""
        if self._live is not None:
            self._live.flush(t_ns, events)
        self._live = None
        self._locked = False
        self._junk = 0

    def _answer(self, packet: bytes, t_ns: int, events: list[DeviceEvent], *, trusted: bool) -> None:
        """Take a packet; one that stands alone among noise is `trusted` only as an answer."""
        data = packets.unpack(packet)
        match packet[0]:
            case packets.DEVICE_ID if trusted or self._asking.asked is Ask.WHO:
                self._identify(packets.device_id(packet), t_ns, events)
            case packets.DISCONNECT if trusted:
                self._locked = False
                self._say(f"ends: {REASONS.get(data[0], data[0])}", t_ns, events)
            case packets.FEEDBACK:
                self._feedback(data[0], data[1], t_ns, events)
            case packets.RECORD_PI | packets.RECORDS if self._before in STORING:
                for record in packets.stored_records(packet):
                    events += stored_observations(record, t_ns)
        self._asking.heard(packet[0])

    def _identify(self, name: str, t_ns: int, events: list[DeviceEvent]) -> None:
        if name not in ("", self._name):
            self._name = name
            events.append(DeviceIdentified(t_ns, manufacturer="Contec", model=name))

    def _feedback(self, code: int, reason: int, t_ns: int, events: list[DeviceEvent]) -> None:
        """A command was carried out or refused."""
        if self._asking.answered(code) is Ask.START and reason != DONE:
            self._say(f"does not start: {REASONS.get(reason, reason)}", t_ns, events)

    def _say(self, what: str, t_ns: int, events: list[DeviceEvent]) -> None:
        events += self._alerts.set(AlertKind.DEVICE_MESSAGE, True, t_ns, what)


def _may_become_frame(live: Live, begun: bytes) -> bool:
    """Whether these bytes begin a frame of the protocol being read, and are too few for one."""
    if len(begun) >= live.size:
        return False
    if live.kind is Kind.LIVE_NEW:
        return begun[0] == packets.LIVE and all(b >= 0x80 for b in begun[1:])
    return begun[0] >= 0x80 and all(b < 0x80 for b in begun[1:])
