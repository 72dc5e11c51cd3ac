"""Every word of the page of doses, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.protocol.routes import Doubt, Drug
from kapmonitor.session.doses import Dose, DoseChange
from kapmonitor.session.events import Route
from ui import format as fmt
from ui import strings

TITLE: Final = "Dose given at {time}"
CORRECTING: Final = "Correcting the {nth} dose, charted {time}"
FIELDS: Final = {
    "at": "Given at",
    "route": "Route",
    "drug": "Drug",
    "amount": "Amount, mg",
    "weight": "Weight, kg",
    "lot": "Lot",
    "site": "Site",
    "by": "Given by",
    "witness": "Witness",
    "why": "Why",
}
ROUTES: Final = {
    Route.IV: "IV",
    Route.IM: "IM",
    Route.IN: "nasal",
    Route.SL: "under tongue",
    Route.PO: "oral",
}
NEVER_GIVEN: Final = "it was never given"
AT_HINT: Final = "now · -5 or 14:05 for earlier"
AT_STAYS: Final = "{time}"
SITE_HINT: Final = "muscle, vein or nostril"
WEIGHT_HINT: Final = "from the scales"
WHY_HINT: Final = "what was wrong"
SAVE: Final = "Save"
KEYS: Final = "Enter save     Esc leave without charting"
KEYS_MORE: Final = "Enter save     Esc leave     F2 correct a dose below"
KEYS_CORRECTING: Final = "Enter save     Esc leave     F2 the dose before, then a new one"

WRONG_TIME: Final = "{time} is no time of this session."
WHICH_ROUTE: Final = "Which route?"
WHICH_DRUG: Final = "Which drug?"
WRONG_AMOUNT: Final = "The amount is a number of mg up to {most:g}."
WRONG_WEIGHT: Final = "The weight is a number of kg from {least:g} to {most:g}."
WHO: Final = "Who gave it?"
WHY: Final = "Why is it corrected?"
WHO_CORRECTS: Final = "Who corrects it? W in the notes says who is at the keys."
AGAIN: Final = "Enter again charts it as it stands."
NOT_NAMED: Final = "The protocol does not name {drug} for {route}. " + AGAIN
NO_WEIGHT: Final = "The protocol’s range is by weight, and there is none. Type it, or: " + AGAIN
BELOW: Final = "{amount} mg is less than the protocol’s range, {range}. " + AGAIN
ABOVE: Final = "{amount} mg is more than the protocol’s range, {range}. " + AGAIN

NO_DOSES: Final = "No dose is charted yet."
ROW: Final = "{drug} {amount} mg {route}"
WAS: Final = "was {what} until {time} · {by}: {why}"
SINCE: Final = "corrected {time} · {by}: {why}"
NEVER: Final = "never given: {what}"


def plain(value: float) -> str:
    """A number as it is typed."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def per_kg(amount_mg: float, weight_kg: float) -> str:
    """`0.88 mg/kg`."""
    return f"{fmt.amount(amount_mg / weight_kg)} mg/kg"


def computed(amount_mg: float | None, weight_kg: float | None) -> str:
    """`70 mg = 0.88 mg/kg at 80 kg`; less where less is known."""
    if amount_mg is None or amount_mg <= 0:
        return ""
    if weight_kg is None:
        return f"{plain(amount_mg)} mg · no weight, no mg/kg"
    return f"{plain(amount_mg)} mg = {per_kg(amount_mg, weight_kg)} at {plain(weight_kg)} kg"


def usual_range(drug: Drug, weight_kg: float | None) -> str:
    """`0.5 to 1 mg/kg, 40 to 80 mg`; empty where the protocol has no bounds."""
    parts = [_span(drug.from_mg_per_kg, drug.to_mg_per_kg, "mg/kg")]
    if weight_kg:
        low = None if drug.from_mg_per_kg is None else drug.from_mg_per_kg * weight_kg
        high = None if drug.to_mg_per_kg is None else drug.to_mg_per_kg * weight_kg
        parts.append(_span(low, high, "mg"))
    parts.append(_span(drug.from_mg, drug.to_mg, "mg"))
    return ", ".join(part for part in parts if part)


def _span(low: float | None, high: float | None, unit: str) -> str:
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"up to {plain(high)} {unit}" if high is not None else f"from {plain(low or 0.0)} {unit}"
    return f"{plain(low)} to {plain(high)} {unit}"


def not_named(drug: str, route: Route) -> str:
    """The protocol has no such drug by this route."""
    return NOT_NAMED.format(drug=drug, route=ROUTES[route])


def doubted(why: Doubt, amount_mg: float, drug: Drug, weight_kg: float) -> str:
    """What is unusual about an amount."""
    if why is Doubt.NO_WEIGHT:
        return NO_WEIGHT
    words = BELOW if why is Doubt.BELOW else ABOVE
    return words.format(amount=plain(amount_mg), range=usual_range(drug, weight_kg or None))


def what(dose: Dose) -> str:
    """`ketamine 70 mg IM`."""
    route = strings.ROUTES[Route(dose.route)] if dose.route in set(Route) else dose.route
    return ROW.format(drug=dose.drug, amount=plain(dose.amount_mg), route=route)


def details(dose: Dose) -> str:
    """What else is charted of it: mg/kg, site, lot, who gave it and who saw it."""
    parts = (
        per_kg(dose.amount_mg, dose.weight_kg) if dose.weight_kg else "",
        dose.site,
        f"lot {dose.lot}" if dose.lot else "",
        f"by {dose.by}" if dose.by else "",
        f"seen by {dose.witness}" if dose.witness else "",
    )
    return " · ".join(part for part in parts if part)


def change(changed: DoseChange, now: Dose, time: str, was_time: str) -> str:
    """What it was before a correction, and why it was corrected."""
    was = changed.was
    other = details(was) if (was.site, was.by, was.lot) != (now.site, now.by, now.lot) else ""
    before = [
        what(was) if what(was) != what(now) else "",
        f"at {was_time}" if was.t_ns != now.t_ns else "",
    ]
    shown = " ".join(filter(None, before))
    said = (WAS if shown else SINCE).format(what=shown, time=time, by=changed.by, why=changed.reason)
    return f"{said} · before: {other}" if other else said
