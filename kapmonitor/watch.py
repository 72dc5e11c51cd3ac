"""The engine's use of the alarm system: samples in, active alarms and events out."""

from __future__ import annotations

from collections.abc import Iterable

from kapmonitor.alarms.evaluate import Inputs, evaluate
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.technical import device_rules, own_rules
from kapmonitor.alarms.types import (
    SHOWN,
    AlarmState,
    Condition,
    ConditionState,
    Priority,
    Rule,
    Sample,
    Side,
)
from kapmonitor.session.events import AlarmChanged, LimitsSet
from kapmonitor.snapshot import ActiveAlarm

_ORDER = {ConditionState.ACTIVE_UNACK: 0, ConditionState.ACTIVE_ACK: 1, ConditionState.LATCHED: 2}


class Watch:
    """Owns the alarm state of one session."""

    def __init__(self, limits: LimitSet) -> None:
        self.limits = limits
        self._rules: tuple[Rule, ...] = (*limits.rules, *own_rules())
        self._state = AlarmState()

    def add_device(self, device: str) -> None:
        """Watch one more device's link, sensor and cuff."""
        known = {rule.id for rule in self._rules}
        self._rules = (*self._rules, *(rule for rule in device_rules(device) if rule.id not in known))

    def step(
        self, samples: Iterable[tuple[str, Sample]], acknowledged: frozenset[str], now_ns: int
    ) -> tuple[AlarmChanged, ...]:
        """Evaluate every rule; returns what belongs in the record."""
        inputs = Inputs(dict(samples), acknowledged)
        self._state, transitions = evaluate(self._rules, self._state, inputs, now_ns)
        return tuple(
            AlarmChanged(
                condition=move.condition,
                priority=move.rule.priority.value,
                before=move.before.value,
                after=move.after.value,
                cause=move.cause.value,
                value=move.value,
                limit=None if move.rule.side is Side.FLAG else move.rule.limit,
                onset_t_ns=move.onset_t_ns,
            )
            for move in transitions
        )

    def shown(self) -> tuple[ActiveAlarm, ...]:
        """The conditions on screen: unacknowledged before acknowledged before passed, highest first."""
        alarms = [_active(condition) for condition in self._state.conditions if condition.state in SHOWN]
        return tuple(sorted(alarms, key=_rank))

    def limits_event(self) -> LimitsSet:
        """The limits in force, for the record."""
        rules = tuple(
            (rule.id, rule.role, rule.side.value, rule.priority.value, rule.limit, rule.delay_s)
            for rule in self.limits.rules
        )
        return LimitsSet(self.limits.name, self.limits.signed_by, rules)


def _active(condition: Condition) -> ActiveAlarm:
    rule = condition.rule
    return ActiveAlarm(
        condition=rule.id,
        role=rule.role,
        priority=rule.priority,
        state=condition.state.value,
        value=condition.worst,
        limit=None if rule.side is Side.FLAG else rule.limit,
        direction=rule.side.value,
        onset_t_ns=condition.onset_t_ns,
        text=condition.text,
    )


def _rank(alarm: ActiveAlarm) -> tuple[int, int, int]:
    return _ORDER[ConditionState(alarm.state)], -Priority(alarm.priority).rank, alarm.onset_t_ns
