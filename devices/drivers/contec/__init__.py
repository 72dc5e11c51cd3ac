"""Contec CMS50 oximeters and their many relabelled twins: saturation, pulse rate, perfusion index, pleth."""

from __future__ import annotations

from devices.drivers.contec.live import PI_METRIC, PLETH_METRIC, PULSE_METRIC, SPO2_METRIC
from devices.drivers.contec.protocol import Contec
from devices.protocol import CommandSpec, DriverSpec, Evidence, SerialLink

CP210X_CABLE = (0x10C4, 0xEA60)
"""The chip in the oximeter's cable; any other cable with this chip has the same numbers."""

DRIVER = DriverSpec(
    id="contec",
    label="Contec CMS50 oximeter",
    vendor="Contec Medical Systems",
    link=SerialLink(
        baud=115200,
        silence_s=3.0,
        # Devices with firmware before 4.6, which stream by themselves.
        also=(SerialLink(baud=19200, parity="O", silence_s=3.0),),
    ),
    metrics=(SPO2_METRIC, PULSE_METRIC, PI_METRIC, PLETH_METRIC),
    protocol=Contec,
    evidence=Evidence(
        level="manual",
        documents=(
            "the maker's protocol description V7.0 of 2010, for the new protocol",
            "frame tables of the old protocol from three independent public programs and a wiki",
        ),
        vectors=(
            "real bytes of an old device's stored data: pulse and saturation 68/95, 67/95, 72/95, 84/95",
            "the start, stop and keep-up commands as three programs and the maker's description print them",
        ),
        gaps=(
            "not yet tried on an oximeter",
            "devices with firmware before 4.6 speak at 19200 baud with odd parity: ?baud=19200&parity=O",
            "that an old device sends saturation 0 or 127 for none is from memory; so is that 0 and 255 are "
            "no pulse",
            "stored recordings are not asked for; what comes of them is told as old, without its time",
            "the device's clock, which only dates its recordings, is not set",
            "its model and vendor (A8, A9) are not asked for, as the answers are described nowhere",
            "how long the stream goes on once nobody keeps it up is from memory",
            "units that are USB HID devices (28E9:028A) or CMS50D-BT are not reached through a serial port",
        ),
    ),
    commands=(
        CommandSpec("stop stored data", "End a transfer that another program left running"),
        CommandSpec("stop", "End a stream that another program left running, and our own when we leave"),
        CommandSpec("device id", "Ask for the name of the device"),
        CommandSpec("start", "Ask for live data"),
        CommandSpec("connected", "Tell the device every 4 s that somebody listens"),
        CommandSpec("live again", "Bring an old device that sends stored data back to live data"),
    ),
    usb_ids=(CP210X_CABLE,),
)
