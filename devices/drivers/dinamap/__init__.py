"""GE (Critikon) DINAMAP blood pressure monitors: the host port's text, and the PRO 1000's binary stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from devices.drivers.dinamap.host import DIA, MEAN, PULSE, SYS, Host
from devices.drivers.dinamap.stream import ECG, Stream
from devices.protocol import (
    CommandSpec,
    DriverOption,
    DriverSpec,
    Evidence,
    Options,
    SerialLink,
    WireProtocol,
)
from kapmonitor.errors import ConfigError

FORMATS: Final[dict[str, Callable[[], WireProtocol]]] = {"ascii": Host, "pro-1000": Stream}


def make(options: Options) -> WireProtocol:
    """The protocol of the option `format`; ConfigError if there is no such format."""
    form = str(options.get("format", "ascii"))
    if form not in FORMATS:
        raise ConfigError("dinamap", "format", "one of " + ", ".join(FORMATS))
    return FORMATS[form]()


DRIVER = DriverSpec(
    id="dinamap",
    label="DINAMAP blood pressure monitor (V100, ProCare, PRO, Compact)",
    vendor="GE Healthcare (Critikon)",
    # The monitor counts as gone after three lost answers of 2 s each.
    link=SerialLink(baud=9600, silence_s=7.0),
    metrics=(SYS, DIA, MEAN, PULSE, ECG),
    protocol=make,
    evidence=Evidence(
        level="manual",
        sources=(
            "commands and checks of a public program that drove such a monitor, decoded in the tests",
            "one block of a public PRO 1000 recording, decoded in the tests; its check fits 1152 blocks",
        ),
        gaps=(
            "not yet tried on a monitor",
            "the monitor's own manual was not read: saturation, temperature, alarm limits, cycle times and "
            "the words of a refusal are left out; measuring at intervals is done by this program",
            "that the counter of a reading's age runs in seconds, that status 2 means measuring, and the "
            "speed of 9600 baud are from memory",
            "the place of the check characters in long answers is deduced from their least length",
            "whether the pulse rate of an answer is the cuff's own on monitors with an oximeter is not known",
            "PRO 1000: the ECG's scale and lead are not known, its second wave and slow values are left out, "
            "no blood pressure is read in this format",
        ),
    ),
    options=(
        DriverOption(
            "format", "ascii", "What the host port speaks; the PRO 1000 may send binary", tuple(FORMATS)
        ),
    ),
    commands=(
        CommandSpec("start", "Inflate the cuff and measure once", on_patient=True),
        CommandSpec("cancel", "End the measurement and let the air out", on_patient=True),
        CommandSpec("blood pressure", "Ask once a second how the last measurement stands"),
        CommandSpec("heart rate", "Ask for the rate that belongs to a new reading"),
    ),
)
