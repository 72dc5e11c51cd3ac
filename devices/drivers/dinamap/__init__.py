"""GE (Critikon) DINAMAP blood pressure monitors: the host port's text, and the PRO 1000's binary stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from devices.cuffhost.readings import DIA, MEAN, PULSE, SYS
from devices.drivers.dinamap import talk
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

FORMATS: Final[dict[str, Callable[[], WireProtocol]]] = {"ascii": talk.make, "pro-1000": Stream}


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
    link=SerialLink(baud=9600, silence_s=3.0, also=(SerialLink(baud=19200, silence_s=3.0),)),
    metrics=(SYS, DIA, MEAN, PULSE, ECG),
    protocol=make,
    evidence=Evidence(
        level="manual",
        documents=(
            "a public program of 2010 that drove such a monitor: commands, check characters, two answers",
            "title pages and contents lists of Host Communications Reference Manual 2010566 Rev E and of the "
            "Compact monitor's 8555ER Rev 03",
            "a public reader of PRO 1000 recordings: layout of the binary blocks",
        ),
        vectors=("four command lines with their check characters", "one block of a PRO 1000 recording"),
        gaps=(
            "not yet tried on a monitor",
            "the monitor's own manual was not read: saturation, temperature, alarm limits, cycle times and "
            "the words of a refusal are left out; measuring at intervals is done by this program",
            "that the counter of a reading's age runs in seconds, that status 2 means measuring, and the "
            "speeds of 9600 and 19200 baud are from memory",
            "the place of the check characters in long answers is deduced from their least length",
            "whether the pulse rate of an answer is the cuff's own on monitors with an oximeter is not known",
            "the monitor tells neither its model nor its serial number in the answers that are known",
            "PRO 1000: the ECG's scale and lead and the speed of the line are not known; its second wave, "
            "its counters of beats and breaths and its slow values are left out, no blood pressure is read",
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
