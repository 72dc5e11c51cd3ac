"""Maibobo (Raycome RBP) arm-in blood pressure stations: listens, and can start and stop the cuff."""

from __future__ import annotations

from devices.cuffhost.readings import CUFF, DIA, PULSE, SYS
from devices.drivers.maibobo.protocol import make
from devices.protocol import CommandSpec, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="maibobo",
    label="Maibobo (Raycome RBP) arm-in station",
    vendor="Raycome",
    link=SerialLink(baud=9600, silence_s=3.0, also=(SerialLink(baud=115200, silence_s=3.0),)),
    metrics=(SYS, DIA, PULSE, CUFF),
    protocol=make,
    evidence=Evidence(
        level="manual",
        documents=(
            "a public tester program: commands, packets, error codes and timing",
            "public Python and telephone programs that read the same 20-byte result",
        ),
        gaps=(
            "not yet tried on a station; no recording and no printed packet of one was found",
            "the programs differ on the line's speed, 9600 or 115200 baud; if 9600 stays silent, add "
            "?baud=115200 to the address",
            "how often the station tells the cuff pressure is not known; after 3 s without one the line "
            "counts as silent, after 8 s the measurement is stopped",
            "a result that comes without any cuff pressure before it counts as one from before the "
            "connection",
            "whether connecting again and again while at rest is welcome is not known; it is how a station "
            "that was switched off is noticed",
            "error codes other than 1, 2, 5, 6 and 9 are unknown; 2 and 5 may also mean a wrong arm position",
            "the station tells no mean pressure, and neither its model nor its serial number",
        ),
    ),
    commands=(
        CommandSpec("start", "Inflate the cuff and measure once", on_patient=True),
        CommandSpec("stop", "Stop and let the air out", on_patient=True),
        CommandSpec("connect", "Greet the station every two seconds while it rests"),
    ),
)
