"""How doses are given: what the dose form offers, which amounts it asks about, what usually follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.protocol.due import LONGEST_MIN
from kapmonitor.protocol.pressure import PressurePlan, pressure_plan
from kapmonitor.protocol.response import Response, response
from kapmonitor.session.events import Route
from kapmonitor.tables import Table, each_once

MOST_MG: Final = 2000.0
"""More than any dose by any route: a range beyond it is a slip of the keyboard."""
MOST_MG_PER_KG: Final = 20.0
LABELS: Final = {
    Route.IV: "Intravenous",
    Route.IM: "Intramuscular",
    Route.IN: "Intranasal",
    Route.SL: "Sublingual",
    Route.PO: "Oral",
}


class Doubt(StrEnum):
    """Why the dose form asks again before it charts an amount."""

    BELOW = "below"
    ABOVE = "above"
    NO_WEIGHT = "no-weight"


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug that the form offers, and its usual amounts; None is no bound. Amounts are in mg."""

    name: str
    from_mg: float | None = None
    to_mg: float | None = None
    from_mg_per_kg: float | None = None
    to_mg_per_kg: float | None = None

    def doubt(self, amount_mg: float, weight_kg: float | None) -> Doubt | None:
        """Why this amount is to be asked about; None if it is usual."""
        low, high = [self.from_mg], [self.to_mg]
        if self.from_mg_per_kg is not None or self.to_mg_per_kg is not None:
            if weight_kg is None:
                return Doubt.NO_WEIGHT
            low.append(_of_weight(self.from_mg_per_kg, weight_kg))
            high.append(_of_weight(self.to_mg_per_kg, weight_kg))
        if any(bound is not None and amount_mg < bound for bound in low):
            return Doubt.BELOW
        return Doubt.ABOVE if any(bound is not None and amount_mg > bound for bound in high) else None


def _of_weight(per_kg: float | None, weight_kg: float) -> float | None:
    return None if per_kg is None else round(per_kg * weight_kg, 6)


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """One route: `given_over_min` is how long giving takes, `lasts_min` how long the effect usually does.

    `pressure` is set where the route has a cuff plan of its own, `response` where a usual course is known.
    """

    route: Route
    label: str
    drugs: tuple[Drug, ...] = ()
    given_over_min: float | None = None
    lasts_min: float | None = None
    response: Response | None = None
    pressure: PressurePlan | None = None


def route_plans(table: Table) -> tuple[RoutePlan, ...]:
    """The routes of a [route] table, in their usual order."""
    table.only(*(route.value for route in Route))
    inner = ((route, table.table(route.value)) for route in Route)
    return tuple(_route_plan(route, plan) for route, plan in inner if plan is not None)


def _route_plan(route: Route, table: Table) -> RoutePlan:
    table.only("label", "drug", "given_over_min", "lasts_min", "response", "pressure")
    drugs = table.tables("drug")
    each_once(drugs, "name")
    usual, pressure = table.table("response"), table.table("pressure")
    return RoutePlan(
        route=route,
        label=table.text("label") or LABELS[route],
        drugs=tuple(_drug(drug) for drug in drugs),
        given_over_min=table.number("given_over_min", 0.0, LONGEST_MIN),
        lasts_min=table.number("lasts_min", 0.0, LONGEST_MIN),
        response=None if usual is None else response(usual),
        pressure=None if pressure is None else pressure_plan(pressure),
    )


def _drug(table: Table) -> Drug:
    table.only("name", "from_mg", "to_mg", "from_mg_per_kg", "to_mg_per_kg")
    drug = Drug(
        table.needed_text("name"),
        table.number("from_mg", 0.0, MOST_MG),
        table.number("to_mg", 0.0, MOST_MG),
        table.number("from_mg_per_kg", 0.0, MOST_MG_PER_KG),
        table.number("to_mg_per_kg", 0.0, MOST_MG_PER_KG),
    )
    _in_order(table, "from_mg", drug.from_mg, drug.to_mg)
    _in_order(table, "from_mg_per_kg", drug.from_mg_per_kg, drug.to_mg_per_kg)
    return drug


def _in_order(table: Table, key: str, low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        table.wrong(key, f"{key.replace('from', 'to')}, {high:g}, or less")
