"""Whether somebody is ready to leave: what is known, since when, and what is not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaving_parts import DOSE, MIN, cuff, state

from kapmonitor.alarms.baseline import Baseline
from kapmonitor.errors import CommandRefused
from kapmonitor.leaving import LEAST, Way, checks, left, observation, ready_since
from kapmonitor.leavingfacts import Facts, whole
from kapmonitor.model import Absent, NibpFailure, Validity
from kapmonitor.preflight import Standing
from kapmonitor.protocol.auto import parse_auto
from kapmonitor.protocol.checklist import CheckItem, CheckKind
from kapmonitor.session.care_events import CheckAnswered, CheckOverridden, PersonLeft, ScaleScored
from kapmonitor.session.events import Stamped
from kapmonitor.session.state import fold
from kapmonitor.snapshot import BaselineStatus, CuffTile, Freshness, Snapshot, StationFacts

BACK = Baseline(118.0, 74.0)
D, L, W, O = Standing.DONE, Standing.LEFT, Standing.WRONG, Standing.OVERRIDDEN  # noqa: E741


def auto(text, **more):
    return CheckItem(more.pop("id", "x"), text, CheckKind.AUTO, auto=parse_auto(text), **more)


ASKED = CheckItem("ride", "Somebody takes them home", CheckKind.YES_NO)
PRESSURE, AWAKE = auto("pressure-back", id="pressure"), auto("scale:moaas>=5", id="awake")


def facts(session, now_min, cuffs=(), freshness=Freshness.FRESH, baseline=BACK, **more):
    snapshot = Snapshot(
        session=session,
        baseline=BaselineStatus(baseline),
        nibp=CuffTile(freshness=freshness),
        **more,
    )
    return Facts(snapshot, cuffs, 10.0, round(now_min * MIN))


def only(item, known, least_min=0.0):
    found = checks((item,), least_min, known)
    return next(check for check in found if check.id == item.id)


@pytest.mark.parametrize(
    ("item", "happened", "cuffs", "now", "stands", "since"),
    [
        (auto("minutes-since-dose>=120"), [], (), 119, L, None),
        (auto("minutes-since-dose>=120"), [], (), 120, D, 120),
        (auto("minutes-since-last-dose>=90"), [(60, DOSE)], (), 149, L, None),
        (auto("minutes-since-last-dose>=90"), [(60, DOSE)], (), 151, D, 150),
        (AWAKE, [], (), 60, L, None),
        (AWAKE, [(-5, ScaleScored("moaas", 5, 0, "RN"))], (), 60, L, None),
        (AWAKE, [(40, ScaleScored("moaas", 3, 0, "RN"))], (), 60, W, None),
        (
            AWAKE,
            [(m, ScaleScored("moaas", s, 0, "RN")) for m, s in ((40, 5), (50, 4), (60, 5), (70, 5))],
            (),
            80,
            D,
            60,
        ),
        (AWAKE, [(40, ScaleScored("moaas", 5, 0, "RN")), (45, DOSE)], (), 60, L, None),
        (
            AWAKE,
            [
                (40, ScaleScored("moaas", 5, 0, "RN")),
                (41, ScaleScored("moaas", 4, 0, "RN", (), 40 * MIN)),
            ],
            (),
            60,
            W,
            None,
        ),
        (
            AWAKE,
            [
                (40, ScaleScored("moaas", 4, 0, "RN")),
                (41, ScaleScored("moaas", 5, 0, "RN", (), 40 * MIN)),
            ],
            (),
            60,
            D,
            41,
        ),
        (AWAKE, [(40, ScaleScored("distress", 5, 0, "RN"))], (), 60, L, None),
        (PRESSURE, [], (), 60, L, None),
        (PRESSURE, [], (cuff(-5),), 60, L, None),
        (PRESSURE, [], (cuff(40, 128.0, 84.0),), 60, D, 40),
        (PRESSURE, [], (cuff(40, 129.0, 84.0),), 60, W, None),
        (PRESSURE, [], (cuff(40, 128.0, 85.0),), 60, W, None),
        (PRESSURE, [], (cuff(5), cuff(20, 150.0), cuff(50), cuff(60)), 61, D, 50),
        (PRESSURE, [], (cuff(40), cuff(50, failure=NibpFailure.MOTION)), 60, D, 40),
        (PRESSURE, [], (cuff(40, stored=True),), 60, L, None),
        (ASKED, [], (), 60, L, None),
        (ASKED, [(-9, CheckAnswered("ride", "yes", "", "RN"))], (), 60, L, None),
        (ASKED, [(50, CheckAnswered("ride", "yes", "", "RN"))], (), 60, D, 50),
        (ASKED, [(50, CheckAnswered("ride", "yes", "", "RN")), (55, DOSE)], (), 60, L, None),
        (ASKED, [(50, CheckAnswered("ride", "no", "", "RN"))], (), 60, W, None),
        (ASKED, [(50, CheckOverridden("ride", "lives next door", "RN"))], (), 60, O, 50),
        (ASKED, [(-5, CheckOverridden("ride", "lives next door", "RN"))], (), 60, L, None),
        (
            ASKED,
            [
                (m, e)
                for m, e in (
                    (50, CheckOverridden("ride", "x", "RN")),
                    (51, CheckAnswered("ride", "no", "", "RN")),
                )
            ],
            (),
            60,
            W,
            None,
        ),
        (auto("updates-held-off"), [], (), 60, L, None),
        (auto("no-alarm"), [], (), 60, D, 0),
        (auto("battery-percent>=20"), [], (), 60, L, None),
    ],
)
def test_how_a_check_stands_and_since_when(item, happened, cuffs, now, stands, since):
    check = only(item, facts(state((0, DOSE), *happened), now, cuffs))
    assert check.standing is stands
    assert check.since_t_ns == (None if since is None else since * MIN)


def test_pressure_is_not_known_without_a_baseline_or_where_it_is_too_old():
    session = state((0, DOSE))
    for known in (
        facts(session, 60, (cuff(40),), baseline=None),
        facts(session, 60, (cuff(40),), baseline=Baseline(118.0, None)),
        facts(session, 60, (cuff(40),), freshness=Freshness.STALE),
        facts(session, 60, (cuff(40),), freshness=Freshness.NONE),
    ):
        assert only(PRESSURE, known).standing is L


def test_the_computers_facts_are_what_it_tells():
    known = facts(state((0, DOSE)), 60, station=StationFacts(None, 5 * 10**9, 30.0, False, True))
    stands = {
        text: only(auto(text), known).standing
        for text in ("disk-gb>=2", "battery-percent>=50", "mains", "sleep-held-off", "record-written")
    }
    assert stands == {
        "disk-gb>=2": D,
        "battery-percent>=50": W,
        "mains": W,
        "sleep-held-off": D,
        "record-written": L,
    }


def test_the_least_observation_is_a_line_of_its_own():
    known = facts(state((0, DOSE)), 100)
    first, second = checks((ASKED,), 120.0, known)
    assert (first.id, first.standing, first.way, first.value) == (LEAST, L, Way.TIME, 100.0)
    assert second.id == "ride"
    assert [check.id for check in checks((ASKED,), 0.0, known)] == ["ride"]
    own = auto("minutes-since-dose>=120", id="observed")
    assert [check.id for check in checks((own,), 120.0, known)] == ["observed"]
    later = auto("minutes-since-dose>=150", id="observed")
    assert [check.id for check in checks((later,), 120.0, known)] == [LEAST, "observed"]


def test_without_a_dose_there_is_nothing_to_observe():
    assert checks((ASKED,), 120.0, facts(state(), 60)) == ()
    assert observation(state(), 120.0, 60 * MIN).since_first_min is None


def test_the_clock_counts_from_the_first_and_the_last_dose_and_stops_when_they_leave():
    session = state((10, DOSE), (40, DOSE))
    seen = observation(session, 120.0, 70 * MIN)
    assert (seen.since_first_min, seen.since_last_min, seen.left_min) == (60.0, 30.0, 60.0)
    gone = fold(session, Stamped(140 * MIN, PersonLeft(True, (), "RN")))
    seen = observation(gone, 120.0, 500 * MIN)
    assert (seen.since_first_min, seen.left_min) == (130.0, 0.0)


def test_ready_leaves_the_times_out_and_takes_the_last_of_the_others():
    happened = [(50, CheckAnswered("ride", "yes", "", "RN")), (45, ScaleScored("moaas", 5, 0, "RN"))]
    items = (auto("minutes-since-dose>=150", id="t"), PRESSURE, AWAKE, ASKED)
    known = facts(state((0, DOSE), *happened), 70, (cuff(62),))
    found = checks(items, 120.0, known)
    assert ready_since(found) == 62 * MIN
    assert ready_since(checks(items, 120.0, replace(known, cuffs=()))) is None


def test_what_was_gone_on_without_was_not_met_and_what_may_stay_open_is_not_waited_for():
    without = state((0, DOSE), (50, CheckOverridden("ride", "x", "RN")))
    assert ready_since(checks((ASKED, PRESSURE), 0.0, facts(without, 70, (cuff(62),)))) is None
    optional = replace(ASKED, required=False)
    assert ready_since(checks((optional, PRESSURE), 0.0, facts(without, 70, (cuff(62),)))) == 62 * MIN
    mains = facts(state((0, DOSE)), 70, (cuff(62),), station=StationFacts(on_mains=True))
    assert ready_since(checks((auto("mains"), PRESSURE), 0.0, mains)) is None, "not known since when"


def test_nobody_leaves_while_anything_holds_them_up():
    open_, over = state((0, DOSE)), state((0, DOSE), (50, CheckOverridden("ride", "next door", "RN")))
    with pytest.raises(CommandRefused, match="checks-left"):
        left(checks((ASKED,), 0.0, facts(open_, 60)), "RN")
    found = checks((ASKED,), 0.0, facts(over, 60))
    with pytest.raises(CommandRefused, match="nobody"):
        left(found, "")
    assert left(found, "RN") == PersonLeft(True, ("ride",), "RN")


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(90, 160)), max_size=8), st.integers(1, 220))
def test_pressure_is_done_only_when_the_newest_reading_since_the_dose_is_back(readings, now):
    cuffs = tuple(cuff(minutes, float(systolic)) for minutes, systolic in sorted(readings))
    check = only(PRESSURE, facts(state((0, DOSE)), now, cuffs))
    seen = whole(cuffs)
    assert (check.standing is D) == bool(seen and seen[-1][1] <= 128)
    if check.since_t_ns is not None:
        after = [row for row in seen if row[0] >= check.since_t_ns]
        assert after
        assert all(row[1] <= 128 for row in after)


def test_a_reading_without_both_pressures_is_none():
    half = replace(cuff(10), diastolic=Absent(Validity.INVALID))
    assert whole((half, cuff(5), cuff(3))) == ((3 * MIN, 120.0, 75.0), (5 * MIN, 120.0, 75.0))
