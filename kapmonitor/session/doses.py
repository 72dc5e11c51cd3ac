"""The doses of a session and what they were corrected from: the fold of their events; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kapmonitor.session.dose_events import DoseAmended
from kapmonitor.session.events import DoseGiven, Stamped


@dataclass(frozen=True, slots=True)
class DoseChange:
    """One correction: when, by whom and why, and the dose as it was written until then."""

    t_ns: int
    was: Dose
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose that was given, as it stands by now."""

    t_ns: int
    drug: str
    amount_mg: float
    route: str
    site: str
    by: str
    lot: str = ""
    witness: str = ""
    weight_kg: float = 0.0
    id: str = ""
    changes: tuple[DoseChange, ...] = ()

    @property
    def mg_per_kg(self) -> float | None:
        """The amount for the weight of that day; None where nobody weighed."""
        return self.amount_mg / self.weight_kg if self.weight_kg > 0 else None


@dataclass(frozen=True, slots=True)
class Doses:
    """Those that stand, oldest first, and those of which somebody said that they were never given."""

    given: tuple[Dose, ...] = ()
    withdrawn: tuple[Dose, ...] = ()


def dosed(doses: Doses, t_ns: int, event: DoseGiven | DoseAmended) -> Doses:
    """The doses after one more event; a correction of a dose that is not known changes nothing."""
    if isinstance(event, DoseGiven):
        return replace(doses, given=_in_time((*doses.given, _dose(t_ns, event))))
    known = next((each for each in (*doses.given, *doses.withdrawn) if each.id == event.dose), None)
    if known is None:
        return doses
    now = _amended(known, t_ns, event)
    given = tuple(each for each in doses.given if each.id != event.dose)
    gone = tuple(each for each in doses.withdrawn if each.id != event.dose)
    return Doses(given, (*gone, now)) if event.withdrawn else Doses(_in_time((*given, now)), gone)


def first_dose_ns(events: Iterable[Stamped]) -> int | None:
    """When the first dose that stands was given, of a session's events in the order of the record."""
    doses = Doses()
    for each in events:
        if isinstance(each.event, DoseGiven | DoseAmended):
            doses = dosed(doses, each.t_ns, each.event)
    return doses.given[0].t_ns if doses.given else None


def _in_time(doses: tuple[Dose, ...]) -> tuple[Dose, ...]:
    return tuple(sorted(doses, key=lambda dose: dose.t_ns))


def _dose(t_ns: int, event: DoseGiven) -> Dose:
    return Dose(
        t_ns,
        event.drug,
        event.amount_mg,
        event.route,
        event.site,
        event.by,
        event.lot,
        event.witness,
        event.weight_kg,
        # Records of earlier versions name no dose: none of them is of the same moment as another.
        event.dose or f"t{t_ns}",
    )


def _amended(dose: Dose, t_ns: int, event: DoseAmended) -> Dose:
    was = replace(dose, changes=())
    return Dose(
        event.at_ns,
        event.drug,
        event.amount_mg,
        event.route,
        event.site,
        event.given_by,
        event.lot,
        event.witness,
        event.weight_kg,
        dose.id,
        (*dose.changes, DoseChange(t_ns, was, event.by, event.reason)),
    )
