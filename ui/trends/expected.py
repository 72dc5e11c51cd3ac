"""The course that heart rate and pressure usually take after the doses given, as the protocol has it.

A picture of what is usual, one standard deviation to each side of the baseline and the mean rise; no limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kapmonitor.protocol.read import Protocol
from kapmonitor.protocol.response import Effect, Response
from kapmonitor.protocol.response import expected_band as band_at
from kapmonitor.session.events import Route
from kapmonitor.view import Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kapmonitor.session.state import Dose

MINUTE_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Low and high edge of the expected course, each of shape (n,), at `t_ns` of shape (n,)."""

    t_ns: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def response_for(protocol: Protocol | None, route: str) -> Response | None:
    """How a route acts by the protocol; None where it does not say."""
    if protocol is None or route not in set(Route):
        return None
    plan = protocol.route(Route(route))
    return None if plan is None else plan.response


def without_course(doses: Sequence[Dose], protocol: Protocol | None) -> tuple[str, ...]:
    """The routes of these doses that have no known course, each once."""
    unknown = (dose.route for dose in doses if response_for(protocol, dose.route) is None)
    return tuple(dict.fromkeys(unknown))


def expected_band(
    role: Role,
    doses: Sequence[Dose],
    baseline: float | None,
    t_ns: NDArray[np.int64],
    protocol: Protocol | None,
) -> Band | None:
    """The band of a role at the given times from the first dose on; None where nothing can be expected.

    With one dose among them whose course is not known, nothing is: the others alone would show too little.
    """
    if baseline is None or not doses:
        return None
    first_ns = min(dose.t_ns for dose in doses)
    effects = []
    for dose in doses:
        response = response_for(protocol, dose.route)
        if response is None:
            return None
        effects.append(Effect((dose.t_ns - first_ns) / MINUTE_NS, response))
    t_ns = t_ns[t_ns >= first_ns]
    bands = [band_at(role, baseline, effects, float(m)) for m in (t_ns - first_ns) / MINUTE_NS]
    known = [band for band in bands if band is not None]
    if len(known) < len(bands):
        return None
    low, high = np.array([b.low for b in known]), np.array([b.high for b in known])
    return Band(t_ns, low, high)
