"""Doses and their corrections: what stands, what stays readable, and what follows the corrected one."""

from concurrent.futures import Future

import pytest
from cuff_room import Desk
from engine_room import Room, S
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor import cuffplan
from kapmonitor.commands import AmendDose, GiveDose
from kapmonitor.errors import CommandRefused
from kapmonitor.protocol.shipped import example
from kapmonitor.session.codec import decode, encode
from kapmonitor.session.doses import Dose, Doses, dosed, first_dose_ns
from kapmonitor.session.events import CuffPlan, DoseAmended, DoseGiven, Route, Stamped


def give(dose, mg=70.0, route="im", **more):
    return DoseGiven("ketamine", mg, route, "arm", "RN", dose=dose, **more)


def amend(dose, at_s, mg, route="im", *, withdrawn=False, why="slip", by="KL"):
    return DoseAmended(dose, at_s * S, "ketamine", mg, route, "arm", "RN", "", "", 0.0, withdrawn, why, by)


def folded(*events):
    doses = Doses()
    for t_s, event in events:
        doses = dosed(doses, t_s * S, event)
    return doses


def test_the_entry_that_was_corrected_stays_readable_and_so_does_each_correction():
    (dose,) = folded(
        (5, give("a", 700.0)), (60, amend("a", 5, 70.0)), (90, amend("a", 5, 65.0, why="rest"))
    ).given
    assert (dose.amount_mg, dose.t_ns) == (65.0, 5 * S)
    assert [(c.was.amount_mg, c.reason, c.t_ns // S) for c in dose.changes] == [
        (700.0, "slip", 60),
        (70.0, "rest", 90),
    ]
    assert all(change.was.changes == () for change in dose.changes)


def test_doses_stand_in_the_order_they_were_given_whatever_order_they_were_charted_in():
    doses = folded((50, give("b")), (10, give("a")), (60, amend("b", 5, 70.0)))
    assert [dose.id for dose in doses.given] == ["b", "a"]


def test_one_that_was_never_given_stands_apart_and_can_stand_again():
    doses = folded((5, give("a")), (9, amend("a", 5, 70.0, withdrawn=True)))
    assert (doses.given, [dose.id for dose in doses.withdrawn]) == ((), ["a"])
    again = dosed(doses, 20 * S, amend("a", 5, 70.0))
    assert ([dose.id for dose in again.given], again.withdrawn) == (["a"], ())
    assert len(again.given[0].changes) == 2


def test_a_correction_of_an_unknown_dose_changes_nothing():
    assert folded((5, give("a")), (6, amend("x", 5, 1.0))) == folded((5, give("a")))


def test_doses_of_earlier_versions_can_be_corrected_too():
    body = encode(give("")).replace(',"dose":""', "").replace('"dose":"",', "")
    event = decode("dose.given", 2, body)
    (dose,) = dosed(Doses(), 7 * S, event).given
    assert dosed(Doses((dose,)), 9 * S, amend(dose.id, 7, 60.0)).given[0].amount_mg == 60.0


things = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 100), st.booleans()), max_size=12
)


@given(things)
def test_nothing_is_ever_lost(asked):
    """Each entry and each correction of a known dose is in the fold, once."""
    doses, entries, changes = Doses(), set(), 0
    for t_s, (dose, is_new, at_s, withdrawn) in enumerate(asked):
        if is_new and dose not in entries:
            entries.add(dose)
            doses = dosed(doses, t_s * S, give(dose))
        elif not is_new:
            changes += dose in entries
            doses = dosed(doses, t_s * S, amend(dose, at_s, t_s + 1, withdrawn=withdrawn))
    all_of_them = (*doses.given, *doses.withdrawn)
    assert sorted(dose.id for dose in all_of_them) == sorted(entries)
    assert sum(len(dose.changes) for dose in all_of_them) == changes
    assert [d.t_ns for d in doses.given] == sorted(d.t_ns for d in doses.given)


def test_the_first_dose_of_a_record_is_the_first_that_stands():
    events = [
        Stamped(5 * S, give("a")),
        Stamped(9 * S, give("b")),
        Stamped(20 * S, amend("a", 5, 70.0, withdrawn=True)),
    ]
    assert first_dose_ns(events) == 9 * S
    assert first_dose_ns(events[:2]) == 5 * S
    assert first_dose_ns([]) is None


def test_only_a_dose_on_record_is_corrected_and_never_to_a_time_that_is_yet_to_come():
    room = Room()
    now_ns = room.clock.now_ns()
    with pytest.raises(CommandRefused) as caught:
        room.engine.handle(AmendDose(amend("a", 0, 60.0)))
    assert caught.value.reason == "no-such-dose"
    room.engine.handle(GiveDose(now_ns, give("a")))
    done: Future[int] = room.engine.handle(AmendDose(amend("a", now_ns // S + 500, 60.0)))
    assert done.result(0) > 0
    (dose,) = room.after(0.25).session.doses
    assert (dose.amount_mg, dose.t_ns) == (60.0, now_ns)


@pytest.mark.parametrize(
    ("route", "newest"), [("im", Route.IM), ("iv", Route.IV), ("rectal", None), (None, None)]
)
def test_cuffs_follow_the_newest_dose_as_it_stands(route, newest):
    dose = None if route is None else Dose(0, "ketamine", 70.0, route, "", "RN")
    options = cuffplan.after_dose(example(), dose)
    assert options == (cuffplan.CuffOptions() if newest is None else cuffplan.wanted(example(), newest))


def test_another_plan_for_the_same_time_is_another_plan():
    """A route that was corrected: the times count from where they did, by the other route's plan."""
    room = Desk(on=False, by_hand=True)
    now_ns = room.clock.now_ns()
    for minutes in (5, 20):
        room.desk.follow(cuffplan.CuffOptions(schedule=cuffplan.Schedule((minutes * 60,))))
        room.desk.measure_from(now_ns, now_ns)
        assert room.recorder.events(CuffPlan)[-1].next_t_ns == now_ns + minutes * 60 * S
