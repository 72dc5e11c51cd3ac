"""Heart rate straps of any maker; what they say is in devices.heart_rate_service."""

from __future__ import annotations

from typing import Final

from devices import gatt
from devices.heart_rate_service import BODY_LOCATION, METRICS, SERVICE, HeartRateService
from devices.protocol import BleLink, DriverSpec, Evidence, GattStep, Options
from kapmonitor.model import DeviceEvent

POLAR: Final = 0x006B
"""Polar's number as a maker, in what its straps advertise."""


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
    link=BleLink(
        services=(SERVICE,),
        name_prefixes=("Polar ", "TICKR"),
        silence_s=3.0,
        pairing=(
            "No pairing is needed; do not pair the strap in the computer's Bluetooth settings. Put the strap "
            "on, and end its connection to any phone or watch, as most straps talk to one partner only. Some "
            "bands are found only while they are set to share the heart rate."
        ),
        company_ids=(POLAR,),
    ),
    metrics=(*METRICS, gatt.BATTERY),
    protocol=HeartRateStrap,
    evidence=Evidence(
        level="manual",
        documents=(
            "Bluetooth SIG, Heart Rate Service 1.0 and GATT Specification Supplement, as public sources "
            "quote them",
            "public reports of users about straps of Polar and Wahoo",
        ),
        vectors=("nine payloads of the tests of Polar's public Bluetooth SDK",),
        gaps=(
            "not yet tried on a strap",
            "the count of energy is not reset",
            "the heart rate that a Polar strap shows without a connection is not read",
        ),
    ),
)
