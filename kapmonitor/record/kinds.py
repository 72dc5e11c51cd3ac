"""Whether a row of the file holds what its table is declared to; damage may have put anything there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import NoneType
from typing import Any, Final

from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow

Kind = type | tuple[type, ...]
NUMBER: Final = (float, NoneType)
TEXT: Final = (str, NoneType)


def typed(row: Sequence[Any], *kinds: Kind) -> Sequence[Any]:
    """The row; ValueError if a value is of another kind."""
    if not all(map(isinstance, row, kinds)):
        raise ValueError("a value is not of its kind")
    return row


def rated(fs: float) -> float:
    """A sampling rate; ValueError for one that no wave has."""
    if not 0.0 < fs < math.inf:
        raise ValueError(f"{fs} samples a second")
    return fs


def tail_reading(row: Sequence[Any]) -> NumericRow:
    """A row of `numeric_tail`; ValueError if it cannot be one."""
    found = typed(row, int, int, int, NUMBER, str, NUMBER, TEXT, int)
    _, t_ns, channel, value, validity, raw, device_time, stored = found
    return NumericRow(t_ns, channel, value, Validity(validity), raw, device_time, bool(stored))
