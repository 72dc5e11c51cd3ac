"""Oximeters with the Bluetooth Pulse Oximeter Service 0x1822, spot-check, continuous or both."""

from __future__ import annotations

from devices import gatt
from devices.drivers.ble_pulse_oximeter.protocol import PERFUSION, PULSE, SERVICE, SPO2, PulseOximeter
from devices.protocol import BleLink, CommandSpec, DriverOption, DriverSpec, Evidence

DRIVER = DriverSpec(
    id="ble-pulse-oximeter",
    label="Pulse oximeter (Bluetooth)",
    vendor="Any maker, Bluetooth Pulse Oximeter Service",
    link=BleLink(services=(SERVICE,), silence_s=3.0),
    metrics=(SPO2, PULSE, PERFUSION, gatt.BATTERY),
    protocol=PulseOximeter,
    evidence=Evidence(
        level="manual",
        documents=(
            "Bluetooth SIG, Pulse Oximeter Service 1.0 and GATT Specification Supplement, as public sources "
            "quote them",
            "field order compared with two public decoders",
        ),
        vectors=("five payloads of the tests of Stanford's SpeziBluetooth",),
        gaps=(
            "not yet tried on an oximeter",
            "that all records is the only operator of the record access is from memory",
            "the fast and slow averages are read past; the normal one is reported",
            "kept readings are never deleted from the oximeter",
        ),
    ),
    options=(
        DriverOption(
            "stored",
            False,
            "Also fetch the readings kept in the oximeter when it connects; they may be another person's",
        ),
    ),
    commands=(CommandSpec("fetch readings", "Ask the oximeter for the readings it keeps, if wanted"),),
)
