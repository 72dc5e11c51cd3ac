"""What has to be well before the first dose, and who said so."""

from dataclasses import replace

import pytest
from engine_room import Room
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.commands import Chart
from kapmonitor.errors import CommandRefused
from kapmonitor.preflight import Check, Own, Question, Standing, checks, opened
from kapmonitor.session.care_events import CheckAnswered, CheckOverridden, PersonIdentified
from kapmonitor.session.state import SoundCheck
from kapmonitor.snapshot import StationFacts

QUESTIONS = (
    Question("consent", "Consent signed"),
    Question("eyeshades", "Eyeshades at hand", required=False),
)


@pytest.fixture
def room():
    return Room()


def standing(room, station=None, sound_checks=None):
    shot = room.after(0.25)
    if station is not None:
        shot = replace(shot, station=station)
    if sound_checks is not None:
        shot = replace(shot, session=replace(shot.session, sound_checks=sound_checks))
    return {check.id: check for check in checks(shot, QUESTIONS)}


def chart(room, event):
    room.engine.handle(Chart(room.clock.now_ns(), event))


def test_an_empty_room_is_no_go(room):
    found = standing(room)
    assert set(found) == {own.value for own in Own} | {"consent", "eyeshades"}
    with pytest.raises(CommandRefused) as caught:
        opened(found.values(), "RN", "nurse")
    assert caught.value.reason == "checks-left"


def test_a_person_is_identified_by_two_things(room):
    assert standing(room)["identity"].standing is Standing.LEFT
    chart(room, PersonIdentified("4471", "", "M.K.", "RN"))
    assert standing(room)["identity"].standing is Standing.LEFT
    chart(room, PersonIdentified("4471", "1987-03-09", "M.K.", "RN"))
    assert standing(room)["identity"].standing is Standing.DONE


@pytest.mark.parametrize(
    ("station", "wrong"),
    [
        (StationFacts(True, 10**12, 92.0, True, True, True), set()),
        (StationFacts(False, 10**9, 92.0, True, True, True), {"disk"}),
        (StationFacts(True, 10**12, 40.0, False, True, True), {"power"}),
        (StationFacts(True, 10**12, 40.0, True, True, True), set()),
        (StationFacts(True, 10**12, None, None, False, True), {"awake"}),
        (StationFacts(True, 10**12, 92.0, True, True, False), {"encrypted"}),
    ],
)
def test_the_computer_is_looked_at(room, station, wrong):
    found = standing(room, station)
    of_station = {"disk", "power", "awake", "encrypted"}
    assert {name for name in of_station if found[name].standing is Standing.WRONG} == wrong
    assert {name for name in of_station if found[name].standing is Standing.DONE} == of_station - wrong


def test_what_the_computer_does_not_tell_is_left_open(room):
    found = standing(room, StationFacts())
    assert (found["disk"].standing, found["awake"].standing) == (Standing.LEFT, Standing.LEFT)


def test_a_tone_counts_for_the_output_that_it_was_heard_from(room):
    heard = (SoundCheck(5, "staff", "Ear", True, "RN"), SoundCheck(6, "room", "Box", False, "RN"))
    found = standing(room, sound_checks=heard)
    assert (found["staff-tone"].standing, found["staff-tone"].by) == (Standing.DONE, "RN")
    assert found["room-tone"].standing is Standing.WRONG
    assert found["bedside"].standing is Standing.LEFT


def test_a_no_holds_up_until_somebody_goes_on_without_it_for_a_reason(room):
    chart(room, CheckAnswered("consent", "no", "not yet", "KL"))
    assert standing(room)["consent"].standing is Standing.WRONG
    chart(room, CheckOverridden("consent", "signed last week, on file", "RN"))
    check = standing(room)["consent"]
    assert (check.standing, check.reason, check.by) == (
        Standing.OVERRIDDEN,
        "signed last week, on file",
        "RN",
    )
    chart(room, CheckAnswered("consent", "yes", "", "KL"))
    assert standing(room)["consent"].standing is Standing.DONE


def test_go_names_who_said_it_and_what_was_gone_on_without(room):
    done = Check("a", Standing.DONE)
    over = Check("b", Standing.OVERRIDDEN, by="RN", reason="because")
    event = opened((done, over, Check("c", Standing.LEFT, required=False)), "RN", "nurse")
    assert (event.by, event.role, event.overridden) == ("RN", "nurse", ("b",))
    with pytest.raises(CommandRefused) as caught:
        opened((done,), "", "nurse")
    assert caught.value.reason == "nobody"


@given(st.lists(st.builds(Check, st.text(max_size=3), st.sampled_from(Standing), required=st.booleans())))
def test_it_is_go_only_if_nothing_that_is_required_is_left(many):
    holding = [c for c in many if c.required and c.standing in (Standing.LEFT, Standing.WRONG)]
    if holding:
        with pytest.raises(CommandRefused):
            opened(many, "RN", "nurse")
    else:
        assert opened(many, "RN", "nurse").by == "RN"


def test_a_no_that_came_after_the_override_holds_up_again_and_an_override_is_taken_back(room):
    chart(room, CheckOverridden("consent", "on file", "RN"))
    room.after(1)
    chart(room, CheckAnswered("consent", "no", "not on file", "KL"))
    assert standing(room)["consent"].standing is Standing.WRONG
    room.after(1)
    chart(room, CheckOverridden("consent", "called them", "RN"))
    assert standing(room)["consent"].standing is Standing.OVERRIDDEN
    chart(room, CheckOverridden("consent", "", "RN"))
    assert standing(room)["consent"].standing is Standing.WRONG
