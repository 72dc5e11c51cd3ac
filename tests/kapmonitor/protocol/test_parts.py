"""What a protocol answers: due times, suggestions, doubts, conditions, the expected band."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.protocol.auto import FLAGS, NUMBERS, Auto, parse_auto
from kapmonitor.protocol.due import DueTimes
from kapmonitor.protocol.phases import ALL, suggested
from kapmonitor.protocol.response import Band, Effect, expected_band
from kapmonitor.protocol.routes import Doubt, Drug
from kapmonitor.protocol.shipped import example
from kapmonitor.session.events import Phase, Route
from kapmonitor.view import Role


def test_due_times_are_offsets_and_then_an_interval():
    due = DueTimes((5, 10, 40), 15)
    assert [due.after(minutes) for minutes in (0, 5, 9.9, 40, 54, 55)] == [5, 10, 10, 55, 55, 70]
    assert due.until(70) == (5, 10, 40, 55, 70)


def test_due_times_end_where_there_is_no_interval():
    assert DueTimes((5,)).after(5) is None
    assert DueTimes().until(600) == ()
    assert DueTimes((), 30).until(65) == (30, 60)


@given(
    st.lists(st.integers(1, 300), unique=True).map(sorted).map(tuple),
    st.one_of(st.none(), st.integers(1, 60)),
    st.floats(0, 500),
)
def test_what_is_due_is_always_later_and_comes_back_in_the_list(at_min, every_min, minutes):
    due = DueTimes(at_min, every_min)
    following = due.after(minutes)
    if following is not None:
        assert following > minutes
        assert due.until(following)[-1] == following


@pytest.mark.parametrize(
    ("now", "route", "minutes", "phase"),
    [
        (Phase.ONSET, Route.IM, 19, None),
        (Phase.ONSET, Route.IM, 20, Phase.PEAK),
        (Phase.ONSET, Route.IV, 20, None),
        (Phase.ONSET, Route.PO, 500, None),
        (Phase.PEAK, Route.IM, 50, Phase.RETURN),
        (Phase.INTEGRATION, None, 120, Phase.DISCHARGE),
        (Phase.BASELINE, Route.IM, 500, None),
        (Phase.DISCHARGE, Route.IM, 500, None),
    ],
)
def test_the_next_phase_is_suggested_when_its_time_has_come(now, route, minutes, phase):
    assert suggested(example().phases, now, route, minutes) is phase


def test_without_times_nothing_is_suggested():
    assert all(suggested(ALL, phase, Route.IM, 1000) is None for phase in Phase)


@pytest.mark.parametrize(
    ("drug", "amount", "weight", "doubt"),
    [
        (Drug("a"), 1000, None, None),
        (Drug("a", 56, 84), 56, None, None),
        (Drug("a", 56, 84), 55.9, None, Doubt.BELOW),
        (Drug("a", 56, 84), 85, None, Doubt.ABOVE),
        (Drug("a", None, None, 0.5, 1), 50, None, Doubt.NO_WEIGHT),
        (Drug("a", None, None, 0.5, 1), 50, 70, None),
        (Drug("a", None, None, 0.5, 1), 34, 70, Doubt.BELOW),
        (Drug("a", None, None, 0.5, 1), 71, 70, Doubt.ABOVE),
        (Drug("a", None, 60, 0.5, 1), 65, 70, Doubt.ABOVE),
        (Drug("a", None, None, None, 0.1), 7.1, 71, None),
    ],
)
def test_an_unusual_amount_is_asked_about(drug, amount, weight, doubt):
    assert drug.doubt(amount, weight) is doubt


@pytest.mark.parametrize(
    ("text", "auto"),
    [
        ("pressure-back", Auto("pressure-back")),
        ("minutes-since-dose>=120", Auto("minutes-since-dose", ">=", 120)),
        (" scale:moaas >= 5 ", Auto("scale:moaas", ">=", 5)),
        ("scale:cadss-6<=4.5", Auto("scale:cadss-6", "<=", 4.5)),
    ],
)
def test_conditions_are_read(text, auto):
    assert parse_auto(text) == auto


@pytest.mark.parametrize("text", ["", "minutes>120", "pressure-back>=1", "disk-gb", "scale:", "presure-back"])
def test_other_conditions_are_refused_in_words(text):
    assert isinstance(parse_auto(text), str)


def test_the_nearest_condition_is_suggested():
    assert parse_auto("presure-back").startswith("did you mean pressure-back?")


@given(st.text(max_size=30))
def test_any_text_is_a_condition_or_a_reason(text):
    assert isinstance(parse_auto(text), Auto | str)


def test_every_condition_that_is_offered_can_be_asked():
    assert all(parse_auto(flag).met({flag: True}) for flag in FLAGS)
    assert all(parse_auto(f"{number}>=1").met({number: 1.0}) for number in NUMBERS)


def test_a_condition_without_its_fact_is_not_known():
    assert Auto("scale:moaas", ">=", 5).met({}) is None
    assert Auto("scale:moaas", ">=", 5).met({"scale:moaas": 4.0}) is False
    assert Auto("disk-gb", "<=", 5).met({"disk-gb": 5.0}) is True
    assert Auto("mains").met({"mains": False}) is False


IM = example().route(Route.IM).response


def test_the_band_at_the_peak_is_the_mean_rise_and_one_deviation_each_way():
    band = expected_band(Role.NIBP_SYS, 118, [Effect(0, IM)], 20)
    half = math.hypot(12, 4)
    assert band == Band(pytest.approx(118 + 18 - half), pytest.approx(118 + 18 + half))


def test_half_of_it_is_gone_after_the_half_time():
    band = expected_band(Role.HR, 70, [Effect(0, IM)], 50)
    assert band == Band(pytest.approx(70 + 4 - 4.5), pytest.approx(70 + 4 + 4.5))


def test_before_the_dose_there_is_only_what_rest_spreads():
    assert expected_band(Role.NIBP_SYS, 118, [Effect(30, IM)], 10) == Band(114, 122)


def test_doses_add_up():
    two = expected_band(Role.HR, 70, [Effect(0, IM), Effect(30, IM)], 50)
    assert two == Band(pytest.approx(70 + 12 - 13.5), pytest.approx(70 + 12 + 13.5))


def test_nothing_is_usual_without_a_dose_or_for_another_role():
    assert expected_band(Role.HR, 70, [], 20) is None
    assert expected_band(Role.SPO2, 97, [Effect(0, IM)], 20) is None


@given(st.floats(-100, 3000), st.sampled_from(example().routes))
def test_the_share_of_the_peak_is_never_more_than_all_of_it(minutes, plan):
    share = plan.response.share(minutes)
    assert 0 <= share <= 1
    assert plan.response.share(plan.response.peak_min) == pytest.approx(1)
