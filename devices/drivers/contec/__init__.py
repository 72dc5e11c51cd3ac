"""Contec CMS50 oximeters and their many relabelled twins: saturation, pulse rate, perfusion index, pleth."""

from __future__ import annotations

from devices.drivers.contec.live import PI_METRIC, PLETH_METRIC, PULSE_METRIC, SPO2_METRIC
from devices.drivers.contec.protocol import Contec
from devices.protocol import CommandSpec, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="contec",
    label="Contec CMS50 oximeter",
    vendor="Contec Medical Systems",
    link=SerialLink(baud=115200, silence_s=3.0),
    metrics=(SPO2_METRIC, PULSE_METRIC, PI_METRIC, PLETH_METRIC),
    protocol=Contec,
    evidence=Evidence(
        level="manual",
        sources=(
            "the maker's protocol description V7.0",
            "real bytes of an old device's stored data, published and decoded in the tests",
            "frame tables of several independent public drivers",
        ),
        gaps=(
            "not yet tried on an oximeter",
            "devices with firmware before 4.6 speak at another line speed, which must be given: "
            "?baud=19200&parity=O",
            "that an old device sends saturation 0 or 127 for none is from memory",
            "stored recordings are not asked for; of what another program asks for, old devices' are read",
            "units that are USB HID devices (28E9:028A) or CMS50D-BT are not reached through a serial port",
        ),
    ),
    commands=(
        CommandSpec("stop stored data", "End a transfer that another program left running"),
        CommandSpec("stop", "End a stream that another program left running"),
        CommandSpec("device id", "Ask for the name of the device"),
        CommandSpec("start", "Ask for live data"),
        CommandSpec("connected", "Tell the device every 4 s that somebody listens"),
    ),
)
