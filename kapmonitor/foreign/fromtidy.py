"""Our own tidy CSV as a recording: one row per value, with code, unit, validity and device."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import csvtext
from kapmonitor.foreign.daytime import ns_of
from kapmonitor.foreign.naming import BY_CODE, WAVES
from kapmonitor.foreign.recording import (
    MOST_VALUES,
    VALIDITIES,
    Channel,
    Readings,
    Recording,
    Tell,
    counted,
    in_order,
)
from kapmonitor.mdc import Term
from kapmonitor.model import Validity

FORMAT: Final = "csv"
COLUMNS: Final = ("utc", "t_rel_s", "channel", "mdc_code", "value", "unit", "validity", "device", "flags")
"""How a row of our own export begins; what stands behind is not needed."""
PLACES: Final = {word.value: place for place, word in enumerate(VALIDITIES)}
WITH_NUMBER: Final = frozenset((Validity.VALID, Validity.VALIDATED, Validity.ONGOING, Validity.QUESTIONABLE))
MOST_CHANNELS: Final = 2_000
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r\n]")
Key = tuple[str, str, str]


@dataclass(slots=True)
class _Column:
    times: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    validity: array[int] = field(default_factory=lambda: array("b"))


@dataclass(slots=True)
class _Reading:
    """What was read so far; `why` counts what is left out."""

    columns: dict[Key, _Column] = field(default_factory=dict)
    terms: dict[Key, Term] = field(default_factory=dict)
    why: Counter[str] = field(default_factory=Counter)
    count: int = 0


def is_tidy(head: Sequence[str]) -> bool:
    """Whether a file's first row is that of our own export."""
    return tuple(head[: len(COLUMNS)]) == COLUMNS


def read(path: Path, tell: Tell) -> Recording:
    """ImportRefused if the file is not text, or holds more than anybody records."""
    found = _Reading()
    for line, row in csvtext.rows(path, "utf-8", ",", tell):
        if line == 1:
            continue
        _take(found, row)
        found.count += 1
        if len(found.columns) > MOST_CHANNELS:
            raise ImportRefused(str(path), f"has more than {MOST_CHANNELS} channels; it is not taken over")
        if found.count > MOST_VALUES:
            raise ImportRefused(str(path), f"has more than {MOST_VALUES} rows; it is not taken over")
    left_out = [f"{count} rows: {why}" for why, count in found.why.items()]
    readings: list[Readings] = []
    for key, column in found.columns.items():
        label, _, device = key
        channel = Channel(f"{device} {label}", device, found.terms[key], label)
        numbers, dropped = in_order(
            channel,
            np.frombuffer(column.times, np.int64),
            np.frombuffer(column.values, np.float64),
            np.frombuffer(column.validity, np.int8),
        )
        readings.append(numbers)
        left_out += counted(dropped, channel.name)
    return Recording(FORMAT, 0, "UTC, as the file says", tuple(readings), (), (), tuple(left_out))


def _take(found: _Reading, row: list[str]) -> None:
    if len(row) < len(COLUMNS):
        found.why["not all columns are there"] += 1
        return
    utc, _, label, code, text, unit, validity, device, flags = row[: len(COLUMNS)]
    key = _bare(label)[:100], code, _bare(device)[:100] or "import"
    term = found.terms.get(key) or (BY_CODE.get(int(code)) if code.isdecimal() and len(code) < 12 else None)
    why = _why_not(term, unit, flags)
    t_ns, value, place = _utc_ns(utc), csvtext.number(text), PLACES.get(validity)
    if not why and t_ns is None:
        why = "a time that cannot be read"
    if not why and (place is None or (text and value is None)):
        why = "a value or validity that cannot be read"
    if why or term is None or t_ns is None or place is None:
        found.why[why] += 1
        return
    if key not in found.columns:
        found.columns[key], found.terms[key] = _Column(), term
    column = found.columns[key]
    column.times.append(t_ns)
    is_one = value is not None and VALIDITIES[place] in WITH_NUMBER
    column.values.append(value if is_one and value is not None else float("nan"))
    column.validity.append(place if is_one == (VALIDITIES[place] in WITH_NUMBER) else NOT_AVAILABLE)


NOT_AVAILABLE: Final = PLACES[Validity.NOT_AVAILABLE.value]


def _bare(text: str) -> str:
    """Without the apostrophe that our export puts before what a spreadsheet would take for a formula."""
    return text[1:] if _GUARDED.match(text) else text


def _why_not(term: Term | None, unit: str, flags: str) -> str:
    if term is None:
        return "an mdc_code that is not known here"
    if unit != term.unit:
        return f"{term.ref} in another unit than {term.unit}"
    if term in WAVES:
        return "samples of waves, whose times are rounded here; EDF holds them word by word"
    if "stored" in flags:
        return "taken before the device was connected"
    return "of a device that nobody had confirmed" if "unconfirmed" in flags else ""


def _utc_ns(text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if at.tzinfo is None else ns_of(at)
