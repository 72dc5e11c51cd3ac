"""SunTech Advantage OEM blood pressure modules (LX, A+): listens, and can start and stop the cuff."""

from __future__ import annotations

from devices.drivers.suntech.protocol import CUFF, DIA, MEAN, PULSE, SYS, Suntech
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="suntech",
    label="SunTech Advantage NIBP module",
    vendor="SunTech Medical",
    # One lost answer (1 s between polls and 2 s of waiting) must not look like a lost link.
    link=SerialLink(baud=9600, silence_s=3.5),
    metrics=(SYS, DIA, MEAN, PULSE, CUFF),
    protocol=Suntech,
    evidence=Evidence(
        level="manual",
        sources=(
            "three frames of a public unit test, decoded in the tests",
            "packet layout and error list of two independent public drivers",
        ),
        gaps=(
            "not yet tried on a module",
            "meaning of BP status 0 and the module's behaviour when an abort finds it idle are from memory",
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
