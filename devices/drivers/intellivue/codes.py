"""Which of the monitor's physiological ids become which metrics, and in which units they may come.

The ids are terms of the IEEE 11073 nomenclature where its tables have one, others are the maker's.
"""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor import mdc
from kapmonitor.model import Metric

HR = Metric(mdc.HEART_RATE, "HR")
PULSE = Metric(mdc.PULSE_RATE, "Pulse rate")
SPO2 = Metric(mdc.SPO2, "SpO2")
PERFUSION = Metric(mdc.PERFUSION_INDEX, "Perfusion")
RESP_RATE = Metric(mdc.RESP_RATE, "Resp rate")
TEMP = Metric(mdc.TEMP, "Temp")
TEMP_BODY = Metric(mdc.TEMP_BODY, "Body temp")
TEMP_SKIN = Metric(mdc.TEMP_SKIN, "Skin temp")
CO2_ET = Metric(mdc.CO2_ET, "End-tidal CO2")
SYS = Metric(mdc.NIBP_SYS, "NIBP sys")
DIA = Metric(mdc.NIBP_DIA, "NIBP dia")
MEAN = Metric(mdc.NIBP_MEAN, "NIBP mean")
NIBP_PULSE = Metric(mdc.NIBP_PULSE, "Pulse (cuff)")

ARTERIAL = tuple(
    Metric(term, f"ART {which}")
    for term, which in ((mdc.ART_SYS, "sys"), (mdc.ART_DIA, "dia"), (mdc.ART_MEAN, "mean"))
)
ABP = tuple(
    Metric(term, f"ABP {which}")
    for term, which in ((mdc.ABP_SYS, "sys"), (mdc.ABP_DIA, "dia"), (mdc.ABP_MEAN, "mean"))
)

NUMERICS: dict[int, Metric] = {
    0x4182: HR,
    0x4822: PULSE,
    0x480A: PULSE,
    0x4BB8: SPO2,
    0x4BB0: PERFUSION,
    0x500A: RESP_RATE,
    0x4B60: TEMP_BODY,
    0xE004: TEMP_BODY,
    0x4B74: TEMP_SKIN,
    0x4B48: TEMP,
    0x50B0: CO2_ET,
    0x4A05: SYS,
    0x4A06: DIA,
    0x4A07: MEAN,
    0xF0E5: NIBP_PULSE,
    **dict(zip(range(0x4A11, 0x4A14), ARTERIAL, strict=True)),
    **dict(zip(range(0x4A15, 0x4A18), ABP, strict=True)),
}

APERIODIC = frozenset({0x4A05, 0x4A06, 0x4A07, 0xF0E5})
"""Pressures and pulse of the cuff: measured now and then; the monitor goes on repeating the last result."""

RANK: dict[int, int] = {0x4822: 0, 0x480A: 1, 0x4B60: 0, 0xE004: 1}
"""Where several numbers could stand for one metric, the lowest is taken: the oximeter's pulse before the one
from any source, core temperature before rectal."""

PERCENT, DIMENSIONLESS, MMHG, KPA, CELSIUS = 544, 512, 3872, 3843, 6048
BEATS, PULSES, BREATHS = 2720, 2752, 2784
MMHG_PER_KPA = 7.500617

_RATES = {BEATS: 1.0, PULSES: 1.0, BREATHS: 1.0}
_UNITS: dict[str, dict[int, float]] = {
    "/min": _RATES,
    "%": {PERCENT: 1.0},
    "mm[Hg]": {MMHG: 1.0, KPA: MMHG_PER_KPA},
    "Cel": {CELSIUS: 1.0},
}


def factor(metric: Metric, unit: int) -> float | None:
    """What a number in the monitor's `unit` is to be multiplied by; None if the unit does not fit."""
    if metric is PERFUSION and unit == DIMENSIONLESS:
        return 1.0
    return _UNITS[metric.unit].get(unit)


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave as it is where the monitor has not said so: samples per second, and what the raw words mean.

    Raw `low` to `high` stand for `bottom` to `top` in the term's unit.
    """

    term: mdc.Term
    label: str
    fs: float
    low: int = 0
    high: int = 1
    bottom: float = 0.0
    top: float = 1.0


def _ecg(term: mdc.Term, label: str) -> Wave:
    return Wave(term, label, 500.0, 0, 0x3FFF, -40.96, 40.955)


def _pressure(term: mdc.Term, label: str) -> Wave:
    return Wave(term, label, 125.0, 0x00A0, 0x23A0, -40.0, 520.0)


WAVES: dict[int, Wave] = {
    0x4BB4: Wave(mdc.PLETH, "Pleth", 125.0),
    0x0100: _ecg(mdc.ECG, "ECG"),
    0x0101: _ecg(mdc.ECG_I, "ECG I"),
    0x0102: _ecg(mdc.ECG_II, "ECG II"),
    **{0x0102 + n: _ecg(term, f"ECG V{n}") for n, term in enumerate(mdc.ECG_V1_TO_V6, 1)},
    0x013D: _ecg(mdc.ECG_III, "ECG III"),
    0x013E: _ecg(mdc.ECG_AVR, "ECG aVR"),
    0x013F: _ecg(mdc.ECG_AVL, "ECG aVL"),
    0x0140: _ecg(mdc.ECG_AVF, "ECG aVF"),
    0x0143: _ecg(mdc.ECG_V, "ECG V"),
    0x4A10: _pressure(mdc.ART, "ART"),
    0x4A14: _pressure(mdc.ABP, "ABP"),
    0x5000: Wave(mdc.RESP, "Breathing", 62.5, 0, 0x0FFF, -0.6, 1.9),
    0x50AC: Wave(mdc.CO2, "CO2", 62.5),
}

WANTED_WAVES = (0x0102, 0x4BB4, 0x5000, 0x50AC)
"""Asked for by name; the monitor sends at most three ECG and eight other waves."""
