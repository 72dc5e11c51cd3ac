"""The talk with the monitor: ask for values, then for the rest, ask again after silence, read what comes.

Events follow from what the monitor says alone; what is asked decides only what it sends. Only the displayed
values are asked for at first, as their answer tells the monitor's interface level and the leads of its ECG.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from devices.drivers.ge_dri import alarms, frames, numbers, requests
from devices.drivers.ge_dri.alarms import Levels
from devices.drivers.ge_dri.cuff import CuffLine
from devices.drivers.ge_dri.frames import Record
from devices.drivers.ge_dri.numbers import Displayed
from devices.drivers.ge_dri.requests import AUXILIARY, DISPLAYED, REQUEST
from devices.drivers.ge_dri.values import PERIOD_S
from devices.drivers.ge_dri.waves import SETS, Waves
from devices.framing import HEAD_BYTES
from devices.protocol import Options
from kapmonitor.errors import ConfigError
from kapmonitor.model import AlertKind, DeviceEvent, DeviceIdentified, Fault, FaultKind, Metric

S = 1_000_000_000
FIRST_ANSWER_NS = 8 * S
"""The first displayed values come within their interval; without them another interface level is tried."""

SILENT_NS = 15 * S
"""After so long without an answer the monitor was off or unplugged, and has forgotten what was asked."""

PAUSE_NS = S // 4
TRIES = 4
"""How often auxiliary info and alarms are asked for; not every monitor has them."""

LEVELS: Final = (0, 11, 10, 9, 8, 6)
"""Interface levels to ask with; the specification's examples say 0, some monitors want a level they know."""

ALARM_LEVEL = 10
"""Monitors from this level on have alarm records."""

YEARS: Final = {
    2: 1995,
    3: 1997,
    4: 1998,
    5: 1999,
    6: 2001,
    7: 2002,
    8: 2003,
    9: 2005,
    10: 2009,
    11: 2015,
}
AUXILIARY_SIZE = 114


class Stream(Enum):
    """What the monitor can be asked to send."""

    VALUES = auto()
    AUXILIARY = auto()
    WAVES = auto()
    ALARMS = auto()


class GeDri:
    """One monitor on one line; implements WireProtocol."""

    def __init__(self, options: Options) -> None:
        """Option `waves`: usual, pleth, all, none."""
        name = str(options.get("waves", "usual"))
        if name not in SETS:
            raise ConfigError("ge-dri", "waves", "one of " + ", ".join(SETS))
        self._wave_types = SETS[name]
        self._frames = frames.FlagFrames()
        self._attempt = 0
        self._reset()

    def _reset(self) -> None:
        self.deadline_ns: int | None = None
        self._frames.clear()
        self._due: dict[Stream, int] = {}
        self._tries: dict[Stream, int] = {}
        self._out: dict[Stream, bytes] = {}
        self._answered = False
        self._level = self._told_level = 0
        self._known: frozenset[Metric] = frozenset()
        self._cuff = CuffLine()
        self._waves = Waves()
        self._levels = Levels()
        self._status_bits: tuple[str, ...] = ()
        self._said = alarms.Status()

    def opened(self, t_ns: int) -> None:
        self._reset()
        self._ask(Stream.VALUES, t_ns)
        self._plan()

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events = self._records(self._frames.finish(t_ns), t_ns) + self._cuff.finish()
        events += self._levels.withdraw_all(t_ns)
        self._reset()
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self._records(self._frames.feed(data, t_ns), t_ns)
        self._plan()
        return events

    def data_to_send(self) -> bytes:
        out, self._out = b"".join(self._out.values()), {}
        return out

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        for stream in [s for s, due_ns in self._due.items() if now_ns >= due_ns]:
            self._ask(stream, now_ns)
        self._plan()
        return []

    def _plan(self) -> None:
        self.deadline_ns = min(self._due.values(), default=None)

    # What is asked

    def _ask(self, stream: Stream, now_ns: int) -> None:
        """Queue a request, and say when to ask again if nothing comes of it."""
        if stream is Stream.VALUES:
            self._due.clear()
            self._attempt += not self._answered and bool(self._tries.get(stream))
            self._answered = False
        self._tries[stream] = self._tries.get(stream, 0) + 1
        self._out[stream] = self._request(stream)
        again = stream in (Stream.VALUES, Stream.WAVES) or self._tries[stream] < TRIES
        if again and (stream is not Stream.WAVES or self._wave_types):
            self._due[stream] = now_ns + (FIRST_ANSWER_NS if stream is Stream.VALUES else SILENT_NS)
        else:
            self._due.pop(stream, None)

    def _request(self, stream: Stream) -> bytes:
        level = LEVELS[self._attempt % len(LEVELS)]
        match stream:
            case Stream.VALUES:
                return requests.values(DISPLAYED, PERIOD_S, level)
            case Stream.AUXILIARY:
                return requests.values(AUXILIARY, PERIOD_S, level)
            case Stream.WAVES:
                return requests.waves(self._wave_types, level)
            case Stream.ALARMS:
                return requests.alarms(level)

    def _heard(self, stream: Stream, t_ns: int) -> None:
        """The monitor sends what was asked for; it has been asked only if something is due."""
        if not self._due:
            return
        self._tries[stream] = 0
        if stream is Stream.ALARMS:
            self._due.pop(stream, None)
        else:
            self._due[stream] = t_ns + SILENT_NS
        if stream is Stream.VALUES and not self._answered:
            self._answered = True
            others = [Stream.AUXILIARY, Stream.WAVES] + [Stream.ALARMS] * (self._level >= ALARM_LEVEL)
            self._due |= {other: t_ns + n * PAUSE_NS for n, other in enumerate(others, 1)}

    # What the monitor says

    def _records(self, items: list[bytes | Fault], t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in items:
            if isinstance(item, Fault):
                self._waves.lost()
                events.append(item)
            else:
                events += self._record(item, t_ns)
        return events

    def _record(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        record = frames.parse(data)
        events = self._read(record, t_ns) if record is not None else None
        if events is None:
            self._waves.lost()
            return [Fault(FaultKind.CONTENT, t_ns, len(data), data[:HEAD_BYTES].hex())]
        return [*self._identity(t_ns), *events] if events else []

    def _read(self, record: Record, t_ns: int) -> list[DeviceEvent] | None:
        """What a record says, None if it contradicts itself; records nobody asked for say nothing."""
        if all(kind == REQUEST for kind, _ in record.parts):
            return []
        self._level = record.level
        match record.main_type:
            case requests.PHYSIOLOGICAL:
                return self._physiological(record, t_ns)
            case requests.WAVEFORMS:
                return self._waveforms(record, t_ns)
            case requests.ALARMS:
                return self._alarm_status(record, t_ns)
            case _:
                return []

    def _identity(self, t_ns: int) -> list[DeviceEvent]:
        level, before = self._level, self._told_level
        self._told_level = level
        year = f" ({YEARS[level]})" if level in YEARS else ""
        firmware = f"interface level {level}{year}"
        identity = DeviceIdentified(t_ns, "GE / Datex-Ohmeda", "S/5 or CARESCAPE", firmware=firmware)
        return [identity] if level != before else []

    def _physiological(self, record: Record, t_ns: int) -> list[DeviceEvent] | None:
        """Displayed values and auxiliary info, in the order in which the record lists them."""
        events: list[DeviceEvent] = []
        for kind, part in record.parts:
            if kind == DISPLAYED:
                if len(part) < numbers.SIZE:
                    return None
                events += self._displayed(Displayed(part), t_ns)
            elif kind == AUXILIARY:
                if len(part) < AUXILIARY_SIZE:
                    return None
                events += self._cuff.timed(numbers.TIME.unpack_from(part)[0], t_ns)
                self._heard(Stream.AUXILIARY, t_ns)
        return events

    def _displayed(self, displayed: Displayed, t_ns: int) -> list[DeviceEvent]:
        self._heard(Stream.VALUES, t_ns)
        if not displayed.basic:
            return []
        self._waves.displayed(displayed)
        observations, self._known = numbers.observations(displayed, self._known, t_ns)
        self._status_bits = displayed.alarms()
        unsteady = ("ECG",) if displayed.unsteady() else ()
        return [
            *observations,
            *self._cuff.displayed(displayed, t_ns),
            *self._levels.set(AlertKind.ARTEFACT, unsteady, t_ns),
            *self._alarm_levels(t_ns),
        ]

    def _waveforms(self, record: Record, t_ns: int) -> list[DeviceEvent] | None:
        events: list[DeviceEvent] = []
        for kind, part in record.parts:
            blocks = self._waves.block(kind, part, t_ns)
            if blocks is None:
                return None
            self._heard(Stream.WAVES, t_ns)
            events += blocks
        return events + self._levels.set(AlertKind.LEAD_OFF, self._waves.leads_off(), t_ns)

    def _alarm_status(self, record: Record, t_ns: int) -> list[DeviceEvent] | None:
        events: list[DeviceEvent] = []
        for kind, part in record.parts:
            if kind != alarms.REPLY:
                continue
            said = alarms.status(part)
            if said is None:
                return None
            self._said = said
            self._heard(Stream.ALARMS, t_ns)
            events += self._alarm_levels(t_ns)
        return events

    def _alarm_levels(self, t_ns: int) -> list[DeviceEvent]:
        said = self._said
        return [
            *self._levels.set(AlertKind.DEVICE_ALARM, (*self._status_bits, *said.alarms), t_ns),
            *self._levels.set(AlertKind.DEVICE_MESSAGE, said.messages, t_ns),
            *self._levels.set(AlertKind.ALARM_SILENCED, (said.silenced,) if said.silenced else (), t_ns),
        ]
