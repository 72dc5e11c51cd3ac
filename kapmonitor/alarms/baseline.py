"""What is usual for this person before the dose, from readings that agree with each other; pure.

ALARMS 3.4: the median of at least two, better three cuff readings of one cuff, taken 2 to 5 min apart within
30 min before the dose, at most 10 mmHg systolic apart; if they differ more, another one, five at most. Heart
rate and saturation are medians of the last 5 min of valid values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

from kapmonitor.model import CuffReading, Measured, Reading

WINDOW_NS: Final = 30 * 60_000_000_000
CONTINUOUS_NS: Final = 5 * 60_000_000_000
APART_NS: Final = (120_000_000_000, 300_000_000_000)
SLACK_NS: Final = 15_000_000_000
"""A reading comes when the cuff is done: two that were started in time may end a little too near or far."""
SPREAD: Final = 10.0
LEAST, PREFERRED, MOST = 2, 3, 5


@dataclass(frozen=True, slots=True)
class Baseline:
    """Values before the dose, None where there are too few; `readings` are the cuff readings' times."""

    systolic: float | None = None
    diastolic: float | None = None
    mean: float | None = None
    hr: float | None = None
    spo2: float | None = None
    readings: tuple[int, ...] = ()


class Wanting(StrEnum):
    """What a baseline still needs."""

    NOTHING = "nothing"
    READING = "reading"
    """A cuff reading, 2 to 5 min after the last one."""
    THIRD = "third"
    """Two readings agree; a third one is better."""
    AGREEMENT = "agreement"
    """The readings differ: another one."""
    GIVEN_UP = "given-up"
    """Five readings and no agreement: a person decides."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A baseline that could be set now, if there is one, and what is wanting."""

    baseline: Baseline | None
    wanting: Wanting


def propose(
    cuffs: Iterable[CuffReading],
    hr: Iterable[tuple[int, float]],
    spo2: Iterable[tuple[int, float]],
    until_ns: int,
) -> Proposal:
    """The baseline of what was measured until `until_ns` (the dose, or now); values are (time, value)."""
    chain = _chain(cuffs, until_ns)
    agreeing = _agreeing(chain)
    if not agreeing:
        return Proposal(None, _wanting(chain))
    baseline = Baseline(
        systolic=_median([reading.systolic for reading in agreeing]),
        diastolic=_median([reading.diastolic for reading in agreeing]),
        mean=_median([reading.mean for reading in agreeing]),
        hr=_recent(hr, until_ns),
        spo2=_recent(spo2, until_ns),
        readings=tuple(reading.t_ns for reading in agreeing),
    )
    return Proposal(baseline, Wanting.NOTHING if len(agreeing) >= PREFERRED else Wanting.THIRD)


def _chain(cuffs: Iterable[CuffReading], until_ns: int) -> list[CuffReading]:
    """The newest readings of one cuff that are neither too near nor too far apart, oldest first."""
    found = [
        reading
        for reading in sorted(cuffs, key=lambda reading: reading.t_ns)
        if until_ns - WINDOW_NS <= reading.t_ns <= until_ns
        and not reading.stored
        and isinstance(reading.systolic, Measured)
    ]
    chain: list[CuffReading] = []
    for reading in reversed(found):
        gap_ns = chain[-1].t_ns - reading.t_ns if chain else APART_NS[0]
        if reading.device != (chain[-1].device if chain else reading.device):
            break
        if gap_ns > APART_NS[1] + SLACK_NS or len(chain) == MOST:
            break
        if gap_ns >= APART_NS[0] - SLACK_NS:
            chain.append(reading)
    return chain[::-1]


def _agreeing(chain: Sequence[CuffReading]) -> Sequence[CuffReading]:
    """The newest three readings if they agree, else the newest two, else none."""
    for count in (PREFERRED, LEAST):
        newest = chain[-count:]
        values = [r.systolic.value for r in newest if isinstance(r.systolic, Measured)]
        if len(newest) == count and max(values) - min(values) <= SPREAD:
            return newest
    return ()


def _wanting(chain: Sequence[CuffReading]) -> Wanting:
    if len(chain) < LEAST:
        return Wanting.READING
    return Wanting.GIVEN_UP if len(chain) >= MOST else Wanting.AGREEMENT


def _median(readings: Iterable[Reading]) -> float | None:
    values = [reading.value for reading in readings if isinstance(reading, Measured)]
    return round(median(values), 1) if len(values) >= LEAST else None


def _recent(values: Iterable[tuple[int, float]], until_ns: int) -> float | None:
    found = [value for t_ns, value in values if until_ns - CONTINUOUS_NS < t_ns <= until_ns]
    return round(median(found), 1) if found else None
