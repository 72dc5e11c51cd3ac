"""Thermometers: the Bluetooth Health Thermometer Service 0x1809, version 1.0.

Temperature Measurement 0x2A1C (indicated) and Intermediate Temperature 0x2A1E (notified), little-endian:

| field       | bytes | when                                                        |
|-------------|-------|-------------------------------------------------------------|
| flags       | 1     | always; bit 0 set: Fahrenheit, else Celsius                 |
| temperature | FLOAT | always                                                      |
| time stamp  | 7     | flag bit 1; the thermometer's own clock, no zone            |
| type        | 1     | flag bit 2; where it is measured, 1 to 9                    |

The place may also be told once, as Temperature Type 0x2A1D. An intermediate temperature is one on its way and
is marked ongoing. A thermometer may send all that its memory holds; devices.burst tells the new reading from
the old ones, and devices.gatt_clock a new one from one that nobody has fetched yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from devices import gatt, gatt_clock
from devices.burst import Burst, Told
from devices.ieee11073 import DATE_TIME_SIZE, FLOAT_SIZE, Fields, date_time, float32
from devices.plausible import within
from devices.protocol import BleLink, DriverSpec, Evidence, GattAction, GattStep, Options
from kapmonitor import mdc
from kapmonitor.model import Absent, DeviceEvent, FaultKind, Measured, Metric, Observation, Reading, Validity

SERVICE: Final = gatt.uuid16(0x1809)
MEASUREMENT: Final = gatt.uuid16(0x2A1C)
TYPE: Final = gatt.uuid16(0x2A1D)
INTERMEDIATE: Final = gatt.uuid16(0x2A1E)
WITHOUT: Final = "this thermometer does not offer its readings by the standard Bluetooth service"

TEMPERATURE: Final = Metric(mdc.TEMP_BODY, "Temp")
PLACES: Final = (
    "",
    "armpit",
    "body",
    "ear lobe",
    "finger",
    "gastro-intestinal",
    "mouth",
    "rectum",
    "toe",
    "eardrum",
)
"""By type; 0 and those beyond are reserved."""
_FAHRENHEIT, _TIME, _TYPE = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Temperature:
    """One payload, in degrees Celsius; `place` is a type, 0 where none is told."""

    t_ns: int
    reading: Reading
    device_time: str | None = None
    place: int = 0


def decode(data: bytes, t_ns: int) -> Temperature | None:
    """A 0x2A1C or 0x2A1E payload, or None if its length is not what its flags say."""
    fields = Fields(data)
    flags = fields.take(1)[0]
    said = float32(fields.take(FLOAT_SIZE))
    when = date_time(fields.take(DATE_TIME_SIZE)) if flags & _TIME else None
    place = fields.take(1)[0] if flags & _TYPE else 0
    if not fields.complete:
        return None
    return Temperature(t_ns, _celsius(said, fahrenheit=bool(flags & _FAHRENHEIT)), when, place)


class Thermometer:
    """The GattProtocol of a thermometer; Timed, because a reading may have to wait for the next."""

    def __init__(self, options: Options) -> None:
        self._common = gatt.CommonServices()
        self._clock = gatt_clock.DeviceClock()
        self._burst: Burst[Temperature] = Burst(lambda heard: replace(heard, t_ns=0), self._clock.is_old)
        self._place = 0

    @property
    def deadline_ns(self) -> int | None:
        return self._burst.deadline_ns

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self._burst.opened()
        self._clock.opened()
        self._place = 0
        return (
            GattStep(GattAction.SUBSCRIBE, MEASUREMENT, without=WITHOUT),
            *gatt_clock.reading_steps(),
            GattStep(GattAction.SUBSCRIBE, INTERMEDIATE, optional=True),
            GattStep(GattAction.READ, TYPE, optional=True),
            *gatt.COMMON_STEPS,
        )

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self.on_deadline(t_ns)
        if uuid == TYPE:
            return [*events, *self._type(data, t_ns)]
        events += self._common.receive(uuid, data, t_ns)
        events += self._clock.receive(uuid, data, t_ns)
        if uuid not in (MEASUREMENT, INTERMEDIATE):
            return events
        heard = decode(data, t_ns)
        if heard is None:
            return [*events, gatt.fault(FaultKind.LENGTH, data, t_ns)]
        if uuid == INTERMEDIATE:
            return [*events, Observation(TEMPERATURE, t_ns, _on_its_way(heard.reading), heard.device_time)]
        return [*events, *self._told(self._burst.take(heard, heard.device_time, t_ns))]

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        """The held reading, once nothing newer has come for a while."""
        return self._told(self._burst.due(now_ns))

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        return [*self._told(self._burst.release()), *self._common.identity()]

    def _type(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        if len(data) != 1:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        if not 0 < data[0] < len(PLACES):
            return [gatt.fault(FaultKind.CONTENT, data, t_ns)]
        self._worn_at(data[0], t_ns)
        return []

    def _told(self, ready: Iterable[Told[Temperature]]) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for told in ready:
            heard = told.reading
            if not told.stored and 0 < heard.place < len(PLACES) and heard.place != self._place:
                self._worn_at(heard.place, heard.t_ns)
                events += self._common.identity()
            events.append(Observation(TEMPERATURE, heard.t_ns, heard.reading, heard.device_time, told.stored))
        return events

    def _worn_at(self, place: int, t_ns: int) -> None:
        self._place = place
        self._common.worn_at(PLACES[place], t_ns)


def _celsius(said: Reading, *, fahrenheit: bool) -> Reading:
    """To the hundredth if it was in Fahrenheit, as no thermometer tells more."""
    if isinstance(said, Absent):
        return said
    return within(mdc.TEMP_BODY, round((said.value - 32) / 1.8, 2) if fahrenheit else said.value)


def _on_its_way(reading: Reading) -> Reading:
    return replace(reading, validity=Validity.ONGOING) if isinstance(reading, Measured) else reading


DRIVER: Final = DriverSpec(
    id="ble-thermometer",
    label="Thermometer (Bluetooth)",
    vendor="Any maker, Bluetooth Health Thermometer Service",
    link=BleLink(services=(SERVICE,), silence_s=None, ends_itself=True),
    metrics=(TEMPERATURE, gatt.BATTERY),
    protocol=Thermometer,
    evidence=Evidence(
        level="manual",
        documents=(
            "Bluetooth SIG, Health Thermometer Service 1.0 and GATT Specification Supplement, from memory; "
            "the layout was compared with a public decoder of Nordic Semiconductor",
        ),
        gaps=(
            "not yet tried on a thermometer",
            "no published payload was found; those in the tests are computed",
            "the measurement interval and the clock are left as the thermometer has them",
        ),
    ),
)
