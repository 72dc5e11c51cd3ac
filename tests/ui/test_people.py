"""Who is at the keys: in whose name everything is, and who is asked for a PIN."""

import string
import threading
import time

import pytest
from fake_player import FakePlayer
from fake_session import FakeSession, S
from hypothesis import given
from hypothesis import strategies as st
from people_parts import PEOPLE, PINS, STAFF, Desk, FakeDoor, K, settle

from kapmonitor.commands import (
    Acknowledge,
    AddNote,
    AllowCuff,
    HoldCuff,
    MovePhase,
    PauseAudio,
    ReportMusic,
    StartCuff,
    ToneHeard,
)
from kapmonitor.doorkeeper import Doorkeeper
from kapmonitor.errors import PinRefused
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.user import About, Role
from kapmonitor.session.events import MusicAction, MusicEvent
from kapmonitor.session.keys_events import PinTried
from ui.people import picking
from ui.people.atkeys import LOCKED_BY, PROVED_NS, AtKeys
from ui.people.members import member, members
from ui.people.picking import TABLE, Cue, Picking, Step
from ui.people.wiring import by_hand, named

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


# Pure


def test_who_shares_initials_goes_by_the_id():
    people = members((*STAFF, About("lopez", "Kay Lopez", "KL", Role.NURSE)))
    assert [each.initials for each in people] == ["lee", "RN", "PB", "KK", "lopez"]
    assert member(people, "lopez").name == "Kay Lopez"
    assert member(people, "KL") is None


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("cue", Cue)
def test_over_the_whole_product_a_pin_is_looked_at_only_after_enter(step, cue):
    then = picking.after(Picking(PEOPLE, step=step), cue, "why")
    assert then.step is TABLE.get((step, cue), step)
    if then.step is Step.CHECK:
        assert step is Step.CHECK or (step, cue) == (Step.PIN, Cue.ENTER)


def test_nothing_happens_where_nobody_may():
    none = picking.begin(PEOPLE, "KL", ("supervisor",))
    assert none.trouble
    for cue in Cue:
        assert picking.after(none, cue) is none


@pytest.mark.parametrize(
    ("now", "letters", "wanted"),
    [
        ("RN", "K", "KL"),
        ("KL", "K", "KL"),
        ("KL", "KK", "KK"),
        ("RN", "KIR", "KK"),
        ("KL", "P", "PB"),
        ("KL", "pat", "PB"),
        ("RN", "X", "RN"),
        ("KL", "RP", "PB"),
    ],
)
def test_letters_choose(now, letters, wanted):
    at = picking.begin(PEOPLE, now)
    for letter in letters:
        at = picking.lettered(at, letter)
    assert at.chosen.initials == wanted
    assert bool(at.trouble) == (letters == "X")


@given(st.text(alphabet=string.ascii_letters, max_size=8))
def test_whatever_is_typed_somebody_is_chosen(letters):
    at = picking.begin(PEOPLE, "KL")
    for letter in letters:
        at = picking.lettered(at, letter)
        assert at.chosen in PEOPLE


def test_a_pin_holds_for_a_while_for_one_person_alone(qapp):
    clock = [0]
    keys = AtKeys("KL", PEOPLE, lambda: clock[0])
    assert not keys.proved()
    keys.prove("PB")
    assert keys.proved()
    assert keys.proved(("prescriber",))
    assert not keys.proved(("nurse",))
    clock[0] = PROVED_NS + 1
    assert not keys.proved()
    keys.prove("PB")
    keys.take("KL")
    assert not keys.proved()
    keys.take("PB")
    assert not keys.proved()
    keys.prove("PB")
    keys.lock(locked=True)
    assert (keys.by, keys.proved()) == (LOCKED_BY, False)
    keys.lock(locked=False)
    assert (keys.by, keys.proved()) == ("PB", False)


def test_a_page_that_stays_open_asks_in_the_name_of_whoever_is_there_now():
    assert named(ToneHeard("staff", True, "KL"), "RN").by == "RN"
    assert named(AllowCuff("cuff", True, "KL"), "RN").by == "RN"
    assert named(Acknowledge(1, ("hr",), "KL"), "RN").by == "KL"


@pytest.mark.parametrize("action", MusicAction)
def test_what_only_a_key_does_to_the_music_is_in_the_name_of_whoever_is_there(action):
    event = MusicEvent(action.value, "Peak", "t", "Long light", 1.0, 400.0, -12.0, "room speakers")
    named_ = by_hand(ReportMusic(1, event), "RN").music.by
    keys = {MusicAction.PAUSED, MusicAction.HELD, MusicAction.RELEASED, MusicAction.VOLUME}
    assert named_ == ("RN" if action in keys else "")


def test_the_player_reports_through_it(qtbot, monkeypatch):
    reports = []

    class Reporting(FakePlayer):
        def __init__(self, _playlist, submit, *_more, **_named):
            super().__init__()
            reports.append(submit)

        def start(self):
            """It plays already."""

        def close(self):
            """Nothing sounds."""

    monkeypatch.setattr("ui.music.player.Player", Reporting)
    desk = Desk(qtbot, playlist=object())
    held = MusicEvent("held", "Peak", "t", "Long light", 1.0, 400.0, -12.0, "room speakers")
    desk.press(K.Key_W, K.Key_2)
    reports[0](ReportMusic(1, held))
    assert [report.music.by for report in desk.commands(ReportMusic)] == ["RN"]
    desk.close()


# The real book


def test_the_doorkeeper_knows_who_works_here_and_looks_at_pins_elsewhere(tmp_path, monkeypatch):
    book, may_look, look = PeopleBook(tmp_path / "people.json"), threading.Event(), PeopleBook.unlock
    monkeypatch.setattr(PeopleBook, "unlock", lambda *asked: may_look.wait(20) and look(*asked))
    door = Doorkeeper(book)
    assert door.people() == ()
    book.add(About("berg", "Pat Berg", "PB", Role.ADMIN), "827364", None)
    assert [each.initials for each in door.people()] == ["PB"]
    asked = door.unlock("berg", "827364")
    assert not asked.done(), "nobody waits for it here"
    may_look.set()
    assert asked.result(10).name == "Pat Berg"
    with pytest.raises(PinRefused):
        door.unlock("berg", "000000").result(10)
    door.close()


# At the keys


def test_somebody_else_takes_the_keys_with_two_strokes_and_everything_is_in_their_name(qtbot):
    desk = Desk(qtbot, FakeSession("high"))
    desk.press(K.Key_F)
    assert [c.by for c in desk.commands(Acknowledge)] == ["KL"]
    began = time.monotonic()
    desk.press(K.Key_W, K.Key_2)
    assert desk.keys - 1 == 2
    assert time.monotonic() - began < 3
    desk.session.variant = "high"
    desk.session._acknowledged.clear()
    desk.window.refresh()
    desk.press(K.Key_F, K.Key_3, K.Key_P)
    desk.press(K.Key_B, shift=True)
    desk.window.phase_asked.emit("peak")
    desk.window.cuff_start_asked.emit()
    for kind in (Acknowledge, PauseAudio, HoldCuff, MovePhase, StartCuff):
        assert desk.commands(kind)[-1].by == "RN", kind
    assert desk.commands(AddNote)[-1].note.by == "RN"
    desk.close()


def test_a_dose_needs_a_pin_and_keeps_the_time_of_its_own_key(qtbot):
    desk = Desk(qtbot)
    at_ns = desk.session.now_ns()
    desk.press(K.Key_D)
    assert desk.over() == "PinPage"
    desk.session.advance(2)
    desk.type("r975310")
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.over() == "DosePage")
    form = desk.window.over_trends
    assert form.fields.lines["by"].text() == "RN"
    assert form._t_ns == at_ns
    assert desk.keys <= 10
    assert desk.session.charted(PinTried) == [PinTried("RN", "dose", True)]
    desk.window.close_over_trends()
    desk.press(K.Key_D)
    assert desk.over() == "DosePage", "a PIN holds for a while"
    desk.window.close_over_trends()
    desk.session.advance(PROVED_NS / S + 1)
    desk.press(K.Key_D)
    assert desk.over() == "PinPage"
    desk.close()


def test_a_wrong_pin_opens_nothing_and_is_on_record(qtbot):
    desk = Desk(qtbot)
    desk.press(K.Key_D)
    desk.type("r000000")
    desk.press(K.Key_Return)
    settle()
    assert desk.over() == "PinPage"
    assert desk.window.over_trends.form.picking.trouble == "The PIN is wrong."
    assert desk.window.over_trends.form.field.text() == ""
    assert desk.session.charted(PinTried) == [PinTried("RN", "dose", False)]
    desk.press(K.Key_Escape, K.Key_Escape)
    assert desk.window.over_trends is None
    assert not [event for event in desk.session.charted(PinTried) if event.right]
    desk.close()


def test_a_pin_with_letters_begins_with_enter_and_only_who_may_is_offered(qtbot):
    desk = Desk(qtbot)
    desk.press(K.Key_L)
    page = desk.window.over_trends
    page.pin_wanted.emit()
    form = desk.window.over_trends.form
    assert [one.initials for one in form.picking.people] == ["PB"]
    desk.press(K.Key_Return)
    desk.type(PINS["berg"])
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.over() == "LimitsPage")
    editing = desk.window.over_trends.editing
    assert (editing.role, editing.by) == ("prescriber", "PB")
    desk.press(K.Key_W, K.Key_1)
    assert desk.window.over_trends is None, "open limits are not left to somebody else"
    desk.close()


def test_while_a_pin_is_looked_at_nothing_else_is_taken(qtbot):
    door = FakeDoor(slow=True)
    desk = Desk(qtbot, door=door)
    desk.press(K.Key_D)
    desk.type("975310")
    desk.press(K.Key_Return, K.Key_Return, K.Key_1)
    assert len(door.asked) == 1
    assert desk.window.over_trends.form.field.text() == ""
    desk.window.close_over_trends()
    settle()
    door.answer()
    settle()
    assert desk.window.over_trends is None, "who left is not taken along by a late answer"
    desk.close()


def test_without_a_list_of_people_nobody_is_asked(qtbot):
    desk = Desk(qtbot, people=(), door=FakeDoor())
    desk.press(K.Key_D)
    assert desk.over() == "DosePage"
    desk.close()
