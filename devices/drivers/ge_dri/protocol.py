"""What the monitor says: records to events. Events follow from what the monitor says alone."""

from __future__ import annotations

from typing import Final

from devices.drivers.ge_dri import alarms, frames, numbers, requests
from devices.drivers.ge_dri.alarms import Levels
from devices.drivers.ge_dri.asking import Asking, Stream
from devices.drivers.ge_dri.cuff import CuffLine
from devices.drivers.ge_dri.frames import Record
from devices.drivers.ge_dri.numbers import Displayed
from devices.drivers.ge_dri.requests import AUXILIARY, DISPLAYED, REQUEST
from devices.drivers.ge_dri.waves import SETS, Waves
from devices.framing import HEAD_BYTES
from devices.protocol import Options
from kapmonitor.errors import ConfigError
from kapmonitor.model import AlertKind, DeviceEvent, DeviceIdentified, Fault, FaultKind, Metric

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
SIZES: Final = {DISPLAYED: numbers.SIZE, AUXILIARY: 114}
"""Bytes of the parts of physiological records that are read."""


class GeDri:
    """One monitor on one line; implements WireProtocol and Parting."""

    def __init__(self, options: Options) -> None:
        """Option `waves`: usual, pleth, all."""
        name = str(options.get("waves", "usual"))
        if name not in SETS:
            raise ConfigError("ge-dri", "waves", "one of " + ", ".join(SETS))
        self._asking = Asking(SETS[name])
        self._frames = frames.FlagFrames()
        self._reset()

    def _reset(self) -> None:
        self.deadline_ns: int | None = None
        self._asking.clear()
        self._frames.clear()
        self._identity: DeviceIdentified | None = None
        self._known: frozenset[Metric] = frozenset()
        self._cuff = CuffLine()
        self._waves = Waves()
        self._levels = Levels()
        self._conditions: dict[AlertKind, tuple[str, ...]] = {}
        self._said = alarms.Status()

    def opened(self, t_ns: int) -> None:
        self._reset()
        self._asking.begin(t_ns)
        self.deadline_ns = self._asking.due_ns

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events = self._records(self._frames.finish(t_ns), t_ns) + self._cuff.closed()
        events += self._levels.withdraw_all(t_ns)
        self._reset()
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        if not (items := self._frames.feed(data, t_ns)):
            return []
        events = self._records(items, t_ns)
        self.deadline_ns = self._asking.due_ns
        return events

    def data_to_send(self) -> bytes:
        return self._asking.take()

    def last_words(self) -> bytes:
        """Ends what was asked for, or the monitor would go on sending it to nobody."""
        return self._asking.stop()

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        self._asking.due(now_ns)
        self.deadline_ns = self._asking.due_ns
        return []

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
        if record is None or events is None:
            self._waves.lost()
            return [Fault(FaultKind.CONTENT, t_ns, len(data), data[:HEAD_BYTES].hex())]
        return [*self._identify(record, t_ns), *events] if events else []

    def _read(self, record: Record, t_ns: int) -> list[DeviceEvent] | None:
        """What a record says, None if it contradicts itself; records nobody asked for say nothing."""
        if all(kind == REQUEST for kind, _ in record.parts):
            return []
        match record.main_type:
            case requests.PHYSIOLOGICAL:
                return self._physiological(record, t_ns)
            case requests.WAVEFORMS:
                return self._waveforms(record, t_ns)
            case requests.ALARMS:
                return self._alarm_status(record, t_ns)
            case _:
                return []

    def _identify(self, record: Record, t_ns: int) -> list[DeviceEvent]:
        """What the record's header says of its sender, if it is not what was said before."""
        year = f" ({YEARS[record.level]})" if record.level in YEARS else ""
        said = DeviceIdentified(
            t_ns,
            "GE / Datex-Ohmeda",
            "S/5 or CARESCAPE",
            serial=f"sender {record.sender}" if record.sender else "",
            firmware=f"interface level {record.level}{year}",
        )
        before, self._identity = self._identity, said
        same = before is not None and (before.serial, before.firmware) == (said.serial, said.firmware)
        return [] if same else [said]

    def _physiological(self, record: Record, t_ns: int) -> list[DeviceEvent] | None:
        """Displayed values and auxiliary info, in the order in which the record lists them."""
        if any(len(part) < SIZES.get(kind, 0) for kind, part in record.parts):
            return None
        events: list[DeviceEvent] = []
        for kind, part in record.parts:
            if kind == DISPLAYED:
                self._asking.heard(Stream.VALUES, record.level, t_ns)
                events += self._displayed(Displayed(part), t_ns)
            elif kind == AUXILIARY:
                self._asking.heard(Stream.AUXILIARY, record.level, t_ns)
                events += self._cuff.timed(numbers.TIME.unpack_from(part)[0], t_ns)
        return events

    def _displayed(self, displayed: Displayed, t_ns: int) -> list[DeviceEvent]:
        if not displayed.basic:
            return []
        self._waves.displayed(displayed)
        observations, self._known = numbers.observations(displayed, self._known, t_ns)
        self._conditions = displayed.conditions()
        return [*observations, *self._cuff.displayed(displayed, t_ns), *self._alarm_levels(t_ns)]

    def _waveforms(self, record: Record, t_ns: int) -> list[DeviceEvent] | None:
        events: list[DeviceEvent] = []
        for kind, part in record.parts:
            blocks = self._waves.block(kind, part, t_ns)
            if blocks is None:
                return None
            self._asking.heard(Stream.WAVES, record.level, t_ns)
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
            self._asking.heard(Stream.ALARMS, record.level, t_ns)
            events += self._alarm_levels(t_ns)
        return events

    def _alarm_levels(self, t_ns: int) -> list[DeviceEvent]:
        """The changes in what the status bits and the alarm record say together."""
        said = self._said
        texts = {
            AlertKind.ARTEFACT: (),
            AlertKind.DEVICE_ALARM: said.alarms,
            AlertKind.DEVICE_MESSAGE: said.messages,
            AlertKind.ALARM_SILENCED: (said.silenced,) if said.silenced else (),
        }
        return [
            change
            for kind, more in texts.items()
            for change in self._levels.set(kind, (*self._conditions.get(kind, ()), *more), t_ns)
        ]
