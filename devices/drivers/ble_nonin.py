"""Nonin 3230 and 3150 oximeters through the maker's own Bluetooth service.

All fields are big-endian, and the first byte of each packet is its length. DF19 comes once a second from
both models, the others from the 3150 only:

| packet | size         | content                                                                         |
|--------|--------------|---------------------------------------------------------------------------------|
| DF19   | 10           | length, status, battery 0.1 V, amplitude 0.01 %, counter, SpO2 %, pulse /min    |
| DF20   | 4 + 4 n      | length, counter, status; n <= 6 times amplitude, interval 0.1 ms                |
| DF22   | 53           | length, 25 pleth samples, counter; 75 samples a second                          |
| DF23   | 7            | length, sensor type, error, battery 0.1 V, battery %, counter                   |

DF19 status: bit 6 encrypted, 5 battery low, 4 finger in the sensor, 3 searching, 2 SmartPoint (the reading
meets the maker's quality rule), 1 weak signal. SpO2 127 and pulse 511 mean that there is none. DF20 status:
bit 0 invalid, bit 1 pulse too fast; bit 7 of an amplitude marks a bad pulse. DF23 errors: 1 no sensor, 5
sensor faulty, 6 device faulty. Counters count packets and show losses; a counter that stands is ignored.

The device wants an encrypted link; the link pairs when it is refused. Nothing is ever sent to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices import gatt
from devices.plausible import within, within_or_none
from devices.protocol import BleLink, DriverSpec, Evidence, GattAction, GattStep, Options
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    Fault,
    FaultKind,
    Measured,
    Metric,
    Observation,
    Reading,
    Validity,
    WaveformBlock,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SERVICE: Final = "46a970e0-0d5f-11e2-8b5e-0002a5d5c51b"
DF19: Final = "0aad7ea0-0d60-11e2-8e3c-0002a5d5c51b"
DF20: Final = "34e27863-76ff-4f8e-96f1-9e3993aa6199"
DF22: Final = "ec0a883a-4d24-11e7-b114-b2f933d5fe66"
DF23: Final = "ec0a9302-4d24-11e7-b114-b2f933d5fe66"

SPO2: Final = Metric(mdc.SPO2, "SpO2")
PULSE: Final = Metric(mdc.PULSE_RATE, "Pulse rate")
PERFUSION: Final = Metric(mdc.PERFUSION_INDEX, "Perfusion")
INTERVAL: Final = Metric(mdc.PULSE_INTERVAL, "Pulse interval")
PLETH: Final = Metric(mdc.PLETH, "Pleth", fs=75.0, offset=32768.0)
"""The device's 0..65535, shifted to fit a signed word; 0 is told as 1, as its word means "no sample"."""

WITHOUT: Final = "this oximeter does not have Nonin's own service; try the driver ble-pulse-oximeter"
NO_SPO2: Final = 127
NO_PULSE: Final = 511
SAMPLES: Final = 25
LOST_MOST: Final = 600
"""Packets that one gap may count as lost; a greater step is a device that counts anew."""
_BATTERY_LOW, _FINGER, _SEARCHING, _SMART_POINT, _WEAK = 1 << 5, 1 << 4, 1 << 3, 1 << 2, 1 << 1
_SIZES: Final = {
    DF19: frozenset({10}),
    DF20: frozenset(range(4, 29, 4)),
    DF22: frozenset({3 + 2 * SAMPLES}),
    DF23: frozenset({7}),
}
_COUNTER_AT: Final = {DF19: 5, DF20: 1, DF22: 1 + 2 * SAMPLES, DF23: 5}


@dataclass(frozen=True, slots=True)
class Oximetry:
    """One DF19 packet; `amplitude` in percent, the others as sent."""

    status: int
    battery_v: float
    amplitude: float
    counter: int
    spo2: int
    pulse: int


def oximetry(data: bytes) -> Oximetry:
    """A DF19 packet of exactly 10 bytes."""
    return Oximetry(data[1], data[2] / 10, _word(data, 3) / 100, _word(data, 5), data[7], _word(data, 8))


class NoninOximeter:
    """The GattProtocol of a Nonin oximeter."""

    def __init__(self, options: Options) -> None:
        self._common = gatt.CommonServices()
        self._alerts = gatt.Alerts()
        self._counters: dict[str, int] = {}
        self._no_sensor = False

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self._counters.clear()
        self._no_sensor = False
        return (
            GattStep(GattAction.SUBSCRIBE, DF19, without=WITHOUT),
            *(GattStep(GattAction.SUBSCRIBE, uuid, optional=True) for uuid in (DF22, DF20, DF23)),
            *gatt.COMMON_STEPS,
        )

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        # The device itself says in DF19 when its battery is low.
        common = self._common.receive(uuid, data, t_ns)
        events: list[DeviceEvent] = [event for event in common if not isinstance(event, DeviceAlert)]
        if uuid not in _SIZES:
            return events
        if len(data) not in _SIZES[uuid] or data[0] != len(data):
            return [*events, gatt.fault(FaultKind.LENGTH, data, t_ns)]
        events += self._lost(uuid, data, t_ns)
        if uuid == DF19:
            return [*events, *self._oximetry(oximetry(data), t_ns)]
        if uuid == DF20:
            return [*events, *_intervals(data, t_ns)]
        if uuid == DF22:
            return [*events, WaveformBlock(PLETH, t_ns, _pleth(data))]
        return [*events, *self._status(data, t_ns)]

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        return [*self._common.identity(), *self._alerts.withdraw_all(t_ns)]

    def _lost(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        counter = _word(data, _COUNTER_AT[uuid])
        missing = (counter - self._counters.get(uuid, counter - 1) - 1) & 0xFFFF
        self._counters[uuid] = counter
        return [Fault(FaultKind.LOST, t_ns, missing * len(data))] if 0 < missing <= LOST_MOST else []

    def _oximetry(self, heard: Oximetry, t_ns: int) -> list[DeviceEvent]:
        finger, searching = bool(heard.status & _FINGER), bool(heard.status & _SEARCHING)
        stated = (
            (AlertKind.SENSOR_OFF, not finger or self._no_sensor),
            (AlertKind.NO_PULSE, finger and searching),
            (AlertKind.LOW_PERFUSION, finger and bool(heard.status & _WEAK)),
            (AlertKind.LOW_BATTERY, bool(heard.status & _BATTERY_LOW)),
        )
        events: list[DeviceEvent] = []
        for kind, present in stated:
            events += self._alerts.set(kind, present, t_ns)
        missing = Absent(Validity.NOT_AVAILABLE, heard.amplitude)
        said = (
            (SPO2, within_or_none(mdc.SPO2, heard.spo2, NO_SPO2)),
            (PULSE, within_or_none(mdc.PULSE_RATE, heard.pulse, NO_PULSE)),
            (PERFUSION, within(mdc.PERFUSION_INDEX, heard.amplitude) if heard.amplitude else missing),
        )
        told = [Observation(metric, t_ns, _judged(reading, heard.status)) for metric, reading in said]
        return [*events, *told]

    def _status(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        error = data[2]
        self._no_sensor = error == 1
        return [
            *(self._alerts.set(AlertKind.SENSOR_OFF, True, t_ns) if self._no_sensor else ()),
            *self._alerts.set(AlertKind.SENSOR_FAULT, error == 5, t_ns),
            *self._alerts.set(AlertKind.DEVICE_FAULT, error == 6, t_ns),
            Observation(gatt.BATTERY, t_ns, within(mdc.BATTERY, data[4])),
        ]


def _judged(reading: Reading, status: int) -> Reading:
    """A number as the status leaves it; without a finger there is none."""
    if isinstance(reading, Absent):
        return reading
    if not status & _FINGER:
        return Absent(Validity.INVALID, reading.value)
    if status & (_SEARCHING | _WEAK):
        return Measured(reading.value, Validity.QUESTIONABLE)
    return Measured(reading.value, Validity.VALIDATED) if status & _SMART_POINT else reading


def _intervals(data: bytes, t_ns: int) -> list[DeviceEvent]:
    events: list[DeviceEvent] = []
    for at in range(4, len(data), 4):
        interval_ms = _word(data, at + 2) / 10
        reading: Reading = Measured(interval_ms)
        if data[3] or not interval_ms:
            reading = Absent(Validity.INVALID, interval_ms)
        elif data[at] & 0x80:
            reading = Measured(interval_ms, Validity.QUESTIONABLE)
        events.append(Observation(INTERVAL, t_ns, reading))
    return events


def _pleth(data: bytes) -> NDArray[np.int16]:
    import numpy as np

    words = np.frombuffer(data, ">u2", SAMPLES, 1).astype(np.int32)
    return (np.maximum(words, 1) - 32768).astype(np.int16)


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


DRIVER: Final = DriverSpec(
    id="ble-nonin",
    label="Nonin 3230 or 3150 oximeter (Bluetooth)",
    vendor="Nonin Medical",
    link=BleLink(
        services=(SERVICE,),
        name_prefixes=("Nonin3230", "Nonin3150"),
        silence_s=3.0,
        pairing=(
            "The oximeter has to be paired. A 3150 takes a new computer only in the two minutes after its "
            "battery was put in: take the battery out, put it back, and connect at once."
        ),
    ),
    metrics=(SPO2, PULSE, PERFUSION, INTERVAL, PLETH, gatt.BATTERY),
    protocol=NoninOximeter,
    evidence=Evidence(
        level="manual",
        documents=(
            "packet layouts of three public programs for the 3150 and the 3230",
            "the maker's sample program for Windows",
        ),
        gaps=(
            "not yet tried on an oximeter; no recorded packet was found, those in the tests are computed",
            "75 pleth samples a second is from memory",
            "the size of each pulse in DF20 has no known unit and is left out",
            "memory playback and the control point are left out, as the list of commands is not public",
        ),
    ),
)
