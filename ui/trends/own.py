"""The person's own band behind the trends: what earlier sessions did, laid on this session's baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kapmonitor.course.band import LEAST_SESSIONS, ROLES, Earlier, OwnBand, comparable, on_baseline, own_band
from kapmonitor.resting import Baseline
from kapmonitor.session.state import SessionState
from kapmonitor.view import Role
from ui.trends.expected import MINUTE_NS, Band

FROM: Final = "dotted: own, from {count} earlier sessions"
NO_DOSE: Final = "own band from the dose on"
FEWER: Final = "own band: too few sessions by this route"
NO_BASELINE: Final = "no own band: no baseline"


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """Bands by role, with NaN where earlier sessions say nothing, and what they are made from."""

    bands: Mapping[Role, Band] = field(default_factory=dict)
    words: str = ""


NOTHING: Final = Own()


class OwnBands:
    """Earlier sessions of the person who is here; each route's bands are worked out once."""

    def __init__(self, earlier: Sequence[Earlier]) -> None:
        self._earlier = tuple(earlier)
        self._known: dict[str, tuple[OwnBand, ...]] = {}

    def of(self, state: SessionState, baseline: Baseline) -> Own:
        """For this session as it is; without bands the words say why."""
        if not state.doses:
            return Own(words=NO_DOSE)
        routes = {dose.route for dose in state.doses}
        found = self._by_route(routes.pop()) if len(routes) == 1 else ()
        if not found:
            return Own(words=FEWER)
        bands = {}
        for band in found:
            edges = on_baseline(band, baseline)
            if edges is not None:
                times = state.doses[0].t_ns + np.arange(len(band.low), dtype=np.int64) * MINUTE_NS
                bands[band.role] = Band(times, *edges)
        if not bands:
            return Own(words=NO_BASELINE)
        return Own(bands, FROM.format(count=max(band.sessions for band in found)))

    def _by_route(self, route: str) -> tuple[OwnBand, ...]:
        if route not in self._known:
            earlier = comparable(self._earlier, route)
            bands = [own_band(role, earlier) for role in ROLES] if len(earlier) >= LEAST_SESSIONS else []
            self._known[route] = tuple(band for band in bands if band is not None)
        return self._known[route]
