"""The console's people over a real station, a real record and a real list of people with their PINs."""

import pytest
from fake_session import S
from people_parts import Desk, K, settle
from PySide6.QtCore import QSize
from session_parts import recorded

from kapmonitor.alarms.limits import example
from kapmonitor.app import StationPort
from kapmonitor.beginning import open_station
from kapmonitor.clock import SystemClock
from kapmonitor.doorkeeper import Doorkeeper
from kapmonitor.errors import ConfigError
from kapmonitor.opening import Plan
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.user import About, Role
from kapmonitor.protocol import shipped
from kapmonitor.session.care_events import HandedOver, PresenceSaid, ScaleScored
from kapmonitor.session.events import NoteAdded
from kapmonitor.session.keys_events import EmergencyAccessed, PinTried, ScreenLocked, ScreenUnlocked
from kapmonitor.show_session import NO_PEOPLE, _people
from ui.lock.panel import LockPanel
from ui.people.members import members

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


@pytest.fixture
def door(tmp_path):
    book = PeopleBook(tmp_path / "people.json")
    book.add(About("nagy", "Robin Nagy", "RN", Role.ADMIN), "975310", None)
    admin = book.unlock("nagy", "975310", 1)
    book.add(About("lee", "Kim Lee", "KL", Role.THERAPIST), "246813", admin)
    made = Doorkeeper(book)
    yield made
    made.close()


def opened(qtbot, path, door):
    station = open_station(Plan(path, (), example(), protocol=shipped.example()), SystemClock())
    station.start()
    port = StationPort(station)
    desk = Desk(qtbot, port, QSize(1366, 768), author="KL", people=members(door.people()), door=door)
    desk.window.close_over_trends()
    desk.window.setFocus()
    return station, desk


def test_scores_hand_overs_and_the_lock_are_on_record(qtbot, tmp_path, door):
    path = tmp_path / "session.kap"
    station, desk = opened(qtbot, path, door)
    notes = desk.window._places["notes"]
    qtbot.waitUntil(lambda: notes.head == "MOAA/S, Distress due · Q", timeout=5000)
    desk.press(K.Key_Q)
    assert desk.over() == "ScalesPage"
    desk.press(K.Key_5, K.Key_2)
    qtbot.waitUntil(lambda: len(station.engine.snapshot.session.care.scores) == 2, timeout=5000)
    desk.press(K.Key_Escape)
    desk.press(K.Key_W, shift=True)
    desk.press(K.Key_2, K.Key_H, K.Key_1, K.Key_Escape)
    desk.press(K.Key_J)
    desk.press(K.Key_L, shift=True, control=True)
    desk.press(K.Key_F1, K.Key_Escape)
    station.stop("window")
    desk.close()
    settle()

    (first, second) = recorded(path, ScaleScored)
    assert [(e.scale, e.score, e.by) for e in (first, second)] == [("moaas", 5, "KL"), ("distress", 2, "KL")]
    assert first.due_t_ns
    assert recorded(path, PresenceSaid) == [PresenceSaid("KL", "therapist", True, "KL")]
    assert recorded(path, HandedOver) == [HandedOver("therapist", "KL", "RN")]
    assert [note.by for note in recorded(path, NoteAdded)] == ["RN"]
    assert recorded(path, ScreenLocked) == [ScreenLocked("RN", False)]
    assert recorded(path, EmergencyAccessed) == [EmergencyAccessed("nobody (locked)", True)]


def test_a_real_pin_unlocks_in_under_three_seconds(qtbot, tmp_path, door):
    path = tmp_path / "session.kap"
    station, desk = opened(qtbot, path, door)
    desk.press(K.Key_L, shift=True, control=True)
    began_ns = station.clock.now_ns()
    desk.type("r975310")
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.window.findChild(LockPanel) is None, timeout=3000)
    assert station.clock.now_ns() - began_ns < 3 * S
    station.stop("window")
    desk.close()
    assert recorded(path, PinTried, ScreenUnlocked) == [
        PinTried("RN", "unlock", True),
        ScreenUnlocked("RN", True),
    ]


def test_a_list_of_people_that_cannot_be_read_keeps_nobody_from_monitoring(tmp_path):
    (tmp_path / "people.json").write_text("no list")
    door = Doorkeeper(PeopleBook(tmp_path / "people.json"))
    with pytest.raises(ConfigError):
        door.people()
    people, notice = _people(door)
    assert people == ()
    assert notice.startswith(NO_PEOPLE)
    door.close()
