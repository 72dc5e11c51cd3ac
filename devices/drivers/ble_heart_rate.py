"""Heart rate straps of any maker; what they say is in devices.heart_rate_service."""

from __future__ import annotations

from typing import Final

from devices import gatt
from devices.heart_rate_service import BODY_LOCATION, METRICS, SERVICE, HeartRateService
from devices.protocol import BleLink, DriverSpec, Evidence, GattStep, Options
from kapmonitor.model import DeviceEvent


class HeartRateStrap:
    """The GattProtocol of a strap."""

    def __init__(self, options: Options) -> None:
        self._common = gatt.CommonServices()
        self._heart = HeartRateService(self._common)

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        return (*self._heart.steps(), *gatt.COMMON_STEPS)

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        common = [] if uuid == BODY_LOCATION else self._common.receive(uuid, data, t_ns)
        return [*common, *self._heart.receive(uuid, data, t_ns)]

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        return [*self._common.identity(), *self._heart.closed(t_ns)]


DRIVER: Final = DriverSpec(
    id="ble-heart-rate",
    label="Heart rate strap (Bluetooth)",
    vendor="Any maker, Bluetooth Heart Rate Service",
    link=BleLink(services=(SERVICE,), silence_s=5.0),
    metrics=(*METRICS, gatt.BATTERY),
    protocol=HeartRateStrap,
    evidence=Evidence(
        "manual",
        (
            "Bluetooth SIG, Heart Rate Service 1.0 and GATT Specification Supplement",
            "payloads published with the Polar BLE SDK",
        ),
        ("not yet tried with a strap in the room",),
    ),
)
