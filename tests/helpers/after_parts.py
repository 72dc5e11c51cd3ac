"""A made-up session some time after its dose, for the page of what comes after."""

from __future__ import annotations

from dataclasses import replace

from fake_session import DOSE_NS, MIN, FakeSession, _cuff

from kapmonitor.alarms.baseline import Baseline
from kapmonitor.model import CuffReading
from kapmonitor.opening import protocol_event
from kapmonitor.protocol import shipped
from kapmonitor.session.care_events import (
    CheckAnswered,
    CheckOverridden,
    FormFilled,
    PersonLeft,
    ScaleScored,
)
from kapmonitor.session.events import DoseGiven, PhaseChanged, Stamped
from kapmonitor.session.state import fold
from kapmonitor.snapshot import BaselineStatus, Snapshot

NASAL = DoseGiven("esketamine", 56.0, "in", "nose", "RN", lot="EK4471")
LATER = ((50, 132, 84, 100), (60, 126, 80, 95), (75, 121, 77, 91), (90, 119, 76, 90), (110, 118, 75, 89))


class AfterSession(FakeSession):
    """At `minutes` from the dose; `dose` instead of the usual one, None for no dose at all."""

    def __init__(
        self,
        minutes: float = 112,
        dose: DoseGiven | None = NASAL,
        *,
        protocol: bool = True,
        late: bool = True,
    ) -> None:
        super().__init__("quiet", now_ns=DOSE_NS + round(minutes * MIN))
        given = self.state.doses[0]
        doses = (
            ()
            if dose is None
            else (replace(given, drug=dose.drug, route=dose.route, lot=dose.lot, amount_mg=dose.amount_mg),)
        )
        self.state = replace(self.state, doses=doses, alarms=())
        self._late = late
        self.forget_protocol()
        if protocol:
            self.tell(-12, protocol_event(shipped.example()))
        self.tell(min(minutes, 100), PhaseChanged("integration", "KL"))

    def tell(self, minutes: float, event: object) -> None:
        """Something happened so long after the dose."""
        self.state = fold(self.state, Stamped(DOSE_NS + round(minutes * MIN), event))  # type: ignore[arg-type]

    def cuffs(self) -> tuple[CuffReading, ...]:
        more = [_cuff(*row) for row in LATER] if self._late else []
        return tuple(each for each in (*super().cuffs(), *more) if each.t_ns <= self.now_ns())

    def snapshot(self) -> Snapshot:
        baseline = BaselineStatus(Baseline(118.0, 74.0, 88.0, 72.0, 98.0), "RN")
        return replace(super().snapshot(), baseline=baseline)


def answered(session: AfterSession, *, all_of_them: bool) -> None:
    """Some of the checks, or all that can be answered."""
    session.tell(104, ScaleScored("moaas", 5, 0, "RN"))
    session.tell(105, CheckAnswered("dissociation", "yes", "", "KL"))
    session.tell(105.5, CheckAnswered("breathing", "yes", "", "RN"))
    if all_of_them:
        session.tell(106, CheckAnswered("ride", "yes", "", "RN"))
        session.tell(106.5, CheckAnswered("driving", "yes", "", "RN"))
    else:
        session.tell(106, CheckAnswered("ride", "no", "", "RN"))
        session.tell(106.2, CheckOverridden("driving", "has no licence", "RN"))


def gone(session: AfterSession, minutes: float = 122) -> None:
    """They left."""
    answered(session, all_of_them=True)
    session.tell(minutes, PersonLeft(left=True, without=(), by="RN"))


def filled(session: AfterSession, *but: str) -> None:
    """Every question of the form, but these."""
    form = shipped.example().form
    assert form is not None
    for section in form.sections:
        for field in section.fields:
            if field.kind.value == "yes-no" and field.id not in but:
                answer = "yes" if field.id.startswith("acceptable") else "no"
                session.tell(123, FormFilled(field.id, answer, (), "RN"))
