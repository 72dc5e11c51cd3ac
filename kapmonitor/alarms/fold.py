"""One alarm condition as its events in a record tell of it; pure.

What AlarmChanged says of a condition is enough to go on with: state, onset, worst value, priority, and when
its reminder is due. The worst value is that of its last event. Which reading armed it is not kept; the signal
has to come back anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kapmonitor.alarms.types import (
    ACTIVE,
    REMIND_S,
    Condition,
    ConditionState,
    Passed,
    Priority,
    Rule,
    Side,
    Trigger,
)
from kapmonitor.session.events import AlarmChanged


def after(before: Condition | None, event: AlarmChanged, t_ns: int, rules: Mapping[str, Rule]) -> Condition:
    """A condition after one more event of it; what is no limit is a condition of the equipment."""
    if before is None:
        rule = rules.get(event.condition)
        side = Side.FLAG if event.limit is None else Side.HIGH
        before = Condition(rule or Rule(event.condition, event.condition, side, Priority(event.priority)))
    return _moved(replace(before, rule=rules.get(event.condition, before.rule)), event, t_ns)


def _moved(before: Condition, event: AlarmChanged, t_ns: int) -> Condition:
    state = ConditionState(event.after)
    priority = Priority(event.priority)
    rule = before.rule
    if event.limit is not None and event.limit != rule.limit:
        rule = replace(rule, limit=event.limit)
    now = replace(
        before,
        rule=rule,
        state=state,
        onset_t_ns=event.onset_t_ns,
        worst=event.value,
        value=event.value,
        level=priority if priority is not rule.priority and state is not ConditionState.NORMAL else None,
        valid_count=rule.confirmations,
        passed=_passed(before, state),
        bypassed=state in ACTIVE and (before.bypassed or event.cause == Trigger.BYPASS.value),
        raised_t_ns=_raised_ns(before, state, t_ns),
        ended_t_ns=t_ns if state is ConditionState.LATCHED else None,
    )
    return _acknowledged(now, event, t_ns)


def _raised_ns(before: Condition, state: ConditionState, t_ns: int) -> int:
    return t_ns if state is ConditionState.ACTIVE_UNACK else before.raised_t_ns


def _passed(before: Condition, state: ConditionState) -> Passed | None:
    if state is not ConditionState.PENDING:
        return None
    if before.state is ConditionState.LATCHED and before.ended_t_ns is not None:
        return Passed(before.onset_t_ns, before.ended_t_ns, before.worst, before.priority)
    return before.passed


def _acknowledged(now: Condition, event: AlarmChanged, t_ns: int) -> Condition:
    if now.state is not ConditionState.ACTIVE_ACK:
        return replace(now, acknowledged_t_ns=None, remind_t_ns=None)
    due_ns = t_ns + int(REMIND_S[now.priority] * 1e9)
    if event.cause == Trigger.ACKNOWLEDGE.value:
        return replace(now, acknowledged_t_ns=t_ns, remind_t_ns=due_ns)
    return replace(now, remind_t_ns=due_ns if event.cause == Trigger.REMIND.value else now.remind_t_ns)
