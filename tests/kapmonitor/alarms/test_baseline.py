"""A baseline from readings that agree: how many, how far apart, how near each other."""

import pytest
from engine_room import DIA, MEAN, PR, SPO2, SYS, Room, S

from kapmonitor.alarms.baseline import Wanting, propose
from kapmonitor.alarms.limits import baseline_example
from kapmonitor.commands import DisableRule, EnableRule, GiveDose, SetBaseline
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.model import Absent, CuffReading, Measured, Validity
from kapmonitor.session.events import (
    BaselineSet,
    DeviceAdded,
    DoseGiven,
    LimitsSet,
    RuleDisabled,
    RuleEnabled,
    Stamped,
)

GONE = Absent(Validity.NOT_AVAILABLE)


def reading(t_s, systolic, device="cuff", **more):
    value = Measured(systolic) if systolic is not None else GONE
    return CuffReading(t_s * S, device, value, Measured(75), Measured(90), GONE, **more)


def proposed(*pairs, until_s=2000, hr=(), spo2=()):
    cuffs = [pair if isinstance(pair, CuffReading) else reading(*pair) for pair in pairs]
    return propose(cuffs, hr, spo2, until_s * S)


@pytest.mark.parametrize(
    ("pairs", "systolic", "wanting"),
    [
        ([], None, Wanting.READING),
        ([(1000, 120)], None, Wanting.READING),
        ([(1000, 120), (1180, 124)], 122, Wanting.THIRD),
        ([(1000, 120), (1180, 124), (1360, 121)], 121, Wanting.NOTHING),
        ([(1000, 120), (1180, 131)], None, Wanting.AGREEMENT),
        ([(1000, 120), (1180, 130)], 125, Wanting.THIRD),
        ([(1000, 140), (1180, 124), (1360, 121)], 122.5, Wanting.THIRD),
        ([(1000, 140), (1180, 128), (1360, 115), (1540, 127), (1720, 112)], None, Wanting.GIVEN_UP),
        ([(1000, 140), (1180, 128), (1360, 115), (1540, 117), (1720, 112)], 115, Wanting.NOTHING),
    ],
)
def test_readings_that_agree_make_a_baseline(pairs, systolic, wanting):
    found = proposed(*pairs)
    assert (found.baseline and found.baseline.systolic, found.wanting) == (systolic, wanting)


@pytest.mark.parametrize(
    ("gap_s", "counts"), [(60, False), (104, False), (106, True), (314, True), (316, False)]
)
def test_readings_too_near_or_too_far_apart_do_not_count_together(gap_s, counts):
    assert (proposed((1000, 120), (1000 + gap_s, 121)).baseline is not None) is counts


def test_a_reading_just_before_the_newest_is_passed_over():
    found = proposed((1000, 120), (1120, 119), (1180, 121))
    assert found.baseline.readings == (1000 * S, 1180 * S)


def test_another_cuff_old_readings_and_what_is_stored_do_not_count():
    assert proposed((1000, 120), reading(1180, 121, "other")).baseline is None
    assert proposed((1000, 120), (1180, 121), until_s=1180 + 1801).baseline is None
    assert proposed((1000, 120), reading(1180, 121, stored=True)).baseline is None
    assert proposed((1000, 120), (1180, None)).baseline is None


def test_nothing_after_the_dose_counts():
    found = proposed((1000, 120), (1180, 124), (1360, 170), until_s=1300)
    assert found.baseline.systolic == 122


def test_rate_and_saturation_are_medians_of_the_last_five_minutes():
    hr = [(t * S, 90.0) for t in range(1000, 1699)] + [(t * S, 70.0 + t % 3) for t in range(1701, 2001)]
    found = proposed((1000, 120), (1180, 124), hr=hr, spo2=[(1999 * S, 97.0)])
    assert (found.baseline.hr, found.baseline.spo2) == (71, 97)


# In a session


@pytest.fixture
def room():
    room = Room()
    room.engine = Engine(
        room.clock, room.recorder, Stamped(room.clock.now_ns(), room.engine._started), baseline_example()
    )
    for device in ("oxi", "cuff"):
        room.engine.add_device(DeviceAdded(device, "x", device, "x@y"))
    return room


def measured(room, systolic):
    for metric, value in ((SYS, systolic), (DIA, 74), (MEAN, 88)):
        room.say("cuff", metric, value)
    return room.after(150, saying=[("oxi", SPO2, 98), ("oxi", PR, 66)])


def limit(room, rule):
    return next(each for each in room.engine.snapshot.limits if each.rule == rule)


def test_a_person_sets_the_baseline_and_limits_follow_it(room):
    assert room.after(1).baseline.needed
    with pytest.raises(CommandRefused, match="reading"):
        room.engine.handle(SetBaseline("RN"))
    assert (limit(room, "sys-high").source, limit(room, "sys-rising").limit) == ("fixed, no baseline", None)
    measured(room, 117)
    assert measured(room, 119).baseline.proposal.wanting is Wanting.THIRD
    room.engine.handle(SetBaseline("RN"))
    status = room.after(0.5).baseline
    assert (status.baseline.systolic, status.baseline.hr, status.by, status.needed) == (118, 66, "RN", False)
    assert (limit(room, "sys-high").limit, limit(room, "sys-high").source) == (154, "118 + 30 %")
    assert limit(room, "sys-rising").limit == 142
    assert room.recorder.events(BaselineSet)[0].systolic == 118
    assert room.engine.snapshot.nibp.high_sys == 154
    assert len(room.recorder.events(LimitsSet)) == 3
    assert "118 + 30 %" in room.recorder.events(LimitsSet)[-1].sources


def test_what_came_after_the_dose_is_no_baseline(room):
    measured(room, 117)
    room.engine.handle(GiveDose(room.clock.now_ns(), DoseGiven("ketamine", 70, "im", "arm", "RN")))
    measured(room, 150)
    with pytest.raises(CommandRefused):
        room.engine.handle(SetBaseline("RN"))


def test_a_high_baseline_is_remarked_upon(room):
    measured(room, 146)
    measured(room, 149)
    room.engine.handle(SetBaseline("RN"))
    alarms = {alarm.condition: alarm.priority for alarm in room.after(0.5).alarms}
    assert alarms["baseline-high"] == "low"


def test_a_limit_is_switched_off_with_a_reason_and_comes_back_by_itself(room):
    low = [("oxi", SPO2, 85), ("oxi", PR, 66)]
    room.after(2, saying=[("oxi", SPO2, 98)])
    for wrong in (
        DisableRule("spo2-low", "", "prescriber", "AB", 10),
        DisableRule("spo2-low", "why", "nurse", "AB", 10),
        DisableRule("spo2-low", "why", "prescriber", "AB", 31),
        DisableRule("spo2-low", "why", "prescriber", "AB", float("nan")),
        DisableRule("nothing", "why", "prescriber", "AB", 10),
    ):
        with pytest.raises(CommandRefused):
            room.engine.handle(wrong)
    room.engine.handle(DisableRule("spo2-low", "probe moved", "prescriber", "AB", 1))
    snapshot = room.after(59, saying=low)
    assert "spo2-low" not in {alarm.condition for alarm in snapshot.alarms}
    assert "spo2-very-low" in {alarm.condition for alarm in snapshot.alarms}
    assert limit(room, "spo2-low").off_until_t_ns is not None
    snapshot = room.after(20, saying=low)
    assert "spo2-low" in {alarm.condition for alarm in snapshot.alarms}
    assert room.recorder.events(RuleDisabled)[0].reason == "probe moved"


def test_a_limit_is_switched_on_again_by_anybody_with_a_name(room):
    room.engine.handle(DisableRule("spo2-low", "probe moved", "prescriber", "AB", 30))
    room.after(1)
    room.engine.handle(EnableRule("spo2-low", "nurse", "RN"))
    room.after(0.5)
    assert limit(room, "spo2-low").off_until_t_ns is None
    assert room.recorder.events(RuleEnabled) == [RuleEnabled("spo2-low", "nurse", "RN")]
