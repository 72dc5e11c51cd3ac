"""A Contec oximeter on one line: which protocol it speaks, what it is asked, what it says.

The new protocol is silent until asked to start and stops unless told now and then that somebody listens; the
old one streams by itself. What arrives decides; the questions of the new protocol do no harm to the old one.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from devices.dialogue import Dialogue
from devices.drivers.contec import packets
from devices.drivers.contec.live import Live, stored_observations
from devices.drivers.contec.packets import ANSWERS, Ask, Kind
from devices.framing import WASTE_BYTES, Waste
from devices.protocol import Options
from kapmonitor.model import DeviceEvent, DeviceIdentified, Fault, FaultKind

MS = 1_000_000
GAP_NS = 50 * MS
"""Pause between two commands."""

ANSWER_NS = {
    Ask.STOP_STORED: 250 * MS,
    Ask.STOP: 250 * MS,
    Ask.WHO: 1_000 * MS,
    Ask.START: 1_000 * MS,
}
"""How long each answer is waited for; what was not running need not be confirmed as stopped."""

CONNECTED_NS = 4_000 * MS
"""The device wants to be told every 5 s that somebody is there."""

SILENT_NS = 2_000 * MS
"""After this long without a live frame the start is repeated."""

SETUP_NS = sum(ANSWER_NS.values())
SETUP = (Ask.STOP_STORED, Ask.STOP, Ask.WHO, Ask.START)
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
    """One oximeter on one line; implements WireProtocol."""

    def __init__(self, options: Options) -> None:
        """There are no options: the protocol is recognised."""
        self._waste = Waste()
        self._line: Dialogue[Ask] = Dialogue(GAP_NS)
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self._rest = b""
        self._live: Live | None = None
        self._locked = self._following = False
        self._stored: Stored | None = None
        self._junk = 0
        self._setup: list[Ask] = []
        self._restart_ns = t_ns
        self._connected_ns = t_ns + CONNECTED_NS
        self._waste.clear()
        self._line.clear()

    def opened(self, t_ns: int) -> None:
        self._reset(t_ns)
        self._ask_next(t_ns)

    def data_to_send(self) -> bytes:
        return self._line.take()

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self._rest:
            kind = FaultKind.LENGTH if self._locked or self._following else FaultKind.NOISE
            events += self._waste.add(self._rest, t_ns, kind)
        events += self._waste.end(t_ns)
        self._forget(t_ns, events)
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
        self._ask_next(t_ns)
        return events

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self._line.overdue(now_ns) is Ask.START:
            events.append(Fault(FaultKind.TIMEOUT, now_ns, 0))
        self._ask_next(now_ns)
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
        self._streaming(t_ns)
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
        found = packets.find(buffer, pos, known, following=self._following)
        piece = buffer[pos : pos + found.size]
        match found.kind:
            case Kind.BEGUN:
                return WAIT
            case Kind.NOTHING:
                self._discard(buffer[pos : pos + 1], t_ns, events)
                return 1
            case Kind.ANSWER:
                self._accept(t_ns, events)
                self._answer(piece, t_ns, events)
            case Kind.STORED_OLD:
                self._accept(t_ns, events)
                self._forget(t_ns, events)
                self._stored = Stored.LENGTH
            case Kind.LIVE_NEW | Kind.LIVE_OLD:
                self._lock(found.kind, piece, t_ns, events)
        return found.size

    def _discard(self, piece: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        self._locked = self._following = False
        self._junk += 1
        events += self._waste.add(piece, t_ns, FaultKind.NOISE)
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
            self._live = Live(kind)
        elif self._junk:
            self._live.gap(self._junk, t_ns, events)
        self._junk = 0
        self._locked = True
        self._streaming(t_ns)
        self._heard(packets.LIVE)
        self._live.take(proof, t_ns, events)

    def _forget(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """What was read before does not go on."""
        if self._live is not None:
            self._live.flush(t_ns, events)
        self._live = None
        self._locked = False
        self._junk = 0

    def _answer(self, packet: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        if packet[0] == packets.DEVICE_ID and (name := packets.device_id(packet)):
            events.append(DeviceIdentified(t_ns, manufacturer="Contec", model=name))
        asked = self._line.asked
        if packet[0] != packets.FEEDBACK:
            self._heard(packet[0])
        elif asked is not None and asked.value == packets.command(packets.unpack(packet)[0]):
            self._line.answered()

    def _heard(self, packet_type: int) -> None:
        if self._line.asked in ANSWERS.get(packet_type, ()):
            self._line.answered()

    def _streaming(self, t_ns: int) -> None:
        """A live frame came: nothing has to be started for a while."""
        self._restart_ns = t_ns + SILENT_NS
        self._setup.clear()

    # What is asked

    def _ask_next(self, now_ns: int) -> None:
        """Ask what is due if the line is free, and say when to look again."""
        if now_ns >= self._restart_ns:
            self._setup = list(SETUP)
            self._restart_ns = now_ns + SETUP_NS + SILENT_NS
        free_ns = self._line.free_ns
        if free_ns is not None and now_ns >= free_ns:
            self._ask_due(now_ns)
        self.deadline_ns = self._next_ns()

    def _ask_due(self, now_ns: int) -> None:
        if self._setup:
            command = self._setup.pop(0)
            self._line.ask(command, command.value, now_ns, ANSWER_NS[command])
        elif self._speaks_new and now_ns >= self._connected_ns:
            self._connected_ns = now_ns + CONNECTED_NS
            self._line.ask(Ask.CONNECTED, Ask.CONNECTED.value, now_ns, GAP_NS)
            self._line.answered()  # none is sent

    def _next_ns(self) -> int:
        free_ns = self._line.free_ns
        if free_ns is None:
            return self._line.limit_ns or 0
        if self._setup:
            return free_ns
        due_ns = min(self._restart_ns, self._connected_ns) if self._speaks_new else self._restart_ns
        return max(free_ns, due_ns)

    @property
    def _speaks_new(self) -> bool:
        return self._live is not None and self._live.kind is Kind.LIVE_NEW


def _may_become_frame(live: Live, begun: bytes) -> bool:
    """Whether these bytes begin a frame of the protocol being read, and are too few for one."""
    if len(begun) >= live.size:
        return False
    if live.kind is Kind.LIVE_NEW:
        return begun[0] == packets.LIVE and all(b >= 0x80 for b in begun[1:])
    return begun[0] >= 0x80 and all(b < 0x80 for b in begun[1:])
