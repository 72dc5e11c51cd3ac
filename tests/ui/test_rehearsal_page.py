"""The page that rehearses a record: choosing limits, waiting, stopping, going to an alarm."""

import threading

import pytest
from past_records import session_record
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from virtual_session import VirtualSession

from devices.sim.patient import Episode
from kapmonitor.alarms.limits import example
from kapmonitor.alarms.soundplan import default
from kapmonitor.alarms.types import Priority
from kapmonitor.errors import ConfigError
from kapmonitor.rehearse import Kind, read_limits, rehearse
from kapmonitor.show_review import _dress, _offered, checked
from ui.keytable import REVIEW, Action
from ui.replay.rehearsal import Offered, RehearsalPage
from ui.replay.rehearsed import face
from ui.screenshot import render
from ui.shell import Shell
from ui.shortcuts import find
from ui.theme import Theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
S = 1_000_000_000
OFFERED = (Offered("one", "One"), Offered("two", "Two"), Offered("three", "Three"))
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    session = VirtualSession(11, limits=example(), episodes=(Episode(300, 100, spo2=-13.5),))
    session.run(500)
    return session_record(tmp_path_factory.mktemp("page") / "a.kap", session)


@pytest.fixture(scope="module")
def done(path):
    return rehearse(path, read_limits("baseline-example"), default(), lambda _share: None)


class Runs:
    """Hands out a rehearsal, once it may."""

    def __init__(self, done):
        self.done, self.names, self.may = done, [], threading.Event()
        self.may.set()
        self.trouble = None

    def __call__(self, name, tell):
        self.names.append(name)
        tell(0.25)
        while not self.may.wait(0.01):
            tell(0.5)
        if self.trouble is not None:
            raise self.trouble
        return self.done


class Page:
    def __init__(self, qtbot, done):
        self.runs, self.sought, self.left = Runs(done), [], []
        self.widget = RehearsalPage(self.runs, OFFERED, self.sought.append, Theme())
        self.widget.left.connect(lambda: self.left.append(True))
        qtbot.addWidget(self.widget)
        self.widget.resize(640, 640)
        self.widget.show()
        self.qtbot = qtbot

    def press(self, *keys):
        for key in keys:
            into = self.widget.field if self.widget.field.isVisible() else self.widget
            QTest.keyClick(into, key)

    def wait(self):
        self.qtbot.waitUntil(lambda: self.widget.face is not None, timeout=PATIENCE_MS)


@pytest.fixture
def page(qtbot, done):
    return Page(qtbot, done)


def test_a_key_of_the_review_opens_it():
    binding = find(REVIEW, Qt.Key.Key_R, shift=False, control=False, typing=False)
    assert binding.action is Action.REHEARSE
    assert find(REVIEW, Qt.Key.Key_R, shift=False, control=False, typing=True) is None


def test_arrows_choose_from_what_is_offered_and_enter_runs_it(page):
    assert page.widget.field.text() == "one"
    page.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert page.widget.field.text() == "two"
    page.press(Qt.Key.Key_Return)
    page.wait()
    assert page.runs.names == ["two"]
    assert not page.widget.field.isVisible()


def test_a_path_may_be_typed(page):
    page.widget.field.clear()
    QTest.keyClicks(page.widget.field, "/x/clinic.toml")
    page.press(Qt.Key.Key_Return)
    page.wait()
    assert page.runs.names == ["/x/clinic.toml"]


def test_enter_goes_to_the_chosen_alarm(page, done):
    page.press(Qt.Key.Key_Return)
    page.wait()
    assert len(done.alarms) >= 2
    page.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert page.sought == [done.alarms[1].episode.start_ns]


def test_a_click_goes_there_too(page, done):
    page.press(Qt.Key.Key_Return)
    page.wait()
    render(page.widget, QSize(640, 640))
    QTest.mouseClick(page.widget, Qt.MouseButton.LeftButton, pos=QPoint(200, round(page.widget._top_y) + 10))
    assert page.sought == [done.alarms[0].episode.start_ns]


def test_escape_stops_what_runs_and_only_then_closes(page):
    page.runs.may.clear()
    page.press(Qt.Key.Key_Return, Qt.Key.Key_Return)
    assert page.widget.face is None
    page.press(Qt.Key.Key_Escape)
    page.qtbot.waitUntil(lambda: page.widget.trouble == "stopped", timeout=PATIENCE_MS)
    assert not page.left
    assert page.widget.field.isVisible()
    page.press(Qt.Key.Key_Escape)
    assert page.left


def test_closing_the_page_stops_the_run(page):
    page.runs.may.clear()
    page.press(Qt.Key.Key_Return)
    job = page.widget._job
    page.widget.hide()
    page.qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    assert job.trouble == "stopped"


def test_limits_that_are_wrong_are_named_and_can_be_corrected(page):
    page.runs.trouble = ConfigError("/x.toml", "limit[0].at", "a number")
    page.press(Qt.Key.Key_Return)
    page.qtbot.waitUntil(lambda: bool(page.widget.trouble), timeout=PATIENCE_MS)
    assert page.widget.trouble == "/x.toml: limit[0].at: a number"
    page.runs.trouble = None
    page.press(Qt.Key.Key_Return)
    page.wait()


def test_backspace_leads_back_to_the_choice(page):
    page.press(Qt.Key.Key_Return)
    page.wait()
    page.press(Qt.Key.Key_Backspace)
    assert page.widget.face is None
    assert page.widget.field.isVisible()


def test_the_list_says_what_the_rehearsal_found(done):
    shown = face(done)
    assert len(shown.rows) == len(done.alarms)
    assert {row.kind for row in shown.rows} == {each.kind for each in done.alarms}
    assert all(row.faint == (row.kind in (Kind.MISSED, Kind.LOWER)) for row in shown.rows)
    assert any("SpO₂" in row.text for row in shown.rows)
    assert sum(count for hour in shown.hours for _, count in hour.counts) == sum(
        not row.faint for row in shown.rows
    )
    assert [priority for priority, _ in shown.hours[0].counts] == [
        Priority.HIGH,
        Priority.MEDIUM,
        Priority.LOW,
    ]
    assert "nobody set a baseline" in shown.remarks


@pytest.mark.parametrize("size", [QSize(620, 560), QSize(1000, 800), QSize(200, 120)])
def test_every_state_can_be_painted_at_any_size(page, size):
    before = render(page.widget, size)
    page.runs.may.clear()
    page.press(Qt.Key.Key_Return)
    running = render(page.widget, size)
    page.runs.may.set()
    page.wait()
    after = render(page.widget, size)
    assert before != running
    assert running != after


def test_offered_are_the_files_of_the_settings_folder_and_those_that_ship(tmp_path, monkeypatch):
    for name in ("b.toml", "a.toml", "kapmonitor.toml", "notes.txt"):
        (tmp_path / name).touch()
    monkeypatch.setattr("kapmonitor.show_review.settings_file", lambda: tmp_path / "kapmonitor.toml")
    assert [each.name for each in _offered()] == [
        str(tmp_path / "a.toml"),
        str(tmp_path / "b.toml"),
        "example",
        "baseline-example",
    ]


def test_in_a_review_it_rehearses_the_record_and_moves_the_playhead(qtbot, path):
    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1440, 860)
    shell.show()
    end = _dress(shell, [checked(path, lambda _share: None)], None)
    window = shell._held.current.window
    try:
        window.keys.act(Action.REHEARSE)
        page = window.over_trends
        page.field.setText("example")
        QTest.keyClick(page.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: page.face is not None, timeout=PATIENCE_MS)
        assert {row.kind for row in page.face.rows} == {Kind.SAME}
        QTest.keyClick(page, Qt.Key.Key_Return)
        assert window._port.now_ns() == page.face.rows[0].t_ns
        window.keys.act(Action.REHEARSE)
        assert window.over_trends is None
    finally:
        window.close()
        end()
