"""Nellcor oximeters (N-595, N-395, NPB-290, NPB-295) on the real-time text of their data port."""

from __future__ import annotations

from devices.drivers.nellcor.protocol import AMPLITUDE, PULSE, SPO2, Nellcor
from devices.protocol import DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="nellcor",
    label="Nellcor oximeter",
    vendor="Nellcor",
    # A row comes every two seconds; one that is lost must not look like a lost link.
    link=SerialLink(baud=9600, silence_s=5.0),
    metrics=(SPO2, PULSE, AMPLITUDE),
    protocol=Nellcor,
    evidence=Evidence(
        level="manual",
        sources=(
            "NPB-290/295 and N-395 operator's manuals, data port protocol; their sample row and heading are "
            "decoded in the tests",
            "row layout and status codes of a public driver for the N-595",
        ),
        gaps=(
            "not yet tried on an oximeter",
            "the interactive menu is not used; if the device stops sending, it has to be switched off and on",
            "the limits in the heading are not read",
            "the unit of the pulse amplitude is the device's own",
            "the N-200 sends another format, which is not read",
            "there is no waveform, and no checksum",
        ),
    ),
)
