"""Nonin oximeters (Xpod, OEM III, WristOx2, 8500, 2500, Avant): saturation, pulse rate, pleth."""

from __future__ import annotations

from devices.drivers.nonin.protocol import Nonin
from devices.drivers.nonin.values import PLETH_8, PLETH_16, PULSE_METRIC, SPO2_METRIC
from devices.protocol import DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="nonin",
    label="Nonin oximeter",
    vendor="Nonin Medical",
    link=SerialLink(baud=9600, silence_s=3.0),
    metrics=(SPO2_METRIC, PULSE_METRIC, PLETH_8, PLETH_16),
    protocol=Nonin,
    evidence=Evidence(
        level="manual",
        sources=(
            "two frames of a public unit test, decoded in the tests",
            "format tables of three independent public drivers, manual pages of the 2500, Avant and 8500",
        ),
        gaps=(
            "not yet tried on an oximeter",
            "DF8 and DF13 are not read",
            "the device cannot be told which format to send; DF1, DF2, DF7 and text lines are recognised",
        ),
    ),
)
