"""What is typed on the page of doses and what it comes to: an entry, or what is wrong with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kapmonitor.protocol.read import Protocol
from kapmonitor.protocol.routes import MOST_MG, Drug, RoutePlan
from kapmonitor.session.dose_events import DoseAmended
from kapmonitor.session.events import DoseGiven, Route
from kapmonitor.session.state import Dose
from ui.dose import wording
from ui.notes.moment import SIGN, Clock, named

LEAST_KG: Final = 20.0
MOST_KG: Final = 350.0
USUAL_DRUG: Final = "ketamine"


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand; `at` is empty for the key press, or the time that the entry has already."""

    at: str = ""
    route: Route | None = None
    drug: str = ""
    amount: str = ""
    weight: str = ""
    lot: str = ""
    site: str = ""
    by: str = ""
    witness: str = ""
    why: str = ""
    never_given: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A dose as it would be charted; `weight_kg` is 0 where nobody weighed."""

    t_ns: int
    route: Route
    drug: str
    amount_mg: float
    weight_kg: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why it is not charted yet. What is only doubted is charted once it was asked for again."""

    words: str
    doubted: bool = False


def moment(at: str, clock: Clock, usual_ns: int) -> int | None:
    """When it was given, as `-5`, `14:05` or `T+12`; None if that is no time of this session."""
    at = at.strip()
    return named(SIGN + at.removeprefix(SIGN), clock).t_ns if at else usual_ns


def number(text: str) -> float | None:
    """A number of people, with a comma or a point; None if it is none."""
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return found if found - found == 0 else None


def weight(text: str) -> float | None:
    """Kilograms; None where nobody weighed, or if it cannot be one."""
    kg = number(text.lower().strip().removesuffix("kg"))
    return kg if kg is not None and LEAST_KG <= kg <= MOST_KG else None


def offered(protocol: Protocol | None, route: Route | None) -> tuple[str, ...]:
    """The names of the drugs that the protocol has for a route, or for any while there is no route yet."""
    if protocol is None:
        return (USUAL_DRUG,)
    plans = [plan for plan in protocol.routes if route is None or plan.route is route]
    return tuple(dict.fromkeys(drug.name for plan in plans for drug in plan.drugs))


def drug_of(protocol: Protocol | None, route: Route | None, name: str) -> Drug | None:
    """What the protocol says of a drug by this route."""
    plan: RoutePlan | None = None if protocol is None or route is None else protocol.route(route)
    drugs = () if plan is None else plan.drugs
    return next((drug for drug in drugs if drug.name.lower() == name.strip().lower()), None)


def entry(typed: Typed, clock: Clock, usual_ns: int) -> Entry | Trouble:
    """What is typed as a dose, or the first thing that is missing."""
    t_ns, amount = moment(typed.at, clock, usual_ns), number(typed.amount)
    kg = weight(typed.weight)
    if t_ns is None:
        return Trouble(wording.WRONG_TIME.format(time=typed.at.strip()))
    if typed.route is None:
        return Trouble(wording.WHICH_ROUTE)
    if not typed.drug.strip():
        return Trouble(wording.WHICH_DRUG)
    if amount is None or not 0 < amount <= MOST_MG:
        return Trouble(wording.WRONG_AMOUNT.format(most=MOST_MG))
    if typed.weight.strip() and kg is None:
        return Trouble(wording.WRONG_WEIGHT.format(least=LEAST_KG, most=MOST_KG))
    if not typed.by.strip():
        return Trouble(wording.WHO)
    return Entry(t_ns, typed.route, typed.drug.strip(), amount, kg or 0.0)


def doubt(found: Entry, protocol: Protocol | None) -> Trouble | None:
    """What the protocol does not have so: asked about once, never changed."""
    if protocol is None:
        return None
    drug = drug_of(protocol, found.route, found.drug)
    if drug is None:
        return Trouble(wording.not_named(found.drug, found.route), doubted=True)
    why = drug.doubt(found.amount_mg, found.weight_kg or None)
    return (
        None if why is None else Trouble(wording.doubted(why, found.amount_mg, drug, found.weight_kg), True)
    )


def unexplained(typed: Typed, author: str) -> Trouble | None:
    """What a correction needs besides."""
    if not typed.why.strip():
        return Trouble(wording.WHY)
    return None if author else Trouble(wording.WHO_CORRECTS)


def given(typed: Typed, found: Entry, dose: str) -> DoseGiven:
    """The dose, under an id of its own."""
    return DoseGiven(
        found.drug,
        found.amount_mg,
        found.route.value,
        typed.site.strip(),
        typed.by.strip(),
        typed.lot.strip(),
        typed.witness.strip(),
        found.weight_kg,
        dose,
    )


def amended(typed: Typed, found: Entry, dose: Dose, by: str) -> DoseAmended:
    """What an earlier dose was in truth."""
    return DoseAmended(
        dose.id,
        found.t_ns,
        found.drug,
        found.amount_mg,
        found.route.value,
        typed.site.strip(),
        typed.by.strip(),
        typed.lot.strip(),
        typed.witness.strip(),
        found.weight_kg,
        typed.never_given,
        typed.why.strip(),
        by,
    )


def of_dose(dose: Dose, *, withdrawn: bool) -> Typed:
    """A dose on record as the fields show it."""
    return Typed(
        route=Route(dose.route) if dose.route in set(Route) else None,
        drug=dose.drug,
        amount=wording.plain(dose.amount_mg),
        weight=wording.plain(dose.weight_kg) if dose.weight_kg else "",
        lot=dose.lot,
        site=dose.site,
        by=dose.by,
        witness=dose.witness,
        never_given=withdrawn,
    )
