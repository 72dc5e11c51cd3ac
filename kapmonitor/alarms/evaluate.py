"""One step of the alarm system: rules, state, inputs and a time go in; state and transitions come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kapmonitor.alarms.condition import judge, move, observe, trigger
from kapmonitor.alarms.types import AlarmState, Condition, ConditionState, Rule, Sample, Transition, Trigger


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a step looks at: each role's newest sample, and what was acknowledged since the last step."""

    samples: Mapping[str, Sample] = field(default_factory=dict)
    acknowledged: frozenset[str] = frozenset()


def evaluate(
    rules: tuple[Rule, ...], state: AlarmState, inputs: Inputs, now_ns: int
) -> tuple[AlarmState, tuple[Transition, ...]]:
    """The alarm state at `now_ns`. A rule whose limit changed keeps its condition's state."""
    known = {condition.rule.id: condition for condition in state.conditions}
    transitions: list[Transition] = []
    conditions = tuple(_step(rule, known.get(rule.id), inputs, now_ns, transitions) for rule in rules)
    return AlarmState(conditions), tuple(transitions)


def _step(
    rule: Rule, known: Condition | None, inputs: Inputs, now_ns: int, out: list[Transition]
) -> Condition:
    condition = _current(rule, known)
    if rule.id in inputs.acknowledged:
        condition = _apply(condition, Trigger.ACKNOWLEDGE, now_ns, None, out)
    sample = inputs.samples.get(rule.role)
    judgement = judge(rule, sample)
    condition = observe(condition, sample, judgement, now_ns)
    value = sample.value if sample is not None else None
    # Arming, a violation and the end of its delay may fall into one step: a rule without delay must not wait.
    for _ in range(len(ConditionState)):
        cause = trigger(condition, judgement, now_ns)
        moved = condition if cause is None else _apply(condition, cause, now_ns, value, out)
        if moved.state is condition.state:
            return moved
        condition = moved
    return condition


def _current(rule: Rule, known: Condition | None) -> Condition:
    if known is None:
        return Condition(rule)
    if known.rule == rule:
        return known
    return Condition(
        rule,
        known.state,
        known.seen_t_ns,
        known.valid_count,
        known.onset_t_ns,
        None,
        known.invalid_since_ns,
        known.worst,
        known.text,
    )


def _apply(
    condition: Condition, cause: Trigger, now_ns: int, value: float | None, out: list[Transition]
) -> Condition:
    moved = move(condition, cause, now_ns)
    if moved.state is not condition.state:
        shown = condition.worst if condition.worst is not None else value
        out.append(
            Transition(
                condition.rule.id,
                condition.rule,
                condition.state,
                moved.state,
                cause,
                now_ns,
                shown,
                moved.onset_t_ns,
            )
        )
    return moved
