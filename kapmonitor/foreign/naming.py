"""Which 11073 term a track of another program is, and how its unit becomes ours; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kapmonitor import mdc
from kapmonitor.mdc import Term

_NAMES: Final[Mapping[Term, str]] = {
    mdc.SPO2: "SPO2 PLETH_SPO2 O2SAT",
    mdc.PULSE_RATE: "PR PULSE PULSE_RATE PLETH_HR PLETH_PR",
    mdc.PLETH: "PLETH PPG",
    mdc.PERFUSION_INDEX: "PI PERFUSION_INDEX PLETH_PI",
    mdc.HEART_RATE: "HR HEART_RATE HEARTRATE ECG_HR",
    mdc.RR_INTERVAL: "RR_INTERVAL RRI",
    mdc.RESP_RATE: "RR RESP_RATE RESPIRATION_RATE RESPIRATORY_RATE",
    mdc.NIBP_SYS: "NIBP_SBP NIBP_SYS",
    mdc.NIBP_DIA: "NIBP_DBP NIBP_DIA",
    mdc.NIBP_MEAN: "NIBP_MBP NIBP_MEAN NIBP_MAP",
    mdc.NIBP_PULSE: "NIBP_PR NIBP_PULSE",
    mdc.TEMP_BODY: "BT BODY_TEMP BODY_TEMPERATURE",
    mdc.TEMP: "TEMP TEMPERATURE",
    mdc.TEMP_SKIN: "SKIN_TEMP TEMP_SKIN",
    mdc.ECG: "ECG EKG",
    mdc.ECG_I: "ECG_I EKG_I",
    mdc.ECG_II: "ECG_II EKG_II",
    mdc.ECG_III: "ECG_III EKG_III",
    mdc.ECG_AVR: "ECG_AVR",
    mdc.ECG_AVL: "ECG_AVL",
    mdc.ECG_AVF: "ECG_AVF",
    mdc.ECG_V: "ECG_V",
    mdc.RESP: "RESP RESPIRATION",
    mdc.CO2: "CO2",
    mdc.CO2_ET: "ETCO2",
    mdc.ART: "ART",
    mdc.ART_SYS: "ART_SBP ART_SYS",
    mdc.ART_DIA: "ART_DBP ART_DIA",
    mdc.ART_MEAN: "ART_MBP ART_MEAN",
    mdc.CVP: "CVP",
}
_UNITS: Final[Mapping[str, str]] = {
    "%": "%",
    "mm[Hg]": "mmhg mm[hg]",
    "/min": "/min 1/min bpm rpm brpm beats/min breaths/min",
    "Cel": "cel c °c degc deg_c celsius",
    "mV": "mv",
    "ms": "ms msec",
    "1": "1 au a.u. arb",
    "kJ": "kj",
    "g/dL": "g/dl",
    "mL/dL": "ml/dl",
    "mm": "mm",
}
_TENS: Final[Mapping[tuple[str, str], float]] = {
    ("uv", "mV"): 1e-3,
    ("µv", "mV"): 1e-3,
    ("μv", "mV"): 1e-3,
    ("v", "mV"): 1e3,
    ("s", "ms"): 1e3,
}
"""Units that are ours but for a power of ten; others are not turned into ours."""
WAVES: Final = frozenset(
    {
        mdc.PLETH,
        mdc.RESP,
        mdc.CO2,
        mdc.PRESS,
        mdc.PRESS_1,
        mdc.PRESS_2,
        mdc.ART,
        mdc.ABP,
        mdc.CVP,
        mdc.PAP,
        *(term for term in mdc.TERMS if "ECG_ELEC_POTL" in term.ref or "ECG_UNSCALED" in term.ref),
    }
)
"""What is drawn as a wave; all else is a number each time."""
_NOT_IN_NAME: Final = re.compile(r"[^A-Z0-9]+")
BY_CODE: Final = {term.code: term for term in mdc.TERMS}


def distinct(names: Iterable[str]) -> list[str]:
    """Each with a name of its own: what comes again is `NAME #2`, then `NAME #3`."""
    found: dict[str, None] = {}
    for name in names:
        own, number = name, 1
        while own in found:
            number += 1
            own = f"{name} #{number}"
        found[own] = None
    return [*found]


def _spelled() -> Iterator[tuple[str, Term]]:
    for term, names in _NAMES.items():
        for name in names.split():
            yield name, term


BY_NAME: Final = dict(_spelled())
_OURS: Final = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings.split()}


@dataclass(frozen=True, slots=True)
class Meant:
    """What a track is: its term, and what its numbers are multiplied with to be in the term's unit."""

    term: Term
    factor: float = 1.0


def meant(name: str, unit: str) -> Meant | str:
    """What a track of this name and unit is, or in words why it is left out."""
    term = mdc.BY_REF.get(name) or BY_NAME.get(_NOT_IN_NAME.sub("_", name.upper()).strip("_"))
    if term is None:
        return "not known here; a mapping can say what it is"
    return as_term(term, unit)


def as_term(term: Term, unit: str) -> Meant | str:
    """The same for a track whose term is known."""
    spelled = unit.strip().replace(" ", "_").lower()
    if (spelled == "" and term.unit == "1") or _OURS.get(spelled) == term.unit:
        return Meant(term)
    factor = _TENS.get((spelled, term.unit))
    if factor is not None:
        return Meant(term, factor)
    said = f"is in {unit.strip()[:20]!r}" if spelled else "has no unit"
    return f"{said}, not in {term.unit}; only what is exact is turned into another unit"
