"""What the status words of an oximeter make of its numbers, and which conditions they state.

Measurement status: bit 5 ongoing, 6 early estimate, 7 validated, 8 fully qualified, 9 from storage, 10
demonstration, 11 test, 12 calibrating, 13 unavailable, 14 questionable, 15 invalid. Bits 0 to 4 are reserved.

A continuous measurement is always ongoing, so that bit says nothing about it; a spot-check that is still
ongoing is a first guess. A number whose status says that there is none, or that nothing sits on the finger,
is blanked whatever the word is.
"""

from __future__ import annotations

from typing import Final

from devices.drivers.ble_pulse_oximeter.payloads import Measurement
from devices.plausible import within
from kapmonitor.mdc import Term
from kapmonitor.model import Absent, AlertKind, Measured, Reading, Validity

ONGOING, EARLY, VALIDATED, QUALIFIED, STORED = (1 << bit for bit in range(5, 10))
DEMONSTRATION, TEST, CALIBRATING, UNAVAILABLE, QUESTIONABLE, INVALID = (1 << bit for bit in range(10, 16))

BLANKING: Final = 1 << 1 | 1 << 7 | 1 << 11 | 1 << 14 | 1 << 15
"""Sensor states with which no number counts: malfunction, no pulse, no finger, sensor broken or unplugged."""
DOUBTFUL: Final = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 12 | 1 << 13
"""Sensor states with which a number is shown as doubtful."""

_STATES: Final = (
    (1, AlertKind.DEVICE_FAULT, ""),
    (2, AlertKind.ARTEFACT, ""),
    (3, AlertKind.ARTEFACT, ""),
    (4, AlertKind.MARGINAL_PERFUSION, ""),
    (5, AlertKind.LOW_PERFUSION, ""),
    (6, AlertKind.ARTEFACT, ""),
    (7, AlertKind.NO_PULSE, ""),
    (8, AlertKind.ARTEFACT, ""),
    (10, AlertKind.ARTEFACT, "interference"),
    (11, AlertKind.SENSOR_OFF, ""),
    (12, AlertKind.SENSOR_FAULT, "unknown sensor"),
    (13, AlertKind.SENSOR_OFF, "displaced"),
    (14, AlertKind.SENSOR_FAULT, ""),
    (15, AlertKind.SENSOR_OFF, "unplugged"),
)
"""Bits of the device and sensor status; 0 and 9 (the device is busy) raise nothing, 16 to 23 are reserved."""
_MADE_UP: Final = ((DEMONSTRATION, "demonstration"), (TEST, "test"))


def reading(term: Term, said: Reading, heard: Measurement, *, spot: bool) -> Reading:
    """`said` as the status words of its payload leave it."""
    status, sensor = heard.status or 0, heard.sensor or 0
    if isinstance(said, Absent):
        return said
    if status & INVALID:
        return Absent(Validity.INVALID, said.value)
    if status & UNAVAILABLE or sensor & BLANKING:
        return Absent(Validity.NOT_AVAILABLE, said.value)
    judged = within(term, said.value)
    return (
        judged if isinstance(judged, Absent) else Measured(said.value, _validity(status, sensor, spot=spot))
    )


def alerts(heard: Measurement) -> list[tuple[AlertKind, bool, str]]:
    """Each condition the payload can state, whether it does, and what more it says."""
    stated: list[tuple[AlertKind, bool, str]] = []
    if heard.status is not None:
        made_up = [word for bit, word in _MADE_UP if heard.status & bit]
        stated.append((AlertKind.SIMULATED, bool(made_up), ", ".join(made_up)))
    if heard.sensor is not None:
        present = [(kind, detail) for bit, kind, detail in _STATES if heard.sensor >> bit & 1]
        for kind in dict.fromkeys(kind for _, kind, _ in _STATES):
            details = dict.fromkeys(detail for of, detail in present if of is kind and detail)
            stated.append((kind, any(of is kind for of, _ in present), ", ".join(details)))
    return stated


def _validity(status: int, sensor: int, *, spot: bool) -> Validity:
    if status & (QUESTIONABLE | DEMONSTRATION | TEST) or sensor & DOUBTFUL:
        return Validity.QUESTIONABLE
    if status & CALIBRATING:
        return Validity.CALIBRATING
    if status & (VALIDATED | QUALIFIED):
        return Validity.VALIDATED
    return Validity.ONGOING if status & (EARLY | (ONGOING if spot else 0)) else Validity.VALID
