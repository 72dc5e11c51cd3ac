"""Nellcor oximeters (N-595, N-395, NPB-290, NPB-295) on the real-time text of their data port."""

from __future__ import annotations

from devices.drivers.nellcor.protocol import AMPLITUDE, PULSE, SPO2, Nellcor
from devices.protocol import CommandSpec, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="nellcor",
    label="Nellcor oximeter",
    vendor="Nellcor",
    link=SerialLink(
        baud=9600,
        # A row comes every two seconds; when one is lost the link is stale for the second that is left.
        silence_s=3.0,
        also=(SerialLink(baud=19200, silence_s=3.0), SerialLink(baud=2400, silence_s=3.0)),
    ),
    metrics=(SPO2, PULSE, AMPLITUDE),
    protocol=Nellcor,
    evidence=Evidence(
        level="manual",
        documents=(
            "NPB-290/295 and N-395 operator's manuals, appendix on the data port protocol",
            "row layout and status codes as a public program for the N-595 uses them",
        ),
        vectors=("sample heading and row of the N-395 manual: 100 %, 120/min, amplitude 50",),
        gaps=(
            "not yet tried on an oximeter",
            "an NPB-290 sends nothing while it runs on its battery",
            "if the device stops sending and XON does not help, it has to be switched off and on",
            "that some models can be set to 2400 or 19200 baud is from memory",
            "the interactive menu is not used, so a serial number is not known",
            "the device's own limits, printed in the heading, are not read",
            "the unit of the pulse amplitude is the device's own",
            "the N-200 sends another format, which is not read",
            "there is no waveform, and no checksum",
        ),
    ),
    commands=(CommandSpec("go on", "Ask an oximeter that fell silent to go on sending (XON)"),),
)
