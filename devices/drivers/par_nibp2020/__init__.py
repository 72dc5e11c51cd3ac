"""PAR NIBP2010 and NIBP2020 blood pressure modules, and others that speak alike (UN300C, N6, NIBScan)."""

from __future__ import annotations

from devices.cuffhost.readings import CUFF, DIA, MEAN, PULSE, SYS
from devices.drivers.par_nibp2020.protocol import make
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="par-nibp2020",
    label="PAR NIBP2020 module and compatible (UN300C, Sinnor N6, NIBScan)",
    vendor="PAR Medizintechnik",
    link=SerialLink(baud=4800, silence_s=3.0),
    metrics=(SYS, DIA, MEAN, PULSE, CUFF),
    protocol=make,
    evidence=Evidence(
        level="manual",
        documents=(
            "C firmware of a public monitor that uses the module, and a public Arduino class and Python "
            "script for the Sinnor N6: commands, texts and timing",
            "a forum thread that quotes the NIBScan module's guide",
            "tables of contents of the NIBP2020 UP and NIBP2010 technical descriptions",
        ),
        vectors=("command bytes of two independent programs", "one published status"),
        gaps=(
            "not yet tried on a module",
            "the sum of the status is assumed to be that of the commands; the published example does not "
            "fit, so a status whose sum is wrong counts if it comes twice, and as questionable if the line "
            "ends before that",
            "the names of the message codes are from memory, those of 05 and 13 are not known; the number is "
            "always kept",
            "the module tells neither its version nor its serial number in the texts that are known",
            "automatic cycle times (codes 04 to 13) are left out; measuring at intervals is done by this "
            "program",
            "manometer mode and leakage test are for service and are left out, and so is the second, binary "
            "port of the variant with an oximeter",
        ),
    ),
    options=(
        DriverOption("patient", "adult", "Cuff and limits the module uses", ("adult", "neonate")),
        DriverOption(
            "inflate_mmhg",
            140,
            "First inflation in mmHg: 140, 160 or 180 for adults, 100, 120 or 140 for neonates",
        ),
        DriverOption("end_cycle", False, "On connecting, end automatic measuring of the module's own"),
    ),
    commands=(
        CommandSpec("start", "Inflate the cuff and measure once", on_patient=True),
        CommandSpec("abort", "Stop at once and let the air out", on_patient=True),
        CommandSpec("patient mode", "Set adult or neonate before each start", on_patient=True),
        CommandSpec("first inflation", "Set the first inflation before each start", on_patient=True),
        CommandSpec("manual mode", "End the module's own automatic measuring", on_patient=True),
        CommandSpec("status", "Ask what the module is doing and how its last measurement ended"),
    ),
)
