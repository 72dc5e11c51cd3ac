"""The course that heart rate and pressure usually take after a dose, by route, for the band behind the trend.

A rise shaped like a gamma curve to its peak at `peak_min`, then a fall with `half_min` as its half-time. The
band is one standard deviation to each side, so about two sessions in three run inside it; it is a picture of
what is usual and never a limit. Amplitudes: intravenous 0.5 mg/kg over 40 min from two published series (peak
at 40 min, +16 systolic and +11 diastolic; pooled +13, +9 and +4 /min), intranasal from the esketamine label,
intramuscular and sublingual from the kinetics of those routes with assumed amplitudes. An oral dose has no
published course, hence no band.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kapmonitor.session.events import Route
from kapmonitor.view import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kapmonitor.session.state import Dose

MINUTE_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Rise:
    """Change from baseline at the peak, mean and between-session standard deviation, in the role's unit."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Course:
    """How a route acts: rises by role, minutes to the peak, minutes in which half of it is gone."""

    rises: dict[Role, Rise]
    peak_min: float
    half_min: float

    def shape(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share of the peak at minutes after the dose, shape kept; 0 before it, 1 at the peak."""
        since = np.maximum(minutes, 0.0)
        rise = since / self.peak_min * np.exp(1.0 - since / self.peak_min)
        fall = np.exp2(-np.maximum(minutes - self.peak_min, 0.0) / self.half_min)
        return np.where(minutes < self.peak_min, rise, fall)


def _course(sys: Rise, dia: Rise, hr: Rise, peak_min: float, half_min: float) -> Course:
    return Course({Role.NIBP_SYS: sys, Role.NIBP_DIA: dia, Role.HR: hr}, peak_min, half_min)


COURSES: Final = {
    Route.IV: _course(Rise(15, 11), Rise(10, 8), Rise(4, 7), 40, 25),
    Route.IN: _course(Rise(9, 12), Rise(6, 8), Rise(3, 6), 40, 60),
    Route.IM: _course(Rise(18, 12), Rise(12, 8), Rise(8, 9), 20, 30),
    Route.SL: _course(Rise(10, 8), Rise(7, 6), Rise(4, 6), 45, 40),
}

RESTING_SD: Final = {Role.NIBP_SYS: 6.0, Role.NIBP_DIA: 5.0, Role.HR: 5.0}
"""How far readings of a resting person spread, cuff error included; an assumption, kept in quadrature."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Low and high edge of the expected course, each of shape (n,), at `t_ns` of shape (n,)."""

    t_ns: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def course_for(route: str) -> Course | None:
    """The course of a Route word; None for a route without a known one."""
    try:
        return COURSES.get(Route(route))
    except ValueError:
        return None


def expected_band(
    role: Role, doses: Sequence[Dose], baseline: float | None, t_ns: NDArray[np.int64]
) -> Band | None:
    """The band of a role at the given times from the first dose on; None where nothing can be expected.

    Doses add up, as the same person answers each of them: means and deviations are summed, not averaged.
    """
    if baseline is None or not doses or role not in RESTING_SD:
        return None
    t_ns = t_ns[t_ns >= doses[0].t_ns]
    mean = np.zeros(t_ns.shape)
    spread = np.zeros(t_ns.shape)
    for dose in doses:
        course = course_for(dose.route)
        if course is None:
            return None
        share = course.shape((t_ns - dose.t_ns) / MINUTE_NS)
        mean += course.rises[role].mean * share
        spread += course.rises[role].sd * share
    half = np.hypot(RESTING_SD[role], spread)
    return Band(t_ns, baseline + mean - half, baseline + mean + half)
