"""The GattProtocol of an oximeter with the Pulse Oximeter Service.

An oximeter that makes spot-checks may send all that it has kept when it is connected, with or without saying
so in the status; devices.burst and devices.gatt_clock tell the new one from the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from devices import gatt, gatt_clock
from devices.burst import Burst, Told
from devices.drivers.ble_pulse_oximeter import judged
from devices.drivers.ble_pulse_oximeter.payloads import (
    STORES_SPOT_CHECKS,
    Measurement,
    continuous,
    features,
    spot_check,
)
from devices.protocol import GattAction, GattStep, Options
from devices.racp import CONTROL_POINT, StoredRecords
from kapmonitor import mdc
from kapmonitor.model import DeviceEvent, FaultKind, Metric, Observation

SERVICE: Final = gatt.uuid16(0x1822)
SPOT_CHECK: Final = gatt.uuid16(0x2A5E)
CONTINUOUS: Final = gatt.uuid16(0x2A5F)
FEATURES: Final = gatt.uuid16(0x2A60)
WITHOUT: Final = "this oximeter does not offer its readings by the standard Bluetooth service"

SPO2: Final = Metric(mdc.SPO2, "SpO2")
PULSE: Final = Metric(mdc.PULSE_RATE, "Pulse rate")
PERFUSION: Final = Metric(mdc.PERFUSION_INDEX, "Perfusion")


@dataclass(frozen=True, slots=True)
class _SpotCheck:
    t_ns: int
    heard: Measurement


class PulseOximeter:
    """Spot-check, continuous or both; GattSender and Timed for the readings it has kept.

    `streaming` from the first continuous value of a connection on, as a spot-check device is mostly silent.
    """

    def __init__(self, options: Options) -> None:
        self.streaming = False
        self._fetch = bool(options.get("stored", False))
        self._common = gatt.CommonServices()
        self._alerts = gatt.Alerts()
        self._records = StoredRecords()
        self._clock = gatt_clock.DeviceClock()
        self._burst: Burst[_SpotCheck] = Burst(lambda check: check.heard, self._clock.is_old)

    @property
    def deadline_ns(self) -> int | None:
        due = (self._records.deadline_ns, self._burst.deadline_ns)
        return min((t_ns for t_ns in due if t_ns is not None), default=None)

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self.streaming = False
        self._records.reset()
        self._clock.opened()
        self._burst.opened()
        subscribed = (CONTINUOUS, SPOT_CHECK, CONTROL_POINT) if self._fetch else (CONTINUOUS, SPOT_CHECK)
        return (
            *(GattStep(GattAction.SUBSCRIBE, uuid, optional=True) for uuid in subscribed),
            GattStep(GattAction.READ, FEATURES, without=WITHOUT),
            *gatt_clock.reading_steps(),
            *gatt.COMMON_STEPS,
        )

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = [*self.on_deadline(t_ns), *self._common.receive(uuid, data, t_ns)]
        events += self._clock.receive(uuid, data, t_ns)
        if uuid == CONTINUOUS:
            return [*events, *self._continuous(data, t_ns)]
        if uuid == SPOT_CHECK:
            return [*events, *self._spot_check(data, t_ns)]
        if uuid == FEATURES:
            return [*events, *self._features(data, t_ns)]
        return [*events, *self._records.receive(data, t_ns)] if uuid == CONTROL_POINT else events

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        self.streaming = False
        self._records.reset()
        told = self._told(self._burst.release())
        return [*told, *self._common.identity(), *self._alerts.withdraw_all(t_ns)]

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        return [*self._records.on_deadline(now_ns), *self._told(self._burst.due(now_ns))]

    def steps_to_take(self, now_ns: int) -> tuple[GattStep, ...]:
        return self._records.steps_to_take(now_ns)

    def last_steps(self) -> tuple[GattStep, ...]:
        return self._records.last_steps()

    def _continuous(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        heard = continuous(data)
        if heard is None:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        self.streaming = True
        stored = bool((heard.status or 0) & judged.STORED)
        conditions = [] if stored else self._conditions(heard, t_ns)
        return [*conditions, *_observations(heard, t_ns, spot=False, stored=stored)]

    def _spot_check(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        heard = spot_check(data)
        if heard is None:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        self._records.record(t_ns)
        check = _SpotCheck(t_ns, heard)
        if self._records.reporting or (heard.status or 0) & judged.STORED:
            return self._told(self._burst.take_stored(check, heard.device_time))
        return self._told(self._burst.take(check, heard.device_time, t_ns))

    def _told(self, ready: Iterable[Told[_SpotCheck]]) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for told in ready:
            heard, t_ns = told.reading.heard, told.reading.t_ns
            events += [] if told.stored else self._conditions(heard, t_ns)
            events += _observations(heard, t_ns, spot=True, stored=told.stored)
        return events

    def _features(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        known = features(data)
        if known is None:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        if self._fetch and known.flags & STORES_SPOT_CHECKS:
            self._records.begin()
        return []

    def _conditions(self, heard: Measurement, t_ns: int) -> list[DeviceEvent]:
        return [
            change
            for kind, present, detail in judged.alerts(heard)
            for change in self._alerts.set(kind, present, t_ns, detail)
        ]


def _observations(heard: Measurement, t_ns: int, *, spot: bool, stored: bool) -> list[DeviceEvent]:
    said = [(SPO2, heard.normal.spo2), (PULSE, heard.normal.pulse)]
    if heard.amplitude is not None:
        said.append((PERFUSION, heard.amplitude))
    return [
        Observation(
            metric, t_ns, judged.reading(metric.term, reading, heard, spot=spot), heard.device_time, stored
        )
        for metric, reading in said
    ]
