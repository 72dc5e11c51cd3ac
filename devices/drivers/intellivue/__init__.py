"""Philips IntelliVue monitors (MP2, X2, MP5 to MP90, MX), MIB/RS232 port: numbers, cuff results, waves."""

from __future__ import annotations

from devices.drivers.intellivue import codes
from devices.drivers.intellivue.protocol import Intellivue
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink
from kapmonitor.model import Metric

DRIVER = DriverSpec(
    id="intellivue",
    label="Philips IntelliVue monitor",
    vendor="Philips",
    # A monitor that is lost is asked again after 5 s; that alone must not look like a lost link.
    link=SerialLink(baud=115200, silence_s=8.0),
    metrics=(
        *dict.fromkeys(codes.NUMERICS.values()),
        *(Metric(wave.term, wave.label, wave.fs) for wave in codes.WAVES.values()),
    ),
    protocol=Intellivue,
    evidence=Evidence(
        level="manual",
        sources=(
            "check sequence and framing of two public implementations, compared in the tests",
            "messages, attributes and codes of two independent public programs",
            "model attribute of a real monitor, decoded in the tests",
        ),
        gaps=(
            "not yet tried on a monitor, apart from the model attribute no real bytes were seen",
            "sample rates used until the monitor tells them, the port's set-up and cable, and how long an "
            "association lasts without traffic are from memory",
            "whether extended answers repeat unchanged numbers is unknown; single polls every 5 s make sure",
            "what the codes of the monitor's alarms mean is not known; they are told as alarm or message",
            "the association is not released when the program ends, but before the next one is asked for",
            "invasive pressures, skin temperature, patient data and enumerations are not read",
            "the poll profile in the monitor's acceptance is not read; single polls replace extended ones",
            "the unit of the breathing wave is not told",
        ),
    ),
    options=(DriverOption("waves", True, "Ask for waves: ECG II, pleth, breathing, CO2"),),
    commands=(
        CommandSpec("release", "End an association that an earlier run left behind"),
        CommandSpec("associate", "Ask to be the host that is sent data"),
        CommandSpec("confirm", "Confirm what the monitor said it is"),
        CommandSpec(
            "poll",
            "Ask for numbers, waves and alarms; at least every 5 s, to be kept as host",
        ),
        CommandSpec("choose waves", "Name the waves the monitor is to send; its display is not changed"),
    ),
)
