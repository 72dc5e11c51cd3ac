"""An alarm of the session's history in words, for the alarm list and the moments of a review; pure."""

from __future__ import annotations

from kapmonitor.session.state import AlarmSpan, LimitLine, SessionState
from kapmonitor.snapshot import Priority
from ui import alarm_wording as wording
from ui import format as fmt
from ui import strings
from ui.alarm_text import side_words
from ui.limit_words import named


def priority(span: AlarmSpan) -> Priority:
    """The highest it had; a word of some other version counts as medium."""
    return Priority(span.priority) if span.priority in set(Priority) else Priority.MEDIUM


def is_equipment(span: AlarmSpan, state: SessionState) -> bool:
    """Whether it was about the equipment and not about the person."""
    return span.limit is None and _rule(span, state) is None


def words(span: AlarmSpan, state: SessionState) -> str:
    """`SpO₂ 89 below 92`, `Oximeter: link lost`."""
    rule = _rule(span, state)
    return _equipment(span, state) if rule is None else _crossed(span, rule)


def _rule(span: AlarmSpan, state: SessionState) -> LimitLine | None:
    return next((line for line in state.limits if line.rule == span.condition), None)


def _crossed(span: AlarmSpan, rule: LimitLine) -> str:
    limit = rule.limit if span.limit is None else span.limit
    value = fmt.NO_VALUE if span.value is None else fmt.alarming(rule.role, span.value)
    side = side_words(span.value if span.value is not None else float("nan"), limit, rule.direction)
    return f"{named(rule.role)} {value} {side} {fmt.amount(limit)}"


def _equipment(span: AlarmSpan, state: SessionState) -> str:
    """A condition that we do not know, as it is, in words."""
    kind, _, of = span.condition.partition(":")
    label = next((known.label for known in state.devices if known.id == of), strings.ROLE_NAMES.get(of, of))
    template = wording.PAST.get(kind) or wording.EQUIPMENT.get(kind)
    if template is None:
        return " ".join(word for word in (kind.replace("-", " "), label) if word)
    if kind == "sleep":
        label = fmt.duration(round((span.value or 0.0) * fmt.SECOND_NS))
    return template.format(what=label)
