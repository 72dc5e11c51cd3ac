"""Blood pressure cuffs: the Bluetooth Blood Pressure Service 0x1810, version 1.0, and 1.1 on request.

Blood Pressure Measurement 0x2A35 (indicated) and Intermediate Cuff Pressure 0x2A36 (notified), little-endian:

| field                       | bytes    | when                                                       |
|-----------------------------|----------|------------------------------------------------------------|
| flags                       | 1        | always; bit 0 set: kPa, else mmHg; bits 5..7 are ignored   |
| systolic, diastolic, mean   | 3 SFLOAT | always; in 0x2A36 the cuff's pressure and two unused words |
| time stamp                  | 7        | flag bit 1; the cuff's own clock, no zone                  |
| pulse /min                  | SFLOAT   | flag bit 2                                                 |
| user                        | 1        | flag bit 3; 255 unknown                                    |
| status                      | 2        | flag bit 4                                                 |

Version 1.1 (0x2B34, and 0x2B35 with one pressure) differs: the time stamp is u32 seconds since 1900, or
since 2000 with flag bit 6, and flag bit 5 puts a second such time, the local one, at the end. Asked for only
with the option `enhanced`, in place of the others, as every 1.1 cuff has both. Its optional check sum is not
understood; a frame that carries one has the wrong length and becomes a Fault.

Status: bit 0 movement, 1 cuff loose, 2 irregular pulse, 3..4 pulse above (1) or below (2) the cuff's range,
5 position. The device raises these about its newest reading, so a reading from its memory raises none.

A cuff sends all that its memory holds; devices.burst tells the new reading from the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from devices import gatt
from devices.blood_pressure_frame import (
    Frame,
    cuff_pressure,
    decode,
    decode_enhanced,
    decode_enhanced_cuff,
    status_alerts,
)
from devices.burst import Burst, Told
from devices.protocol import BleLink, DriverOption, DriverSpec, Evidence, GattAction, GattStep, Options
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceEvent,
    FaultKind,
    Measured,
    Metric,
    NibpFailure,
    Observation,
    Reading,
    Validity,
)

SERVICE: Final = gatt.uuid16(0x1810)
MEASUREMENT: Final = gatt.uuid16(0x2A35)
INTERMEDIATE: Final = gatt.uuid16(0x2A36)
FEATURE: Final = gatt.uuid16(0x2A49)
ENHANCED: Final = gatt.uuid16(0x2B34)
ENHANCED_INTERMEDIATE: Final = gatt.uuid16(0x2B35)
_DECODERS: Final = {MEASUREMENT: decode, ENHANCED: decode_enhanced}
_CUFF_DECODERS: Final = {INTERMEDIATE: decode, ENHANCED_INTERMEDIATE: decode_enhanced_cuff}

SYSTOLIC: Final = Metric(mdc.NIBP_SYS, "Systolic")
DIASTOLIC: Final = Metric(mdc.NIBP_DIA, "Diastolic")
MEAN: Final = Metric(mdc.NIBP_MEAN, "Mean")
PULSE: Final = Metric(mdc.NIBP_PULSE, "Pulse")
CUFF: Final = Metric(mdc.CUFF_PRESSURE, "Cuff")


class BloodPressureCuff:
    """The GattProtocol of a cuff; Timed, because a reading may have to wait for the next."""

    def __init__(self, options: Options) -> None:
        self._enhanced = bool(options.get("enhanced", False))
        self._user = int(options.get("user", 0))
        self._common = gatt.CommonServices()
        self._alerts = gatt.Alerts()
        self._burst: Burst[Frame] = Burst(lambda frame: replace(frame, t_ns=0))
        self._measuring = False

    @property
    def deadline_ns(self) -> int | None:
        return self._burst.deadline_ns

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self._burst.opened()
        measurement, cuff = (
            (ENHANCED, ENHANCED_INTERMEDIATE) if self._enhanced else (MEASUREMENT, INTERMEDIATE)
        )
        return (
            GattStep(GattAction.SUBSCRIBE, measurement),
            GattStep(GattAction.SUBSCRIBE, cuff, optional=True),
            GattStep(GattAction.READ, FEATURE, optional=True),
            *gatt.COMMON_STEPS,
        )

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        due = self.on_deadline(t_ns)
        if uuid == FEATURE:
            return due if len(data) >= 2 else [*due, gatt.fault(FaultKind.LENGTH, data, t_ns)]
        events = [*due, *self._common.receive(uuid, data, t_ns)]
        if decode_frame := _DECODERS.get(uuid):
            frame = decode_frame(data, t_ns)
            return [*events, *(self._frame(frame, data) if frame else [_undecodable(data, t_ns)])]
        if decode_pressure := _CUFF_DECODERS.get(uuid):
            frame = decode_pressure(data, t_ns)
            return [*events, *(self._inflating(frame) if frame else [_undecodable(data, t_ns)])]
        return events

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        """The held reading, once nothing newer has come for HOLD_S."""
        return self._told(self._burst.due(now_ns))

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        return [*self._told(self._burst.release()), *self._idle(t_ns), *self._common.identity()]

    def _inflating(self, frame: Frame) -> list[DeviceEvent]:
        started: list[DeviceEvent] = []
        if not self._measuring:
            self._measuring = True
            started = [CuffChanged(CuffState.MEASURING, frame.t_ns)]
        reading = cuff_pressure(frame.pressures[0])
        if isinstance(reading, Measured):
            reading = replace(reading, validity=Validity.ONGOING)
        return [*started, Observation(CUFF, frame.t_ns, reading, frame.device_time)]

    def _idle(self, t_ns: int) -> list[DeviceEvent]:
        if not self._measuring:
            return []
        self._measuring = False
        return [CuffChanged(CuffState.IDLE, t_ns)]

    def _frame(self, frame: Frame, data: bytes) -> list[DeviceEvent]:
        if self._user and frame.user not in (None, self._user):
            return [gatt.fault(FaultKind.CONTENT, data, frame.t_ns)]
        return self._told(self._burst.take(frame, frame.device_time, frame.t_ns))

    def _told(self, ready: Iterable[Told[Frame]]) -> list[DeviceEvent]:
        return [event for told in ready for event in self._events(told.reading, stored=told.stored)]

    def _events(self, frame: Frame, *, stored: bool) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if not stored:
            events += self._idle(frame.t_ns)
            for kind, present, detail in status_alerts(frame.status):
                events += self._alerts.set(kind, present, frame.t_ns, detail)
        readings: list[tuple[Metric, Reading]] = list(
            zip((SYSTOLIC, DIASTOLIC, MEAN), frame.pressures, strict=True)
        )
        if frame.pulse is not None:
            readings.append((PULSE, frame.pulse))
        events += [
            Observation(metric, frame.t_ns, reading, frame.device_time, stored)
            for metric, reading in readings
        ]
        if not stored and all(isinstance(reading, Absent) for reading in frame.pressures):
            events.append(CuffFailed(_reason(frame), frame.status or 0, frame.t_ns))
        return events


def _undecodable(data: bytes, t_ns: int) -> DeviceEvent:
    return gatt.fault(FaultKind.LENGTH, data, t_ns)


def _reason(frame: Frame) -> NibpFailure:
    status = frame.status or 0
    validities = {reading.validity for reading in frame.pressures}
    if status & 0x01:
        return NibpFailure.MOTION
    if status & 0x02:
        return NibpFailure.CUFF_LOOSE
    if validities & {Validity.OVERFLOW, Validity.UNDERFLOW}:
        return NibpFailure.OUT_OF_RANGE
    return NibpFailure.UNKNOWN


DRIVER: Final = DriverSpec(
    id="ble-blood-pressure",
    label="Blood pressure cuff (Bluetooth)",
    vendor="Any maker, Bluetooth Blood Pressure Service",
    link=BleLink(services=(SERVICE,), silence_s=None, ends_itself=True),
    metrics=(SYSTOLIC, DIASTOLIC, MEAN, PULSE, CUFF, gatt.BATTERY),
    protocol=BloodPressureCuff,
    evidence=Evidence(
        "capture",
        (
            "Bluetooth SIG, Blood Pressure Service 1.0 and 1.1 and GATT Specification Supplement",
            "payloads of an A&D UA-651BLE published by the HEADS project",
        ),
        (
            "the check sum that version 1.1 frames may carry",
            "cuffs that keep their readings behind the maker's own memory service",
            "the clock of the cuff is not set",
        ),
    ),
    options=(
        DriverOption("user", 0, "Take only readings kept under this user number; 0 takes all"),
        DriverOption("enhanced", False, "Use version 1.1 of the service"),
    ),
)
