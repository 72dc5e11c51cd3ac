"""Philips IntelliVue monitors (MP2, X2, MP5 to MP90, MX), MIB/RS232 port: numbers, cuff, waves, alarms."""

from __future__ import annotations

from devices.drivers.intellivue import codes
from devices.drivers.intellivue.protocol import Intellivue
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink
from kapmonitor.model import Metric

DRIVER = DriverSpec(
    id="intellivue",
    label="Philips IntelliVue monitor",
    vendor="Philips",
    # Numbers come each second and waves four times a second; the port has this one speed. A monitor that has
    # dropped the host is asked again only after 5 s of silence, and looks silent until it answers, as it is.
    link=SerialLink(baud=115200, silence_s=3.0),
    metrics=(
        *dict.fromkeys(codes.NUMERICS.values()),
        *(Metric(wave.term, wave.label, wave.fs) for wave in codes.WAVES.values()),
    ),
    protocol=Intellivue,
    evidence=Evidence(
        level="manual",
        documents=(
            "two independent public programs: frames, messages, attributes, codes and timing",
            "a public recorder for a fetal monitor of the same maker: frames, release",
            "IEEE 11073-20601: layout of serial number and software",
        ),
        vectors=(
            "check bytes from the unit tests of a public program",
            "the association request, polls, keep-alive and release of public programs, in frames made by "
            "hand",
            "the model attribute of a real monitor",
            "an answer with numbers and one with a wave, made by hand from the published tables",
        ),
        gaps=(
            "not yet tried on a monitor; apart from the model attribute no real bytes were seen",
            "sample rates used until the monitor tells them, the port's set-up and cable, and how long an "
            "association lasts without traffic are from memory",
            "whether extended answers repeat unchanged numbers is unknown; single polls every 2 s make sure",
            "what the codes of the monitor's alarms mean is not known; they are told as alarm or message",
            "two ECG leads (codes 0141 and 0142) have no printed name and are not read",
            "the calibration attribute of waves is not read; their scale is",
            "what patient the monitor thinks it has, bed label, settings and enumerations are not read",
            "the unit of the breathing wave is not told",
            "the same data over a network cable are not read",
        ),
    ),
    options=(DriverOption("waves", True, "Ask for waves: ECG II, pleth, breathing, CO2"),),
    commands=(
        CommandSpec("release", "End an association, at the end and where an earlier run left one behind"),
        CommandSpec("associate", "Ask to be the host that is sent data"),
        CommandSpec("confirm", "Confirm what the monitor said it is"),
        CommandSpec(
            "poll",
            "Ask for numbers, waves, alarms and serial number; at least every 2 s, to be kept as host",
        ),
        CommandSpec("choose waves", "Name the waves the monitor is to send; its display is not changed"),
    ),
)
