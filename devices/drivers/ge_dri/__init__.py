"""GE CARESCAPE and Datex-Ohmeda S/5 monitors on their computer interface (DRI): values, waves, alarms."""

from __future__ import annotations

from devices.drivers.ge_dri.protocol import GeDri
from devices.drivers.ge_dri.values import METRICS
from devices.drivers.ge_dri.waves import SETS
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink

# Numbers come every 5 s at best, but packets of waves at least once a second, and the auxiliary info in turn
# with the numbers; so a line that says nothing for 3 s has stopped, whichever waves the monitor has.
SILENCE_S = 3.0

DRIVER = DriverSpec(
    id="ge-dri",
    label="GE CARESCAPE / Datex-Ohmeda S/5 monitor",
    vendor="GE HealthCare",
    # Without the hand-shake lines the monitor sends nothing. CARESCAPE monitors can be set to 115200 baud.
    link=SerialLink(
        baud=19200,
        parity="E",
        rtscts=True,
        silence_s=SILENCE_S,
        also=(SerialLink(baud=115200, parity="E", rtscts=True, silence_s=SILENCE_S),),
    ),
    metrics=METRICS,
    protocol=GeDri,
    evidence=Evidence(
        level="manual",
        documents=(
            "S/5 Computer Interface specification M1017617, 12th edition",
            "S/5 System Interface DRI specification 8005313, 12th edition",
            "two public programs that record these monitors, compared with the specification",
        ),
        vectors=(
            "the requests that the specification prints: start and stop values, a trend with an escaped "
            "check byte, start and stop waves",
            "a reply and a wave made by hand from the tables of the specification",
        ),
        gaps=(
            "not yet tried on a monitor",
            "whether colours in the alarm record take one, two or four bytes is not printed; the length of "
            "the record decides",
            "what the alarm record's mark for the sound means is not known; only what is silenced is told",
            "whether the monitor's seconds count from its local time is not known",
            "what a stopped cuff measurement leaves in the label is not printed; where the monitor does not "
            "tell the time of the last one, the last numbers could be taken for new if it is stopped within "
            "a minute of them",
            "monitors tell no serial number; a change of the sender's number is taken for another monitor",
            "fields without a printed meaning are not read: flow and volume, cardiac output, muscle "
            "relaxation, the sum of agents",
            "left out, as nobody in such a room has them: venous saturation, pressures in the head, seventh "
            "and eighth pressures, a second oximeter, waves of oxygen, agents and the airway, EEG, 12-lead "
            "ECG, trends",
        ),
    ),
    options=(DriverOption("waves", "usual", "Which waves the monitor sends", tuple(SETS)),),
    commands=(
        CommandSpec("displayed values", "Ask for the numbers on the screen, every 5 s"),
        CommandSpec("auxiliary info", "Ask for the time of the last cuff measurement, every 5 s"),
        CommandSpec("waves", "Ask for waves, in place of those asked for before"),
        CommandSpec("alarms", "Ask for the monitor's alarm texts, now and at each change"),
        CommandSpec("stop", "Ask for no more of all this, when the program ends"),
    ),
)
