"""One alarm condition's machine, as a table; pairs that are not listed change nothing."""

from __future__ import annotations

from dataclasses import replace

from kapmonitor.alarms.types import (
    ACTIVE,
    Condition,
    ConditionState,
    Judgement,
    Rule,
    Sample,
    Side,
    Trigger,
)

INVALID_TOLERANCE_NS = 5_000_000_000
"""A running delay survives a loss of the signal for this long, then the technical condition takes over."""

S, T = ConditionState, Trigger
TABLE: dict[tuple[ConditionState, Trigger], ConditionState] = {
    (S.UNARMED, T.ARMED): S.NORMAL,
    (S.NORMAL, T.INVALID): S.UNARMED,
    (S.NORMAL, T.VIOLATION): S.PENDING,
    (S.NORMAL, T.BYPASS): S.ACTIVE_UNACK,
    (S.PENDING, T.CLEAR): S.NORMAL,
    (S.PENDING, T.DELAY_OVER): S.ACTIVE_UNACK,
    (S.PENDING, T.BYPASS): S.ACTIVE_UNACK,
    (S.PENDING, T.INVALID_LONG): S.UNARMED,
    (S.ACTIVE_UNACK, T.ACKNOWLEDGE): S.ACTIVE_ACK,
    (S.ACTIVE_UNACK, T.CLEAR_OVER): S.LATCHED,
    (S.ACTIVE_UNACK, T.INVALID): S.LATCHED,
    (S.ACTIVE_ACK, T.CLEAR_OVER): S.NORMAL,
    (S.ACTIVE_ACK, T.INVALID): S.LATCHED,
    (S.LATCHED, T.ACKNOWLEDGE): S.NORMAL,
    (S.LATCHED, T.VIOLATION): S.PENDING,
    (S.LATCHED, T.BYPASS): S.ACTIVE_UNACK,
}


def judge(rule: Rule, sample: Sample | None) -> Judgement:
    """How the newest reading stands to a rule; a flag is raised by any value but 0."""
    if sample is None or sample.value is None:
        return Judgement.INVALID
    if rule.side is Side.FLAG:
        return Judgement.OUTSIDE if sample.value else Judgement.INSIDE
    sign = 1.0 if rule.side is Side.HIGH else -1.0
    value, limit = sign * sample.value, sign * rule.limit
    if rule.bypass is not None and value >= sign * rule.bypass:
        return Judgement.FAR_OUTSIDE
    if value >= limit:
        return Judgement.OUTSIDE
    return Judgement.INSIDE if value <= limit - rule.deadband else Judgement.BETWEEN


def observe(condition: Condition, sample: Sample | None, judgement: Judgement, now_ns: int) -> Condition:
    """Keep what the timers need: since when clear or without signal, how many readings, the worst."""
    if sample is None or judgement is Judgement.INVALID:
        since = condition.invalid_since_ns if condition.invalid_since_ns is not None else now_ns
        return replace(condition, invalid_since_ns=since, valid_count=0, clear_since_ns=None)
    is_new = sample.t_ns != condition.seen_t_ns
    clear = condition.clear_since_ns
    if judgement is not Judgement.INSIDE:
        clear = None
    elif clear is None:
        clear = now_ns
    return replace(
        condition,
        invalid_since_ns=None,
        seen_t_ns=sample.t_ns,
        valid_count=min(condition.valid_count + is_new, condition.rule.confirmations),
        clear_since_ns=clear,
        worst=_worse(condition, sample.value) if is_new else condition.worst,
        text=sample.text or condition.text,
    )


def _worse(condition: Condition, value: float | None) -> float | None:
    if condition.state not in ACTIVE and condition.state is not ConditionState.PENDING:
        return value
    if condition.worst is None or value is None:
        return value if condition.worst is None else condition.worst
    return min(condition.worst, value) if condition.rule.side is Side.LOW else max(condition.worst, value)


def trigger(condition: Condition, judgement: Judgement, now_ns: int) -> Trigger | None:
    """What the newest reading and the timers mean for a condition; None when they mean nothing."""
    match judgement:
        case Judgement.INVALID:
            return _invalid(condition, now_ns)
        case _ if condition.state is ConditionState.UNARMED:
            return Trigger.ARMED if condition.valid_count >= condition.rule.confirmations else None
        case Judgement.FAR_OUTSIDE:
            return Trigger.BYPASS
        case Judgement.OUTSIDE:
            return _outside(condition, now_ns)
        case Judgement.BETWEEN:
            return Trigger.CLEAR if condition.state is ConditionState.PENDING else None
        case Judgement.INSIDE:
            return _inside(condition, now_ns)


def _invalid(condition: Condition, now_ns: int) -> Trigger:
    since = condition.invalid_since_ns
    long = since is not None and now_ns - since > INVALID_TOLERANCE_NS
    return Trigger.INVALID_LONG if long and condition.state is ConditionState.PENDING else Trigger.INVALID


def _outside(condition: Condition, now_ns: int) -> Trigger:
    if condition.state is not ConditionState.PENDING:
        return Trigger.VIOLATION
    waited_ns = now_ns - condition.onset_t_ns
    return Trigger.DELAY_OVER if waited_ns >= condition.rule.delay_s * 1e9 else Trigger.VIOLATION


def _inside(condition: Condition, now_ns: int) -> Trigger:
    since = condition.clear_since_ns
    over = since is not None and now_ns - since >= condition.rule.clear_s * 1e9
    return Trigger.CLEAR_OVER if over and condition.state in ACTIVE else Trigger.CLEAR


def move(condition: Condition, cause: Trigger, now_ns: int) -> Condition:
    """The condition after a trigger; itself when the table does not list the pair."""
    after = TABLE.get((condition.state, cause))
    if after is None:
        return condition
    if after is ConditionState.LATCHED and not condition.rule.latches:
        after = ConditionState.NORMAL
    if after is ConditionState.NORMAL and condition.invalid_since_ns is not None:
        after = ConditionState.UNARMED
    entering = condition.state not in {*ACTIVE, ConditionState.PENDING}
    starts = entering and after in {*ACTIVE, ConditionState.PENDING}
    return replace(condition, state=after, onset_t_ns=now_ns if starts else condition.onset_t_ns)
