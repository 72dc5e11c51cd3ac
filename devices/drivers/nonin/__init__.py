"""Nonin oximeters (Xpod, OEM III, WristOx2, 8500, 2500, Avant): saturation, pulse rate, pleth."""

from __future__ import annotations

from devices.drivers.nonin.protocol import CHOICES, LISTEN, Nonin
from devices.drivers.nonin.values import PLETH_8, PLETH_16, PULSE_METRIC, SPO2_METRIC
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink

FTDI_CABLE = (0x0403, 0x6001)
"""The Xpod's USB cable; any other cable with this chip has the same numbers."""

DRIVER = DriverSpec(
    id="nonin",
    label="Nonin oximeter",
    vendor="Nonin Medical",
    link=SerialLink(
        baud=9600,
        silence_s=3.0,
        # The 7500FO and the 9600; the ninth bit of the 8500 and the 2500, always set, looks the same.
        also=(SerialLink(baud=9600, stopbits=2, silence_s=3.0),),
    ),
    metrics=(SPO2_METRIC, PULSE_METRIC, PLETH_8, PLETH_16),
    protocol=Nonin,
    evidence=Evidence(
        level="manual",
        documents=(
            "manual pages of the 2500 PalmSAT (p. 24), Avant BT4000 (p. 35), 8500, 7500FO and 9600: "
            "text line, line settings",
            "format tables and commands as three independent public programs use them",
        ),
        vectors=("two frames of a public unit test: start of a packet, then a pulse rate of 72",),
        gaps=(
            "not yet tried on an oximeter",
            "the maker's own description of the formats was not read",
            "formats DF8 and DF13 are neither read nor asked for",
            "answers to commands were not seen within a running stream; they are expected between two frames",
            "that both numbers for display are renewed every 1.5 s is from memory",
            "the timer in DF7 has no known unit and is not read; the Bluetooth switch-off time is not set",
            "the header line of the text output is passed over: its layout is printed nowhere",
        ),
    ),
    options=(
        DriverOption(
            "format",
            LISTEN,
            "Data format a WristOx2 or Onyx II is told to send; listen changes nothing",
            (LISTEN, *CHOICES),
        ),
        DriverOption("bluetooth", True, "With a chosen format: Bluetooth comes on with the oximeter"),
        DriverOption("set_clock", "", "Set its clock to this local time, such as 2024-01-31T12:34:56"),
    ),
    commands=(
        CommandSpec("set format", "Tell the oximeter which data format to send, where one was chosen"),
        CommandSpec("serial number", "Ask for the serial number, where a format or a time was chosen"),
        CommandSpec("set clock", "Set the oximeter's clock, where a time was given"),
        CommandSpec("clock", "Ask what its clock shows, once a minute, where a format or a time was chosen"),
    ),
    usb_ids=(FTDI_CABLE,),
)
