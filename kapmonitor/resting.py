"""What was usual for this person before the first dose: the middle of the readings taken then."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from kapmonitor.model import Measured
from kapmonitor.session.state import SessionState
from kapmonitor.view import Role, SignalView

MINUTE_NS: Final = 60_000_000_000
CUFFS_FROM_NS: Final = 30 * MINUTE_NS
"""Cuff readings count if they were taken in the half hour before the dose."""

CUFFS_LEAST: Final = 2
"""One reading is no baseline."""

PULSE_FROM_NS: Final = 5 * MINUTE_NS
"""Heart rate counts from five minutes before the dose."""

PULSE_COLUMNS: Final = 150


@dataclass(frozen=True, slots=True)
class Baseline:
    """Medians before the first dose; None where there were too few readings."""

    systolic: float | None = None
    diastolic: float | None = None
    hr: float | None = None

    def value(self, role: Role) -> float | None:
        """The baseline of a role; roles that have no expected course have none."""
        match role:
            case Role.NIBP_SYS:
                return self.systolic
            case Role.NIBP_DIA:
                return self.diastolic
            case Role.HR:
                return self.hr
            case _:
                return None


def baseline_of(view: SignalView, state: SessionState) -> Baseline:
    """The baseline that somebody accepted, else what the readings before the first dose come to."""
    accepted = state.baseline
    if accepted is None:
        return baseline_before(view, state.dose_t_ns)
    return Baseline(accepted.systolic, accepted.diastolic, accepted.hr)


def baseline_before(view: SignalView, dose_t_ns: int | None) -> Baseline:
    """The baseline at the first dose; empty before there is one."""
    if dose_t_ns is None:
        return Baseline()
    before = view.cuffs(dose_t_ns - CUFFS_FROM_NS, dose_t_ns)
    cuffs = [c for c in before if c.failure is None and not c.stored]
    columns = view.trend(Role.HR, dose_t_ns - PULSE_FROM_NS, dose_t_ns, PULSE_COLUMNS)
    middles = (columns.lo.astype(np.float64) + columns.hi) / 2.0
    middles = middles[~np.isnan(middles)]
    return Baseline(
        _median([c.systolic.value for c in cuffs if isinstance(c.systolic, Measured)]),
        _median([c.diastolic.value for c in cuffs if isinstance(c.diastolic, Measured)]),
        float(np.median(middles)) if len(middles) else None,
    )


def _median(values: list[float]) -> float | None:
    return float(median(values)) if len(values) >= CUFFS_LEAST else None
