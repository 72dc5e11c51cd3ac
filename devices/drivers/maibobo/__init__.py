"""Maibobo (Raycome RBP) arm-in blood pressure stations: listens, and can start and stop the cuff."""

from __future__ import annotations

from devices.drivers.maibobo.protocol import CUFF_METRIC, DIA, PULSE, SYS, Maibobo
from devices.protocol import CommandSpec, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="maibobo",
    label="Maibobo (Raycome RBP) arm-in station",
    vendor="Raycome",
    link=SerialLink(baud=9600, silence_s=6.0),
    metrics=(SYS, DIA, PULSE, CUFF_METRIC),
    protocol=Maibobo,
    evidence=Evidence(
        level="manual",
        sources=("packet layout of three independent public programs, worked frames decoded in the tests",),
        gaps=(
            "not yet tried on a station",
            "sources differ on the line's speed, 9600 or 115200 baud; if 9600 stays silent, add "
            "?baud=115200 to the address",
            "whether connecting again and again while at rest is welcome is not known; it is how a station "
            "that was switched off is noticed",
            "error codes other than 1, 2, 5, 6 and 9 are unknown; 2 and 5 may also mean a wrong arm position",
            "the station tells no mean pressure",
        ),
    ),
    commands=(
        CommandSpec("start", "Inflate the cuff and measure once", on_patient=True),
        CommandSpec("stop", "Stop and let the air out", on_patient=True),
        CommandSpec("connect", "Greet the station every two seconds while it rests"),
    ),
)
