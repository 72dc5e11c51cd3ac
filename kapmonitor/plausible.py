"""The gate between what a device said and what is shown, alarmed on and plotted.

A value outside what a living person can have, or what the method can measure, is kept in the record as raw
and becomes Absent everywhere else.
"""

from __future__ import annotations

from dataclasses import replace

from kapmonitor import mdc
from kapmonitor.model import Absent, Measured, Observation, Reading, Validity

RANGES: dict[str, tuple[float, float]] = {
    mdc.SPO2.ref: (40, 100),
    mdc.PULSE_RATE.ref: (20, 300),
    mdc.HEART_RATE.ref: (20, 250),
    mdc.NIBP_PULSE.ref: (20, 300),
    mdc.NIBP_SYS.ref: (40, 280),
    mdc.NIBP_DIA.ref: (20, 220),
    mdc.NIBP_MEAN.ref: (25, 240),
    mdc.CUFF_PRESSURE.ref: (-20, 350),
    mdc.TEMP_BODY.ref: (25, 45),
    mdc.BATTERY.ref: (0, 100),
    mdc.PERFUSION_INDEX.ref: (0, 30),
}
"""Inclusive limits in the metric's unit; a metric that is not listed is not gated."""

HIGHEST_CUFF = 350.0
"""mmHg that no cuff is inflated beyond: a larger number is no pressure but a word that we do not know."""

SMALLEST_PULSE_PRESSURE = 10.0
"""mmHg between systolic and diastolic below which a cuff reading is not believed."""


def gate(observation: Observation) -> Observation:
    """The observation, its value made Absent if it cannot be one."""
    reading = observation.reading
    if isinstance(reading, Absent):
        return observation
    low, high = RANGES.get(observation.metric.ref, (float("-inf"), float("inf")))
    if low <= reading.value <= high:
        return observation
    return replace(observation, reading=Absent(Validity.INVALID, reading.value))


def pressed(ref: str, reading: Reading) -> float | None:
    """The pressure that alarms look at; of one too high to be measured the highest that could be.

    So a reading beyond what a cuff tells is never shown as a number, and alarms.
    """
    if isinstance(reading, Measured):
        return reading.value
    return RANGES[ref][1] if is_beyond(ref, reading) else None


def is_beyond(ref: str, reading: Reading) -> bool:
    """Whether a pressure was too high to be measured, by the device's word or by its number."""
    if isinstance(reading, Measured):
        return False
    raw = reading.raw
    said = reading.validity is Validity.OVERFLOW
    return said or (raw is not None and RANGES[ref][1] < raw <= HIGHEST_CUFF)


def cuff_is_plausible(systolic: Reading, diastolic: Reading, mean: Reading) -> bool:
    """Whether the pressures of one determination fit together; absent ones are not compared."""
    if isinstance(systolic, Measured) and isinstance(diastolic, Measured):
        if systolic.value - diastolic.value < SMALLEST_PULSE_PRESSURE:
            return False
        if isinstance(mean, Measured):
            return diastolic.value <= mean.value <= systolic.value
    return True
