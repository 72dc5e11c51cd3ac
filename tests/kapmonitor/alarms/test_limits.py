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
        (GOOD.replace("91", "9" * 5000), "the file"),
        ("a = " + "[" * 3000, "the file"),
        (GOOD + "at_once = 95\n", "id a.at_once"),
        (GOOD + GOOD.replace('"a"', '"b"').replace("low", "high").replace("91", "90"), "id b.at"),
        (GOOD + GOOD.replace('"a"', '"b"').replace("low", "high"), "id b.at"),
    ],
)
def test_a_mistake_is_named(text, key):
    with pytest.raises(ConfigError) as caught:
        parse(text, "x.toml")
    assert caught.value.key == key
    assert caught.value.allowed


def test_a_high_limit_above_the_low_one_and_an_at_once_further_out_are_right():
    high = GOOD.replace('"a"', '"b"').replace("low", "high").replace("91", "99")
    assert len(parse(GOOD + "at_once = 85\n" + high + "at_once = 100\n", "x.toml").rules) == 2


def test_a_number_that_python_would_not_print_is_a_mistake_like_any_other():
    with pytest.raises(ConfigError, match="at"):
        parse(GOOD.replace("91", f"0x{'f' * 9000}"), "test")
