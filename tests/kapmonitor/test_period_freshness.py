"""A device that sends every five seconds keeps its number on screen and under alarm."""

import pytest

from kapmonitor.model import Measured
from kapmonitor.snapshot import Freshness
from kapmonitor.tiles import continuous_freshness
from kapmonitor.vitals import usable

S = 1_000_000_000


@pytest.mark.parametrize(("age_s", "fresh"), [(3.1, True), (7.4, True), (7.6, False)])
def test_a_value_holds_until_its_next_one_is_half_a_period_late(age_s, fresh):
    now_ns = 100 * S + int(age_s * S)
    assert (continuous_freshness(100 * S, now_ns, 5.0) is Freshness.FRESH) is fresh
    assert (usable(Measured(97.0), 100 * S, now_ns, 5.0) is not None) is fresh
    assert continuous_freshness(100 * S, now_ns) is Freshness.STALE
