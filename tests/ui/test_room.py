"""Who is in the room, and one handing over to another."""

import itertools

import pytest
from people_parts import PEOPLE, CareSession, Desk, K

from kapmonitor.session.care import Presence
from kapmonitor.session.care_events import HandedOver, PresenceSaid
from kapmonitor.session.events import Stamped
from kapmonitor.session.state import fold
from ui.notes.author import Author
from ui.people import rooming
from ui.people.rooming import Cue, Room, Step

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")

PRESENT = (Presence("KL", "therapist", 1), Presence("XX", "", 1))


def test_over_the_whole_product_of_keys_only_who_is_listed_comes_goes_or_takes_over():
    seen = set()
    for people, step, cue, place, at in itertools.product(
        (PEOPLE, PEOPLE[:1], ()), Step, Cue, (-1, 0, 1, 3, 8), (0, 1, 4)
    ):
        room = Room(rooming.listed(people, PRESENT if people else ()), PRESENT, at, step, giver=0)
        if at >= max(1, len(room.people)):
            continue
        then, said = rooming.after(room, cue, "RN", place)
        listed = {one.initials for one in room.people}
        if isinstance(said, PresenceSaid):
            assert (step, said.by) == (Step.LIST, "RN")
            assert said.person in listed
            assert said.present == all(each.person != said.person for each in PRESENT)
        if isinstance(said, HandedOver):
            assert step is Step.TAKER
            assert said.giver != said.taker
            assert {said.giver, said.taker} <= listed
            assert said.role
            assert then.step is Step.LIST
        if said is not None:
            assert cue in {Cue.DIGIT, Cue.ENTER}
            seen.add(type(said))
    assert seen == {PresenceSaid, HandedOver}


def test_whoever_has_no_role_hands_over_none():
    room = rooming.begin((Author("AB"), *PEOPLE), (), "AB")
    then, said = rooming.after(room, Cue.HAND, "AB")
    assert (then.step, said) == (Step.LIST, None)
    assert then.trouble.startswith("No role of AB")
    alone = rooming.begin((PEOPLE[0],), (), "KL")
    assert rooming.after(alone, Cue.HAND, "KL")[0].step is Step.LIST


def test_somebody_comes_with_one_key_and_goes_with_it(qtbot):
    desk = Desk(qtbot)
    desk.press(K.Key_W, shift=True)
    assert desk.over() == "RoomPage"
    desk.press(K.Key_1, K.Key_2)
    assert desk.window.over_trends.rows()[1] == "nurse · in the room since 14:47"
    notes = desk.window._places["notes"]
    qtbot.waitUntil(lambda: notes._present == "KL RN", timeout=3000)
    desk.press(K.Key_2)
    assert desk.window.over_trends.rows()[1] == "nurse · not in the room"
    assert desk.session.charted(PresenceSaid) == [
        PresenceSaid("KL", "therapist", True, "KL"),
        PresenceSaid("RN", "nurse", True, "KL"),
        PresenceSaid("RN", "nurse", False, "KL"),
    ]
    desk.press(K.Key_W, shift=True)
    assert desk.window.over_trends is None
    desk.close()


def test_three_keys_hand_over_and_the_keys_go_along(qtbot):
    desk = Desk(qtbot, author="RN")
    desk.press(K.Key_W, shift=True)
    desk.press(K.Key_H)
    assert desk.window.over_trends.ask == "RN hands over “nurse” to whom?"
    desk.press(K.Key_4)
    assert desk.keys == 3
    assert desk.session.charted(HandedOver) == [HandedOver("nurse", "RN", "KK")]
    assert [(each.person, each.role) for each in desk.session.state.care.present] == [("KK", "nurse")]
    notes = desk.window._places["notes"]
    assert notes.desk.author == "KK"
    desk.press(K.Key_Escape, K.Key_J)
    assert desk.session.commands[-1].note.by == "KK"
    desk.close()


def test_a_hand_over_between_two_others_leaves_the_keys_where_they_are(qtbot):
    session = CareSession("quiet")
    session.state = fold(session.state, Stamped(1, PresenceSaid("RN", "nurse", True, "KL")))
    desk = Desk(qtbot, session)
    desk.press(K.Key_W, shift=True)
    desk.press(K.Key_Down, K.Key_H, K.Key_4)
    assert desk.session.charted(HandedOver) == [HandedOver("nurse", "RN", "KK")]
    assert desk.window._places["notes"].desk.author == "KL"
    desk.press(K.Key_H, K.Key_Escape)
    assert desk.over() == "RoomPage"
    desk.close()
