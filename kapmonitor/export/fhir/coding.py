"""Codes as FHIR writes them: LOINC, ISO/IEEE 11073, UCUM, and the vital-signs profiles of R4; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

from kapmonitor import mdc
from kapmonitor.mdc import Term
from kapmonitor.model import Measured, Reading, Validity

Json = dict[str, Any]
T = TypeVar("T")

LOINC: Final = "http://loinc.org"
MDC: Final = "urn:iso:std:iso:11073:10101"
UCUM: Final = "http://unitsofmeasure.org"
CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_PROFILE: Final = "http://hl7.org/fhir/StructureDefinition/"
BP_PANEL: Final = "85354-9"
BP_PANEL_MDC: Final = 150020
RESP_RATE: Final = "9279-1"
PROFILES: Final[Mapping[str, str]] = {
    BP_PANEL: f"{_PROFILE}bp",
    "8867-4": f"{_PROFILE}heartrate",
    "2708-6": f"{_PROFILE}oxygensat",
    RESP_RATE: f"{_PROFILE}resprate",
    "8310-5": f"{_PROFILE}bodytemp",
}
MORE_LOINC: Final[Mapping[str, tuple[str, ...]]] = {"2708-6": ("59408-5",)}
"""R4 wants the first of the two for oxygen saturation, and by pulse oximetry is the second."""
UNITS: Final[Mapping[str, str]] = {"mm[Hg]": "mmHg", "/min": "beats/minute", "Cel": "°C"}
UNITS_OF: Final[Mapping[str, str]] = {RESP_RATE: "breaths/minute"}
"""Where what is counted is not the heart's beats."""
REASONS: Final[Mapping[Validity, str]] = {
    Validity.INVALID: "error",
    Validity.OVERFLOW: "error",
    Validity.UNDERFLOW: "error",
    Validity.CALIBRATING: "temp-unknown",
    Validity.NOT_AVAILABLE: "unknown",
}
UNKNOWN: Final = "unknown"
_NOT_IN_STRINGS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


def code_of(loinc: str, code: int, text: str, *, with_loinc: bool = True) -> Json:
    """A CodeableConcept of a measurement. Private terms of ours have no place in the MDC system."""
    loincs = (loinc, *MORE_LOINC.get(loinc, ())) if loinc and with_loinc else ()
    found: list[Json] = [{"system": LOINC, "code": each} for each in loincs]
    if 0 < code < mdc.PRIVATE * 65536:
        found.append({"system": MDC, "code": str(code)})
    return {**({"coding": found} if found else {}), "text": text}


def plain(text: str) -> str:
    """Without the control characters that strings of FHIR must not have."""
    return _NOT_IN_STRINGS.sub(" ", text)


def plain_throughout(value: T) -> T:
    """The same for every text of a resource."""
    return cast("T", _plain(value))


def _plain(value: object) -> object:
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case str():
            return plain(value)
        case _:
            return value


def quantity(value: float, unit: str, loinc: str = "") -> Json:
    """A value in a UCUM unit."""
    words = UNITS_OF.get(loinc) or UNITS.get(unit, unit)
    return {"value": value, "unit": words, "system": UCUM, "code": unit}


def absent(reason: str) -> Json:
    """Why there is no value."""
    return {"coding": [{"system": ABSENT, "code": reason}]}


def value_or_reason(reading: Reading, unit: str, *, loinc: str = "", reason: str = "") -> Json:
    """The value of an Observation or component, or why there is none; never both, never neither."""
    if isinstance(reading, Measured):
        return {"valueQuantity": quantity(reading.value, unit, loinc)}
    return {"dataAbsentReason": absent(reason or REASONS.get(reading.validity, UNKNOWN))}


def component(term: Term, text: str, reading: Reading, *, reason: str = "") -> Json:
    """One part of a blood pressure."""
    return {
        "code": code_of(term.loinc or "", term.code, text),
        **value_or_reason(reading, term.unit, reason=reason),
    }
