"""How a reading stands to a rule, and what a condition keeps of it for its timers; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kapmonitor.alarms.types import (
    ACTIVE,
    RAISED,
    SAID_ELSEWHERE,
    Companion,
    Condition,
    ConditionState,
    Judgement,
    Rule,
    Sample,
    Side,
)


def judge(condition: Condition, sample: Sample | None, samples: Mapping[str, Sample]) -> Judgement:
    """How the newest reading stands to a rule; `samples` are those of all roles."""
    if sample is None or sample.value is None:
        return Judgement.INVALID
    rule = condition.rule
    if rule.side is Side.FLAG:
        return _judge_flag(condition, sample.value)
    found = _judge_limit(rule, sample.value)
    outside = found in {Judgement.OUTSIDE, Judgement.FAR_OUTSIDE}
    if outside and rule.companion is not None and not _holds(rule.companion, samples):
        return Judgement.BETWEEN
    return found


def _judge_flag(condition: Condition, value: float) -> Judgement:
    if value >= RAISED:
        return Judgement.OUTSIDE
    if value == SAID_ELSEWHERE and condition.inherited is not None:
        return Judgement.OUTSIDE
    return Judgement.INSIDE if value == 0 else Judgement.BETWEEN


def _judge_limit(rule: Rule, value: float) -> Judgement:
    sign = 1.0 if rule.side is Side.HIGH else -1.0
    value, limit = sign * value, sign * rule.limit
    if rule.bypass is not None and value >= sign * rule.bypass:
        return Judgement.FAR_OUTSIDE
    if value >= limit:
        return Judgement.OUTSIDE
    return Judgement.INSIDE if value <= limit - rule.deadband else Judgement.BETWEEN


def _holds(companion: Companion, samples: Mapping[str, Sample]) -> bool:
    other = samples.get(companion.role)
    value = other.value if other is not None else None
    if value is None:
        return False
    above = companion.above is not None and value > companion.above
    return above or (companion.below is not None and value < companion.below)


def observe(condition: Condition, sample: Sample | None, judgement: Judgement, now_ns: int) -> Condition:
    """Keep what the timers need: since when clear or without signal, how many readings, the worst."""
    if sample is None or judgement is Judgement.INVALID:
        since = condition.invalid_since_ns if condition.invalid_since_ns is not None else now_ns
        return replace(
            condition,
            invalid_since_ns=since,
            valid_count=0,
            clear_since_ns=None,
            settled=condition.state is ConditionState.UNARMED,
        )
    is_new = sample.t_ns != condition.seen_t_ns
    first_t_ns, confirmed = _repeated(condition, sample, judgement, is_new=is_new)
    inside = judgement is Judgement.INSIDE
    return replace(
        condition,
        invalid_since_ns=None,
        frozen_ns=condition.frozen_ns + _frozen(condition, now_ns),
        seen_t_ns=sample.t_ns,
        valid_count=min(condition.valid_count + is_new, condition.rule.confirmations),
        clear_since_ns=_clear_since(condition, now_ns) if inside else None,
        value=sample.value,
        worst=_worse(condition, sample.value) if is_new else condition.worst,
        text=sample.text or condition.text,
        inherited=None if inside and condition.rule.covers else condition.inherited,
        first_t_ns=first_t_ns,
        confirmed=confirmed,
        settled=inside and condition.state is ConditionState.NORMAL,
    )


def _clear_since(condition: Condition, now_ns: int) -> int:
    return now_ns if condition.clear_since_ns is None else condition.clear_since_ns


def _frozen(condition: Condition, now_ns: int) -> int:
    """How long a running delay stood still until this reading."""
    if condition.state is not ConditionState.PENDING or condition.invalid_since_ns is None:
        return 0
    return now_ns - condition.invalid_since_ns


def _repeated(
    condition: Condition, sample: Sample, judgement: Judgement, *, is_new: bool
) -> tuple[int, bool]:
    """The reading to be confirmed, and whether this one did; one that comes too late is a new first one."""
    repeat_s = condition.rule.repeat_s
    outside = judgement in {Judgement.OUTSIDE, Judgement.FAR_OUTSIDE}
    if repeat_s is None or condition.state not in ACTIVE or not is_new or not outside:
        return condition.first_t_ns, condition.confirmed
    gap_s = (sample.t_ns - condition.first_t_ns) / 1e9
    if repeat_s[0] <= gap_s <= repeat_s[1]:
        return condition.first_t_ns, True
    return (sample.t_ns if gap_s > repeat_s[1] else condition.first_t_ns), condition.confirmed


def _worse(condition: Condition, value: float | None) -> float | None:
    if condition.state is ConditionState.LATCHED:
        return condition.worst
    if condition.state not in ACTIVE and condition.state is not ConditionState.PENDING:
        return value
    if condition.worst is None or value is None:
        return value if condition.worst is None else condition.worst
    return min(condition.worst, value) if condition.rule.side is Side.LOW else max(condition.worst, value)
