"""What pressure and heart rate did in a person's earlier sessions: their own band for the next one; pure.

The lowest and the highest change from the baseline of each session, near the same time after the first dose.
Three to six sessions are too few for quantiles; the two ends of what was seen claim nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.course.curves import Curves, Envelope
from kapmonitor.course.facts import SECOND_NS, Facts
from kapmonitor.model import CuffReading, Measured, Reading
from kapmonitor.resting import Baseline
from kapmonitor.view import Role

LEAST_SESSIONS: Final = 2
"""One earlier session is no band."""
NEAR_NS: Final = 10 * 60 * SECOND_NS
"""A session's nearest cuff reading stands for a minute if it is so near: they measure at other minutes."""
STEP_NS: Final = 60 * SECOND_NS
LONGEST_MIN: Final = 360
ROLES: Final = (Role.NIBP_SYS, Role.NIBP_DIA, Role.HR)

Floats = NDArray[np.float64]
_PRESSURES: Final[dict[Role, Callable[[CuffReading], Reading]]] = {
    Role.NIBP_SYS: lambda cuff: cuff.systolic,
    Role.NIBP_DIA: lambda cuff: cuff.diastolic,
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier session as the band uses it."""

    facts: Facts
    curves: Curves


@dataclass(frozen=True, slots=True, eq=False)
class OwnBand:
    """Lowest and highest change from baseline at whole minutes after the first dose; NaN where unknown.

    Shape (n,) each, minute i at place i. `sessions` is how many it was made from.
    """

    role: Role
    low: Floats
    high: Floats
    sessions: int


def comparable(sessions: Sequence[Earlier], route: str) -> tuple[Earlier, ...]:
    """Those in which all doses were given by this route."""
    return tuple(each for each in sessions if each.facts.routes == (route,))


def own_band(role: Role, sessions: Sequence[Earlier]) -> OwnBand | None:
    """The band of a role; None where fewer than two sessions have a baseline and readings of it.

    At each minute it takes two sessions that have something near; a session with nothing there says nothing.
    """
    found = [changes for each in sessions if (changes := _changes(role, each)) is not None]
    if len(found) < LEAST_SESSIONS:
        return None
    changes = np.stack(found)
    enough = np.count_nonzero(~np.isnan(changes), axis=0) >= LEAST_SESSIONS
    if not enough.any():
        return None
    low = np.where(enough, np.fmin.reduce(changes, axis=0), np.nan)
    high = np.where(enough, np.fmax.reduce(changes, axis=0), np.nan)
    length = int(np.flatnonzero(enough)[-1]) + 1
    return OwnBand(role, low[:length], high[:length], len(found))


def _changes(role: Role, each: Earlier) -> Floats | None:
    """The session's change from its baseline at each minute, NaN where it has nothing near; None for none."""
    baseline = each.facts.baseline.value(role)
    if baseline is None:
        return None
    if role is Role.HR:
        values = _by_minute(each.curves.heart_rate)
    else:
        values = _nearest_readings(each.curves.cuffs, _PRESSURES[role])
    return None if np.isnan(values).all() else values - baseline


def _nearest_readings(cuffs: Sequence[CuffReading], pressure: Callable[[CuffReading], Reading]) -> Floats:
    """The reading after the dose that is nearest to each minute, of two as near the earlier one."""
    minutes = np.arange(LONGEST_MIN + 1, dtype=np.int64) * STEP_NS
    found, away = np.full(len(minutes), np.nan), np.full(len(minutes), NEAR_NS + 1, np.int64)
    for cuff in cuffs:
        reading = pressure(cuff)
        if cuff.t_ns >= 0 and isinstance(reading, Measured):
            off = np.abs(minutes - cuff.t_ns)
            nearer = off < away
            found[nearer], away[nearer] = reading.value, off[nearer]
    return found


def _by_minute(envelope: Envelope) -> Floats:
    """The median of each minute's middles: single seconds are no course."""
    middles = (envelope.lo.astype(np.float64) + envelope.hi) / 2.0
    at = envelope.times // STEP_NS
    found = np.full(LONGEST_MIN + 1, np.nan)
    counts = ~np.isnan(middles) & (at >= 0) & (at <= LONGEST_MIN)
    for minute in np.unique(at[counts]):
        found[minute] = np.median(middles[counts & (at == minute)])
    return found


def on_baseline(band: OwnBand, baseline: Baseline) -> tuple[Floats, Floats] | None:
    """Its edges for a session with this baseline; None without one."""
    value = baseline.value(band.role)
    return None if value is None else (band.low + value, band.high + value)
