"""How old a number may look."""

import pytest

from kapmonitor.alarms.limits import example
from kapmonitor.alarms.types import Priority, Rule, Side
from kapmonitor.model import Absent, CuffReading, Measured, Validity
from kapmonitor.snapshot import Freshness
from kapmonitor.tiles import continuous_freshness, cuff_freshness, nearest_limits
from kapmonitor.view import Role
from kapmonitor.vitals import usable

S = 1_000_000_000
M = 60 * S


@pytest.mark.parametrize(
    ("age_ns", "expected"),
    [
        (0, Freshness.FRESH),
        (3 * S, Freshness.FRESH),
        (3 * S + 1, Freshness.STALE),
        (3600 * S, Freshness.STALE),
    ],
)
def test_continuous(age_ns, expected):
    assert continuous_freshness(10_000 * S, 10_000 * S + age_ns) is expected


def test_never_measured_is_none():
    assert continuous_freshness(0, 5 * S) is Freshness.NONE
    assert cuff_freshness(None, 600, 5 * S) is Freshness.NONE


@pytest.mark.parametrize(
    ("minutes", "interval_min", "expected"),
    [
        (5, 5, Freshness.FRESH),
        (5.1, 5, Freshness.AGEING),
        (7.1, 5, Freshness.OVERDUE),
        (14.9, 5, Freshness.OVERDUE),
        (15.1, 5, Freshness.STALE),
        (19, 10, Freshness.OVERDUE),
        (20.1, 10, Freshness.STALE),
        (30.1, 10, Freshness.NONE),
    ],
)
def test_cuff(minutes, interval_min, expected):
    reading = CuffReading(100 * M, "c", *([Measured(1)] * 4))
    assert cuff_freshness(reading, interval_min * 60, 100 * M + int(minutes * M)) is expected


def test_only_valid_and_fresh_values_reach_the_alarms():
    assert usable(Measured(97), S, 2 * S) == 97
    assert usable(Measured(97), S, 5 * S) is None
    assert usable(Absent(Validity.INVALID, 97), S, 2 * S) is None


def test_the_limit_beside_a_number_is_the_one_it_meets_first():
    assert nearest_limits(example().rules, Role.SPO2) == (91, None)
    assert nearest_limits(example().rules, Role.HR) == (50, 120)


def test_a_limit_that_calls_nobody_is_shown_only_where_there_is_no_other():
    def high(limit, priority):
        return Rule(f"{limit}", "nibp-sys", Side.HIGH, priority, limit)

    soft, firm, grave = high(142, Priority.LOW), high(154, Priority.MEDIUM), high(180, Priority.HIGH)
    assert nearest_limits((soft, firm, grave), Role.NIBP_SYS) == (None, 154)
    assert nearest_limits((soft,), Role.NIBP_SYS) == (None, 142)
