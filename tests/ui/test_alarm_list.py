"""The alarm list: what it says of each alarm, its filters over their whole product, and its keys."""

import itertools
from dataclasses import replace

import pytest
from dashboard_parts import add_parts
from fake_session import DOSE_NS, NOW_NS, FakeReplay, FakeSession, S
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from shell_parts import open_window

from kapmonitor.alarms import technical
from kapmonitor.commands import Acknowledge, PauseAudio, ResumeAudio, SetBaseline
from kapmonitor.session.state import AlarmSpan, SessionState
from kapmonitor.snapshot import Priority
from ui import alarm_spans
from ui import alarm_wording as wording
from ui.alarmlist import AlarmList
from ui.alarmlist.face import KINDS, PRIORITIES, Filter, Kind, details, listed, row
from ui.dressing import Live, dress_live
from ui.limits import LimitsPage
from ui.main_window import MainWindow
from ui.screenshot import render
from ui.shell import Shell
from ui.theme import SESSION, Theme
from ui.trends import TrendsPane

K = Qt.Key
STATE = FakeSession("alarms").state


def clock(t_ns):
    return f"at {(t_ns - DOSE_NS) // S}"


def row_of(span):
    return row(span, STATE, clock, NOW_NS)


def test_the_newest_stands_first():
    times = [span.t0_ns for span in listed(STATE, Filter())]
    assert len(times) == len(STATE.alarms)
    assert times == sorted(times, reverse=True)


def test_over_the_whole_product_of_filters_each_alarm_is_where_it_belongs():
    every = listed(STATE, Filter())
    for kind, priority in itertools.product(KINDS, PRIORITIES):
        found = listed(STATE, Filter(kind, priority))
        expected = [span for span in every if priority in (None, Priority(span.priority))]
        if kind is Kind.STILL:
            expected = [span for span in expected if span.t1_ns is None]
        if kind is Kind.PERSON:
            expected = [span for span in expected if span.limit is not None]
        if kind is Kind.EQUIPMENT:
            expected = [span for span in expected if span.limit is None]
        assert list(found) == expected
    assert {len(listed(STATE, Filter(kind))) for kind in KINDS} == {9, 5, 4, 2}


def test_filters_step_and_stop_at_the_ends():
    wanted = Filter()
    assert wanted.next_kind(-1) == wanted
    for kind in KINDS[1:]:
        wanted = wanted.next_kind(1)
        assert wanted.kind is kind
    assert wanted.next_kind(1) == wanted
    seen = [wanted := wanted.next_priority() for _ in PRIORITIES]
    assert [each.priority for each in seen] == [*PRIORITIES[1:], PRIORITIES[0]]


def test_a_row_says_onset_worst_value_limit_length_and_who_saw_it():
    span = next(span for span in STATE.alarms if span.condition == "spo2-low-medium")
    seen = row_of(span)
    assert (seen.time, seen.text, seen.length, seen.seen) == (
        "T+21:47",
        "SpO₂ 89 below 92",
        "0:22",
        "KL after 0:15",
    )
    assert (seen.quiet, seen.unseen, seen.priority) == (True, False, Priority.MEDIUM)


@pytest.mark.parametrize(
    ("priority", "ended", "unseen"),
    [("high", True, True), ("medium", True, True), ("low", True, False), ("low", False, True)],
)
def test_what_nobody_saw_is_told_apart(priority, ended, unseen):
    span = AlarmSpan("hr-high-medium", priority, NOW_NS - 60 * S, NOW_NS - S if ended else None, 130.0, 120.0)
    seen = row_of(span)
    assert (seen.seen, seen.unseen) == ("not acknowledged", unseen)
    assert seen.length == ("0:59" if ended else "still 1:00")


def test_all_about_one_alarm():
    span = AlarmSpan("hr-high-medium", "medium", NOW_NS - 60 * S, NOW_NS - S, 130.0, 120.0, NOW_NS - 50 * S)
    assert details(span, STATE, clock, NOW_NS) == (
        "HR 130 above 120",
        "at 2477 to at 2536, lasted 0:59 · acknowledged by somebody at at 2487",
    )
    assert details(replace(span, t1_ns=None), STATE, clock, NOW_NS)[1].startswith("since at 2477, 1:00")


def test_before_a_dose_the_wall_clock_stands_there():
    assert row(STATE.alarms[0], SessionState(), clock, NOW_NS).time.startswith("at ")


def test_every_condition_of_the_equipment_has_words_here_too():
    for rule in (*technical.own_rules(), *technical.device_rules("oximeter")):
        said = alarm_spans.words(AlarmSpan(rule.id, "low", 0, None, 1.0, None), STATE)
        assert said
        assert "{" not in said
        kind = rule.id.partition(":")[0]
        assert kind in wording.PAST or kind in wording.EQUIPMENT
    strange = AlarmSpan("new-thing:oximeter", "purple", 0, None, None, None)
    assert alarm_spans.words(strange, STATE) == "new thing Oximeter"
    assert alarm_spans.priority(strange) is Priority.MEDIUM


# The widget


@pytest.fixture
def listing(qtbot):
    listing = AlarmList(FakeSession("alarms"), Theme(SESSION))
    qtbot.addWidget(listing)
    listing.resize(868, 906)
    listing.show()
    return listing


def press(widget, *keys):
    for key in keys:
        QTest.keyClick(widget, key)


def test_arrows_choose_and_filter(listing):
    assert listing.place == 0
    press(listing, K.Key_Up)
    assert listing.place == 0
    press(listing, K.Key_Down, K.Key_Down)
    chosen = listing.rows()[2]
    assert listing.place == 2
    press(listing, K.Key_Right)
    assert listing.wanted.kind is Kind.PERSON
    assert chosen not in listing.rows() or listing.rows()[listing.place] == chosen
    press(listing, K.Key_Space)
    assert listing.wanted.priority is Priority.HIGH
    assert len(listing.rows()) == 1
    press(listing, *[K.Key_Down] * 30)
    assert listing.place == len(listing.rows()) - 1


def test_no_such_alarm_is_said_and_chooses_nothing(listing):
    press(listing, *[K.Key_Right] * 3, K.Key_Space)
    assert listing.rows() == ()
    assert listing.place == -1
    press(listing, K.Key_Down, K.Key_Return)
    assert not render(listing, QSize(868, 906)).isNull()


def test_live_enter_goes_nowhere_and_escape_closes(listing):
    left = []
    listing.left.connect(lambda: left.append(listing.place))
    press(listing, K.Key_Return)
    assert left == []
    press(listing, K.Key_Escape)
    assert left == [0]


def test_in_review_enter_goes_there_and_space_does_not_play(qtbot):
    session = FakeReplay()
    window = open_window(qtbot, session)
    add_parts(window, session)
    went = []
    listing = AlarmList(session, window.theme, lambda: STATE, went.append)
    listing.left.connect(window.close_over_trends)
    window.open_over_trends(listing)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=10_000)
    press(listing, K.Key_Space)
    assert not session.playing()
    assert listing.wanted.priority is Priority.HIGH
    expected = listing.rows()[listing.place].t_ns
    press(listing, K.Key_Return)
    assert went == [expected]
    assert window.over_trends is None


def test_in_review_the_list_opens_where_the_playhead_stands(qtbot):
    session = FakeReplay()
    session.seek(DOSE_NS + 22 * 60 * S)
    listing = AlarmList(session, Theme(SESSION), lambda: STATE, session.seek)
    qtbot.addWidget(listing)
    assert listing.rows()[listing.place].time == "T+21:47"


@pytest.mark.parametrize("size", [QSize(868, 906), QSize(557, 644), QSize(420, 300)])
@pytest.mark.parametrize("count", [0, 1, 60])
def test_any_number_of_alarms_can_be_painted(qtbot, size, count):
    session = FakeSession("alarms")
    spans = tuple(replace(STATE.alarms[i % 9], t0_ns=NOW_NS - i * 60 * S, t1_ns=NOW_NS) for i in range(count))
    session.state = replace(session.state, alarms=spans)
    listing = AlarmList(session, Theme(SESSION))
    qtbot.addWidget(listing)
    assert not render(listing, size).isNull()


# In the dashboard, which looks for sound outputs as well: a computer without PipeWire says so
whole_dashboard = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


@pytest.fixture
def dressed(qtbot):
    session = FakeSession("medium")
    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    close = dress_live(shell, Live(session, lambda _wake: None, author="KL"))
    shell.show()
    shell.activateWindow()
    qtbot.waitUntil(shell.isActiveWindow, timeout=10_000)
    window = shell.findChild(MainWindow)
    qtbot.waitUntil(lambda: isinstance(window._places["trends"], TrendsPane), timeout=20_000)
    yield window, session
    close()


@whole_dashboard
def test_a_and_l_open_and_close_their_pages_and_alarms_stay_uncovered(dressed):
    window, session = dressed
    for key, page in ((K.Key_A, AlarmList), (K.Key_L, LimitsPage)):
        press(window, key)
        assert isinstance(window.over_trends, page)
        assert not window.over_trends.geometry().intersects(window.alarm.geometry())
        assert not window.over_trends.geometry().intersects(window.numbers.bp.geometry())
        press(window.over_trends, K.Key_F)
        press(window.over_trends, key)
        assert window.over_trends is None
    assert {type(command) for command in session.commands} == {Acknowledge}


@whole_dashboard
def test_p_asks_to_pause_the_sound_and_to_end_the_pause(dressed):
    window, session = dressed
    press(window, K.Key_P)
    session.variant = "audio-paused"
    window.refresh()
    press(window, K.Key_P)
    assert session.commands == [PauseAudio("KL"), ResumeAudio("KL")]


@whole_dashboard
def test_what_the_page_of_limits_asks_reaches_the_session(dressed):
    window, session = dressed
    press(window, K.Key_L)
    press(window.over_trends, K.Key_T)
    assert session.commands == []
    press(window.over_trends, K.Key_Return)
    assert session.commands == [SetBaseline("KL")]
