"""SunTech Advantage OEM blood pressure modules (LX, A+): listens, and can start and stop the cuff."""

from __future__ import annotations

from devices.cuffhost.readings import CUFF, DIA, MEAN, PULSE, SYS
from devices.drivers.suntech.protocol import make
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="suntech",
    label="SunTech Advantage NIBP module",
    vendor="SunTech Medical",
    link=SerialLink(baud=9600, silence_s=3.0),
    metrics=(SYS, DIA, MEAN, PULSE, CUFF),
    protocol=make,
    evidence=Evidence(
        level="manual",
        documents=(
            "two independent public drivers: commands, packet layout, error list and timing",
            "a public kiosk program and a C driver of the module: limits of time and error list",
        ),
        vectors=("three frames of a public unit test: a result, a cuff pressure and an acknowledgement",),
        gaps=(
            "not yet tried on a module",
            "that BP status 0 means no reading, and what the module answers to an abort while it rests, are "
            "from memory",
            "what a sleeping module does with a command is not known; its word for sleep is told as it comes",
            "sleep, manual valves, calibration, venous stasis and reset are left out",
            "in a recording, the answer to a self-test cannot be told from a cuff pressure",
        ),
    ),
    options=(
        DriverOption("patient", "adult", "Cuff and limits the module uses", ("adult", "child", "neonate")),
        DriverOption("inflate_mmhg", 0, "First inflation target in mmHg; 0 leaves it to the module"),
    ),
    commands=(
        CommandSpec("start", "Inflate the cuff and measure once", on_patient=True),
        CommandSpec("abort", "Open the valves", on_patient=True),
        CommandSpec(
            "initial inflation", "Set the first inflation target of the next starts", on_patient=True
        ),
        CommandSpec("cuff pressure", "Ask for the pressure in the cuff, one to three times a second"),
        CommandSpec("BP data", "Ask for the result of the last determination"),
        CommandSpec("module data", "Ask for firmware and serial number"),
        CommandSpec("self-test", "Ask for the result of the module's own test"),
    ),
)
