"""Whether the computer was asleep, from two of its clocks."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.sleep import GAP_NS, LEAST_NS, SleepWatch, Slept
from kapmonitor.clock import waking_ns

S = 1_000_000_000
MS = S // 1000
TICK = 250 * MS

# (how far the monotonic clock went, how far the other went) -> asleep for
KINDS = {
    "an ordinary look": (TICK, TICK, None),
    "a busy computer": (5 * S, 5 * S, None),
    "drift": (TICK, TICK + MS, None),
    "just no sleep": (TICK, TICK + LEAST_NS - 1, None),
    "the shortest sleep": (TICK, TICK + LEAST_NS, LEAST_NS),
    "a sleep of an hour": (TICK, TICK + 3600 * S, 3600 * S),
    "a sleep that both clocks count": (3600 * S, 3600 * S, 3600 * S),
    "just no gap": (GAP_NS - 1, GAP_NS - 1, None),
    "the shortest gap": (GAP_NS, GAP_NS, GAP_NS),
    "a sleep that one counts in part": (GAP_NS, GAP_NS + 5 * S, GAP_NS + 5 * S),
    "a wall clock that is set back": (TICK, -3600 * S, None),
    "a wall clock that is set back during a gap": (GAP_NS, -S, GAP_NS),
    "a wall clock that is set forward": (TICK, 3600 * S, 3600 * S - TICK),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_two_looks_tell(kind):
    forward_ns, other_ns, length_ns = KINDS[kind]
    watch = SleepWatch()
    assert watch.look(7, 1000 * S) is None
    slept = watch.look(7 + forward_ns, 1000 * S + other_ns)
    assert slept == (None if length_ns is None else Slept(7 + forward_ns, length_ns))
    assert watch.look(7 + forward_ns + TICK, 1000 * S + other_ns + TICK) is None


@pytest.mark.parametrize(("first", "second"), list(itertools.product(KINDS, repeat=2)))
def test_each_look_counts_from_the_one_before(first, second):
    watch, now_ns, other_ns = SleepWatch(), 0, 10**15
    watch.look(now_ns, other_ns)
    for kind in (first, second):
        forward_ns, further_ns, length_ns = KINDS[kind]
        now_ns, other_ns = now_ns + forward_ns, other_ns + further_ns
        slept = watch.look(now_ns, other_ns)
        assert (slept.length_ns if slept else None) == length_ns


@given(st.lists(st.tuples(st.integers(0, GAP_NS - 1), st.integers(0, LEAST_NS - 1)), max_size=50))
def test_a_computer_that_is_only_slow_was_never_asleep(looks):
    watch, now_ns, other_ns = SleepWatch(), 0, 0
    for gap_ns, drift_ns in looks:
        now_ns, other_ns = now_ns + gap_ns, other_ns + gap_ns + drift_ns
        assert watch.look(now_ns, other_ns) is None


def test_the_computers_own_clocks_run_side_by_side():
    watch = SleepWatch()
    for _ in range(5):
        assert watch.look(time.monotonic_ns(), waking_ns()) is None
        time.sleep(0.01)
