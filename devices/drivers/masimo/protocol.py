"""A Masimo oximeter on one line, set to ASCII 1; it is only listened to."""

from __future__ import annotations

from typing import Final

from devices.drivers.masimo.line import Line, parse
from devices.framing import HEAD_BYTES, Lines
from devices.gatt import Alerts
from devices.protocol import Options
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Metric,
    Observation,
    Reading,
    Validity,
)
from kapmonitor.plausible import RANGES

LONGEST_LINE: Final = 512
"""The longest line known has 190 characters."""

METRICS: Final = {
    "SPO2": Metric(mdc.SPO2, "SpO2"),
    "BPM": Metric(mdc.PULSE_RATE, "Pulse rate"),
    "PI": Metric(mdc.PERFUSION_INDEX, "Perfusion index"),
    "SPCO": Metric(mdc.CARBOXYHAEMOGLOBIN, "SpCO"),
    "SPMET": Metric(mdc.METHAEMOGLOBIN, "SpMet"),
    "SPHB": Metric(mdc.HAEMOGLOBIN, "SpHb"),
    "SPOC": Metric(mdc.OXYGEN_CONTENT, "SpOC"),
    "PVI": Metric(mdc.PLETH_VARIABILITY, "PVI"),
}
ALWAYS: Final = frozenset({"SPO2", "BPM"})
"""The others need a sensor of their own, or a licence, and are told from their first value on."""

LIMITS: Final = {"SPCO": (0, 100), "SPMET": (0, 100), "SPHB": (0, 25), "SPOC": (0, 40), "PVI": (0, 100)}

NO_SENSOR, DEFECTIVE, LOW_PERFUSION, SEARCHING = 0x001, 0x002, 0x004, 0x008
INTERFERENCE, SENSOR_OFF, LIGHT, UNRECOGNISED, LOW_SIGNAL = 0x010, 0x020, 0x040, 0x080, 0x400
EXCEPTIONS: Final = {
    AlertKind.SENSOR_OFF: {NO_SENSOR: "no sensor", SENSOR_OFF: "sensor off"},
    AlertKind.SENSOR_FAULT: {DEFECTIVE: "defective", UNRECOGNISED: "not recognised"},
    AlertKind.LOW_PERFUSION: {LOW_PERFUSION: ""},
    AlertKind.NO_PULSE: {SEARCHING: "searching"},
    AlertKind.ARTEFACT: {INTERFERENCE: "interference", LIGHT: "light", LOW_SIGNAL: "low signal quality"},
}
"""What the bits of EXC mean; 0x800 is set in normal operation, 0x100 and 0x200 are reserved."""
NOT_ON_FINGER: Final = NO_SENSOR | SENSOR_OFF | DEFECTIVE | UNRECOGNISED

ACTIVE, SILENCED = 0x10, 0x20
ALARMS: Final = {0x08: "pulse low", 0x04: "pulse high", 0x02: "SpO2 low", 0x01: "SpO2 high"}


class Masimo:
    """Implements WireProtocol. Sends nothing."""

    def __init__(self, options: Options) -> None:
        """There are no options."""
        self.deadline_ns: int | None = None
        self._reset()

    def _reset(self) -> None:
        self._lines = Lines(LONGEST_LINE)
        self._alerts = Alerts()
        self._serial = ""
        self._used = set(ALWAYS)

    def opened(self, t_ns: int) -> None:
        self._reset()

    def data_to_send(self) -> bytes:
        return b""

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        return []

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in self._lines.feed(data, t_ns):
            events += self._item(item, t_ns, FaultKind.CONTENT)
        return events

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in self._lines.finish(t_ns):
            events += self._item(item, t_ns, FaultKind.LENGTH)
        events += self._alerts.withdraw_all(t_ns)
        self._reset()
        return events

    def _item(self, item: bytes | Fault, t_ns: int, why: FaultKind) -> list[DeviceEvent]:
        """One line; `why` names what is wrong with one that cannot be read."""
        if isinstance(item, Fault):
            return [item]
        if not item.strip():
            return []
        line = parse(item)
        if line is None:
            return [Fault(why, t_ns, len(item), item[:HEAD_BYTES].hex())]
        return [*self._identity(line, t_ns), *self._numbers(line, t_ns), *self._conditions(line, t_ns)]

    def _identity(self, line: Line, t_ns: int) -> list[DeviceEvent]:
        if line.serial in {"", self._serial}:
            return []
        self._serial = line.serial
        return [DeviceIdentified(t_ns, manufacturer="Masimo", serial=line.serial)]

    def _numbers(self, line: Line, t_ns: int) -> list[DeviceEvent]:
        self._used.update(key for key, value in line.numbers.items() if value is not None)
        return [
            Observation(METRICS[key], t_ns, reading(key, value, line.exceptions), line.device_time)
            for key, value in line.numbers.items()
            if key in self._used
        ]

    def _conditions(self, line: Line, t_ns: int) -> list[DeviceAlert]:
        alerts: list[DeviceAlert] = []
        for kind, bits in EXCEPTIONS.items():
            alerts += self._set(kind, line.exceptions, bits, t_ns)
        alerts += self._set(AlertKind.DEVICE_ALARM, line.alarm, {ACTIVE: "", **ALARMS}, t_ns)
        return alerts + self._set(AlertKind.ALARM_SILENCED, line.alarm, {SILENCED: ""}, t_ns)

    def _set(self, kind: AlertKind, word: int, bits: dict[int, str], t_ns: int) -> list[DeviceAlert]:
        set_bits = [text for bit, text in bits.items() if word & bit]
        detail = ", ".join(text for text in set_bits if text)
        return self._alerts.set(kind, bool(set_bits), t_ns, detail)


def reading(key: str, value: float | None, exceptions: int) -> Reading:
    """What a number is worth: nothing without a sensor on the finger, little while the signal is weak."""
    if value is None:
        return Absent(Validity.NOT_AVAILABLE)
    low, high = LIMITS.get(key) or RANGES[METRICS[key].ref]
    if exceptions & NOT_ON_FINGER or not low <= value <= high:
        return Absent(Validity.INVALID, value)
    return Measured(value, Validity.QUESTIONABLE if exceptions & LOW_SIGNAL else Validity.VALID)
