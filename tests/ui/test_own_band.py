"""The person's own band in a running session: by a key, of nobody else, from sessions on record."""

import threading
from dataclasses import replace

import fake_session as fs
import pytest
from course_records import DAY_NS, UTC0, made

from kapmonitor.course.gather import Course, Shelf
from kapmonitor.errors import RecordError
from kapmonitor.resting import Baseline
from kapmonitor.session.care_events import PersonIdentified
from kapmonitor.session.events import DoseGiven, SessionStarted, Stamped
from kapmonitor.session.state import SessionState, fold
from kapmonitor.view import Role
from kapmonitor.whose import Person
from ui.course import wording
from ui.course.earlier import EarlierSessions, person_here
from ui.course.faces import earlier_of
from ui.dressing import Live, dress_live
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.shell import Shell
from ui.theme import SESSION, Theme
from ui.trends import TrendsPane
from ui.trends.own import FEWER, NO_BASELINE, NO_DOSE, OwnBands

MK = PersonIdentified("4471", "1980-02-03", "MK", "RN")
XY = PersonIdentified("9", "1990-02-03", "XY", "RN")
STARTED = SessionStarted("today", "Real", "t", UTC0, 60, "CET")
KETAMINE = DoseGiven("ketamine", 70.0, "im", "arm", "RN")


def state_of(*events):
    state = SessionState()
    for t_ns, event in enumerate((STARTED, *events)):
        state = fold(state, Stamped(t_ns * 60_000_000_000, event))
    return state


@pytest.fixture
def shelf(tmp_path):
    for number in (1, 2, 3):
        made(tmp_path / f"{number}.kap", number=number, utc_ns=UTC0 + number * DAY_NS)
    made(tmp_path / "other.kap", number=4, person="9", initials="XY", birth_date="1990-02-03")
    noted = []
    return Shelf(tmp_path, None, noted.append), noted


class Room:
    """Where it is seen what was said and shown."""

    def __init__(self, qtbot, shelf, state):
        self.state, self.said, self.shown = state, [], []
        self.earlier = EarlierSessions(shelf, lambda: self.state, self.shown.append, self.said.append, None)
        self.qtbot = qtbot

    def until(self, words):
        def heard():
            self.earlier.look()
            return any(words in said for said in self.said)

        self.qtbot.waitUntil(heard, timeout=5000)

    def until_shown(self):
        def seen():
            self.earlier.look()
            return self.earlier.is_shown

        self.qtbot.waitUntil(seen, timeout=5000)


@pytest.fixture
def room(qtbot):
    rooms = []

    def make(shelf, state):
        rooms.append(Room(qtbot, shelf, state))
        return rooms[-1]

    yield make
    for each in rooms:
        each.earlier.deleteLater()


def test_once_it_is_known_who_is_here_earlier_sessions_are_told_and_nothing_is_read_whole(room, shelf):
    here = room(shelf[0], state_of())
    here.earlier.look()
    assert here.said == []
    here.state = state_of(MK)
    here.until("3 earlier sessions of this person")
    assert (here.earlier.is_shown, shelf[1]) == (False, [])


def test_the_key_shows_the_band_and_takes_it_away(room, shelf):
    here = room(shelf[0], state_of(MK))
    here.earlier.toggle()
    here.until_shown()
    own = here.shown[-1].of(state_of(MK, KETAMINE), Baseline(systolic=130.0))
    assert set(own.bands) == {Role.NIBP_SYS}
    band = own.bands[Role.NIBP_SYS]
    assert (band.low[20], band.high[20]) == (175.0, 175.0)
    assert band.t_ns[20] == 22 * 60_000_000_000, "minute 20 after the dose"
    assert "3 earlier sessions" in own.words
    assert [session.started.session for session in shelf[1][0].sessions] == [
        "session-1",
        "session-2",
        "session-3",
    ], "on file that they were looked at"
    here.earlier.toggle()
    assert (here.shown[-1], here.said[-1]) == (None, wording.BAND_OFF)


def test_a_band_goes_when_it_is_said_that_somebody_else_is_here(room, shelf):
    here = room(shelf[0], state_of(MK))
    here.earlier.toggle()
    here.until_shown()
    here.state = state_of(MK, XY)
    here.earlier.look()
    assert (here.shown[-1], here.earlier.is_shown) == (None, False)
    here.until("1 earlier session of this person")


def test_what_is_read_of_one_person_is_not_shown_for_another(room):
    goes_on = threading.Event()

    class Slow:
        def count(self, person, but, tell):
            return 0

        def read(self, person, but, tell):
            goes_on.wait(5)
            tell(0.5)
            return Course(person, (), ())

    here = room(Slow(), state_of(MK))
    here.earlier.toggle()
    reading = here.earlier._reading
    here.state = state_of(MK, XY)
    here.earlier.look()
    goes_on.set()
    here.qtbot.waitUntil(lambda: reading.is_over, timeout=5000)
    here.earlier.look()
    assert all(each is None for each in here.shown)


def test_todays_own_record_is_no_earlier_session(shelf, tmp_path):
    made(tmp_path / "today.kap", number=7, utc_ns=UTC0 + 30 * DAY_NS)
    person = Person("4471", "1980-02-03", "MK")
    assert shelf[0].count(person, "session-7", lambda _share: None) == 3
    assert len(shelf[0].read(person, "session-7", lambda _share: None).sessions) == 3
    assert shelf[0].count(person, "", lambda _share: None) == 4


def test_without_a_person_or_with_nothing_to_read_it_says_so(room, tmp_path):
    here = room(Shelf(tmp_path, None, lambda _course: None), state_of())
    here.earlier.toggle()
    assert here.said == [wording.NOBODY]
    here.state = state_of(MK)
    here.earlier.toggle()
    here.until(wording.NO_EARLIER)

    class Broken:
        def count(self, person, but, tell):
            raise RecordError("folder", "cannot be read")

        read = count

    broken = room(Broken(), state_of(MK))
    broken.earlier.toggle()
    broken.until("folder: cannot be read")


def test_who_is_here_is_what_was_said_last():
    started = replace(STARTED, person="12 ", initials="AB", mode="Demo")
    state = fold(SessionState(), Stamped(0, started))
    assert person_here(state) == Person("12", "", "AB", "Demo")
    assert person_here(fold(state, Stamped(1, MK))) == Person("4471", "1980-02-03", "MK", "Demo")


def test_why_there_is_no_own_band(shelf):
    course = shelf[0].read(Person("4471"), "", lambda _share: None)
    bands = OwnBands(earlier_of(course.sessions))
    nasal = replace(KETAMINE, route="in", drug="esketamine")
    base = Baseline(120.0, 80.0, 70.0)
    assert bands.of(state_of(MK), base).words == NO_DOSE
    assert bands.of(state_of(MK, nasal), base).words == FEWER
    assert bands.of(state_of(MK, KETAMINE, nasal), base).words == FEWER
    assert bands.of(state_of(MK, KETAMINE), Baseline()).words == NO_BASELINE


def test_the_trends_draw_it_over_the_shading_and_name_it(qtbot, shelf):
    course = shelf[0].read(Person("4471"), "", lambda _share: None)
    pane = TrendsPane(fs.FakeSession("quiet"), Theme(SESSION, 1.0))
    qtbot.addWidget(pane)
    pane.resize(868, 906)
    pane.show()
    qtbot.waitUntil(lambda: pane.picture is not None, timeout=20_000)
    pane.refresh()
    before = pane.grab().toImage()
    pane.set_own(OwnBands(earlier_of(course.sessions)))
    assert set(pane.picture.content.own.bands) == {Role.HR, Role.NIBP_SYS, Role.NIBP_DIA}
    assert pane.grab().toImage() != before
    pane.set_own(None)
    assert pane.picture.content.own.bands == {}
    assert pane.grab().toImage() == before


@pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")
def test_in_the_dashboard_u_shows_it_and_nothing_is_shown_unasked(qtbot, shelf):
    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    session = fs.FakeSession("quiet")
    close = dress_live(shell, Live(session, lambda _wake: None, author="KL", shelf=shelf[0]))
    try:
        shell.show()
        window = shell.findChild(MainWindow)
        qtbot.waitUntil(lambda: isinstance(window._places["trends"], TrendsPane), timeout=20_000)
        trends = window._places["trends"]
        trends.refresh()
        assert trends.picture.content.own.words == ""
        window.keys.act(Action.OWN_BAND)
        qtbot.waitUntil(lambda: Role.HR in trends.picture.content.own.bands, timeout=10_000)
        window.keys.act(Action.OWN_BAND)
        assert trends.picture.content.own.bands == {}
    finally:
        close()
