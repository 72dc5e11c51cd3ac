"""When scales are due, scored and missed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.protocol import shipped
from kapmonitor.protocol.due import DueTimes
from kapmonitor.protocol.scales import Scale
from kapmonitor.scaledue import (
    EARLY_NS,
    MIN_NS,
    Standing,
    counts_for,
    dues,
    scales_of,
    standing_scores,
    wanted,
)
from kapmonitor.session.care import Score
from kapmonitor.session.care_events import ProtocolSet, ScaleScored
from kapmonitor.session.codec import decode, encode
from kapmonitor.session.events import DoseGiven, SessionStarted, Stamped
from kapmonitor.session.state import SessionState, fold

BEGAN, DOSE = 7 * MIN_NS, 20 * MIN_NS
DISTRESS = Scale("distress", "Distress", 0, 10, before=True, due=DueTimes((40.0, 120.0)))
OFTEN = Scale("moaas", "MOAA/S", 0, 5, due=DueTimes((10.0,), 15.0))


def at(minutes):
    return DOSE + round(minutes * MIN_NS)


def session(*scored, dosed=True):
    """Scores as (minutes from the dose, scale, score, minutes it was due or None)."""
    state = fold(SessionState(), Stamped(BEGAN, SessionStarted("s", "Real", "k", 0, 0, "UTC")))
    if dosed:
        state = fold(state, Stamped(DOSE, DoseGiven("ketamine", 70.0, "im", "", "RN")))
    for minutes, scale, score, due in scored:
        due_ns = 0 if due is None else at(due)
        state = fold(state, Stamped(at(minutes), ScaleScored(scale, score, due_ns, "RN")))
    return state


def stands(state, minutes, scale=DISTRESS):
    return [due.standing.value for due in dues((scale,), state, at(minutes))]


@pytest.mark.parametrize(
    ("minutes", "scored", "standing"),
    [
        (-5, (), ["due"]),
        (-5, [(-9, "distress", 2, None)], ["scored"]),
        (0, (), ["missed", "to-come"]),
        (39.9, (), ["missed", "to-come", "to-come"]),
        (40, (), ["missed", "due", "to-come"]),
        (50, (), ["missed", "overdue", "to-come"]),
        (70, (), ["missed", "missed", "to-come"]),
        (41, [(40.5, "distress", 4, 40)], ["missed", "scored", "to-come"]),
        (38.5, [(38.2, "distress", 4, 40)], ["missed", "scored", "to-come"]),
        (41, [(40.5, "distress", 4, None)], ["missed", "due", "to-come"]),
        (125, [(40.5, "distress", 4, 40)], ["missed", "scored", "due"]),
        (160, [(40.5, "distress", 4, 40)], ["missed", "scored", "missed"]),
    ],
)
def test_how_a_scale_stands(minutes, scored, standing):
    assert stands(session(*scored, dosed=minutes >= 0), minutes) == standing


def test_the_next_time_misses_the_one_before():
    assert stands(session(), 22, OFTEN) == ["overdue", "to-come"]
    assert stands(session(), 25, OFTEN) == ["missed", "due", "to-come"]
    assert stands(session((26, "moaas", 5, 25)), 41, OFTEN) == ["missed", "scored", "due", "to-come"]


def test_what_a_score_counts_for():
    state = session()
    for minutes, due in ((30, 0), (38, at(40)), (40, at(40)), (69, at(40)), (71, 0), (119, at(120))):
        assert counts_for(dues((DISTRESS,), state, at(minutes)), "distress", at(minutes)) == due
    early = dues((DISTRESS,), session(dosed=False), at(-3))
    assert counts_for(early, "distress", at(-3)) == BEGAN
    assert counts_for(early, "nothing", at(-3)) == 0


def test_a_later_score_for_the_same_time_replaces_and_the_first_stays_on_record():
    state = session((41, "distress", 7, 40), (42, "distress", 1, 40), (60, "distress", 2, None))
    found = dues((DISTRESS,), state, at(61))
    assert found[1].score.score == 1
    assert [score.score for score in state.care.scores] == [7, 1, 2]
    assert [score.score for score in standing_scores(state.care.scores)] == [1, 2]


def test_a_dose_that_is_charted_late_moves_what_is_due_and_keeps_the_score():
    state = session((41, "distress", 4, 40))
    state = fold(state, Stamped(at(-3), DoseGiven("ketamine", 10.0, "im", "", "RN")))
    assert state.dose_t_ns in (DOSE, at(-3))
    assert dues((DISTRESS,), state, at(45))[1].score.score == 4


def test_several_are_wanted_longest_first():
    found = dues((DISTRESS, OFTEN), session(), at(40.5))
    assert [(due.scale.id, due.standing.value) for due in wanted(found)] == [
        ("distress", "due"),
        ("moaas", "due"),
    ]
    assert not wanted(dues((DISTRESS, OFTEN), session(), at(5)))


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 10)), max_size=6),
    st.integers(0, 200),
    st.booleans(),
)
def test_who_scores_when_it_is_asked_misses_nothing_after_it_and_a_score_is_never_lost(taken, now, often):
    scale = OFTEN if often else DISTRESS
    state, kept = session(), set()
    for minutes, score in sorted(taken):
        due_ns = counts_for(dues((scale,), state, at(minutes)), scale.id, at(minutes))
        state = fold(state, Stamped(at(minutes), ScaleScored(scale.id, score, due_ns, "RN")))
        if due_ns:
            assert due_ns - at(minutes) <= EARLY_NS
            kept.add(due_ns)
    last = max([now, *(minutes for minutes, _ in taken)])
    found = dues((scale,), state, at(last))
    assert {due.t_ns for due in found if due.standing is Standing.SCORED and not due.before} == kept
    assert [due.t_ns for due in found] == sorted({due.t_ns for due in found})
    assert sum(due.standing in {Standing.DUE, Standing.OVERDUE} for due in found) <= 1


def test_the_scales_are_those_of_the_protocol_on_record():
    told = ProtocolSet("x", "", "", True, shipped.example_path().read_text("utf-8"))
    state = fold(session(), Stamped(BEGAN, told))
    assert [scale.id for scale in scales_of(state.care)] == ["moaas", "cadss-6", "distress"]
    assert scales_of(session().care) == ()
    broken = fold(session(), Stamped(BEGAN, ProtocolSet("x", "", "", True, "no = [")))
    assert scales_of(broken.care) == ()


def test_items_are_kept_and_a_score_of_an_older_program_has_none():
    event = ScaleScored("cadss-6", 6, 0, "RN", (1, 0, 2, 0, 3, 0))
    assert decode("scale.scored", 2, encode(event)) == event
    old = '{"by":"RN","due_t_ns":0,"scale":"moaas","score":5}'
    assert decode("scale.scored", 1, old) == ScaleScored("moaas", 5, 0, "RN")
    state = fold(session(), Stamped(at(1), event))
    assert state.care.scores == (Score(at(1), "cadss-6", 6, 0, "RN", (1, 0, 2, 0, 3, 0)),)
