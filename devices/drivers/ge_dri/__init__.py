"""GE CARESCAPE and Datex-Ohmeda S/5 monitors on their computer interface (DRI): values, waves, alarms."""

from __future__ import annotations

from devices.drivers.ge_dri.protocol import GeDri
from devices.drivers.ge_dri.values import METRICS
from devices.drivers.ge_dri.waves import SETS
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="ge-dri",
    label="GE CARESCAPE / Datex-Ohmeda S/5 monitor",
    vendor="GE HealthCare",
    # Numbers come every 5 s, waves more often; without the hand-shake lines the monitor sends nothing.
    link=SerialLink(baud=19200, parity="E", rtscts=True, silence_s=12.0),
    metrics=METRICS,
    protocol=GeDri,
    evidence=Evidence(
        level="manual",
        sources=(
            "S/5 Computer Interface specification M1017617, 12th edition: its printed requests in the tests",
            "S/5 System Interface DRI specification 8005313, 12th edition",
        ),
        gaps=(
            "not yet tried on a monitor",
            "the width of two numbers in the alarm record is not printed and taken as 2 bytes",
            "whether the monitor's Unix seconds are its local time is not known",
            "what a stopped cuff measurement leaves in the label is not printed; without their time, the "
            "last numbers could be taken for new if it is stopped within a minute of them",
            "ST values, gases other than carbon dioxide, cardiac output, muscle relaxation, airway values, "
            "EEG, 12-lead ECG, intracranial pressures and trends are not read",
        ),
    ),
    options=(DriverOption("waves", "usual", "Which waves the monitor sends", tuple(SETS)),),
    commands=(
        CommandSpec("displayed values", "Ask for the numbers on the screen, every 5 s"),
        CommandSpec("auxiliary info", "Ask for the time of the last cuff measurement, every 5 s"),
        CommandSpec("waves", "Ask for waves, in place of those asked for before"),
        CommandSpec("stop waves", "Ask for no waves, with the option waves=none"),
        CommandSpec("alarms", "Ask for the monitor's alarm texts, now and at each change"),
    ),
)
