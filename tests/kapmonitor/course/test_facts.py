"""What a session comes to, from real records made by hand."""

from dataclasses import replace

import pytest
from course_records import BEFORE_MIN, DAY_NS, MIN, Made, S, made

from kapmonitor.course.beyond import Beyond
from kapmonitor.course.facts import Amount
from kapmonitor.course.reading import session_of
from kapmonitor.errors import RecordDamaged
from kapmonitor.session.care_events import FormFilled, PersonLeft
from kapmonitor.session.events import (
    ComputerSlept,
    DoseAmended,
    DoseGiven,
    LimitsSet,
    NoteAdded,
    NoteAmended,
    SessionResumed,
)
from ui.format import offset, pressure

KETAMINE = DoseGiven("ketamine", 70.0, "im", "left deltoid", "RN", weight_kg=70.0, dose="d1")


def read(path, session=None, **changes):
    return session_of(made(path, session, **changes), None, lambda _share: None)


def facts(path, session=None, **changes):
    return read(path, session, **changes).facts


def test_peak_times_and_minutes_are_those_worked_out_by_hand(tmp_path):
    found = facts(tmp_path / "a.kap")
    assert (pressure(found.peak), offset(found.peak.t_ns, 0)) == ("165/95", "T+20:00")
    assert found.pressure == Beyond(10 * MIN, 50 * MIN, ((160.0,), (100.0,)))
    assert found.heart_rate == Beyond(0, 20 * MIN, ((120.0,),))
    assert found.saturation == Beyond(0, 20 * MIN, ((91.0,),))
    assert found.baseline.systolic == 120.0
    assert (found.readings, found.end_ns, found.lost_ns) == (4, 90 * MIN, 0)
    assert found.amounts == (Amount("ketamine", "im", 70.0, 1.0, 1),)


def test_a_high_pressure_before_the_dose_is_no_peak_after_it(tmp_path):
    found = facts(tmp_path / "a.kap", cuffs=((-5, 190, 110), (10, 150, 90)))
    assert pressure(found.peak) == "150/90"
    assert found.pressure == Beyond(0, 15 * MIN, ((160.0,), (100.0,)))


def test_saturation_and_heart_rate_count_by_the_second_and_a_gap_counts_for_nothing(tmp_path):
    rates = ((-5, 10, 125, 97), (10, 12, 80, 90), (40, 41, 80, 91))
    found = facts(tmp_path / "a.kap", rates=rates, end_min=60.0)
    assert found.saturation == Beyond(3 * MIN, 13 * MIN, ((91.0,),))
    assert found.heart_rate == Beyond(10 * MIN, 13 * MIN, ((120.0,),))


def test_the_time_without_the_program_is_neither_above_nor_below(tmp_path):
    resumed = (35, SessionResumed(0, 14 * MIN))
    cuffs = ((10, 170, 95), (20, 170, 95), (40, 120, 80))
    found = facts(tmp_path / "a.kap", cuffs=cuffs, events=(resumed,), rates=(), end_min=45.0)
    assert found.lost_ns == 14 * MIN
    assert found.pressure == Beyond(11 * MIN, 16 * MIN, ((160.0,), (100.0,)))


def test_a_changed_limit_holds_from_then_on(tmp_path):
    lower = LimitsSet("lower", "", (("sys-high", "nibp-sys", "high", "medium", 140.0, 0.0),))
    found = facts(tmp_path / "a.kap", events=((25, lower),))
    assert found.pressure == Beyond((10 + 15) * MIN, 50 * MIN, ((160.0, 140.0), (100.0,)))


def test_without_limits_or_readings_that_is_what_it_says(tmp_path):
    assert facts(tmp_path / "a.kap", rules=()).pressure.limits == ((), ())
    bare = facts(tmp_path / "b.kap", cuffs=(), rates=())
    assert (bare.peak, bare.pressure.seen_ns, bare.heart_rate.seen_ns) == (None, 0, 0)


def test_a_corrected_dose_counts_as_it_was_in_truth(tmp_path):
    amended = DoseAmended(
        "d1", Made().at(5), "ketamine", 50.0, "im", "thigh", "RN", "", "", 80.0, False, "misread", "RN"
    )
    found = facts(tmp_path / "a.kap", doses=((0, KETAMINE),), events=((7, amended),))
    assert found.amounts == (Amount("ketamine", "im", 50.0, 0.625, 1),)
    assert found.corrected == 1
    assert offset(found.peak.t_ns, 0) == "T+15:00", "counted from when it was given in truth"


def test_a_withdrawn_dose_is_none(tmp_path):
    gone = DoseAmended(
        "d1", Made().at(0), "ketamine", 70.0, "im", "x", "RN", "", "", 0.0, True, "not given", "RN"
    )
    session = read(tmp_path / "a.kap", doses=((0, KETAMINE),), events=((7, gone),))
    assert (session.facts, session.curves) == (None, None)


def test_several_doses_add_up_and_other_sites_are_no_other_dose(tmp_path):
    more = replace(KETAMINE, amount_mg=30.0, site="right thigh", dose="d2", weight_kg=75.0)
    found = facts(tmp_path / "a.kap", doses=((0, KETAMINE), (30, more)))
    assert found.amounts == (Amount("ketamine", "im", 100.0, pytest.approx(1.4), 2),)
    assert found.doses_ns == (0, 30 * MIN)


def test_drugs_and_routes_stay_apart_and_a_missing_weight_is_said(tmp_path):
    nasal = DoseGiven("Esketamine", 28.0, "in", "nose", "RN", dose="d2")
    found = facts(tmp_path / "a.kap", doses=((0, KETAMINE), (30, nasal)))
    assert found.amounts == (
        Amount("esketamine", "in", 28.0, None, 1),
        Amount("ketamine", "im", 70.0, 1.0, 1),
    )
    assert found.routes == ("in", "im")
    unweighed = replace(KETAMINE, weight_kg=0.0, dose="d3")
    both = facts(tmp_path / "b.kap", doses=((0, KETAMINE), (30, unweighed)))
    assert both.amounts == (Amount("ketamine", "im", 140.0, None, 2),)


def test_notes_by_tag_without_those_taken_back(tmp_path):
    def tag(note, word):
        return NoteAdded(note, "tag", word, "RN", 0, tag=word)

    told = (
        (5, tag("a", "tearful")),
        (6, tag("b", "nausea")),
        (7, tag("c", "tearful")),
        (8, NoteAdded("d", "text", "said hello", "RN", 0)),
        (9, tag("e", "nausea")),
        (10, NoteAmended("e", "nausea", True, "RN")),
    )
    assert facts(tmp_path / "a.kap", events=told).tags == (("tearful", 2), ("nausea", 1))


def test_the_form_as_signed_says_when_they_were_ready(tmp_path):
    session = Made(protocol=True, doses=((0, replace(KETAMINE, route="in")),), end_min=130.0)
    form = FormFilled("ready", "95 min", (session.at(0), session.at(95)), "RN")
    left = PersonLeft(left=True, without=(), by="RN")
    found = facts(tmp_path / "a.kap", session, events=((121, left), (125, form)))
    assert (found.ready_ns, found.left_ns, found.end_ns) == (95 * MIN, 121 * MIN, 121 * MIN)


def test_without_checks_that_were_met_it_is_not_known_when_they_were_ready(tmp_path):
    assert facts(tmp_path / "a.kap", protocol=True).ready_ns is None
    assert facts(tmp_path / "b.kap").ready_ns is None


@pytest.mark.parametrize("moved", [(77 * S, 0), (5000 * S, 40 * DAY_NS), (10**15, -3 * DAY_NS)])
def test_the_same_session_at_another_time_has_the_same_facts(tmp_path, moved):
    start_ns, by_ns = moved
    first = read(tmp_path / "a.kap")
    later = read(tmp_path / "b.kap", start_ns=start_ns, utc_ns=Made().utc_ns + by_ns)
    assert later.facts == first.facts
    assert later.curves.cuffs == first.curves.cuffs
    assert later.utc_ns - first.utc_ns == by_ns


def test_an_interrupted_record_is_read_to_where_it_ends(tmp_path):
    session = read(tmp_path / "a.kap", closed=False)
    assert not session.is_closed
    assert session.facts == facts(tmp_path / "b.kap")


def test_a_record_in_which_a_dose_was_changed_is_no_session(tmp_path):
    path = made(tmp_path / "a.kap")
    data = path.read_bytes()
    assert data.count(b"left deltoid") == 1
    path.write_bytes(data.replace(b"left deltoid", b"left forearm"))
    with pytest.raises(RecordDamaged, match=r"dose\.given"):
        session_of(path, None, lambda _share: None)


def test_curves_begin_half_an_hour_before_the_dose_at_most(tmp_path):
    curves = read(tmp_path / "a.kap").curves
    assert curves.heart_rate.t0_ns == -BEFORE_MIN * MIN
    assert [cuff.t_ns // MIN for cuff in curves.cuffs] == [-10, -5, 10, 20, 30, 60]


def test_time_without_monitoring_counts_once_and_not_after_the_person_left(tmp_path):
    session = Made()
    slept = ComputerSlept(6 * MIN)
    resumed = SessionResumed(session.utc_ns, 8 * MIN)
    later = SessionResumed(session.utc_ns, 35 * MIN)
    gone = (PersonLeft(left=True, without=(), by="RN"), later)
    found = facts(tmp_path / "a.kap", events=((30, slept), (32, resumed), (40, gone[0]), (80, gone[1])))
    assert found.end_ns == 40 * MIN
    assert found.lost_ns == 8 * MIN
    leaving = facts(tmp_path / "b.kap", events=((40, gone[0]), (60, later)))
    assert leaving.lost_ns == 15 * MIN
