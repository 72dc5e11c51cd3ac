"""The course that pressure and heart rate usually take after a dose: the band behind the trend.

A rise shaped like a gamma curve to its peak, then a fall with a half-time. The band is one standard deviation
to each side: what is usual, and never a limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, exp2, hypot
from typing import Final

from kapmonitor.protocol.due import LONGEST_MIN
from kapmonitor.tables import Table
from kapmonitor.view import Role

MOST_RISE: Final = 200.0


@dataclass(frozen=True, slots=True)
class Rise:
    """Change from baseline at the peak in the role's unit: mean and standard deviation between sessions.

    `resting_sd` is how far readings of a resting person spread, the cuff's error included.
    """

    mean: float
    sd: float
    resting_sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """How a route acts: minutes from the dose to the peak, minutes after it in which half is gone."""

    systolic: Rise
    diastolic: Rise
    heart_rate: Rise
    peak_min: float
    half_min: float

    def rise(self, role: Role) -> Rise | None:
        """The rise of a role; None for a role without a known one."""
        known = {Role.NIBP_SYS: self.systolic, Role.NIBP_DIA: self.diastolic, Role.HR: self.heart_rate}
        return known.get(role)

    def share(self, minutes: float) -> float:
        """Share of the peak so many minutes after the dose; 0 before it, 1 at the peak."""
        if minutes <= 0.0:
            return 0.0
        if minutes < self.peak_min:
            return minutes / self.peak_min * exp(1.0 - minutes / self.peak_min)
        return exp2((self.peak_min - minutes) / self.half_min)


@dataclass(frozen=True, slots=True)
class Effect:
    """A dose `t_min` minutes after the first one, and how its route acts."""

    t_min: float
    response: Response


@dataclass(frozen=True, slots=True)
class Band:
    """The lower and the upper edge of what is usual."""

    low: float
    high: float


def expected_band(role: Role, baseline: float, effects: Sequence[Effect], minutes: float) -> Band | None:
    """The band so many minutes after the first dose; None where nothing is known to be usual.

    Doses add up, as the same person answers each of them: means and deviations are summed, not averaged.
    """
    mean = spread = resting = 0.0
    for effect in effects:
        rise = effect.response.rise(role)
        if rise is None:
            return None
        share = effect.response.share(minutes - effect.t_min)
        mean += rise.mean * share
        spread += rise.sd * share
        resting = max(resting, rise.resting_sd)
    half = hypot(resting, spread)
    return Band(baseline + mean - half, baseline + mean + half) if effects else None


def response(table: Table) -> Response:
    """The response of a [route.NAME.response] table."""
    table.only("systolic", "diastolic", "heart_rate", "peak_min", "half_min")
    return Response(
        systolic=_rise(table, "systolic"),
        diastolic=_rise(table, "diastolic"),
        heart_rate=_rise(table, "heart_rate"),
        peak_min=table.needed_number("peak_min", 1.0, LONGEST_MIN),
        half_min=table.needed_number("half_min", 1.0, LONGEST_MIN),
    )


def _rise(table: Table, key: str) -> Rise:
    inner = table.table(key)
    if inner is None:
        if key not in table.values:
            table.missing(key, "mean and sd of the rise, as { mean = NUMBER, sd = NUMBER }")
        return Rise(0.0, 0.0)
    inner.only("mean", "sd", "resting_sd")
    return Rise(
        inner.needed_number("mean", -MOST_RISE, MOST_RISE),
        inner.needed_number("sd", 0.0, MOST_RISE),
        inner.number("resting_sd", 0.0, MOST_RISE) or 0.0,
    )
