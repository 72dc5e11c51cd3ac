"""The trends as drawn: they follow the session, stay cheap, and show what is missing."""

import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import fake_session as fs
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kapmonitor.model import Absent, Columns, CuffReading, Measured, NibpFailure, Validity
from kapmonitor.resting import baseline_before
from kapmonitor.session.state import AlarmSpan, Dose, LimitLine
from kapmonitor.view import Role
from ui import fonts
from ui.theme import DAY, SESSION, Theme
from ui.trends import Coming, Review, TrendsPane
from ui.trends.marks import music_blocks
from ui.trends.window import Span

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def make_pane(qtbot):
    def make(port, review=None, size=(868, 906), theme=None):
        pane = TrendsPane(port, theme or Theme(SESSION, 1.0), review)
        qtbot.addWidget(pane)
        pane.resize(*size)
        pane.show()
        qtbot.waitUntil(lambda: pane.picture is not None, timeout=20_000)
        pane.refresh()
        return pane

    return make


def pixels(pane):
    """The pane as (height, width, 4), blue first; a copy, as the image goes away."""
    image = pane.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)


def count(pane, name):
    """How many pixels have exactly this colour."""
    blue_green_red = [int(name[i : i + 2], 16) for i in (5, 3, 1)]
    data = pixels(pane).reshape(-1, 4)[:, :3]
    return int((data == blue_green_red).all(axis=1).sum())


@pytest.mark.parametrize("variant", fs.VARIANTS)
@pytest.mark.parametrize(("size", "scale"), [((868, 906), 1.0), ((559, 640), 0.711)])
def test_every_session_can_be_drawn(make_pane, variant, size, scale):
    pane = make_pane(fs.FakeSession(variant), size=size, theme=Theme(SESSION, scale))
    assert pixels(pane).any()


def test_traces_end_now_and_the_band_goes_on(make_pane):
    pane = make_pane(fs.FakeSession("quiet"))
    content = pane.picture.content
    span_ns = content.span.t1_ns - content.span.t0_ns
    last_ns = content.span.t0_ns + (content.hr.trace.index[-1] + 1) * span_ns / pane.picture.columns
    assert last_ns == pytest.approx(fs.NOW_NS, abs=2 * span_ns / pane.picture.columns)
    assert content.hr.band.t_ns[0] == fs.DOSE_NS
    assert content.hr.band.t_ns[-1] == content.span.t1_ns
    assert count(pane, SESSION.hr) > 500


def test_an_empty_session_draws_no_trace_and_no_now_line(make_pane):
    pane = make_pane(fs.FakeSession("empty"))
    assert count(pane, SESSION.hr) == 0
    assert pane.foot_text == ""
    assert not pane._canvas._now.isVisible()


def test_a_gap_is_empty_shaded_and_measured_to_the_second(make_pane):
    port = fs.FakeSession("quiet")
    port.gaps = [(fs.DOSE_NS + 24 * fs.MIN, fs.DOSE_NS + 26 * fs.MIN + 28 * fs.S)]
    pane = make_pane(port)
    (gap,) = pane.picture.content.hr.trace.gaps
    assert gap.t1_ns - gap.t0_ns == pytest.approx(148 * fs.S, abs=1.5 * fs.S)
    frame = pane._canvas._frame(0)
    x = round(frame.time.x(gap.t0_ns + 74 * fs.S))
    column = pixels(pane)[: round(frame.height), x, :3].astype(int)
    green = (column[:, 1] > 120) & (column[:, 2] < 80)
    assert not green.any()


def test_a_whole_night_is_shown_quickly(make_pane):
    pane = make_pane(LongSession())
    pane.whole()
    assert pane.window_min == 0
    best = min(_seconds(pane.grab) for _ in range(5))
    assert best < 0.25


def _seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


class LongView:
    """Eight hours without end of dense readings."""

    def span(self):
        return fs.OPENED_NS, fs.OPENED_NS + 480 * fs.MIN

    def trend(self, role, t0_ns, t1_ns, width):
        rng = np.random.default_rng(7)
        middle = (80 if role is Role.HR else 97) + rng.normal(0, 1.5, width).astype(np.float32)
        return Columns(t0_ns, t1_ns, middle - 2, middle + 2)

    def cuffs(self, t0_ns, t1_ns):
        times = range(fs.OPENED_NS, fs.OPENED_NS + 480 * fs.MIN, 5 * fs.MIN)
        return tuple(
            CuffReading(t, "cuff", Measured(140.0), Measured(85.0), Measured(103.0), Measured(80.0))
            for t in times
            if t0_ns <= t <= t1_ns
        )


class LongSession(fs.FakeSession):
    def __init__(self):
        super().__init__("quiet", now_ns=fs.OPENED_NS + 480 * fs.MIN)

    def view(self):
        return LongView()


def test_windows_change_and_the_foot_says_which(make_pane):
    pane = make_pane(fs.FakeSession("quiet"))
    assert "60 min" in pane.foot_text
    pane.narrower()
    assert pane.window_min == 30
    assert "30 min" in pane.foot_text
    pane.whole()
    assert "whole session" in pane.foot_text
    span = pane.picture.content.span
    assert span.t0_ns <= fs.OPENED_NS
    assert span.t1_ns > fs.NOW_NS


def test_time_goes_on_without_the_picture_sliding(make_pane):
    port = fs.FakeSession("quiet")
    pane = make_pane(port)
    span, x = pane.picture.content.span, pane._canvas._now.line().x1()
    port.advance(60)
    pane.refresh()
    assert pane.picture.content.span == span
    assert pane._canvas._now.line().x1() > x


def test_a_click_reads_out_the_values_and_a_second_puts_them_away(make_pane, qtbot):
    pane = make_pane(fs.FakeSession("quiet"))
    frame = pane._canvas._frame(0)
    at = QPoint(round(frame.time.x(fs.DOSE_NS + 21 * fs.MIN)), 200)
    qtbot.mouseClick(pane._canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert pane.picked_ns == pytest.approx(fs.DOSE_NS + 21 * fs.MIN, abs=10 * fs.S)
    assert pane.foot_text.startswith("T+2")
    assert "BP 147/92 at T+20:00" in pane.foot_text
    assert "River, no banks" in pane.foot_text
    qtbot.wait(700)  # a second click at once would be a double click
    qtbot.mouseClick(pane._canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert pane.picked_ns is None


def test_values_in_a_gap_are_dashes(make_pane):
    port = fs.FakeSession("quiet")
    port.gaps = [(fs.DOSE_NS + 24 * fs.MIN, fs.DOSE_NS + 26 * fs.MIN)]
    pane = make_pane(port)
    pane.pick(fs.DOSE_NS + 25 * fs.MIN)
    assert "HR ---" in pane.foot_text
    assert "SpO₂ ---" in pane.foot_text


def test_before_the_first_cuff_no_later_one_is_read_out(make_pane):
    pane = make_pane(fs.FakeSession("quiet"))
    pane.pick(fs.DOSE_NS - 11 * fs.MIN)
    assert "BP ---/---" in pane.foot_text


def test_due_cuffs_follow_the_plan_and_stay_in_view(make_pane):
    pane = make_pane(fs.FakeSession("quiet"))
    content = pane.picture.content
    due = content.pressure.due
    assert due[0].t_ns == fs.DOSE_NS + 45 * fs.MIN
    assert not due[0].late
    assert {b.t_ns - a.t_ns for a, b in pairwise(due)} == {5 * fs.MIN}
    assert all(content.span.t0_ns <= d.t_ns <= content.span.t1_ns for d in due)


def test_a_cuff_past_its_time_is_due_alone(make_pane):
    port = fs.FakeSession("quiet")
    port.advance(300)
    due = make_pane(port).picture.content.pressure.due
    assert [d.late for d in due] == [True]


def test_a_reading_beyond_its_limit_is_drawn_in_the_alarm_colour(make_pane):
    calm = count(make_pane(fs.FakeSession("quiet")), SESSION.medium)
    alarmed = count(make_pane(fs.FakeSession("medium")), SESSION.medium)
    assert alarmed > calm + 100


def test_tracks_to_come_are_outlines(make_pane):
    pane = make_pane(fs.FakeSession("quiet"))
    before = pixels(pane).copy()
    pane.set_coming((Coming(fs.NOW_NS, fs.NOW_NS + 8 * fs.MIN, "Tidal"),))
    pane.refresh()
    assert (pixels(pane) != before).any()


def test_the_theme_changes_in_place(make_pane):
    pane = make_pane(fs.FakeSession("quiet"))
    pane.set_theme(Theme(DAY, 1.0))
    assert count(pane, DAY.hr) > 300
    assert count(pane, SESSION.hr) == 0
    assert count(pane, DAY.panel) > 100_000
    assert [count(pane, name) for name in (SESSION.panel, SESSION.secondary)] == [0, 0]


def test_the_words_of_the_axis_stand_under_their_times(make_pane):
    pane = make_pane(fs.FakeSession("quiet"))
    cut = 0
    for width in range(500, 900, 20):
        pane.resize(width, 906)
        QApplication.processEvents()
        pane.refresh()
        frame = pane._canvas._frame(0)
        top = round(pane._canvas._axis.sceneBoundingRect().top()) + 3
        strip = pixels(pane)[top : top + 24, :, 1].max(axis=0) > 60
        ticks = pane._canvas._axis._ticks
        assert len(ticks) > 3
        for tick in ticks:
            x, half = frame.time.x(tick.t_ns), fonts.width(tick.text, 18) / 2
            lit = np.flatnonzero(strip[round(x - half) - 8 : round(x + half) + 8])
            if x + half > pane.width() or x - half < 0:
                cut += 1
                assert not len(lit), tick.text
                continue
            assert (lit[0] + lit[-1]) / 2 == pytest.approx(half + 8, abs=2.5), tick.text
    assert cut


def test_a_track_that_goes_on_over_the_whole_window_is_drawn_in_it(make_pane):
    state = fs.FakeSession("quiet").snapshot().session
    track = next(stretch for stretch in state.music if stretch.t1_ns is not None)
    content = replace(make_pane(fs.FakeSession("quiet")).picture.content, state=state)
    for t0_s, t1_s, seen in ((1, 2, True), (-9, -8, False)):
        span = Span(track.t0_ns + t0_s * fs.S, track.t0_ns + t1_s * fs.S)
        blocks = music_blocks(replace(content, span=span))
        assert (track.title in [block.text for block in blocks]) is seen
    after = Span(track.t1_ns + fs.S, track.t1_ns + 2 * fs.S)
    assert track.title not in [block.text for block in music_blocks(replace(content, span=after))]


def test_a_baseline_needs_two_cuffs():
    port = fs.FakeSession("quiet")
    found = baseline_before(port.view(), fs.DOSE_NS)
    assert found.systolic == 118.0
    assert found.diastolic == 74.0
    assert found.hr == pytest.approx(73, abs=4)
    assert baseline_before(OneCuff(port), fs.DOSE_NS).systolic is None
    assert baseline_before(port.view(), None).hr is None


class OneCuff:
    """A view with one whole and one failed determination before the dose."""

    def __init__(self, port):
        self._view = port.view()
        self.trend = self._view.trend

    def cuffs(self, t0_ns, t1_ns):
        nothing = Absent(Validity.NOT_AVAILABLE)
        failed = CuffReading(t0_ns, "cuff", nothing, nothing, nothing, nothing, NibpFailure.MOTION)
        return (failed, self._view.cuffs(t0_ns, t1_ns)[0])


def test_in_review_the_whole_record_is_drawn_and_a_click_moves_the_playhead(make_pane, qtbot):
    port = fs.FakeReplay()
    port.seek(fs.DOSE_NS + 10 * fs.MIN)
    whole = fs.folded(fs.NOW_NS)
    pane = make_pane(WholeView(port), Review(lambda: whole, port.seek))
    notes = pane.picture.content.state.notes
    assert notes[-1].t_ns > port.now_ns()
    assert pane.foot_text.startswith("T+10:00")
    frame = pane._canvas._frame(1)
    at = QPoint(round(frame.time.x(fs.DOSE_NS + 30 * fs.MIN)), 300)
    qtbot.mouseClick(pane._canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert port.now_ns() == pytest.approx(fs.DOSE_NS + 30 * fs.MIN, abs=10 * fs.S)
    assert pane.foot_text.startswith(("T+29:5", "T+30:0"))


class WholeView:
    """A replay whose view spans the whole record wherever the playhead is."""

    def __init__(self, port):
        self._port = port
        self._view = fs.FakeSession("quiet").view()
        self.asked = 0
        self.snapshot, self.now_ns, self.seek = port.snapshot, port.now_ns, port.seek

    def view(self):
        self.asked += 1
        return self._view


def test_a_moving_playhead_does_not_read_the_record_again(make_pane):
    port = WholeView(fs.FakeReplay())
    whole = fs.folded(fs.NOW_NS)
    pane = make_pane(port, Review(lambda: whole, port.seek))
    picture = pane.picture
    port.seek(fs.DOSE_NS + 5 * fs.MIN)
    pane.refresh()
    assert pane.picture is picture
    assert pane.foot_text.startswith("T+05:00")


def test_the_rest_of_the_dashboard_does_not_load_pyqtgraph_or_numpy():
    code = (
        "import sys, ui.notes, ui.replay; "
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pyqtgraph', 'ui.trends')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_neither_wheel_nor_drag_moves_the_time_axis(make_pane, qtbot):
    pane = make_pane(fs.FakeSession("quiet"))
    box = pane._canvas._boxes[0]
    before = box.viewRange()
    viewport = pane._canvas.view.viewport()
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
        for y in (200, 860):
            qtbot.mousePress(viewport, button, pos=QPoint(300, y))
            qtbot.mouseMove(viewport, QPoint(420, y - 60))
            qtbot.mouseRelease(viewport, button, pos=QPoint(500, y - 90))
    assert box.viewRange() == before


def test_in_review_no_cuff_is_due(make_pane):
    whole = fs.folded(fs.NOW_NS)
    port = WholeView(fs.FakeReplay())
    pane = make_pane(port, Review(lambda: whole, port.seek))
    assert pane.picture.content.pressure.due == ()


def test_words_of_a_later_version_are_drawn_not_feared(make_pane):
    port = fs.FakeSession("quiet")
    odd = LimitLine(fs.DOSE_NS, "hr-odd", "hr", "high", "urgent", 120.0, 0.0)
    span = AlarmSpan("hr-odd", "urgent", fs.NOW_NS - fs.MIN, None, 130.0, 120.0)
    dose = Dose(fs.DOSE_NS, "ketamine", 70.0, "buccal", "", "RN")
    port.state = replace(port.state, limits=(odd,), alarms=(span,), doses=(dose,))
    pane = make_pane(port)
    assert pane.picture.content.hr.band is None
    assert count(pane, SESSION.medium) > 20


def test_hidden_trends_ask_for_nothing(make_pane, qtbot):
    port = WholeView(fs.FakeReplay())
    pane = make_pane(port)
    pane.hide()
    asked = port.asked
    qtbot.wait(1200)
    assert port.asked == asked
