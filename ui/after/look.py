"""All that the page shows, read from the session at one moment; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kapmonitor.formfill import Field, FormState, Times, fields, form_state
from kapmonitor.leaving import Check, Observation, checks, observation, ready_since
from kapmonitor.leavingfacts import Facts
from kapmonitor.model import CuffReading
from kapmonitor.people.user import About
from kapmonitor.protocol.read import Protocol
from kapmonitor.session.events import Route
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign: the clinic's people; `kept` is False where there is no record, `trouble` hides them."""

    people: tuple[About, ...] = ()
    trouble: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """The session after its dose."""

    snapshot: Snapshot
    now_ns: int
    observation: Observation
    checks: tuple[Check, ...]
    form_state: FormState
    fields: tuple[Field, ...]
    form_name: str
    due_days: int | None
    cuffs: tuple[CuffReading, ...]
    signers: Signers

    @property
    def session(self) -> SessionState:
        """The session's state."""
        return self.snapshot.session

    @property
    def first_dose_ns(self) -> int | None:
        """When the first dose was given."""
        return min((dose.t_ns for dose in self.session.doses), default=None)

    @property
    def gone(self) -> bool:
        """Whether they left, or there is nothing to stay for."""
        return self.session.care.left_t_ns is not None or not self.session.doses

    @property
    def open_checks(self) -> int:
        """How many checks keep them here."""
        return 0 if self.session.care.left_t_ns is not None else sum(c.holds_up for c in self.checks)

    @property
    def open_fields(self) -> int:
        """How many fields of the form are missing."""
        return sum(each.holds_up for each in self.fields)


def look(
    snapshot: Snapshot,
    cuffs: Sequence[CuffReading],
    protocol: Protocol | None,
    now_ns: int,
    signers: Signers,
) -> Look:
    """The session as it is now."""
    session = snapshot.session
    least = protocol.observe_at_least_min if protocol is not None else 0.0
    found = _checks(snapshot, cuffs, protocol, now_ns)
    state = form_state(protocol, session)
    form = protocol.form if protocol is not None and state is FormState.FORM else None
    times = Times(ready_since(found), now_ns)
    return Look(
        snapshot=snapshot,
        now_ns=now_ns,
        observation=observation(session, least, now_ns),
        checks=found,
        form_state=state,
        fields=fields(form, session, cuffs, times) if form is not None else (),
        form_name=form.name if form is not None else "",
        due_days=form.due_days if form is not None else None,
        cuffs=tuple(cuffs),
        signers=signers,
    )


def _checks(
    snapshot: Snapshot, cuffs: Sequence[CuffReading], protocol: Protocol | None, now_ns: int
) -> tuple[Check, ...]:
    if protocol is None or not snapshot.session.doses:
        return ()
    last = max(snapshot.session.doses, key=lambda dose: dose.t_ns).route
    route = Route(last) if last in set(Route) else None
    back = protocol.pressure_for(route).back_within_mmhg
    facts = Facts(snapshot, cuffs, back, now_ns)
    return checks(protocol.leaving, protocol.observe_at_least_min, facts)
