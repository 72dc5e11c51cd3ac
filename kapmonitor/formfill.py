"""The form after the session: each field from raw readings of the record or from what a person said; pure.

Nothing else ever stands in a field. A reading that there is not is missing, never a number; it is left out
for a reason, or the form is not complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.leavingfacts import MINUTE_NS, whole
from kapmonitor.model import CuffReading
from kapmonitor.protocol.form import FieldKind, Form, FormField, Moment, Taken
from kapmonitor.protocol.read import Protocol
from kapmonitor.session.care import Care
from kapmonitor.session.care_events import FormFilled
from kapmonitor.session.events import Route
from kapmonitor.session.state import SessionState

OF_RECORD: Final = frozenset({FieldKind.PRESSURE, FieldKind.MINUTES, FieldKind.DOSE, FieldKind.LOT})
"""Kinds that nobody types."""
YES, NO = "yes", "no"
DETAIL: Final = ": "
"""Stands between a yes and what it was."""


class FormState(StrEnum):
    """Whether there is a form for a session."""

    FORM = "form"
    NO_DOSE = "no-dose"
    NO_PROTOCOL = "no-protocol"
    NO_FORM = "no-form"
    OTHER_ROUTE = "other-route"


class Stand(StrEnum):
    """How a field stands. `found` is of the record, `said` of a person."""

    FOUND = "found"
    SAID = "said"
    MISSING = "missing"
    LEFT_OUT = "left-out"


class Missing(StrEnum):
    """Which reading there is not."""

    NONE = ""
    ANSWER = "answer"
    PRESSURE_BEFORE = "pressure-before"
    PRESSURE_NEAR = "pressure-near"
    PRESSURE_LEAVING = "pressure-leaving"
    LOT = "lot"
    NOT_READY = "not-ready"
    NOT_LEFT = "not-left"


@dataclass(frozen=True, slots=True)
class Times:
    """The moments of a session, None where they have not come."""

    ready_ns: int | None = None
    now_ns: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it stands; `readings` are the times of what it was made of, `t_ns` when it was said."""

    field: FormField
    section: str
    stand: Stand
    text: str = ""
    readings: tuple[int, ...] = ()
    missing: Missing = Missing.NONE
    by: str = ""
    t_ns: int | None = None
    reason: str = ""

    @property
    def holds_up(self) -> bool:
        """Whether the form is not complete before somebody has done something about it."""
        return self.field.required and self.stand is Stand.MISSING


def form_state(protocol: Protocol | None, state: SessionState) -> FormState:
    """Whether there is a form, and why not."""
    if protocol is None:
        return FormState.NO_PROTOCOL
    if protocol.form is None:
        return FormState.NO_FORM
    if not state.doses:
        return FormState.NO_DOSE
    given = {Route(dose.route) for dose in state.doses if dose.route in set(Route)}
    belongs = any(protocol.form.belongs_to(route) for route in given)
    return FormState.FORM if belongs else FormState.OTHER_ROUTE


def fields(form: Form, state: SessionState, cuffs: Sequence[CuffReading], times: Times) -> tuple[Field, ...]:
    """Every field of a session with a dose, in the form's order."""
    return tuple(
        _left_out(_field(field, section.title, state, cuffs, times), state.care)
        for section in form.sections
        for field in section.fields
    )


def of_record(filled: Iterable[Field], by: str) -> tuple[FormFilled, ...]:
    """What the record itself says, to be kept with the form as it was signed."""
    return tuple(
        FormFilled(each.field.id, each.text, each.readings, by)
        for each in filled
        if each.stand is Stand.FOUND
    )


def number(field: FormField, text: str) -> float | None:
    """What a person typed into a number field; None if it is no number or out of its range."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    low = field.low if field.low is not None else -float("inf")
    high = field.high if field.high is not None else float("inf")
    return value if low <= value <= high and value - value == 0 else None


def _field(
    field: FormField, section: str, state: SessionState, cuffs: Sequence[CuffReading], times: Times
) -> Field:
    empty = Field(field, section, Stand.MISSING)
    match field.kind:
        case FieldKind.PRESSURE:
            return _pressure(empty, state, cuffs, times)
        case FieldKind.MINUTES:
            return _minutes(empty, state, times)
        case FieldKind.DOSE | FieldKind.LOT:
            return _doses(empty, state)
        case _:
            return _said(empty, state.care)


def _said(empty: Field, care: Care) -> Field:
    said = care.filled(empty.field.id)
    if said is None:
        return replace(empty, missing=Missing.ANSWER)
    return replace(empty, stand=Stand.SAID, text=said.text, by=said.by, t_ns=said.t_ns)


def _left_out(field: Field, care: Care) -> Field:
    """Only what is missing is left out; a reading that came later stands."""
    said = care.without(field.field.id)
    if said is None or field.stand is not Stand.MISSING:
        return field
    return replace(field, stand=Stand.LEFT_OUT, by=said.by, t_ns=said.t_ns, reason=said.because)


def _pressure(empty: Field, state: SessionState, cuffs: Sequence[CuffReading], times: Times) -> Field:
    field, doses = empty.field, sorted(dose.t_ns for dose in state.doses)
    readings, leaves_ns = whole(cuffs), state.care.left_t_ns or times.now_ns
    match field.taken:
        case Taken.BEFORE_DOSE:
            found = [each for each in readings if each[0] < doses[0]][-1:]
            missing = Missing.PRESSURE_BEFORE
        case Taken.AT_MINUTES:
            due_ns = doses[0] + round(field.at_min * MINUTE_NS)
            near = [each for each in readings if abs(each[0] - due_ns) <= field.within_min * MINUTE_NS]
            found = sorted(near, key=lambda each: abs(each[0] - due_ns))[:1]
            missing = Missing.PRESSURE_NEAR
        case _:
            found = [each for each in readings if doses[-1] <= each[0] <= leaves_ns][-1:]
            missing = Missing.PRESSURE_LEAVING
    if not found:
        return replace(empty, missing=missing)
    t_ns, systolic, diastolic = found[0]
    text = f"{systolic:.0f}/{diastolic:.0f} mmHg"
    return replace(empty, stand=Stand.FOUND, text=text, readings=(t_ns,), t_ns=t_ns)


def _minutes(empty: Field, state: SessionState, times: Times) -> Field:
    begins, ends = (_moment(moment, state, times) for moment in (empty.field.begins, empty.field.ends))
    if begins is None or ends is None:
        waits = empty.field.begins if begins is None else empty.field.ends
        missing = Missing.NOT_READY if waits is Moment.READY else Missing.NOT_LEFT
        return replace(empty, missing=missing)
    text = f"{max(0, round((ends - begins) / MINUTE_NS))} min"
    return replace(empty, stand=Stand.FOUND, text=text, readings=(begins, ends), t_ns=ends)


def _moment(moment: Moment | None, state: SessionState, times: Times) -> int | None:
    """Monitoring ends when the person leaves, or with the session where nobody said that they did."""
    doses = [dose.t_ns for dose in state.doses]
    match moment:
        case Moment.FIRST_DOSE:
            return min(doses)
        case Moment.LAST_DOSE:
            return max(doses)
        case Moment.READY:
            return times.ready_ns
        case Moment.MONITORING_ENDED:
            return state.care.left_t_ns or state.closed_t_ns
        case _:
            return state.care.left_t_ns


def _doses(empty: Field, state: SessionState) -> Field:
    """Each dose as it was charted; a lot only where all of them have one."""
    doses = sorted(state.doses, key=lambda dose: dose.t_ns)
    if empty.field.kind is FieldKind.LOT:
        if not all(dose.lot for dose in doses):
            return replace(empty, missing=Missing.LOT)
        text = "; ".join(dict.fromkeys(dose.lot for dose in doses))
    else:
        text = "; ".join(f"{dose.amount_mg:g} mg {dose.drug}" for dose in doses)
    times = tuple(dose.t_ns for dose in doses)
    by = "; ".join(dict.fromkeys(dose.by for dose in doses if dose.by))
    return replace(empty, stand=Stand.FOUND, text=text, readings=times, by=by, t_ns=times[-1])
