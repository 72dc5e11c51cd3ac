"""One number of the monitor, ten bytes: physiological id, state, unit, FLOAT.

State bits: 8000 invalid, 4000 questionable, 2000 unavailable, 1000 calibrating, 0800 test,
0400 demonstration, 0080 validated, 0040 systolic known early, 0020 measurement going on, 0002 in alarm,
0001 alarm off.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from functools import lru_cache

from devices import ieee11073, plausible
from devices.drivers.intellivue import codes
from kapmonitor.model import Absent, Measured, Metric, Reading, Validity
from kapmonitor.plausible import RANGES

SIZE = 10
"""Bytes of one number."""

INVALID, QUESTIONABLE, UNAVAILABLE, CALIBRATING = 0x8000, 0x4000, 0x2000, 0x1000
TEST, DEMO, VALIDATED, EARLY, ONGOING = 0x0800, 0x0400, 0x0080, 0x0040, 0x0020
UNFINISHED = EARLY | ONGOING

_SPECIAL = frozenset(bytes.fromhex(word) for word in ("7FFFFF", "800000", "7FFFFE", "800002", "800001"))
_NUMBER = struct.Struct(">HHH4s")
_REMEMBERED = 1024
"""Numbers repeat themselves; this many different ones are kept with what they mean."""


@dataclass(frozen=True, slots=True)
class Number:
    """What one number says; `metric` is None for those nobody here asks for."""

    physio: int
    metric: Metric | None
    state: int
    reading: Reading


def float_be(data: bytes) -> Reading:
    """Four bytes of a FLOAT, exponent first; the special mantissas count whatever the exponent is."""
    mantissa = data[1:]
    return ieee11073.float32((b"\0" + mantissa if mantissa in _SPECIAL else data)[::-1])


@lru_cache(_REMEMBERED)
def number(data: bytes) -> Number:
    """Exactly ten bytes to a number."""
    physio, state, unit, word = _NUMBER.unpack(data)
    metric = codes.NUMERICS.get(physio)
    value = float_be(word)
    if metric is None:
        return Number(physio, None, state, value)
    return Number(physio, metric, state, _judged(metric, state, unit, value))


def _judged(metric: Metric, state: int, unit: int, value: Reading) -> Reading:
    if isinstance(value, Absent):
        return value
    absent = _absent(state)
    factor = codes.factor(metric, unit)
    if absent is not None or factor is None:
        return Absent(absent or Validity.INVALID, value.value)
    # A tenth of a kPa, all that is told of a cuff's pressure, is most of one mmHg.
    scaled = value.value if factor == 1 else float(round(value.value * factor))
    reading = plausible.within(metric.term, scaled) if metric.ref in RANGES else Measured(scaled)
    return replace(reading, validity=_present(state)) if isinstance(reading, Measured) else reading


def _absent(state: int) -> Validity | None:
    """Why there is no number, if the state says so."""
    if state & UNAVAILABLE:
        return Validity.NOT_AVAILABLE
    if state & INVALID:
        return Validity.INVALID
    return Validity.CALIBRATING if state & CALIBRATING else None


def _present(state: int) -> Validity:
    """How far to trust a number that is there. Test and demonstration are no patient's."""
    if state & (QUESTIONABLE | TEST | DEMO):
        return Validity.QUESTIONABLE
    if state & UNFINISHED:
        return Validity.ONGOING
    return Validity.VALIDATED if state & VALIDATED else Validity.VALID
