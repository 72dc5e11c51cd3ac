"""Oximeters with the Bluetooth Pulse Oximeter Service 0x1822, spot-check, continuous or both."""

from __future__ import annotations

from devices import gatt
from devices.drivers.ble_pulse_oximeter.protocol import PERFUSION, PULSE, SERVICE, SPO2, PulseOximeter
from devices.protocol import BleLink, DriverOption, DriverSpec, Evidence

DRIVER = DriverSpec(
    id="ble-pulse-oximeter",
    label="Pulse oximeter (Bluetooth)",
    vendor="Any maker, Bluetooth Pulse Oximeter Service",
    link=BleLink(services=(SERVICE,), silence_s=5.0),
    metrics=(SPO2, PULSE, PERFUSION, gatt.BATTERY),
    protocol=PulseOximeter,
    evidence=Evidence(
        "manual",
        (
            "Bluetooth SIG, Pulse Oximeter Service 1.0 and GATT Specification Supplement",
            "payloads published with the tests of SpeziBluetooth",
        ),
        (
            "not yet tried on an oximeter",
            "that all records is the only operator of the record access, is from memory",
            "the fast and slow averages are read past; the normal one is reported",
        ),
    ),
    options=(
        DriverOption(
            "stored",
            False,
            "Also fetch the readings kept in the oximeter when it connects; they may be another person's",
        ),
    ),
)
