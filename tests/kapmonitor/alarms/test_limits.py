"""Limit sets from TOML: the shipped example, and mistakes named by key."""

import pytest

from kapmonitor.alarms.limits import example, parse
from kapmonitor.alarms.types import Priority, Side
from kapmonitor.errors import ConfigError

GOOD = '[[limit]]\nid = "a"\nof = "spo2"\nside = "low"\nat = 91\npriority = "medium"\n'


def test_shipped_limits_are_marked_as_an_example_and_signed_by_nobody():
    limits = example()
    assert limits.example
    assert limits.signed_by == ""
    assert {rule.role for rule in limits.rules} == {"hr", "spo2", "nibp-sys", "nibp-dia"}


def test_a_limit_is_read():
    rule = parse(GOOD, "x.toml").rules[0]
    assert (rule.limit, rule.side, rule.priority, rule.confirmations) == (91, Side.LOW, Priority.MEDIUM, 3)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("limit = [", "the file"),
        ("", "limit"),
        (GOOD.replace("91", '"91"'), "limit[0].at"),
        (GOOD.replace("91", "nan"), "limit[0].at"),
        (GOOD.replace("spo2", "spo3"), "limit[0].of"),
        (GOOD.replace("medium", "urgent"), "limit[0].priority"),
        (GOOD + "delay_s = 600\n", "limit[0].delay_s"),
        (GOOD + "deadband = -1\n", "limit[0].deadband"),
        (GOOD + "at_onec = 80\n", "limit[0].at_onec"),
        (GOOD + GOOD, "id a"),
    ],
)
def test_a_mistake_is_named(text, key):
    with pytest.raises(ConfigError) as caught:
        parse(text, "x.toml")
    assert caught.value.key == key
    assert caught.value.allowed
