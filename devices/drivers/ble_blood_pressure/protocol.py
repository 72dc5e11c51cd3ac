"""The GattProtocol of a cuff: the Bluetooth Blood Pressure Service 0x1810, version 1.0, and 1.1 on request.

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
since 2000 with flag bit 6, and flag bit 5 puts a second such time, the local one, at the end. It is
subscribed only with the option `enhanced`, in place of the others, as every 1.1 cuff has both; its kept
readings come as 0x2B36. Bit 6 of the features 0x2A49 adds a check sum to all of these.

Status: bit 0 movement, 1 cuff loose, 2 irregular pulse, 3..4 pulse above (1) or below (2) the cuff's range,
5 position. The device raises these about its newest reading, so a reading from its memory raises none.

A cuff sends all that its memory holds; devices.burst tells the new reading from the old ones, and
devices.gatt_clock a new one from one that nobody has fetched yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from devices import blood_pressure_frame as frames
from devices import gatt, gatt_clock
from devices.blood_pressure_frame import Frame
from devices.burst import Burst, Told
from devices.drivers.ble_blood_pressure.records import Records
from devices.protocol import GattAction, GattStep, Options
from devices.racp import CONTROL_POINT, StoredRecords
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
RECORD: Final = gatt.uuid16(0x2B36)
CHECK_SUMS: Final = 1 << 6
"""The bit of the features that says so."""
WITHOUT: Final = (
    "this cuff does not offer its readings by the standard Bluetooth service; some Omron cuffs keep them "
    "behind a memory service of Omron's own, which cannot be read"
)

SYSTOLIC: Final = Metric(mdc.NIBP_SYS, "Systolic")
DIASTOLIC: Final = Metric(mdc.NIBP_DIA, "Diastolic")
MEAN: Final = Metric(mdc.NIBP_MEAN, "Mean")
PULSE: Final = Metric(mdc.NIBP_PULSE, "Pulse")
CUFF: Final = Metric(mdc.CUFF_PRESSURE, "Cuff")

_Decode = Callable[[bytes, int], Frame | None]
_DECODERS: Final[dict[str, tuple[_Decode, bool]]] = {
    MEASUREMENT: (frames.decode, False),
    INTERMEDIATE: (frames.decode, False),
    ENHANCED: (frames.decode_enhanced, True),
    ENHANCED_INTERMEDIATE: (frames.decode_enhanced_cuff, True),
}
"""By UUID, and whether it is of version 1.1."""
_OF_THE_CUFF: Final = frozenset({INTERMEDIATE, ENHANCED_INTERMEDIATE})
_RECORDED: Final[dict[int, _Decode]] = {0x2A35: frames.decode, 0x2B34: frames.decode_enhanced}


class BloodPressureCuff:
    """Timed, as a reading may have to wait for the next; GattSender for the readings a 1.1 cuff keeps."""

    def __init__(self, options: Options) -> None:
        self._enhanced = bool(options.get("enhanced", False))
        self._user = int(options.get("user", 0))
        self._fetch = bool(options.get("stored", False))
        self._set_clock = bool(options.get("set_clock", True))
        self._common = gatt.CommonServices()
        self._clock = gatt_clock.DeviceClock()
        self._alerts = gatt.Alerts()
        self._burst: Burst[Frame] = Burst(lambda frame: replace(frame, t_ns=0), self._clock.is_old)
        self._records = Records()
        self._access = StoredRecords()
        self._measuring = False
        self._check_sums: bool | None = None

    @property
    def deadline_ns(self) -> int | None:
        due = (self._burst.deadline_ns, self._access.deadline_ns)
        return min((t_ns for t_ns in due if t_ns is not None), default=None)

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self._burst.opened()
        self._clock.opened()
        self._records.clear()
        self._access.reset()
        self._check_sums = None
        first, *others = (ENHANCED, ENHANCED_INTERMEDIATE) if self._enhanced else (MEASUREMENT, INTERMEDIATE)
        if self._fetch:
            others += [RECORD, CONTROL_POINT]
            self._access.begin()
        return (
            GattStep(GattAction.SUBSCRIBE, first, without=WITHOUT),
            *(gatt_clock.setting_steps() if self._set_clock else gatt_clock.reading_steps()),
            GattStep(GattAction.READ, FEATURE, optional=True),
            *(GattStep(GattAction.SUBSCRIBE, uuid, optional=True) for uuid in others),
            *gatt.COMMON_STEPS,
        )

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self.on_deadline(t_ns)
        events += self._common.receive(uuid, data, t_ns)
        events += self._clock.receive(uuid, data, t_ns)
        if uuid in _DECODERS:
            return [*events, *self._payload(uuid, data, t_ns)]
        if uuid == RECORD:
            return [*events, *self._record(data, t_ns)]
        if uuid == FEATURE:
            return [*events, *self._feature(data, t_ns)]
        return [*events, *self._access.receive(data, t_ns)] if uuid == CONTROL_POINT else events

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        """The readings that have waited long enough, and the complaint about records that do not come."""
        return [*self._told(self._burst.due(now_ns)), *self._access.on_deadline(now_ns)]

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        self._access.reset()
        return [*self._told(self._burst.release()), *self._idle(t_ns), *self._common.identity()]

    def steps_to_take(self, now_ns: int) -> tuple[GattStep, ...]:
        return self._access.steps_to_take(now_ns)

    def last_steps(self) -> tuple[GattStep, ...]:
        return self._access.last_steps()

    def _feature(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        if len(data) < 2:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        self._check_sums = bool(data[0] & CHECK_SUMS)
        return []

    def _payload(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        decode, of_1_1 = _DECODERS[uuid]
        payload = frames.without_check_sum(data, self._check_sums) if of_1_1 else data
        if payload is None:
            return [gatt.fault(FaultKind.CHECKSUM, data, t_ns)]
        frame = decode(payload, t_ns)
        if frame is None:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        return self._inflating(frame) if uuid in _OF_THE_CUFF else self._frame(frame, data)

    def _record(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        """A kept reading, or a piece of one."""
        self._access.record(t_ns)
        message = frames.without_check_sum(data, self._check_sums)
        if message is None:
            return [gatt.fault(FaultKind.CHECKSUM, data, t_ns)]
        record = self._records.take(message)
        if record is None:
            return [gatt.fault(FaultKind.CONTENT, data, t_ns)]
        if not record.value:
            return []
        decode = _RECORDED.get(record.uuid)
        frame = decode(record.value, t_ns) if decode else None
        if frame is None:
            return [gatt.fault(FaultKind.CONTENT, data, t_ns)]
        return self._frame(frame, data, stored=True)

    def _frame(self, frame: Frame, data: bytes, *, stored: bool = False) -> list[DeviceEvent]:
        if self._user and frame.user not in (None, self._user):
            return [gatt.fault(FaultKind.CONTENT, data, frame.t_ns)]
        if stored:
            return self._told(self._burst.take_stored(frame, frame.device_time))
        return self._told(self._burst.take(frame, frame.device_time, frame.t_ns))

    def _inflating(self, frame: Frame) -> list[DeviceEvent]:
        started: list[DeviceEvent] = []
        if not self._measuring:
            self._measuring = True
            started = [CuffChanged(CuffState.MEASURING, frame.t_ns)]
        reading = frames.cuff_pressure(frame.pressures[0])
        if isinstance(reading, Measured):
            reading = replace(reading, validity=Validity.ONGOING)
        return [*started, Observation(CUFF, frame.t_ns, reading, frame.device_time)]

    def _idle(self, t_ns: int) -> list[DeviceEvent]:
        if not self._measuring:
            return []
        self._measuring = False
        return [CuffChanged(CuffState.IDLE, t_ns)]

    def _told(self, ready: Iterable[Told[Frame]]) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for told in ready:
            frame = told.reading
            if not told.stored:
                events += self._idle(frame.t_ns)
                for kind, present, detail in frames.status_alerts(frame.status):
                    events += self._alerts.set(kind, present, frame.t_ns, detail)
            events += _observations(frame, stored=told.stored)
        return events


def _observations(frame: Frame, *, stored: bool) -> list[DeviceEvent]:
    readings: list[tuple[Metric, Reading]] = list(
        zip((SYSTOLIC, DIASTOLIC, MEAN), frame.pressures, strict=True)
    )
    if frame.pulse is not None:
        readings.append((PULSE, frame.pulse))
    events: list[DeviceEvent] = [
        Observation(metric, frame.t_ns, reading, frame.device_time, stored) for metric, reading in readings
    ]
    if not stored and all(isinstance(reading, Absent) for reading in frame.pressures):
        events.append(CuffFailed(_reason(frame), frame.status or 0, frame.t_ns))
    return events


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
