"""Numbers a device sent, judged before they become readings.

What cannot be a vital sign becomes Absent, its raw word kept. The limits are those of kapmonitor.plausible,
which every value passes again on its way to the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kapmonitor.mdc import NIBP_DIA, NIBP_MEAN, NIBP_SYS, Term
from kapmonitor.model import Absent, Measured, Reading, Validity
from kapmonitor.plausible import RANGES, SMALLEST_PULSE_PRESSURE


def within(term: Term, value: float) -> Reading:
    """`value` as Measured if `term` can have it, else Absent with the value as raw word."""
    low, high = RANGES[term.ref]
    return Measured(float(value)) if low <= value <= high else Absent(Validity.INVALID, float(value))


def within_or_none(term: Term, said: int, none: int) -> Reading:
    """The same, where `none` is the device's word for no value."""
    return Absent(Validity.NOT_AVAILABLE, float(said)) if said == none else within(term, said)


@dataclass(frozen=True, slots=True)
class Pressures:
    """One blood pressure determination, judged as a whole."""

    systolic: Reading
    diastolic: Reading
    mean: Reading


def pressures(systolic: float, diastolic: float, mean: float) -> Pressures:
    """Judge three numbers in mmHg together.

    Systolic and diastolic stand or fall together, and the mean with them; a mean that does not lie between
    them falls alone.
    """
    pair = within(NIBP_SYS, systolic), within(NIBP_DIA, diastolic)
    whole = all(isinstance(r, Measured) for r in pair) and systolic - diastolic >= SMALLEST_PULSE_PRESSURE
    if not whole:
        return no_pressures(systolic, diastolic, mean, Validity.INVALID)
    between = diastolic < mean < systolic
    third = within(NIBP_MEAN, mean) if between else Absent(Validity.INVALID, float(mean))
    return Pressures(*pair, third)


def together(systolic: Reading, diastolic: Reading, mean: Reading) -> Pressures:
    """Judge three readings in mmHg, some of which may be absent already, as pressures() does.

    Each that stands keeps the trust that the device has in it.
    """
    if not isinstance(systolic, Measured) or not isinstance(diastolic, Measured):
        return Pressures(*(_fallen(reading) for reading in (systolic, diastolic, mean)))
    between = mean.value if isinstance(mean, Measured) else (systolic.value + diastolic.value) / 2
    whole = pressures(systolic.value, diastolic.value, between)
    third = _trusted(mean, whole.mean) if isinstance(mean, Measured) else mean
    return Pressures(_trusted(systolic, whole.systolic), _trusted(diastolic, whole.diastolic), third)


def _fallen(reading: Reading) -> Reading:
    return Absent(Validity.INVALID, reading.value) if isinstance(reading, Measured) else reading


def _trusted(before: Measured, judged: Reading) -> Reading:
    return judged if isinstance(judged, Absent) else replace(judged, validity=before.validity)


def no_pressures(systolic: float, diastolic: float, mean: float, validity: Validity) -> Pressures:
    """Three numbers nobody stands by, kept as raw words."""
    return Pressures(*(Absent(validity, float(raw)) for raw in (systolic, diastolic, mean)))
