"""One alarm condition's machine, as a table; pairs that are not listed change nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kapmonitor.alarms.types import (
    ACTIVE,
    REMIND_S,
    SEVERE,
    Condition,
    ConditionState,
    Judgement,
    Passed,
    Priority,
    Trigger,
)

INVALID_TOLERANCE_NS: Final = 5_000_000_000
"""A running delay stands still without signal for this long, then the technical condition takes over."""

S, T = ConditionState, Trigger
_WATCHING: Final = tuple(state for state in S if state is not S.DISABLED)
TABLE: dict[tuple[ConditionState, Trigger], ConditionState] = {
    (S.UNARMED, T.ARMED): S.NORMAL,
    (S.NORMAL, T.INVALID): S.UNARMED,
    (S.NORMAL, T.VIOLATION): S.PENDING,
    (S.NORMAL, T.BYPASS): S.ACTIVE_UNACK,
    (S.NORMAL, T.INHERIT): S.ACTIVE_UNACK,
    (S.PENDING, T.CLEAR): S.NORMAL,
    (S.PENDING, T.DELAY_OVER): S.ACTIVE_UNACK,
    (S.PENDING, T.BYPASS): S.ACTIVE_UNACK,
    (S.PENDING, T.INHERIT): S.ACTIVE_UNACK,
    (S.PENDING, T.INVALID_LONG): S.UNARMED,
    (S.PENDING, T.ACKNOWLEDGE): S.PENDING,
    (S.ACTIVE_UNACK, T.ACKNOWLEDGE): S.ACTIVE_ACK,
    (S.ACTIVE_UNACK, T.WORSE): S.ACTIVE_UNACK,
    (S.ACTIVE_UNACK, T.INHERIT): S.ACTIVE_UNACK,
    (S.ACTIVE_UNACK, T.CLEAR_OVER): S.LATCHED,
    (S.ACTIVE_UNACK, T.INVALID): S.LATCHED,
    (S.ACTIVE_ACK, T.REMIND): S.ACTIVE_ACK,
    (S.ACTIVE_ACK, T.WORSE): S.ACTIVE_UNACK,
    (S.ACTIVE_ACK, T.INHERIT): S.ACTIVE_UNACK,
    (S.ACTIVE_ACK, T.CLEAR_OVER): S.NORMAL,
    (S.ACTIVE_ACK, T.INVALID): S.LATCHED,
    (S.LATCHED, T.ACKNOWLEDGE): S.NORMAL,
    (S.LATCHED, T.VIOLATION): S.PENDING,
    (S.LATCHED, T.BYPASS): S.ACTIVE_UNACK,
    (S.LATCHED, T.INHERIT): S.ACTIVE_UNACK,
    (S.DISABLED, T.ENABLE): S.UNARMED,
    **{(state, T.DISABLE): S.DISABLED for state in _WATCHING},
    **{(state, T.OFF_PHASE): S.DISABLED for state in _WATCHING},
    **{(state, T.SESSION_END): S.DISABLED for state in _WATCHING},
    **{(state, T.PATIENT_CHANGED): S.UNARMED for state in _WATCHING if state is not S.UNARMED},
    **{(state, T.LIMIT_CHANGED): state for state in _WATCHING},
}
"""A state that is followed by itself is an entry of the log: a reminder, a worse value, another limit."""

_STARTED: Final = ACTIVE | {S.PENDING}
_FRESH: Final = frozenset({S.NORMAL, S.UNARMED, S.DISABLED})


def trigger(condition: Condition, judgement: Judgement, now_ns: int) -> Trigger | None:
    """What the newest reading and the timers mean for a condition; None when they mean nothing."""
    match judgement:
        case Judgement.INVALID:
            return _invalid(condition, now_ns)
        case _ if condition.state is ConditionState.UNARMED:
            return Trigger.ARMED if condition.valid_count >= condition.rule.confirmations else None
        case Judgement.FAR_OUTSIDE:
            return _far_outside(condition)
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


def _far_outside(condition: Condition) -> Trigger | None:
    if condition.state not in ACTIVE:
        return Trigger.BYPASS
    return None if condition.bypassed else Trigger.WORSE


def _outside(condition: Condition, now_ns: int) -> Trigger | None:
    inherited = condition.inherited
    if inherited is not None and (condition.state not in ACTIVE or inherited.rank > condition.priority.rank):
        return Trigger.INHERIT
    if condition.state in ACTIVE:
        return Trigger.WORSE if _risen(condition, now_ns).rank > condition.priority.rank else None
    if condition.state is not ConditionState.PENDING:
        return Trigger.VIOLATION
    waited_ns = now_ns - condition.onset_t_ns - condition.frozen_ns
    return Trigger.DELAY_OVER if waited_ns >= condition.rule.delay_s * 1e9 else Trigger.VIOLATION


def _inside(condition: Condition, now_ns: int) -> Trigger:
    since = condition.clear_since_ns
    over = since is not None and now_ns - since >= condition.rule.clear_s * 1e9
    return Trigger.CLEAR_OVER if over and condition.state in ACTIVE else Trigger.CLEAR


def _risen(condition: Condition, now_ns: int) -> Priority:
    """The priority that an active condition deserves by now."""
    rule = condition.rule
    if condition.confirmed:
        return rule.priority
    if rule.rises_to is None:
        return condition.priority
    severe = condition.value is not None and condition.value >= SEVERE
    late = rule.rises_s is not None and now_ns - condition.onset_t_ns >= rule.rises_s * 1e9
    return rule.rises_to if severe or late else condition.priority


def move(condition: Condition, cause: Trigger, now_ns: int) -> Condition:
    """The condition after a trigger; itself when the table does not list the pair."""
    after = TABLE.get((condition.state, cause))
    if after is None:
        return condition
    after = _settled(condition, cause, after)
    if after in _FRESH:
        return _fresh(condition, after)
    moved = replace(condition, state=after, settled=False)
    if after is ConditionState.LATCHED:
        return _latched(moved, condition, now_ns)
    if condition.state not in _STARTED:
        moved = _begun(moved, condition, now_ns)
    match cause:
        case Trigger.ACKNOWLEDGE if after is ConditionState.PENDING:
            return replace(moved, passed=None)
        case Trigger.ACKNOWLEDGE:
            return _reminded(replace(moved, acknowledged_t_ns=now_ns), now_ns)
        case Trigger.REMIND:
            return _reminded(moved, now_ns)
        case _ if after is ConditionState.ACTIVE_UNACK and cause is not Trigger.LIMIT_CHANGED:
            return _raised(moved, cause, now_ns)
        case _:
            return moved


def _settled(condition: Condition, cause: Trigger, after: ConditionState) -> ConditionState:
    """Where a condition really goes: a trace only of what latches, no NORMAL without a signal."""
    gone = cause in {Trigger.PATIENT_CHANGED, Trigger.SESSION_END, Trigger.DISABLE, Trigger.OFF_PHASE}
    if condition.state is ConditionState.PENDING and condition.passed is not None and not gone:
        # The alarm before this one has not been seen yet.
        after = ConditionState.LATCHED if after in _FRESH else after
    if after is ConditionState.LATCHED and not condition.rule.latches:
        after = ConditionState.NORMAL
    if after is ConditionState.NORMAL and condition.invalid_since_ns is not None:
        after = ConditionState.UNARMED
    return after


def _fresh(condition: Condition, after: ConditionState) -> Condition:
    """Nothing is carried over but what was last seen of the signal, and nothing of that once disarmed."""
    fresh = Condition(
        condition.rule,
        after,
        condition.seen_t_ns,
        condition.valid_count,
        onset_t_ns=condition.onset_t_ns,
        clear_since_ns=condition.clear_since_ns,
        invalid_since_ns=condition.invalid_since_ns,
        worst=condition.worst,
        text=condition.text,
        value=condition.value,
    )
    armed = after is ConditionState.NORMAL
    return fresh if armed else replace(fresh, valid_count=0)


def _latched(moved: Condition, before: Condition, now_ns: int) -> Condition:
    if before.state is ConditionState.PENDING and before.passed is not None:
        was = before.passed
        return replace(
            moved,
            onset_t_ns=was.onset_t_ns,
            ended_t_ns=was.ended_t_ns,
            worst=was.worst,
            level=was.priority,
            passed=None,
        )
    return moved if before.state is ConditionState.LATCHED else replace(moved, ended_t_ns=now_ns)


def _begun(moved: Condition, before: Condition, now_ns: int) -> Condition:
    """A violation begins now; an earlier alarm that nobody has seen is kept beside it."""
    passed: Passed | None = None
    if before.state is ConditionState.LATCHED:
        ended_ns = before.ended_t_ns if before.ended_t_ns is not None else now_ns
        passed = Passed(before.onset_t_ns, ended_ns, before.worst, before.priority)
    return replace(
        moved,
        onset_t_ns=now_ns,
        frozen_ns=0,
        worst=before.value,
        level=None,
        first_t_ns=before.seen_t_ns,
        confirmed=False,
        bypassed=False,
        acknowledged_t_ns=None,
        remind_t_ns=None,
        ended_t_ns=None,
        passed=passed,
    )


def _raised(moved: Condition, cause: Trigger, now_ns: int) -> Condition:
    """Active and not acknowledged, with the priority that the cause gives it."""
    rule, level = moved.rule, moved.level
    match cause:
        case Trigger.DELAY_OVER:
            level = rule.first
        case Trigger.BYPASS:
            level = None
        case Trigger.INHERIT if moved.inherited is not None:
            level = max(moved.priority, moved.inherited, key=lambda priority: priority.rank)
        case Trigger.WORSE:
            level = None if rule.first is not None else _risen(moved, now_ns)
        case _:
            pass
    far = cause is Trigger.BYPASS or (cause is Trigger.WORSE and _is_far(moved))
    # What is lost while the highest alarm held starts loud, as a value far outside does.
    loud = cause is Trigger.INHERIT and level is Priority.HIGH
    return replace(
        moved,
        level=level,
        bypassed=moved.bypassed or far or loud,
        raised_t_ns=now_ns,
        acknowledged_t_ns=None,
        remind_t_ns=None,
        passed=None,
    )


def _is_far(condition: Condition) -> bool:
    bypass, worst = condition.rule.bypass, condition.worst
    if bypass is None or worst is None:
        return False
    return worst >= bypass if bypass >= condition.rule.limit else worst <= bypass


def _reminded(condition: Condition, now_ns: int) -> Condition:
    return replace(condition, remind_t_ns=now_ns + int(REMIND_S[condition.priority] * 1e9))
