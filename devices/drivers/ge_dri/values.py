"""Metrics of the driver, words that stand for "no value", and the maker's labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from devices import plausible
from kapmonitor import mdc
from kapmonitor.mdc import Term
from kapmonitor.model import Absent, Measured, Metric, Reading, Validity
from kapmonitor.plausible import RANGES

PERIOD_S: Final = 5
"""How often displayed values are asked for: the least the monitor allows."""

PER_MINUTE: Final = "/min"
"""What is counted is never less than nothing."""

LOWEST: Final = -32000
"""Words below this are codes."""

CODES: Final = {
    -32767: Validity.INVALID,
    -32766: Validity.NOT_AVAILABLE,
    -32764: Validity.UNDERFLOW,
    -32763: Validity.OVERFLOW,
    -32762: Validity.CALIBRATING,
}
"""Invalid, not updated, under range, over range, not calibrated; any other code counts as invalid."""

GONE: Final = Absent(Validity.NOT_AVAILABLE)
"""The module is not there any more."""


def _number(term: Term, label: str) -> Metric:
    return Metric(term, label, period_s=PERIOD_S)


HEART = _number(mdc.HEART_RATE, "HR")
SATURATION = _number(mdc.SPO2, "SpO2")
PULSE = _number(mdc.PULSE_RATE, "Pulse rate")
BREATHS = _number(mdc.RESP_RATE, "Breaths")
CO2_END = _number(mdc.CO2_ET_PERCENT, "EtCO2")
CO2_IN = _number(mdc.CO2_IN_PERCENT, "Inspired CO2")
GASES: Final = (
    (_number(mdc.O2_ET, "EtO2"), _number(mdc.O2_IN, "Inspired O2")),
    (_number(mdc.N2O_ET, "EtN2O"), _number(mdc.N2O_IN, "Inspired N2O")),
    (_number(mdc.AGENT_ET, "End-tidal agent"), _number(mdc.AGENT_IN, "Inspired agent")),
)
"""Of oxygen, nitrous oxide and the anaesthetic agent: breathed out and breathed in."""

ST_LEVELS: Final = tuple(_number(term, f"ST {n}") for n, term in enumerate(mdc.ECG_ST_NUMBERED, 1))
AMPLITUDE = _number(mdc.PULSE_AMPLITUDE, "Pulse amplitude")
ASIDE: Final = frozenset({*ST_LEVELS, AMPLITUDE, CO2_IN})
"""Numbers that come along with others; their absence is told only once there has been one."""
SYS = Metric(mdc.NIBP_SYS, "NIBP sys")
DIA = Metric(mdc.NIBP_DIA, "NIBP dia")
MEAN = Metric(mdc.NIBP_MEAN, "NIBP mean")
CUFF_PULSE = Metric(mdc.NIBP_PULSE, "Pulse (cuff)")

TEMP = _number(mdc.TEMP, "Temperature")
TEMP_BODY = _number(mdc.TEMP_BODY, "Body temperature")
TEMP_SKIN = _number(mdc.TEMP_SKIN, "Skin temperature")

TEMPERATURES: Final = {
    **dict.fromkeys((1, 2, 3, 4, 5, 6, 15), TEMP_BODY),
    **dict.fromkeys((7, 16), TEMP_SKIN),
    **dict.fromkeys((11, 12, 13, 14, 17, 18), TEMP),
}
"""By label: oesophagus, nose, ear, rectum, bladder, axilla and core; skin and surface; sites without a name.
Airway, room and heart muscle are no temperatures of the person."""

CO2 = Metric(mdc.CO2_PERCENT, "CO2", fs=25.0, resolution=0.01)
PLETH = Metric(mdc.PLETH, "Pleth", fs=100.0, resolution=0.0001)
BREATHING = Metric(mdc.RESP, "Breathing", fs=25.0, resolution=0.01)
BREATHING_FAST = Metric(mdc.RESP, "Breathing", fs=100.0, resolution=0.01)

LEADS: Final = (mdc.ECG, mdc.ECG_I, mdc.ECG_II, mdc.ECG_III, mdc.ECG_AVR, mdc.ECG_AVL, mdc.ECG_AVF, mdc.ECG_V)
"""ECG leads by the number in the ECG group's label; 0 is a lead without a name."""

LEAD_NAMES: Final = ("ECG", "ECG I", "ECG II", "ECG III", "ECG aVR", "ECG aVL", "ECG aVF", "ECG V")
ECGS: Final = tuple(
    Metric(term, name, fs=300.0, resolution=0.001) for term, name in zip(LEADS, LEAD_NAMES, strict=True)
)


@dataclass(frozen=True, slots=True)
class Pressure:
    """The metrics of one invasive pressure: its numbers and its wave."""

    systolic: Metric
    diastolic: Metric
    mean: Metric
    wave: Metric


def _pressure(name: str, systolic: Term, diastolic: Term, mean: Term, wave: Term) -> Pressure:
    return Pressure(
        _number(systolic, f"{name} sys"),
        _number(diastolic, f"{name} dia"),
        _number(mean, f"{name} mean"),
        Metric(wave, name, fs=100.0, resolution=0.01),
    )


ARTERIAL = _pressure("ART", mdc.ART_SYS, mdc.ART_DIA, mdc.ART_MEAN, mdc.ART)
ABP = _pressure("ABP", mdc.ABP_SYS, mdc.ABP_DIA, mdc.ABP_MEAN, mdc.ABP)
CVP = _pressure("CVP", mdc.CVP_SYS, mdc.CVP_DIA, mdc.CVP_MEAN, mdc.CVP)
PULMONARY = _pressure("PA", mdc.PAP_SYS, mdc.PAP_DIA, mdc.PAP_MEAN, mdc.PAP)
OTHER = _pressure("Pressure", mdc.PRESS_SYS, mdc.PRESS_DIA, mdc.PRESS_MEAN, mdc.PRESS)

INTRACRANIAL: Final = frozenset({7, 19})
NAMED: Final = {1: ARTERIAL, 2: CVP, 3: PULMONARY, 8: ABP}


def pressure_of(label: int) -> Pressure | None:
    """What an invasive pressure is by its label; intracranial ones are no blood pressures and not read."""
    return None if label in INTRACRANIAL else NAMED.get(label, OTHER)


METRICS: Final = (
    *(HEART, SATURATION, PULSE, SYS, DIA, MEAN, CUFF_PULSE, BREATHS, CO2_END, CO2_IN),
    *(TEMP, TEMP_BODY, TEMP_SKIN, AMPLITUDE, *ST_LEVELS),
    *(m for pair in GASES for m in pair),
    *(m for p in (ARTERIAL, ABP, CVP, PULMONARY, OTHER) for m in (p.systolic, p.diastolic, p.mean, p.wave)),
    *(*ECGS, PLETH, BREATHING, BREATHING_FAST, CO2),
)


def reading(word: int, term: Term, per_unit: float = 1.0) -> Reading:
    """A signed word as the monitor sent it, `per_unit` of it to one unit of the term."""
    if word < LOWEST:
        return Absent(code(word), float(word))
    value = word / per_unit
    if value < 0 and term.unit == PER_MINUTE:
        return Absent(Validity.INVALID, value)
    return plausible.within(term, value) if term.ref in RANGES else Measured(value)


def code(word: int) -> Validity:
    """What a word below the lowest value means."""
    return CODES.get(word, Validity.INVALID)


def clock_text(time_s: int) -> str | None:
    """The monitor's Unix seconds as ISO 8601; None if its clock was never set."""
    return datetime.fromtimestamp(time_s, UTC).replace(tzinfo=None).isoformat() if time_s else None
