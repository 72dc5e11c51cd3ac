"""Numbers a device sent, judged before they become readings.

What cannot be a vital sign becomes Absent, its raw word kept. The limits are those of kapmonitor.plausible,
which every value passes again on its way to the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.mdc import NIBP_DIA, NIBP_MEAN, NIBP_SYS, Term
from kapmonitor.model import Absent, Measured, Reading, Validity
from kapmonitor.plausible import RANGES, SMALLEST_PULSE_PRESSURE


def within(term: Term, value: float) -> Reading:
    """`value` as Measured if `term` can have it, else Absent with the value as raw word."""
    low, high = RANGES[term.ref]
    return Measured(float(value)) if low <= value <= high else Absent(Validity.INVALID, float(value))


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


def no_pressures(systolic: float, diastolic: float, mean: float, validity: Validity) -> Pressures:
    """Three numbers nobody stands by, kept as raw words."""
    return Pressures(*(Absent(validity, float(raw)) for raw in (systolic, diastolic, mean)))
