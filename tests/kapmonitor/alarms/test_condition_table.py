"""The condition machine over its whole product of states and triggers."""

from itertools import product

import pytest

from kapmonitor.alarms.condition import TABLE, move
from kapmonitor.alarms.types import ACTIVE, Condition, ConditionState, Priority, Rule, Side, Trigger

RULE = Rule("r", "spo2", Side.LOW, Priority.MEDIUM, 91, 15, 1, 5)
LOW = Rule("l", "spo2", Side.LOW, Priority.LOW, 94, 60, 1, 5)


@pytest.mark.parametrize(("state", "cause"), list(product(ConditionState, Trigger)))
def test_every_pair_is_listed_or_changes_nothing(state, cause):
    condition = Condition(RULE, state)
    moved = move(condition, cause, 1)
    assert moved.state is TABLE.get((state, cause), state)
    if (state, cause) not in TABLE:
        assert moved is condition


def test_acknowledging_never_arms_or_silences_what_is_not_active():
    for state in ConditionState:
        after = move(Condition(RULE, state), Trigger.ACKNOWLEDGE, 1).state
        if state not in {ConditionState.ACTIVE_UNACK, ConditionState.LATCHED}:
            assert after is state


def test_an_alarm_is_reached_from_every_state_that_watches():
    for state in ConditionState:
        if state in {ConditionState.UNARMED, ConditionState.DISABLED} or state in ACTIVE:
            continue
        assert move(Condition(RULE, state), Trigger.BYPASS, 1).state is ConditionState.ACTIVE_UNACK


def test_low_priority_leaves_no_trace():
    passed = move(Condition(LOW, ConditionState.ACTIVE_UNACK), Trigger.CLEAR_OVER, 1)
    assert passed.state is ConditionState.NORMAL
    passed = move(Condition(RULE, ConditionState.ACTIVE_UNACK), Trigger.CLEAR_OVER, 1)
    assert passed.state is ConditionState.LATCHED


def test_a_passed_alarm_without_signal_goes_back_to_unarmed():
    lost = Condition(RULE, ConditionState.LATCHED, invalid_since_ns=1)
    assert move(lost, Trigger.ACKNOWLEDGE, 2).state is ConditionState.UNARMED
