"""The GattProtocol of a Berry finger clip: it only listens.

A clip repeats its numbers in each packet; they are told when they change and once a second otherwise. With a
wrong sum (V1.5) they are told as questionable, since some devices never have a right one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from devices import gatt
from devices.drivers.ble_berry.packets import LONG_SIZE, NO_PULSE, NO_SPO2, Finding, Packet, Packets
from devices.plausible import within, within_or_none
from devices.protocol import GattAction, GattStep, Options
from kapmonitor import mdc
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
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

SERVICE: Final = "49535343-fe7d-4ae5-8fa9-9fafd205e455"
STREAM: Final = "49535343-1e4d-4bd9-ba61-23c647249616"
WITHOUT: Final = "this device does not speak as Berry's finger clips do; choose another driver"

SPO2: Final = Metric(mdc.SPO2, "SpO2")
PULSE: Final = Metric(mdc.PULSE_RATE, "Pulse rate")
PERFUSION: Final = Metric(mdc.PERFUSION_INDEX, "Perfusion")
INTERVAL: Final = Metric(mdc.PULSE_INTERVAL, "Pulse interval")
PLETH: Final = Metric(mdc.PLETH, "Pleth", fs=100.0)

PERIOD_NS: Final = 1_000_000_000
LONGEST_MS: Final = 3000
"""Between two beats at the slowest pulse that is believed."""


class BerryClip:
    """Told apart by their packets, both protocols are read."""

    def __init__(self, options: Options) -> None:
        self._common = gatt.CommonServices()
        self._alerts = gatt.Alerts()
        self._packets = Packets()
        self._told: Finding | None = None
        self._told_ns = 0
        self._battery: int | None = None
        self._sound = True

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self._packets.clear()
        self._told = self._battery = None
        self._sound = True
        return (GattStep(GattAction.SUBSCRIBE, STREAM, without=WITHOUT), *gatt.COMMON_STEPS)

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self._common.receive(uuid, data, t_ns)
        if uuid != STREAM:
            return events
        samples: list[int] = []
        for item in self._packets.feed(data, t_ns):
            if isinstance(item, Fault):
                events += [*_wave(samples, t_ns), item]
                samples = []
            else:
                events += self._packet(item, t_ns)
                samples += [] if item.wave is None else [item.wave or NO_SAMPLE]
        return [*events, *_wave(samples, t_ns)]

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        return [*self._packets.flush(t_ns), *self._common.identity(), *self._alerts.withdraw_all(t_ns)]

    def _packet(self, packet: Packet, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if self._sound and not packet.sound:
            events.append(Fault(FaultKind.CHECKSUM, t_ns, LONG_SIZE))
        changed = packet.finding != self._told or packet.sound != self._sound
        self._sound = packet.sound
        if changed or t_ns - self._told_ns >= PERIOD_NS:
            self._told, self._told_ns = packet.finding, t_ns
            events += self._finding(packet.finding, t_ns)
        if packet.interval_ms is not None:
            events.append(Observation(INTERVAL, t_ns, self._interval(packet.interval_ms, packet.finding)))
        if packet.battery is not None and packet.battery != self._battery:
            self._battery = packet.battery
            low = packet.battery <= gatt.LOW_BATTERY_PERCENT
            events.append(Observation(gatt.BATTERY, t_ns, within(mdc.BATTERY, packet.battery)))
            events += self._alerts.set(AlertKind.LOW_BATTERY, low, t_ns)
        return events

    def _finding(self, found: Finding, t_ns: int) -> list[DeviceEvent]:
        off = found.unplugged or found.no_finger
        conditions = (
            (AlertKind.SENSOR_OFF, off, "unplugged" if found.unplugged else ""),
            (AlertKind.NO_PULSE, not off and (found.no_pulse or found.searching), ""),
        )
        spo2 = within_or_none(mdc.SPO2, found.spo2, NO_SPO2)
        pulse = within_or_none(mdc.PULSE_RATE, found.pulse, NO_PULSE)
        said: list[tuple[Metric, Reading]] = [(SPO2, spo2), (PULSE, pulse)]
        if found.perfusion is not None:
            said.append((PERFUSION, within(mdc.PERFUSION_INDEX, found.perfusion)))
        return [
            *(
                change
                for kind, present, detail in conditions
                for change in self._alerts.set(kind, present, t_ns, detail)
            ),
            *(Observation(metric, t_ns, self._judged(reading, found)) for metric, reading in said),
        ]

    def _interval(self, interval_ms: int, found: Finding) -> Reading:
        if not 0 < interval_ms <= LONGEST_MS:
            return Absent(Validity.INVALID, float(interval_ms))
        return self._judged(Measured(float(interval_ms)), found)

    def _judged(self, reading: Reading, found: Finding) -> Reading:
        """A number as the packet leaves it; without a finger or a signal there is none."""
        if isinstance(reading, Absent):
            return reading
        if found.unplugged or found.no_finger or found.no_pulse:
            return Absent(Validity.INVALID, reading.value)
        doubtful = found.searching or not self._sound
        return replace(reading, validity=Validity.QUESTIONABLE) if doubtful else reading


def _wave(samples: list[int], t_ns: int) -> list[DeviceEvent]:
    return [WaveformBlock(PLETH, t_ns, _words(samples))] if samples else []


def _words(samples: list[int]) -> NDArray[np.int16]:
    import numpy as np

    return np.array(samples, np.int16)
