"""After an interrupted session was taken up again: the notice, the bands in the trends, the review."""

from dataclasses import replace

import fake_session as fs
import numpy as np
import pytest
from dashboard_parts import add_parts
from fake_session import NOW_NS, TAKEN_UP, FakeReplay, FakeSession, S
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from shell_parts import HD, LAPTOP, open_window, pixels, shows

from kapmonitor.model import Columns
from kapmonitor.session.state import AlarmSpan, Interruption
from kapmonitor.view import Role
from ui import format as fmt
from ui import strings
from ui.layout import SMALLEST
from ui.replay import MomentsPanel, ReplayBar
from ui.replay.listed import lines
from ui.screenshot import render
from ui.taken_up import SAID_NS, words
from ui.theme import SESSION, Theme
from ui.trends import Review, TrendsPane
from ui.trends.interruptions import holds, outside
from ui.trends.reading import values_at
from ui.trends.traces import Gap, trace
from ui.trends.unmonitored import bands

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
NOTICE = "Recovered to 14:46:25, no saved note lost. Nothing was monitored until 14:46:37 (12 s)"
K = Qt.Key


def press(widget, *pressed):
    for key in pressed:
        QTest.keyClick(widget, key)


def test_what_is_missing_of_the_waves_is_said():
    session = FakeSession("taken-up")
    gap = replace(TAKEN_UP[-1], waves_lost_ns=420_000_000)
    session.state = replace(session.state, interruptions=(gap,))
    said = words(gap, session.snapshot())
    assert said.startswith("Recovered to 14:46:25, no saved note lost, 0.4 s of waves lost. ")


def test_lengths_read_as_in_a_sentence():
    wanted = {
        0.2: "1 s",
        11.6: "12 s",
        60: "1 min",
        200: "3 min 20 s",
        725: "12 min",
        3600: "1 h",
        3900: "1 h 5 min",
    }
    assert {seconds: fmt.length(round(seconds * S)) for seconds in wanted} == wanted


# the notice


def test_the_last_line_tells_what_was_not_monitored_for_two_minutes(qtbot):
    session = FakeSession("taken-up")
    window = open_window(qtbot, session)
    assert window.footer.said == NOTICE
    left_s = (TAKEN_UP[-1].t1_ns + SAID_NS - NOW_NS) / S
    session.advance(left_s - 1)
    window.refresh()
    assert window.footer.said == NOTICE
    session.advance(2)
    window.refresh()
    assert window.footer.said == strings.KEYS_HINT


def test_a_session_without_interruption_says_nothing(qtbot):
    assert open_window(qtbot, "quiet").footer.said == strings.KEYS_HINT


@pytest.mark.parametrize("key", [K.Key_Escape, K.Key_F, K.Key_F12])
def test_it_is_put_away_and_the_next_one_is_told_again(qtbot, key):
    session = FakeSession("taken-up")
    window = open_window(qtbot, session)
    press(window, key)
    assert window.footer.said == strings.KEYS_HINT
    session.advance(30)
    gap = Interruption(session.now_ns() - 90 * S, session.now_ns() - S)
    session.state = replace(session.state, interruptions=(*TAKEN_UP, gap))
    window.refresh()
    assert "(1 min 29 s)" in window.footer.said


def test_acknowledging_an_alarm_leaves_the_notice(qtbot):
    session = FakeSession("medium")
    session.state = replace(session.state, interruptions=TAKEN_UP)
    window = open_window(qtbot, session)
    asked = []
    window.acknowledge_asked.connect(lambda conditions, _t_ns: asked.append(conditions))
    before = render(window, HD).copy(window.alarm.geometry())
    assert window.footer.said == NOTICE
    press(window, K.Key_F)
    assert len(asked) == 1
    assert window.footer.said == NOTICE
    press(window, K.Key_Escape)
    assert window.footer.said == strings.KEYS_HINT
    assert render(window, HD).copy(window.alarm.geometry()) == before


def test_a_refusal_is_read_first_and_the_notice_comes_back(qtbot):
    window = open_window(qtbot, "taken-up")
    window.say("not done — arm is resting")
    assert window.footer.said == "not done — arm is resting"
    window.footer._clear()
    assert window.footer.said == NOTICE


def test_escape_in_a_page_over_the_trends_is_the_pages(qtbot):
    from ui.alarmlist import AlarmList

    session = FakeSession("taken-up")
    window = open_window(qtbot, session)
    page = AlarmList(session, window.theme)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)
    press(page, K.Key_Escape)
    assert window.over_trends is None
    assert window.footer.said == NOTICE


@pytest.mark.parametrize("size", [HD, LAPTOP, QSize(*SMALLEST)], ids=["hd", "laptop", "smallest"])
def test_it_is_whole_and_calm_beside_the_line_about_the_bedside_monitor(qtbot, size):
    window = open_window(qtbot, "taken-up", size)
    shot, box = render(window, size), window.footer.geometry()
    aid, notice = box.adjusted(0, 0, -box.width() // 2, 0), box.adjusted(box.width() // 2, 0, 0, 0)
    assert shows(shot, aid, SESSION.secondary, 30) > 100
    assert shows(shot, notice, SESSION.text, 30) > 100
    assert shows(shot, box, SESSION.notes, 30) == 0
    whole = window.footer.grab().toImage()
    window.footer.set_notice(NOTICE[:-1])
    assert window.footer.grab().toImage() != whole


def test_a_review_tells_it_in_its_own_way(qtbot):
    session = FakeReplay(TAKEN_UP)
    window = open_window(qtbot, session)
    window.set_review(review=True)
    assert window.footer.said == strings.REVIEW_KEYS_HINT


# what is left beside interruptions


def test_interruptions_are_cut_out_of_a_stretch():
    gaps = (Interruption(10, 20), Interruption(30, 40))
    assert list(outside(0, 50, gaps)) == [Gap(0, 10), Gap(20, 30), Gap(40, 50)]
    assert list(outside(12, 35, gaps)) == [Gap(20, 30)]
    assert list(outside(11, 19, gaps)) == []
    assert list(outside(50, 60, gaps)) == [Gap(50, 60)]
    assert list(outside(0, 10, gaps)) == [Gap(0, 10)]


bounds = st.lists(st.integers(0, 200), min_size=2, max_size=12, unique=True).map(sorted)


@given(bounds, st.integers(0, 200), st.integers(0, 200))
def test_each_moment_is_either_left_or_interrupted(edges, t0, t1):
    gaps = tuple(Interruption(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))
    left = list(outside(t0, t1, gaps))
    for t in range(t0, t1):
        assert any(piece.t0_ns <= t < piece.t1_ns for piece in left) is not holds(gaps, t)
    assert all(t0 <= piece.t0_ns < piece.t1_ns <= t1 for piece in left)


def columns(values, seconds_each=1):
    lo = np.array([np.nan if v is None else v for v in values], dtype=np.float32)
    return Columns(0, len(values) * seconds_each * S, lo, lo.copy())


def test_nothing_is_bridged_over_an_interruption_however_short():
    values = [80.0] * 10 + [None] * 4 + [100.0] * 10
    bridged = trace(columns(values), 24 * S)
    assert {10, 11, 12, 13} <= set(bridged.index.tolist())
    drawn = trace(columns(values), 24 * S, (Interruption(10 * S, 14 * S),))
    assert drawn.index.tolist() == [*range(10), *range(14, 24)]
    assert (drawn.lo[10], drawn.hi[10]) == (100.0, 100.0)


def test_an_interruption_between_two_columns_still_breaks_the_trace():
    drawn = trace(columns([80.0] * 10 + [100.0] * 10), 20 * S, (Interruption(9_500_000_000, 10_200_000_000),))
    assert drawn.lo[10] == 100.0
    inside_one = trace(columns([80.0] * 20), 20 * S, (Interruption(9_200_000_000, 9_800_000_000),))
    assert len(inside_one.index) == 20


@pytest.mark.parametrize("values", [[None] * 20, [80.0], [None, 80.0, None]])
def test_an_interruption_of_a_trace_with_next_to_nothing_in_it_is_no_trouble(values):
    drawn = trace(columns(values), 20 * S, (Interruption(-5 * S, -S), Interruption(0, 2 * S)))
    assert len(drawn.index) == sum(v is not None for v in values)


# the trends


@pytest.fixture
def make_pane(qtbot):
    panes = []

    def make(port, review=None, size=(868, 906), scale=1.0):
        pane = TrendsPane(port, Theme(SESSION, scale), review)
        panes.append(pane)
        qtbot.addWidget(pane)
        pane.resize(*size)
        pane.show()
        qtbot.waitUntil(lambda: pane.picture is not None, timeout=20_000)
        pane.refresh()
        return pane

    yield make
    for pane in panes:
        pane.hide()


def column(pane, row, t_ns):
    """The pixels of a lane at a time, top to bottom."""
    frame = pane._canvas._frame(row)
    corner = pane._canvas._bodies[row].sceneBoundingRect().topLeft()
    image = pixels(pane.grab().toImage())
    top = round(corner.y())
    return image[top : top + round(frame.height), round(corner.x() + frame.time.x(t_ns))]


def reviewed(port):
    return Review(port.whole, port.seek)


@pytest.mark.parametrize("live", [True, False], ids=["live", "review"])
def test_a_hatched_band_runs_through_the_lanes_and_no_trace_or_limit_through_it(make_pane, live):
    port = FakeSession("taken-up") if live else FakeReplay(TAKEN_UP)
    pane = make_pane(port, None if live else reviewed(port))
    middle_ns = (TAKEN_UP[0].t0_ns + TAKEN_UP[0].t1_ns) // 2
    first = 0 if live else 2  # after phases and waves
    for row in range(first, first + 4):
        assert len(bands(pane._canvas._frame(row), pane.picture.content)) == 2
        ink = column(pane, row, middle_ns).max(axis=1)
        assert 2 < (ink > 40).sum() < 0.6 * len(ink)
    signals = column(pane, first, middle_ns)
    assert (signals[:, 1] - signals[:, 0]).max() < 40
    yellow = column(pane, first + 1, middle_ns)
    assert (yellow[:, 0] - yellow[:, 2]).max() < 40


def test_a_short_interruption_is_seen_in_the_widest_window(make_pane):
    pane = make_pane(FakeSession("taken-up"))
    pane.whole()
    frame = pane._canvas._frame(0)
    for box in bands(frame, pane.picture.content):
        assert box.width() >= 3.0
    assert frame.time.x(TAKEN_UP[1].t1_ns) - frame.time.x(TAKEN_UP[1].t0_ns) < 3.0


def test_what_an_interruption_explains_is_not_called_missing_signal(make_pane):
    pane = make_pane(FakeSession("taken-up"))
    assert pane.picture.content.hr.trace.gaps == ()
    port = FakeSession("taken-up")
    port.gaps[0] = (TAKEN_UP[0].t0_ns, TAKEN_UP[0].t1_ns + 60 * S)
    (gap,) = make_pane(port).picture.content.hr.trace.gaps
    assert gap.t0_ns == TAKEN_UP[0].t1_ns
    assert gap.t1_ns - gap.t0_ns == pytest.approx(60 * S, abs=2 * S)


def test_its_length_is_written_where_there_is_room(make_pane, monkeypatch):
    from ui.trends import signals

    written = []
    plain = signals.words
    monkeypatch.setattr(
        signals, "words", lambda p, f, at, text, *rest: written.append(text) or plain(p, f, at, text, *rest)
    )
    pane = make_pane(FakeSession("taken-up"))
    pane.grab()
    assert {"not monitored 12 s", "not monitored 6 min 20 s"} <= set(written)
    assert not any("no signal" in text for text in written)


def test_the_values_of_a_time_without_monitoring_are_dashes(make_pane):
    pane = make_pane(FakeSession("taken-up"))
    content, at_ns = pane.picture.content, TAKEN_UP[0].t0_ns + 60 * S
    said = values_at(content, at_ns, pane.picture.columns)
    assert said.startswith("T+08:30   not monitored then   HR ---   SpO₂ ---   BP 126/80 at T+05:00")
    assert "not monitored" not in values_at(content, TAKEN_UP[0].t1_ns + 60 * S, pane.picture.columns)


def test_an_alarm_is_not_drawn_on_where_nothing_was_monitored(make_pane):
    port = FakeSession("taken-up")
    span = AlarmSpan(
        "hr-high-medium", "medium", TAKEN_UP[0].t0_ns - 60 * S, TAKEN_UP[0].t1_ns + 600 * S, 124.0, 120.0
    )
    port.state = replace(port.state, alarms=(span,))
    pane = make_pane(port)

    def amber(t_ns):
        return ((column(pane, 0, t_ns) - [0xC9, 0xA8, 0x00]).__abs__().max(axis=1) < 40).sum()

    assert amber(TAKEN_UP[0].t1_ns + 500 * S) >= 2
    assert amber((TAKEN_UP[0].t0_ns + TAKEN_UP[0].t1_ns) // 2) == 0


def test_a_long_night_with_many_interruptions_is_drawn(make_pane):
    port = FakeSession("quiet")
    gaps = tuple(
        Interruption(fs.OPENED_NS + n * 20 * S, fs.OPENED_NS + n * 20 * S + 5 * S) for n in range(120)
    )
    port.state = replace(port.state, interruptions=gaps)
    pane = make_pane(port, size=(559, 640), scale=0.711)
    assert len(bands(pane._canvas._frame(0), pane.picture.content)) == 120
    assert port.view().trend(Role.HR, 0, 1, 1).lo.shape == (1,)


# the review


def test_the_moments_name_each_interruption():
    named = [line for line in lines(FakeReplay(TAKEN_UP).whole()) if line.kind == "interruption"]
    assert [(line.t_ns, line.text) for line in named] == [
        (TAKEN_UP[0].t0_ns, "not monitored 6 min 20 s"),
        (TAKEN_UP[1].t0_ns, "not monitored 12 s"),
    ]


def test_the_list_of_moments_paints_them_with_a_sign(qtbot):
    port = FakeReplay(TAKEN_UP)
    panel = MomentsPanel(port, port.whole, port.seek, Theme())
    qtbot.addWidget(panel)
    panel.resize(456, 494)
    panel.refresh()
    assert "not monitored 12 s" in [line.text for line in panel.lines]
    assert not panel.grab().isNull()


def test_the_strip_of_the_record_is_hatched_where_nothing_was_monitored(qtbot):
    def strip(gaps):
        bar = ReplayBar(FakeReplay(gaps), Theme(), interruptions=gaps)
        qtbot.addWidget(bar)
        bar.resize(1896, 60)
        bar.show()
        bar.refresh()
        scrub = bar.scrub
        left, right = (round(scrub.x_of(t)) for t in (TAKEN_UP[0].t0_ns, TAKEN_UP[0].t1_ns))
        row = round(scrub._track().center().y())
        return pixels(scrub.grab().toImage())[row, left + 2 : right - 2]

    plain, hatched = strip(()), strip(TAKEN_UP)
    assert plain.std(axis=0).max() < 1
    assert hatched.std(axis=0).max() > 10


@pytest.fixture
def review(qtbot):
    """A whole dashboard, alive until all that its widgets still have to do is done."""
    port = FakeReplay(TAKEN_UP)
    window = open_window(qtbot, port)
    add_parts(window, port)
    yield window
    window.hide()


def test_the_dashboard_of_a_review_shows_both(qtbot, review):
    (bar,) = review.findChildren(ReplayBar)
    assert bar.scrub._interruptions == TAKEN_UP
    (trends,) = review.findChildren(TrendsPane)
    qtbot.waitUntil(lambda: trends.picture is not None, timeout=20_000)
    assert trends.picture.content.state.interruptions == TAKEN_UP
