"""One step of the alarm system: rules, state, inputs and a time go in; state and transitions come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kapmonitor.alarms.condition import move, trigger
from kapmonitor.alarms.reading import judge, observe
from kapmonitor.alarms.types import (
    ACTIVE,
    AlarmState,
    Condition,
    ConditionState,
    Judgement,
    Priority,
    Rule,
    Sample,
    Side,
    Transition,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a step looks at: each role's newest sample, and what people did since the last step.

    `off_until` holds the rules that somebody switched off, each with the time at which it comes back.
    """

    samples: Mapping[str, Sample] = field(default_factory=dict)
    acknowledged: frozenset[str] = frozenset()
    phase: str = ""
    off_until: Mapping[str, int] = field(default_factory=dict)
    patient_changed: bool = False
    ended: bool = False


@dataclass(slots=True)
class _Step:
    """One step under way: what was logged, and which roles lost their signal while they alarmed."""

    inputs: Inputs
    now_ns: int
    holding: bool
    out: list[Transition] = field(default_factory=list)
    lost: dict[str, Priority] = field(default_factory=dict)


def evaluate(
    rules: tuple[Rule, ...], state: AlarmState, inputs: Inputs, now_ns: int
) -> tuple[AlarmState, tuple[Transition, ...]]:
    """The alarm state at `now_ns`. A rule whose limit changed keeps its condition's state.

    A technical rule that `covers` a role must come after the rules of that role.
    """
    known = {condition.rule.id: condition for condition in state.conditions}
    step = _Step(inputs, now_ns, now_ns < state.hold_until_ns)
    conditions = tuple(_condition(rule, known.pop(rule.id, None), step) for rule in rules)
    for gone in known.values():
        _apply(gone, Trigger.DISABLE, step)
    return AlarmState(conditions, state.hold_until_ns), tuple(step.out)


def _condition(rule: Rule, known: Condition | None, step: _Step) -> Condition:
    sample = step.inputs.samples.get(rule.role)
    if known is not None and _nothing_new(rule, known, sample, step.inputs):
        return known
    condition = _current(rule, known, step)
    condition = _operated(condition, step)
    if condition.state is ConditionState.DISABLED:
        return condition
    if rule.covers and (priority := step.lost.get(rule.covers)) is not None:
        condition = replace(condition, inherited=priority)
    return _observed(condition, sample, step)


def _nothing_new(rule: Rule, known: Condition, sample: Sample | None, inputs: Inputs) -> bool:
    """Whether all is as it was and no timer runs; so it is with most rules, most of the time."""
    if known.rule is not rule or inputs.ended or inputs.patient_changed:
        return False
    if known.state is ConditionState.DISABLED:
        return _is_off(rule, inputs)
    if not known.settled or _is_off(rule, inputs):
        return False
    if sample is None or sample.value is None:
        return known.invalid_since_ns is not None
    same = sample.t_ns == known.seen_t_ns and sample.value == known.value
    return same and known.invalid_since_ns is None


def _is_off(rule: Rule, inputs: Inputs) -> bool:
    out_of_phase = bool(rule.phases) and inputs.phase not in rule.phases
    return out_of_phase or rule.id in inputs.off_until


def _current(rule: Rule, known: Condition | None, step: _Step) -> Condition:
    """The rule's condition; another limit is logged, and the last reading is judged by it at once."""
    if known is None:
        return Condition(rule)
    if known.rule == rule:
        return known if known.rule is rule else replace(known, rule=rule)
    changed = replace(known, rule=rule, clear_since_ns=None, settled=False)
    if known.rule.limit == rule.limit and known.rule.bypass == rule.bypass:
        return changed
    return _apply(changed, Trigger.LIMIT_CHANGED, step)


def _operated(condition: Condition, step: _Step) -> Condition:
    """After what people and the course of the session did to it."""
    inputs, rule = step.inputs, condition.rule
    if inputs.ended:
        return _apply(condition, Trigger.SESSION_END, step)
    if inputs.patient_changed:
        condition = _apply(condition, Trigger.PATIENT_CHANGED, step)
    if rule.id in inputs.off_until:
        return _apply(condition, Trigger.DISABLE, step)
    if rule.phases and inputs.phase not in rule.phases:
        return _apply(condition, Trigger.OFF_PHASE, step)
    condition = _apply(condition, Trigger.ENABLE, step)
    if rule.id in inputs.acknowledged and _has_to_be_seen(condition):
        condition = _apply(condition, Trigger.ACKNOWLEDGE, step)
    return condition


def _has_to_be_seen(condition: Condition) -> bool:
    return condition.state is not ConditionState.PENDING or condition.passed is not None


def _observed(condition: Condition, sample: Sample | None, step: _Step) -> Condition:
    judgement = judge(condition, sample, step.inputs.samples)
    if judgement is Judgement.INVALID and step.holding:
        return condition
    condition = observe(condition, sample, judgement, step.now_ns)
    # Arming, a violation and the end of its delay may fall into one step: a rule without delay must not wait.
    for _ in range(len(ConditionState)):
        cause = trigger(condition, judgement, step.now_ns)
        moved = condition if cause is None else _apply(condition, cause, step)
        if moved is condition:
            break
        condition = moved
    due = condition.remind_t_ns
    if condition.state is ConditionState.ACTIVE_ACK and due is not None and step.now_ns >= due:
        condition = _apply(condition, Trigger.REMIND, step)
    return condition


def _apply(condition: Condition, cause: Trigger, step: _Step) -> Condition:
    moved = move(condition, cause, step.now_ns)
    if moved is condition:
        return condition
    if cause is Trigger.INVALID and condition.state in ACTIVE and condition.rule.side is not Side.FLAG:
        _lose(condition, step)
    shown = condition.worst if condition.worst is not None else condition.value
    log = Transition(
        condition=condition.rule.id,
        rule=condition.rule,
        before=condition.state,
        after=moved.state,
        cause=cause,
        t_ns=step.now_ns,
        value=shown,
        onset_t_ns=moved.onset_t_ns,
        priority=moved.priority if moved.state in ACTIVE else condition.priority,
    )
    step.out.append(log)
    return moved


def _lose(condition: Condition, step: _Step) -> None:
    """The signal went while the condition alarmed: whatever reports the loss inherits the priority."""
    role, priority = condition.rule.role, condition.priority
    known = step.lost.get(role)
    if known is None or priority.rank > known.rank:
        step.lost[role] = priority
