"""A cuff reading in words."""

from __future__ import annotations

from kapmonitor.model import CuffReading, Measured, Reading

NO_VALUE = "---"


def cuff_words(cuff: CuffReading) -> str:
    """`NIBP 162/98 (119) mmHg`, `NIBP failed: motion`; what is absent never becomes a number."""
    if cuff.failure is not None:
        return f"NIBP failed: {cuff.failure.value}"
    mean = f" ({_number(cuff.mean)})" if isinstance(cuff.mean, Measured) else ""
    return f"NIBP {_number(cuff.systolic)}/{_number(cuff.diastolic)}{mean} mmHg"


def _number(reading: Reading) -> str:
    return f"{reading.value:g}" if isinstance(reading, Measured) else NO_VALUE
