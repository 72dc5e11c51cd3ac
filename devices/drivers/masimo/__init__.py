"""Masimo oximeters (Rad-8, Rad-87, Radical-7) on their serial output, set to ASCII 1."""

from __future__ import annotations

from devices.drivers.masimo.protocol import METRICS, Masimo
from devices.protocol import DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="masimo",
    label="Masimo oximeter (ASCII 1)",
    vendor="Masimo",
    link=SerialLink(baud=9600, silence_s=3.0),
    metrics=tuple(METRICS.values()),
    protocol=Masimo,
    evidence=Evidence(
        level="manual",
        documents=(
            "Rad-8 operator's manual: line settings, exception bits",
            "Rad-87 manual, p. 93",
            "a Rad-8 owner's notes, with the alarm bits found by trying",
        ),
        vectors=(
            "lines that two Rad-8 and two Radical-7 sent: 98 % and 97/min, no sensor, 98 % and 123/min, none",
        ),
        gaps=(
            "not yet tried on an oximeter",
            "the alarm bits were found by trying on one Rad-8 and are in no manual; they are a hint only",
            "SpHb is taken as g/dL, and the unit of SpOC, mL/dL, is from memory",
            "DESAT, PIDELTA and EXC1 are not read",
            "ASCII 2, the trend dump and the Philips mode are not read; the device must be set to ASCII 1",
            "there is no waveform in this mode, and no checksum; what model it is, is not told",
        ),
    ),
)
