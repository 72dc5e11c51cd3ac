"""The moments of a record in words: what the list of a review shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kapmonitor.session.events import Route
from kapmonitor.session.state import AlarmSpan, Dose, LimitLine, Note, SessionState
from kapmonitor.snapshot import Priority
from ui import format as fmt
from ui import strings
from ui.replay import wording


@dataclass(frozen=True, slots=True)
class Line:
    """One moment: when, what, and by whom; `priority` is set for alarms."""

    t_ns: int
    kind: str
    text: str
    by: str = ""
    priority: Priority | None = None


def lines(state: SessionState) -> tuple[Line, ...]:
    """All moments of a session, oldest first."""
    listed: Iterable[Line] = (
        *(_dose(dose) for dose in state.doses),
        *(_note(note) for note in state.notes),
        *(_alarm(span, state) for span in state.alarms),
    )
    return tuple(sorted(listed, key=lambda line: line.t_ns))


def _dose(dose: Dose) -> Line:
    route = strings.ROUTES.get(Route(dose.route), dose.route) if dose.route in set(Route) else dose.route
    text = wording.DOSE.format(drug=dose.drug, amount=fmt.amount(dose.amount_mg), route=route)
    return Line(dose.t_ns, "dose", text, dose.by)


def _note(note: Note) -> Line:
    text = note.text or wording.MARK
    return Line(note.t_ns, "note", wording.WITHDRAWN.format(text=text) if note.withdrawn else text, note.by)


def _alarm(span: AlarmSpan, state: SessionState) -> Line:
    rule = next((line for line in state.limits if line.rule == span.condition), None)
    text = _crossed(span, rule) if rule is not None else _technical(span.condition, state)
    if span.t1_ns is not None:
        text = wording.LASTED.format(what=text, length=fmt.duration(span.t1_ns - span.t0_ns))
    priority = Priority(span.priority) if span.priority in set(Priority) else Priority.MEDIUM
    return Line(span.t0_ns, "alarm", text, span.acknowledged_by, priority)


def _crossed(span: AlarmSpan, rule: LimitLine) -> str:
    name = strings.ROLE_NAMES.get(rule.role, rule.role)
    part = strings.PRESSURE_PARTS.get(rule.role, "")
    side = strings.ABOVE if rule.direction == "high" else strings.BELOW
    value = fmt.NO_VALUE if span.value is None else f"{span.value:.0f}"
    limit = rule.limit if span.limit is None else span.limit
    named = f"{name} {part}" if part else name
    return wording.ALARM.format(name=named, value=value, side=side, limit=fmt.amount(limit))


def _technical(condition: str, state: SessionState) -> str:
    """`link:oximeter` reads `Oximeter: link lost`; a name we do not know, as it is in words."""
    kind, _, device = condition.partition(":")
    label = next((known.label for known in state.devices if known.id == device), device)
    if kind in wording.TECHNICAL:
        return wording.TECHNICAL[kind].format(what=label)
    return " ".join(word for word in (kind.replace("-", " "), label) if word)
