"""A Nellcor oximeter on one line; it is only listened to, and told to go on if it falls silent.

It heeds XON and XOFF, so one wrong byte on its way to the device can stop it for good.
"""

from __future__ import annotations

from typing import Final

from devices.drivers.nellcor.row import Heading, Row, parse
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

LONGEST_LINE: Final = 256
"""The longest line known, a heading, has 80 characters."""

XON: Final = b"\x11"
XON_XOFF: Final = XON + b"\x13"
"""Flow control characters that may stand anywhere; they are no part of a row."""

SILENT_NS: Final = 5_000_000_000
"""Two rows are missing for certain."""

SPO2: Final = Metric(mdc.SPO2, "SpO2")
PULSE: Final = Metric(mdc.PULSE_RATE, "Pulse rate")
AMPLITUDE: Final = Metric(mdc.PULSE_AMPLITUDE, "Pulse amplitude")

ALERTS: Final = {
    AlertKind.SENSOR_OFF: {"SD": "disconnected", "SO": "sensor off"},
    AlertKind.NO_PULSE: {"PS": "searching", "LP": "lost", "LM": "lost with interference"},
    AlertKind.ARTEFACT: {"MO": "interference", "LM": "interference"},
    AlertKind.LOW_BATTERY: {"LB": ""},
    AlertKind.DEVICE_ALARM: {"SH": "SpO2 high", "SL": "SpO2 low", "PH": "pulse high", "PL": "pulse low"},
    AlertKind.ALARM_SILENCED: {"AO": "off", "AS": "silenced"},
}
"""What the codes mean; one may mean two things."""
KNOWN: Final = frozenset(code for words in ALERTS.values() for code in words)
NOT_ON_FINGER: Final = frozenset({"SD", "SO"})
UNSURE: Final = frozenset({"PS", "LP", "LM"})
"""Numbers that still stand while the pulse is lost or looked for are the last ones."""


class Nellcor:
    """Implements WireProtocol."""

    def __init__(self, options: Options) -> None:
        """There are no options."""
        self._reset()

    def _reset(self) -> None:
        self.deadline_ns: int | None = None
        self._out = b""
        self._lines = Lines(LONGEST_LINE)
        self._alerts = Alerts()
        self._heading = Heading()

    def opened(self, t_ns: int) -> None:
        self._reset()

    def data_to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        self._out = XON
        self.deadline_ns = now_ns + SILENT_NS
        return []

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self.deadline_ns is not None:
            self.deadline_ns = t_ns + SILENT_NS
        for item in self._lines.feed(data.translate(None, XON_XOFF), t_ns):
            events += self._item(item, t_ns)
        return events

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        # Codes may be missing from a row that has no end, so it is not read even if it looks whole.
        rests = [item for item in self._lines.finish(t_ns) if isinstance(item, bytes) and item.strip()]
        events: list[DeviceEvent] = [_fault(FaultKind.LENGTH, rest, t_ns) for rest in rests]
        events += self._alerts.withdraw_all(t_ns)
        self._reset()
        return events

    def _item(self, item: bytes | Fault, t_ns: int) -> list[DeviceEvent]:
        if isinstance(item, Fault):
            return [item]
        if not item.strip():
            return []
        match parse(item):
            case Row() as row:
                self.deadline_ns = t_ns + SILENT_NS
                return [*_numbers(row, t_ns), *self._conditions(row, t_ns)]
            case Heading() as heading:
                return self._identity(heading, t_ns)
            case None:
                return [_fault(FaultKind.CONTENT, item, t_ns)]

    def _identity(self, heading: Heading, t_ns: int) -> list[DeviceEvent]:
        if heading in (Heading(), self._heading):
            return []
        self._heading = heading
        return [DeviceIdentified(t_ns, "Nellcor", model=heading.model, firmware=heading.version)]

    def _conditions(self, row: Row, t_ns: int) -> list[DeviceAlert]:
        alerts: list[DeviceAlert] = []
        for kind, words in ALERTS.items():
            present = [words[code] for code in row.codes if code in words]
            raised = bool(present) or (kind is AlertKind.DEVICE_ALARM and row.outside)
            alerts += self._alerts.set(kind, raised, t_ns, ", ".join(filter(None, present)))
        strange = ", ".join(code for code in row.codes if code not in KNOWN)
        return alerts + self._alerts.set(AlertKind.DEVICE_MESSAGE, bool(strange), t_ns, strange)


def _fault(kind: FaultKind, line: bytes, t_ns: int) -> Fault:
    return Fault(kind, t_ns, len(line), line[:HEAD_BYTES].hex())


def _numbers(row: Row, t_ns: int) -> list[DeviceEvent]:
    values = ((SPO2, row.spo2), (PULSE, row.pulse), (AMPLITUDE, row.amplitude))
    codes = frozenset(row.codes)
    return [Observation(m, t_ns, reading(m, value, codes), row.device_time) for m, value in values]


def reading(metric: Metric, value: int | None, codes: frozenset[str]) -> Reading:
    """What a number is worth: nothing without a sensor on the finger, little without a pulse."""
    if value is None:
        return Absent(Validity.NOT_AVAILABLE)
    low, high = RANGES.get(metric.ref, (0, 999))
    if codes & NOT_ON_FINGER or not low <= value <= high:
        return Absent(Validity.INVALID, float(value))
    return Measured(float(value), Validity.QUESTIONABLE if codes & UNSURE else Validity.VALID)
