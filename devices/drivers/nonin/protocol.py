"""A Nonin oximeter on one line, whichever of its formats it sends.

It is only listened to, unless a format or a time for its clock was chosen.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from typing import Final

from devices.drivers.nonin.packets import FRAME, Packets
from devices.drivers.nonin.plain import TRIPLE, Text, Triples, is_line_begun
from devices.drivers.nonin.search import Format, Search
from devices.drivers.nonin.talk import Talk
from devices.drivers.nonin.values import Alerts
from devices.framing import WASTE_BYTES, Waste
from devices.protocol import Options
from kapmonitor.errors import ConfigError
from kapmonitor.model import DeviceEvent, FaultKind

HELD_BYTES = 512
"""While no format is found, older bytes than this are given up; every proof is shorter."""

FRAME_SIZE = {Format.DF1: TRIPLE, Format.DF2: FRAME, Format.DF7: FRAME}

LISTEN: Final = "listen"
CHOICES: Final = {"df1": Format.DF1, "df2": Format.DF2, "df7": Format.DF7}
CLOCK_FORM: Final = "%Y-%m-%dT%H:%M:%S"
YEARS: Final = range(2000, 2100)

Reader = Packets | Triples | Text


class Nonin:
    """Implements WireProtocol. The format that comes is recognised, whether it was asked for or not."""

    def __init__(self, options: Options) -> None:
        """Options `format`, `bluetooth` and `set_clock`; ConfigError for a time that cannot be read."""
        self.deadline_ns: int | None = None
        wanted = CHOICES.get(str(options.get("format", LISTEN)))
        clock = _clock(str(options.get("set_clock", "")))
        bluetooth = bool(options.get("bluetooth", True))
        self._talk = Talk(wanted, clock, bluetooth=bluetooth) if wanted or clock else None
        self._waste = Waste()
        self._search = Search()
        self._reset()

    def _reset(self) -> None:
        self._waste.clear()
        self._alerts = Alerts()
        self._reader: Reader | None = None
        self._format: Format | None = None
        self._locked = False
        self._rest = b""
        self._begin_search(None)

    def opened(self, t_ns: int) -> None:
        self._reset()
        if self._talk is not None:
            self._talk.opened(t_ns)
            self.deadline_ns = self._talk.deadline_ns

    def data_to_send(self) -> bytes:
        return b"" if self._talk is None else self._talk.take()

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        return [] if self._talk is None else self._go_on(self._talk, now_ns)

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        data = self._rest + data
        self._rest = b""
        while data:
            start = len(events)
            if (answer := self._answer(data)) is not None:
                data = self._hear(answer, data, t_ns, events)
            elif self._locked and self._reader is not None:
                data = self._read(self._reader, data, t_ns, events)
            else:
                data = self._find(data, t_ns, events)
            if self._talk is not None:
                self._talk.stamp(events, start)
        if self._talk is not None:
            events += self._go_on(self._talk, t_ns)
        return events

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if not self._locked and self._pure and (whole := self._search.whole()) is not None:
            fmt, size = whole
            self._lock(fmt, size, size, t_ns, events)
        rest = self._rest if self._locked else self._rest + bytes(self._held)
        half = self._locked and _may_become_a_frame(self._format, rest)
        events += self._waste.add(rest, t_ns, FaultKind.LENGTH if half else self._why())
        events += self._waste.end(t_ns)
        if self._reader is not None:
            self._reader.finish(t_ns, events)
        events += self._alerts.withdraw_all(t_ns)
        if self._talk is not None:
            events += self._talk.closed(t_ns)
            self.deadline_ns = None
        self._reset()
        return events

    # What was asked is answered between two frames, or before the first

    def _answer(self, begun: bytes) -> bytes | None:
        """The answer at the beginning of these bytes: empty while more are needed, None if there is none."""
        between = self._locked or not self._search.count
        return self._talk.find(begun) if self._talk is not None and between else None

    def _hear(self, answer: bytes, data: bytes, t_ns: int, events: list[DeviceEvent]) -> bytes:
        """Take an answer, or wait for the rest of it; what is to be looked at next."""
        if not answer:
            self._rest = data
            return b""
        if self._talk is not None:
            events += self._talk.hear(answer, t_ns)
        return data[len(answer) :]

    def _go_on(self, talk: Talk, now_ns: int) -> list[DeviceEvent]:
        events = [*talk.go_on(now_ns)]
        self.deadline_ns = talk.deadline_ns
        return events

    # A format is known

    def _read(self, reader: Reader, data: bytes, t_ns: int, events: list[DeviceEvent]) -> bytes:
        """Read the frames `data` begins with; what is to be looked at next, empty if bytes are missing."""
        rest = data[reader.take(data, t_ns, events) :]
        if self._answer(rest) is not None:
            return rest
        if _may_become_a_frame(self._format, rest):
            self._rest = rest
            return b""
        self._locked = False
        self._begin_search(self._format)
        return rest

    # No format is known, or it was lost

    def _begin_search(self, before: Format | None) -> None:
        self._search.begin(before)
        self._pure = before is None and self._format is None
        self._held = bytearray()
        self._stamps: list[tuple[int, int]] = []

    def _find(self, data: bytes, t_ns: int, events: list[DeviceEvent]) -> bytes:
        """Look for a format in the next bytes; what is to be looked at after them.

        Bytes are given up at fixed places in the stream, so that it does not matter how it was cut.
        """
        pos = self._search.scan(data[: WASTE_BYTES - self._search.count % WASTE_BYTES])
        self._held += data[:pos]
        self._stamps.append((self._search.count, t_ns))
        if self._search.size:
            self._lock(self._search.found, self._search.size, len(self._held), t_ns, events)
        elif self._search.count % WASTE_BYTES == 0 and len(self._held) > HELD_BYTES:
            self._give_up(t_ns, events)
        return data[pos:]

    def _give_up(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """The oldest held bytes are no frames, and what was read before them does not go on."""
        size = len(self._held) - HELD_BYTES
        self._discard(bytes(self._held[:size]), t_ns, events)
        del self._held[:size]
        del self._stamps[: bisect_left(self._stamps, (self._search.count - HELD_BYTES, 0))]
        if self._reader is not None:
            self._reader.finish(t_ns, events)
        self._reader = self._format = None
        self._pure = False

    def _discard(self, data: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        events += self._waste.add(data, t_ns, self._why())

    def _why(self) -> FaultKind:
        """Why bytes are discarded: what stands where frames with a checksum were read is a damaged frame."""
        return FaultKind.CHECKSUM if self._format in (Format.DF2, Format.DF7) else FaultKind.NOISE

    def _lock(self, fmt: Format, size: int, end: int, t_ns: int, events: list[DeviceEvent]) -> None:
        """Read the frames that proved the format, `size` held bytes before `end`, each at its own time."""
        begin = end - size
        self._discard(bytes(self._held[:begin]), t_ns, events)
        events += self._waste.end(t_ns)
        count = self._search.count - len(self._held) + begin
        if self._reader is not None and fmt is self._format:
            self._reader.gap(count, t_ns, events)
        else:
            if self._reader is not None:
                self._reader.finish(t_ns, events)
            self._reader = _reader(fmt, self._alerts)
        self._format, self._locked = fmt, True
        if self._talk is not None:
            events += self._talk.reads(fmt, t_ns)
        step = FRAME_SIZE.get(fmt, size)
        for place in range(begin, end, step):
            count += step
            stamp = self._stamps[bisect_left(self._stamps, (count, 0))][1]
            self._reader.take(bytes(self._held[place : place + step]), stamp, events)
        self._rest = bytes(self._held[end:])


def _reader(fmt: Format, alerts: Alerts) -> Reader:
    match fmt:
        case Format.DF1:
            return Triples(alerts)
        case Format.DF2 | Format.DF7:
            return Packets(fmt, alerts)
        case Format.ASCII:
            return Text()


def _may_become_a_frame(fmt: Format | None, rest: bytes) -> bool:
    if fmt is None or fmt is Format.ASCII:
        return is_line_begun(rest)
    return len(rest) < FRAME_SIZE[fmt]


def _clock(text: str) -> datetime | None:
    if not text:
        return None
    try:
        when = datetime.strptime(text, CLOCK_FORM)  # noqa: DTZ007 the device knows no time zone
    except ValueError:
        when = None
    if when is None or when.year not in YEARS:
        raise ConfigError("nonin", f"set_clock={text}", "write the time as 2024-01-31T12:34:56")
    return when
