"""What the trends are drawn from: windows, ticks, columns, gaps, limits, usual course, places of words."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.alarms.baseline import Baseline
from kapmonitor.alarms.limits import baseline_example
from kapmonitor.alarms.relative import in_force
from kapmonitor.model import Absent, Columns, CuffReading, Measured, NibpFailure, Validity
from kapmonitor.protocol import shipped
from kapmonitor.protocol.read import parse
from kapmonitor.resting import baseline_of
from kapmonitor.session.events import BaselineSet, LimitsSet, Route, Stamped
from kapmonitor.session.state import AlarmSpan, Dose, LimitLine, SessionState, fold
from kapmonitor.snapshot import Priority
from kapmonitor.view import Role
from ui.trends.expected import expected_band
from ui.trends.labels import Room, Wanted, place
from ui.trends.limits import HIGH_SIDE, LOW_SIDE, levels, verdict
from ui.trends.scale import TimeScale, ValueScale, value_range
from ui.trends.ticks import Origin, time_ticks
from ui.trends.traces import GAP_NS, Gap, trace
from ui.trends.window import (
    LENGTHS_MIN,
    MINUTE_NS,
    WHOLE,
    Span,
    live_span,
    narrower,
    review_span,
    wider,
)

S = 1_000_000_000


def columns(values, seconds_each=1, t0_ns=0):
    lo = np.array([np.nan if v is None else v for v in values], dtype=np.float32)
    return Columns(t0_ns, t0_ns + len(values) * seconds_each * S, lo, lo.copy())


# windows


def test_wider_ends_at_the_whole_session_and_narrower_at_the_shortest():
    length, seen = LENGTHS_MIN[0], []
    for _ in range(6):
        length = wider(length)
        seen.append(length)
    assert seen == [30, 60, 120, WHOLE, WHOLE, WHOLE]
    seen = []
    for _ in range(6):
        length = narrower(length)
        seen.append(length)
    assert seen == [120, 60, 30, 15, 15, 15]


@given(
    st.sampled_from((*LENGTHS_MIN, WHOLE)),
    st.integers(0, 20 * 60 * MINUTE_NS),
    st.integers(0, 12 * 60 * MINUTE_NS),
)
def test_a_live_window_always_holds_now_and_some_future(length, start_ns, later_ns):
    span = live_span(length, start_ns, start_ns + later_ns)
    ahead_ns = span.t1_ns - (start_ns + later_ns)
    assert span.t0_ns < start_ns + later_ns
    assert ahead_ns >= 0.08 * (span.t1_ns - span.t0_ns) or ahead_ns >= 5 * MINUTE_NS


def test_a_live_window_stands_still_between_steps():
    spans = {live_span(60, 0, t_s * S) for t_s in range(90 * 60, 90 * 60 + 299)}
    assert len(spans) <= 2


def test_a_live_window_begins_with_the_session_while_that_fits():
    assert live_span(60, 1000 * S, 1000 * S + 40 * MINUTE_NS).t0_ns == 1000 * S - MINUTE_NS // 2


@given(st.integers(0, 8 * 3600 * S))
def test_a_review_shows_the_whole_record_with_room_around_it(length_ns):
    first, last = 500 * S, 500 * S + length_ns
    span = review_span(first, last)
    assert span.t0_ns < first
    assert span.t1_ns > last


# scales and ticks


def test_time_scale_goes_there_and_back():
    scale = TimeScale(0, 600 * S, 60.0, 800.0)
    assert scale.x(300 * S) == pytest.approx(460.0)
    assert scale.t_ns(460.0) == 300 * S
    assert scale.t_ns(-50.0) == 0
    assert scale.t_ns(5000.0) == 600 * S


def test_value_range_grows_in_whole_steps_only_for_what_was_seen():
    assert value_range((40.0, 130.0), None, 10.0, 3.0) == (40.0, 130.0)
    assert value_range((40.0, 130.0), (60.0, 128.0), 10.0, 3.0) == (40.0, 140.0)
    assert value_range((40.0, 130.0), (31.0, 90.0), 10.0, 3.0) == (20.0, 130.0)


def test_value_scale_has_its_high_end_on_top():
    scale = ValueScale(50.0, 100.0, 10.0, 110.0)
    assert scale.y(100.0) == 10.0
    assert scale.y(50.0) == 110.0


def test_ticks_count_from_the_dose():
    span = Span(0, 70 * MINUTE_NS)
    ticks = time_ticks(span, Origin(13 * MINUTE_NS, 0), 8)
    assert [tick.text for tick in ticks] == ["T−10", "T+0", "T+10", "T+20", "T+30", "T+40", "T+50"]
    assert ticks[1].t_ns == 13 * MINUTE_NS


def test_ticks_are_the_clock_before_a_dose():
    midnight_minus_5 = (24 * 60 - 5) * MINUTE_NS
    ticks = time_ticks(Span(0, 30 * MINUTE_NS), Origin(None, midnight_minus_5), 4)
    assert [tick.text for tick in ticks] == ["00:00", "00:10", "00:20"]


@given(st.integers(1, 600), st.integers(1, 12))
def test_ticks_never_crowd(minutes, room):
    assert len(time_ticks(Span(0, minutes * MINUTE_NS), Origin(0, 0), room)) <= room + 1


# columns


def test_a_late_reading_is_bridged_and_a_long_silence_is_a_gap():
    values = [80.0] * 10 + [None] * 5 + [82.0] * 10 + [None] * 30 + [84.0] * 10
    drawn = trace(columns(values), 65 * S)
    assert drawn.gaps == (Gap(25 * S, 55 * S),)
    assert set(range(25)) <= set(drawn.index.tolist())
    assert not set(range(25, 55)) & set(drawn.index.tolist())


def test_a_bridge_is_a_straight_line_and_never_leaves_the_readings():
    drawn = trace(columns([80.0, None, None, 86.0]), 4 * S)
    assert drawn.hi.tolist() == [80.0, 82.0, 84.0, 86.0]
    assert drawn.lo.tolist() == [80.0, 80.0, 82.0, 84.0]


def test_columns_after_a_gap_do_not_reach_back_over_it():
    drawn = trace(columns([60.0] * 3 + [None] * 20 + [120.0] * 3), 26 * S)
    assert drawn.lo[drawn.index >= 23].tolist() == [120.0] * 3


def test_silence_up_to_now_is_a_gap_and_the_future_is_none():
    drawn = trace(columns([80.0] * 20 + [None] * 80), 60 * S)
    assert drawn.gaps == (Gap(20 * S, 60 * S),)
    assert trace(columns([80.0] * 20 + [None] * 80), 25 * S).gaps == ()


def test_before_the_first_reading_there_is_no_gap():
    assert trace(columns([None] * 50 + [80.0] * 5), 55 * S).gaps == ()


def test_nothing_is_drawn_of_nothing():
    drawn = trace(columns([None] * 50), 55 * S)
    assert len(drawn.index) == 0
    assert drawn.gaps == ()
    assert drawn.seen is None


@given(st.lists(st.one_of(st.none(), st.floats(20, 250)), min_size=1, max_size=120))
def test_a_trace_covers_all_readings_and_makes_up_none_in_a_gap(values):
    drawn = trace(columns(values), len(values) * S)
    place_of = {int(i): n for n, i in enumerate(drawn.index)}
    for i, value in enumerate(values):
        if value is not None:
            assert drawn.lo[place_of[i]] <= np.float32(value) <= drawn.hi[place_of[i]]
    for gap in drawn.gaps:
        assert gap.t1_ns - gap.t0_ns > GAP_NS
        assert not any(gap.t0_ns // S < i < gap.t1_ns // S - 1 for i in place_of)


# limits


def line(t_s, rule, role, side, priority, limit):
    return LimitLine(t_s * S, rule, role, side, priority, limit, 0.0)


LINES = (
    line(0, "sys-m", "nibp-sys", "high", "medium", 160.0),
    line(0, "sys-h", "nibp-sys", "high", "high", 180.0),
    line(0, "hr-l", "hr", "low", "medium", 50.0),
    line(600, "sys-m", "nibp-sys", "high", "medium", 154.0),
    line(600, "sys-h", "nibp-sys", "high", "high", 180.0),
    line(600, "hr-l", "hr", "low", "medium", 50.0),
)


ALARMS = tuple(
    AlarmSpan(rule, priority, 0, None, 190.0, 150.0)
    for rule, priority in (("sys-m", "medium"), ("sys-h", "high"))
)


def limits_told(t_s, baseline):
    """What the record says of the limits when a baseline was set, or before."""
    rules = in_force(baseline_example().rules, baseline)
    lines = tuple((r.id, r.role, r.side.value, r.priority.value, r.limit, r.delay_s) for r in rules)
    return Stamped(t_s * S, LimitsSet("example", "", lines))


def test_limits_that_follow_a_baseline_are_a_step_where_it_was_set():
    state = SessionState()
    for told in (limits_told(0, None), limits_told(900, Baseline(110.0, 70.0, 83.0, 72.0, 98.0))):
        state = fold(state, told)
    found = levels(state.limits, Role.NIBP_SYS, HIGH_SIDE)
    assert [(level.t0_ns, level.limit, level.priority) for level in found] == [
        (0, 154.0, Priority.MEDIUM),
        (900 * S, 145.0, Priority.MEDIUM),
    ]
    low = levels(state.limits, Role.NIBP_SYS, LOW_SIDE)
    assert [(level.t0_ns, level.limit) for level in low] == [(0, 89.0)]


def test_a_changed_limit_is_a_step_and_an_unchanged_one_is_one_line():
    found = levels(LINES, Role.NIBP_SYS, HIGH_SIDE)
    assert [(level.t0_ns, level.t1_ns, level.limit) for level in found] == [
        (0, 600 * S, 160.0),
        (600 * S, None, 154.0),
    ]
    low = levels(LINES, Role.HR, LOW_SIDE)
    assert [(level.t0_ns, level.t1_ns, level.limit) for level in low] == [(0, None, 50.0)]


def test_a_limit_that_was_dropped_ends():
    later = (*LINES, line(900, "hr-l", "hr", "low", "medium", 50.0))
    assert levels(later, Role.NIBP_SYS, HIGH_SIDE)[-1].t1_ns == 900 * S
    assert levels((), Role.HR, HIGH_SIDE) == ()


def cuff(t_s, sys, dia=80.0):
    return CuffReading(t_s * S, "cuff", Measured(sys), Measured(dia), Measured(100.0), Measured(80.0))


@pytest.mark.parametrize(
    ("t_s", "systolic", "expected"),
    [
        (10, 155.0, None),
        (610, 155.0, Priority.MEDIUM),
        (610, 154.0, Priority.MEDIUM),
        (610, 153.0, None),
        (610, 185.0, Priority.HIGH),
    ],
)
def test_a_reading_is_judged_by_the_limits_of_its_own_time(t_s, systolic, expected):
    assert verdict(LINES, ALARMS, cuff(t_s, systolic)) is expected


@pytest.mark.parametrize(
    ("t0_s", "t1_s", "priority", "expected"),
    [
        (700, None, "high", Priority.HIGH),
        (704, None, "high", Priority.HIGH),
        (706, None, "high", None),
        (600, 701, "high", Priority.HIGH),
        (600, 700, "high", None),
        (700, None, "medium", Priority.MEDIUM),
    ],
)
def test_a_reading_has_the_colour_of_the_alarm_that_it_raised(t0_s, t1_s, priority, expected):
    line = LimitLine(600 * S, "sys-very-high", "nibp-sys", "high", "high", 180.0, 0.0)
    alarm = AlarmSpan(line.rule, priority, t0_s * S, None if t1_s is None else t1_s * S, 185.0, 180.0)
    assert verdict((line,), (alarm,), cuff(700, 185)) is expected
    assert verdict((line,), (), cuff(700, 185)) is None
    assert verdict((line,), (alarm,), cuff(700, 170)) is None
    assert verdict((line,), (alarm,), replace(cuff(700, 185), stored=True)) is None
    assert verdict((line,), (replace(alarm, condition="sys-low-with-rate"),), cuff(700, 185)) is None


def test_an_absent_pressure_is_never_beyond_a_limit():
    nothing = Absent(Validity.NOT_AVAILABLE)
    failed = CuffReading(700 * S, "cuff", nothing, nothing, nothing, nothing, NibpFailure.MOTION)
    assert verdict(LINES, ALARMS, failed) is None


# the expected course

DOSE = Dose(0, "ketamine", 70.0, "im", "", "RN")
PROTOCOL = shipped.example()
MINUTES = np.arange(-10, 180) * MINUTE_NS


KNOWN = (Route.IV, Route.IM, Route.IN, Route.SL)


def usual(role, doses, baseline, times=MINUTES, protocol=PROTOCOL):
    return expected_band(role, doses, baseline, times, protocol)


@pytest.mark.parametrize("route", KNOWN)
def test_the_band_is_the_protocol_s_and_begins_at_rest_peaks_at_its_time_and_falls_by_half(route):
    dose = replace(DOSE, route=route.value)
    response = PROTOCOL.route(route).response
    band = usual(Role.NIBP_SYS, (dose,), 118.0)
    middle = (band.low + band.high) / 2
    at = {int(t // MINUTE_NS): i for i, t in enumerate(band.t_ns)}
    assert band.t_ns[0] == 0
    assert middle[0] == pytest.approx(118.0)
    assert band.high[0] - band.low[0] == pytest.approx(2 * response.systolic.resting_sd)
    assert int(np.argmax(middle)) == at[round(response.peak_min)]
    rise = middle - 118.0
    assert rise.max() == pytest.approx(response.systolic.mean)
    assert rise[at[round(response.peak_min + response.half_min)]] == pytest.approx(rise.max() / 2)


def test_another_protocol_draws_another_band():
    text = PROTOCOL.toml.replace("{ mean = 18, sd = 12", "{ mean = 40, sd = 12")
    assert usual(Role.NIBP_SYS, (DOSE,), 118.0, protocol=parse(text, "x")).high.max() > 165
    assert usual(Role.NIBP_SYS, (DOSE,), 118.0).high.max() < 150


@given(
    st.lists(st.tuples(st.integers(0, 120), st.sampled_from(KNOWN)), min_size=1, max_size=4),
    st.sampled_from([Role.HR, Role.NIBP_SYS, Role.NIBP_DIA]),
)
def test_doses_add_up_in_whatever_order_they_were_charted(given_, role):
    doses = tuple(replace(DOSE, t_ns=minutes * MINUTE_NS, route=route.value) for minutes, route in given_)
    together = usual(role, doses, 70.0)
    rise = np.zeros(together.t_ns.shape)
    for dose in doses:
        alone = usual(role, (dose,), 70.0)
        rise += np.interp(together.t_ns, alone.t_ns, (alone.low + alone.high) / 2 - 70.0, left=0.0)
    assert (together.low + together.high) / 2 - 70.0 == pytest.approx(rise)
    assert usual(role, doses[::-1], 70.0).high == pytest.approx(together.high)


@pytest.mark.parametrize(
    ("role", "doses", "baseline", "protocol"),
    [
        (Role.HR, (DOSE,), None, PROTOCOL),
        (Role.HR, (), 70.0, PROTOCOL),
        (Role.HR, (replace(DOSE, route="po"),), 70.0, PROTOCOL),
        (Role.HR, (DOSE, replace(DOSE, route="po")), 70.0, PROTOCOL),
        (Role.HR, (replace(DOSE, route="rectal"),), 70.0, PROTOCOL),
        (Role.SPO2, (DOSE,), 97.0, PROTOCOL),
        (Role.HR, (DOSE,), 70.0, None),
    ],
)
def test_no_band_without_baseline_dose_protocol_or_known_course(role, doses, baseline, protocol):
    assert usual(role, doses, baseline, protocol=protocol) is None


def test_the_accepted_baseline_is_the_one_the_band_stands_on():
    state = fold(SessionState(), Stamped(0, BaselineSet(131, 82, 98, 66, 97, (), "RN")))
    found = baseline_of(None, state)
    assert [found.value(role) for role in (Role.NIBP_SYS, Role.NIBP_DIA, Role.HR)] == [131, 82, 66]


# places of words


@given(
    st.lists(st.tuples(st.floats(0, 800), st.floats(5, 300), st.integers(0, 5)), min_size=0, max_size=25),
    st.integers(1, 2),
)
def test_words_never_touch_and_never_leave_the_lane(labels, rows):
    room = Room(0.0, 800.0, rows, 8.0, 40.0)
    found = place([Wanted(*label) for label in labels], room)
    kept = sorted((p.row, p.x, p.x + p.width) for p in found if p is not None)
    assert all(left >= 0.0 and right <= 800.0 + 1e-6 for _, left, right in kept)
    for (row, _, right), (next_row, left, _) in pairwise(kept):
        assert row != next_row or left - right >= 8.0 - 1e-6


def test_the_more_important_word_is_kept_and_the_other_shortened_or_dropped():
    room = Room(0.0, 400.0, 1, 8.0, 40.0)
    dose, near = Wanted(100.0, 100.0, 99), Wanted(90.0, 100.0, 1)
    found = place([near, dose], room)
    assert found[1] is not None
    assert found[1].width == 100.0
    assert found[0] is None or found[0].x + found[0].width <= 100.0
