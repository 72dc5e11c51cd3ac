"""The phases a clinic uses, and when the console suggests the next one. A person moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kapmonitor.protocol.due import LONGEST_MIN
from kapmonitor.session.events import Phase, Route
from kapmonitor.tables import Table, bounds, each_once, is_number

OTHER: Final = "other"
WITHOUT_TIME: Final = frozenset({Phase.PREPARATION, Phase.BASELINE, Phase.DISCHARGE})
"""No dose is given before the first two end, and nothing follows the last."""


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A phase; `by_route` holds minutes from the first dose after which the next one is suggested.

    `other_min` is for routes that are not named there; None suggests nothing.
    """

    phase: Phase
    label: str = ""
    other_min: float | None = None
    by_route: tuple[tuple[Route, float], ...] = ()

    def ends_after(self, route: Route | None) -> float | None:
        """The minutes from the first dose after which this phase is usually over."""
        return next((minutes for known, minutes in self.by_route if known is route), self.other_min)


ALL: Final = tuple(PhasePlan(phase) for phase in Phase)


def suggested(plans: Sequence[PhasePlan], now: Phase, route: Route | None, minutes: float) -> Phase | None:
    """The phase to suggest so many minutes after the first dose; None while there is nothing to suggest."""
    for plan, following in pairwise(plans):
        after = plan.ends_after(route) if plan.phase is now else None
        if after is not None and minutes >= after:
            return following.phase
    return None


def phase_plans(tables: Sequence[Table]) -> tuple[PhasePlan, ...]:
    """The phases of the [[phase]] tables; all of them, without suggestions, if there are none."""
    so_far = len(tables[0].mistakes) if tables else 0
    each_once(tables, "phase")
    plans = tuple(_phase_plan(table) for table in tables)
    if tables and len(tables[0].mistakes) == so_far:
        _refuse_disorder(tables, plans)
        _refuse_going_back(tables, plans)
    return plans or ALL


def _refuse_disorder(tables: Sequence[Table], plans: Sequence[PhasePlan]) -> None:
    order = list(Phase)
    for before, plan, table in zip(plans, plans[1:], tables[1:], strict=False):
        if order.index(plan.phase) < order.index(before.phase):
            table.wrong("phase", f"phases in their usual order: {', '.join(Phase)}")


def _phase_plan(table: Table) -> PhasePlan:
    table.only("phase", "label", "next_after_min")
    phase = Phase(table.choice("phase", Phase))
    if phase in WITHOUT_TIME and "next_after_min" in table.values:
        table.wrong("next_after_min", f"left out for {phase}: minutes are counted from the dose")
        return PhasePlan(phase, table.text("label"))
    other, by_route = _minutes(table)
    return PhasePlan(phase, table.text("label"), other, by_route)


def _minutes(table: Table) -> tuple[float | None, tuple[tuple[Route, float], ...]]:
    value = table.values.get("next_after_min")
    if not isinstance(value, dict):
        if value is not None and not is_number(value):
            table.wrong("next_after_min", f"{bounds(0, LONGEST_MIN)}, or one for each route in braces")
            return None, ()
        return table.number("next_after_min", 0.0, LONGEST_MIN), ()
    inner = Table(value, table.key("next_after_min"), table.path, table.mistakes)
    inner.only(*(route.value for route in Route), OTHER)
    named = ((route, inner.number(route.value, 0.0, LONGEST_MIN)) for route in Route)
    by_route = tuple((route, minutes) for route, minutes in named if minutes is not None)
    return inner.number(OTHER, 0.0, LONGEST_MIN), by_route


def _refuse_going_back(tables: Sequence[Table], plans: Sequence[PhasePlan]) -> None:
    """A phase that ends before the one before it would never be seen."""
    for route in Route:
        latest = 0.0
        for table, plan in zip(tables, plans, strict=True):
            after = plan.ends_after(route)
            if after is not None and after < latest:
                table.wrong("next_after_min", f"{latest:g}, as in the phase before it, or more ({route})")
                return
            latest = latest if after is None else after
