"""What the screen is told of alarms and limits, live and in review; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kapmonitor.alarms.relative import NO_BASELINE
from kapmonitor.alarms.types import SHOWN, Condition, ConditionState, Priority, Rule, Side
from kapmonitor.snapshot import ActiveAlarm, LimitInForce

_ORDER: Final = {ConditionState.ACTIVE_UNACK: 0, ConditionState.ACTIVE_ACK: 1, ConditionState.LATCHED: 2}


def on_screen(conditions: Iterable[Condition]) -> tuple[ActiveAlarm, ...]:
    """What is shown of them: unacknowledged before acknowledged before passed, highest first."""
    return tuple(sorted((alarm for each in conditions for alarm in _shown(each)), key=_rank))


def _shown(condition: Condition) -> Iterator[ActiveAlarm]:
    was = condition.passed
    if was is not None:
        yield _alarm(
            condition, ConditionState.LATCHED, was.priority, was.worst, was.onset_t_ns, was.ended_t_ns
        )
    elif condition.state in SHOWN:
        yield _alarm(
            condition,
            condition.state,
            condition.priority,
            condition.worst,
            condition.onset_t_ns,
            condition.ended_t_ns,
        )


def _alarm(
    condition: Condition,
    state: ConditionState,
    priority: Priority,
    worst: float | None,
    onset_ns: int,
    ended_ns: int | None,
) -> ActiveAlarm:
    rule = condition.rule
    return ActiveAlarm(
        condition=rule.id,
        role=rule.role,
        priority=priority,
        state=state.value,
        value=worst,
        limit=None if rule.side is Side.FLAG else rule.limit,
        direction=rule.side.value,
        onset_t_ns=onset_ns,
        text=condition.text,
        acknowledged_t_ns=condition.acknowledged_t_ns,
        remind_t_ns=condition.remind_t_ns,
        ended_t_ns=ended_ns,
        bypassed=condition.bypassed,
        repeat_wanted=condition.wants_repeat,
        repeat_from_s=rule.repeat_s[0] if rule.repeat_s is not None else 0.0,
        reading_t_ns=condition.seen_t_ns,
        raised_t_ns=condition.raised_t_ns,
    )


def _rank(alarm: ActiveAlarm) -> tuple[int, int, int]:
    return _ORDER[ConditionState(alarm.state)], -Priority(alarm.priority).rank, alarm.onset_t_ns


def limits_in_force(
    templates: Iterable[Rule],
    rules: Iterable[Rule],
    conditions: Iterable[Condition],
    phase: str,
    off_until: Mapping[str, int],
) -> tuple[LimitInForce, ...]:
    """Every limit of a set (`templates`) as it holds now (`rules`): none while it waits for a baseline."""
    now = {rule.id: rule for rule in rules}
    states = {each.rule.id: each.state for each in conditions}
    return tuple(
        LimitInForce(
            rule=template.id,
            role=template.role,
            side=template.side.value,
            priority=template.priority,
            limit=now[template.id].limit if template.id in now else None,
            source=now[template.id].source if template.id in now else NO_BASELINE,
            delay_s=template.delay_s,
            at_once=template.bypass,
            phases=template.phases,
            in_phase=not template.phases or phase in template.phases,
            off_until_t_ns=off_until.get(template.id),
            state=states.get(template.id, ConditionState.UNARMED).value,
        )
        for template in templates
    )
