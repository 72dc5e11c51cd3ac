"""How long is waited before a lost link is tried again, and what the log hears of it: the whole table."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.backoff import DELAYS_S, Retries, delay_s

CALM, TOLD, BACK = "calm", "told", "back"
# (state, what happens) -> (what the log hears, state afterwards)
TABLE = {
    (CALM, "lost"): ("warning", TOLD),
    (CALM, "alive"): (None, CALM),
    (CALM, "anew"): (None, CALM),
    (TOLD, "lost"): (None, TOLD),
    (TOLD, "alive"): ("back", BACK),
    (TOLD, "anew"): (None, CALM),
    (BACK, "lost"): (None, BACK),
    (BACK, "alive"): (None, BACK),
    (BACK, "anew"): (None, CALM),
}


def do(retries, what):
    if what == "lost":
        return "warning" if retries.lost() else None
    if what == "alive":
        return "back" if retries.alive() else None
    retries.begin_anew()
    return None


@pytest.mark.parametrize(("state", "what"), TABLE)
def test_what_the_log_hears(state, what):
    assert set(TABLE) == set(itertools.product((CALM, TOLD, BACK), ("lost", "alive", "anew")))
    retries = Retries()
    for step in {CALM: (), TOLD: ("lost",), BACK: ("lost", "alive")}[state]:
        do(retries, step)
    heard, after = TABLE[state, what]
    assert do(retries, what) == heard
    assert {CALM: "warning", TOLD: None, BACK: None}[after] == do(retries, "lost")
    assert {CALM: "back", TOLD: "back", BACK: None}[after] == do(retries, "alive")


@given(st.lists(st.sampled_from(["lost", "alive"]), max_size=200))
def test_a_link_that_comes_and_goes_is_told_of_once(steps):
    retries = Retries()
    heard = [said for step in steps if (said := do(retries, step))]
    assert heard in ([], ["warning"], ["warning", "back"])


def test_waits_grow_to_a_ceiling_and_begin_anew():
    retries = Retries()
    assert [retries.wait_s() for _ in range(7)] == [0.5, 1, 2, 5, 10, 10, 10]
    retries.begin_anew()
    assert retries.wait_s() == 0.5
    assert delay_s(-1) == DELAYS_S[0]
