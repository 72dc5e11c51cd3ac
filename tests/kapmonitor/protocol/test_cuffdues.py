"""Cuffs that were due: each is taken, waits, failed, was put off, is explained, or is missed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.model import Absent, CuffReading, Measured, NibpFailure, Validity
from kapmonitor.protocol.cuffdues import EARLY_NS, MINUTE_NS, Became, past_dues, unexplained
from kapmonitor.protocol.shipped import example
from kapmonitor.session.events import CuffExplained, CuffPlan, DoseAmended, DoseGiven, SessionClosed, Stamped
from kapmonitor.session.state import Interruption, SessionState, fold

MIN = MINUTE_NS
PROTOCOL = example()
NOTHING = Absent(Validity.NOT_AVAILABLE)
AT_MIN = (5, 10, 15, 20, 30, 40, 50, 60)


def session(*events, routes=(("im", 0),)):
    state = SessionState()
    for route, minutes in routes:
        dose = DoseGiven("ketamine", 70, route, "", "RN", dose=f"{route}{minutes}")
        state = fold(state, Stamped(minutes * MIN, dose))
    for minutes, event in events:
        state = fold(state, Stamped(round(minutes * MIN), event))
    return state


def cuff(minutes, *, failed=False, stored=False):
    failure = NibpFailure.MOTION if failed else None
    value = NOTHING if failed else Measured(120.0)
    return CuffReading(round(minutes * MIN), "cuff", value, value, value, NOTHING, failure, stored=stored)


def became(state, cuffs, now_min):
    return {d.t_ns / MIN: d.became for d in past_dues(PROTOCOL, state, cuffs, round(now_min * MIN))}


@pytest.mark.parametrize(
    ("readings", "now_min", "expected"),
    [
        ([], 4, {}),
        ([], 5, {5: Became.WAITING}),
        ([cuff(5.5)], 6, {5: Became.TAKEN}),
        ([cuff(3.1)], 6, {5: Became.TAKEN}),
        ([cuff(2.4)], 6, {5: Became.WAITING}),
        ([cuff(9)], 11, {5: Became.MISSED, 10: Became.TAKEN}),
        ([cuff(7.5)], 11, {5: Became.TAKEN, 10: Became.WAITING}),
        ([cuff(5.5, failed=True)], 6, {5: Became.FAILED}),
        ([cuff(5.5, failed=True), cuff(7)], 8, {5: Became.TAKEN}),
        ([cuff(5.5, stored=True)], 11, {5: Became.MISSED, 10: Became.WAITING}),
    ],
)
def test_what_became_of_what_was_due(readings, now_min, expected):
    assert became(session(), readings, now_min) == expected


def test_what_waits_is_missed_once_it_can_be_put_off_no_longer():
    taken = [cuff(m) for m in AT_MIN[:-1]]
    assert became(session(), taken, 70)[60] is Became.WAITING
    assert became(session(), taken, 70.1)[60] is Became.MISSED
    assert became(session((61, SessionClosed("ended", 0))), taken, 90)[60] is Became.MISSED


def test_a_reason_is_charted_kept_with_its_name_and_can_be_taken_back():
    state = session((12, CuffExplained(5 * MIN, "asleep, not disturbed", "KL")))
    first = past_dues(PROTOCOL, state, [], 12 * MIN)[0]
    assert (first.became, first.reason, first.by) == (Became.EXPLAINED, "asleep, not disturbed", "KL")
    assert unexplained([first]) == ()
    state = fold(state, Stamped(13 * MIN, CuffExplained(5 * MIN, "", "KL")))
    assert past_dues(PROTOCOL, state, [], 13 * MIN)[0].became is Became.MISSED


def test_what_was_due_while_the_console_was_not_running_explains_itself():
    state = replace(session(), interruptions=(Interruption(4 * MIN, 7 * MIN),))
    assert became(state, [], 11)[5] is Became.NOT_RUNNING


def plan(minutes, *, held=False, again=""):
    return CuffPlan("cuff", minutes * MIN, 300, held, again)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(0, plan(5)), (4, plan(10, held=True))], Became.HELD),
        ([(0, plan(5)), (4, plan(10, held=True)), (4.5, plan(5))], Became.MISSED),
        ([(0, plan(5)), (4, plan(10, held=True)), (10, plan(15))], Became.HELD),
    ],
)
def test_what_somebody_put_off_is_explained_unless_it_was_let_go(events, expected):
    assert became(session(*events), [], 11)[5] is expected


def test_a_repeat_that_came_due_counts_until_and_after_it_is_planned():
    state = session((5.5, plan(8, again="high")))
    assert became(state, [cuff(5.2)], 7) == {5: Became.TAKEN}
    assert became(state, [cuff(5.2)], 9) == {5: Became.TAKEN, 8: Became.WAITING}
    later = fold(state, Stamped(12 * MIN, plan(15)))
    assert became(later, [cuff(5.2), cuff(10.2)], 12) == {
        5: Became.TAKEN,
        8: Became.MISSED,
        10: Became.TAKEN,
    }
    early = fold(state, Stamped(7 * MIN, plan(15)))
    assert 8.0 not in became(early, [cuff(5.2)], 12)


def test_times_begin_anew_with_each_dose_and_follow_one_that_is_corrected():
    state = session(routes=(("im", 0), ("im", 12)))
    assert set(became(state, [], 25)) == {5, 10, 17, 22}
    gone = DoseAmended("im12", 12 * MIN, "ketamine", 70, "im", "", "RN", "", "", 0, True, "never", "RN")
    assert set(became(fold(state, Stamped(24 * MIN, gone)), [], 25)) == {5, 10, 15, 20}


def test_without_a_protocol_or_a_known_route_nothing_was_due():
    assert past_dues(None, session(), [], 60 * MIN) == ()
    assert past_dues(PROTOCOL, session(routes=(("rectal", 0),)), [], 60 * MIN) == ()


@given(st.lists(st.floats(0, 130), max_size=20), st.floats(0, 130))
def test_each_reading_after_the_first_due_time_answers_exactly_one(minutes, now_min):
    readings = [cuff(m) for m in minutes if m <= now_min]
    dues = past_dues(PROTOCOL, session(), readings, round(now_min * MIN))
    assert [d.t_ns for d in dues] == sorted({d.t_ns for d in dues})
    assert all(d.t_ns <= now_min * MIN + 1 for d in dues)
    late_enough = [c for c in readings if dues and c.t_ns >= dues[0].t_ns - EARLY_NS]
    assert sum(d.became is Became.TAKEN for d in dues) <= len(late_enough)
    if dues and not late_enough:
        assert all(d.became in (Became.MISSED, Became.WAITING) for d in dues)
        assert sum(d.became is Became.WAITING for d in dues) <= 1
