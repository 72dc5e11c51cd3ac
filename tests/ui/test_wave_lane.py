"""The lane of the waves: what is drawn is what was recorded, and nothing is drawn where nothing was."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from record_fixtures import SECOND, T0_NS, begin, wave_of

from kapmonitor.closeup import Samples
from kapmonitor.model import NO_SAMPLE, ChannelKey, Columns, Validity
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.record.verify import verify
from kapmonitor.review import Review as RecordReview
from ui.theme import SESSION, Theme
from ui.trends import Review, TrendsPane
from ui.trends.cursors import Which
from ui.trends.frame import Frame
from ui.trends.scale import TimeScale, ValueScale
from ui.trends.traces import Trace, wave_trace
from ui.trends.wavelane import axis_number, even_range, sample_lines

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
FS, SECONDS, GAP = 500, 90, (40, 45)
ECG = ChannelKey("dev", "MDC_ECG_ELEC_POTL_II")
FRAME = Frame(Theme(SESSION, 1.0), 868.0, 90.0, TimeScale(0, 2 * SECOND, 60.0, 796.0))
SCALE = ValueScale(-10.0, 10.0, 8.0, 82.0)
floats = st.one_of(st.just(float("nan")), st.floats(-10, 10, width=32))


@settings(deadline=None)
@given(st.lists(st.tuples(floats, st.booleans()), min_size=1, max_size=60))
def test_lines_join_neighbours_that_are_there_and_no_others(items):
    """Each sample has a value or none, and is 2 ms or half a second after the one before it."""
    times = np.cumsum([SECOND // 500 if near else SECOND // 2 for _, near in items]).astype(np.int64)
    values = np.array([value for value, _ in items], np.float32)
    lines, points = sample_lines(Samples(times, values, SECOND // 100), FRAME, SCALE)
    here = np.flatnonzero(~np.isnan(values))
    back = SCALE.low + (SCALE.bottom - points[:, 1]) * (SCALE.high - SCALE.low) / (SCALE.bottom - SCALE.top)
    assert np.allclose(back, values[here], atol=1e-5)
    assert np.allclose(points[:, 0], [FRAME.time.x(int(t_ns)) for t_ns in times[here]])
    pairs = [i for i in here[:-1] if i + 1 in here and times[i + 1] - times[i] <= SECOND // 100]
    assert len(lines) == len(pairs)
    assert np.isfinite(lines).all()
    assert np.allclose(lines[:, 0], [FRAME.time.x(int(times[i])) for i in pairs])
    assert np.allclose(lines[:, 2], [FRAME.time.x(int(times[i + 1])) for i in pairs])


@settings(deadline=None)
@given(npst.arrays(np.float32, st.integers(1, 80), elements=floats))
def test_an_empty_column_is_never_drawn_and_no_line_leads_over_it(values):
    drawn = wave_trace(Columns(0, SECOND, values, values + 1))
    assert drawn.index.tolist() == np.flatnonzero(~np.isnan(values)).tolist()
    for place, column in enumerate(drawn.index.tolist()):
        near = values[max(0, column - 1) : column + 1]
        assert drawn.lo[place] >= np.nanmin(near) - 1e-6
        assert drawn.hi[place] <= np.nanmax(near) + 1 + 1e-6


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
@example(0.0, 5e-324)
@example(1e6, 1e-4)
def test_the_scale_reaches_over_what_was_seen_in_even_steps(low, span):
    bottom, top, step = even_range((low, low + span))
    rounding = 1e-9 * max(1.0, abs(low))
    assert bottom <= low + rounding
    assert top >= low + span - rounding
    assert 1 <= round((top - bottom) / step) <= 12


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (-0.5, 0.5, "−0.5"),
        (150.0, 50.0, "150"),
        (2000.0, 1000.0, "2k"),
        (0.25, 0.05, "0.25"),
        (0.0, 1.0, "0"),
    ],
)
def test_numbers_beside_a_wave_have_the_decimals_of_its_steps(value, step, text):
    assert axis_number(value, step) == text


# upon a real record


def words_of(second):
    words = wave_of(2, second * FS, FS)
    words[200:220] = NO_SAMPLE
    return words


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waves")
    writer, clock = begin(folder / "a.kap")
    for second in range(SECONDS):
        t_ns = T0_NS + second * SECOND
        clock.move_to(t_ns)
        if not GAP[0] <= second < GAP[1]:
            writer.put(WaveSlice(t_ns, 2, float(FS), words_of(second)))
        writer.put(NumericRow(t_ns, 12, 60.0 + second % 5, Validity.VALID))
    writer.close("ended")
    return folder / "a.kap"


@pytest.fixture
def looked_at(path, qtbot):
    """The pane over the record, and its review."""
    review = RecordReview(path, verify(path), lambda: 0)
    pane = TrendsPane(review, Theme(SESSION, 1.0), Review(review.whole, review.seek, review.close_up()))
    qtbot.addWidget(pane)
    pane.resize(868, 834)
    pane.show()
    qtbot.waitUntil(lambda: pane.picture is not None, timeout=20_000)
    pane.refresh()
    yield pane, review
    pane.hide()
    review.close()


def look(pane, t0_s, length_s):
    """Through the lens as keys and wheel do it."""
    looking = pane.looking
    t0_ns = T0_NS + round(t0_s * SECOND)
    looking.zoom(length_s * SECOND / (looking.span_shown.t1_ns - looking.span_shown.t0_ns), t0_ns)
    looking.pan(t0_ns - looking.span_shown.t0_ns)
    pane.refresh()
    QApplication.processEvents()
    return pane.picture


def ecg(picture):
    return next(shown for shown in picture.waves if shown.line.key == ECG)


def test_two_seconds_are_drawn_from_just_the_samples_that_were_recorded(looked_at):
    pane, _ = looked_at
    picture = look(pane, 10.0, 2.0)
    span, drawn = picture.content.span, ecg(picture).drawn
    assert span.t1_ns - span.t0_ns == 2 * SECOND
    assert isinstance(drawn, Samples) is (picture.columns / 2 >= 2 * FS)
    found = pane.looking.review.record.samples(ECG, span.t0_ns, span.t1_ns)
    expected = np.concatenate([words_of(second) for second in (10, 11)])
    within = (found.times >= span.t0_ns) & (found.times < span.t1_ns)
    there = expected != NO_SAMPLE
    assert np.allclose(found.values[within][there], expected[there] * 0.01 + 0.5, atol=1e-4)
    assert np.isnan(found.values[within][~there]).all()


def test_the_shortest_window_is_two_seconds_and_the_longest_the_whole_session(looked_at):
    pane, _ = looked_at
    for _ in range(40):
        pane.narrower()
    span = pane.picture.content.span
    assert span.t1_ns - span.t0_ns == 2 * SECOND
    assert pane.picture.waves is not None
    for _ in range(40):
        pane.wider()
    span = pane.picture.content.span
    assert span.t0_ns < T0_NS
    assert span.t1_ns > T0_NS + (SECONDS - 1) * SECOND


@pytest.mark.parametrize("length_s", [10, 30, 80])
def test_a_gap_in_the_record_is_a_gap_in_the_picture(looked_at, length_s):
    pane, _ = looked_at
    picture = look(pane, 42.5 - length_s / 2, length_s)
    drawn = ecg(picture).drawn
    assert isinstance(drawn, Trace)
    span, step_ns = picture.content.span, length_s * SECOND / picture.waves[0].columns
    seconds = (span.t0_ns + (drawn.index + 0.5) * step_ns - T0_NS) / SECOND
    assert not ((seconds > 41.1) & (seconds < 44.9)).any()
    assert (seconds < 40).any()
    assert (seconds > 45).any()


def ink(pane, row, name):
    """How many pixels of a lane have about this colour."""
    frame = pane._canvas._bodies[row]
    box = frame.sceneBoundingRect().toRect()
    image = pane._canvas.view.grab(box).toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = (
        np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    )
    wanted = [int(name[i : i + 2], 16) for i in (5, 3, 1)]
    return int((np.abs(data - wanted).sum(axis=2) < 40).sum())


def test_waves_come_when_the_window_is_short_and_can_be_sent_away(looked_at):
    pane, _ = looked_at
    look(pane, 10.0, 5.0)
    assert ink(pane, 1, SESSION.hr) > 200
    pane.looking.toggle_waves()
    pane.refresh()
    QApplication.processEvents()
    assert pane.picture.waves is None
    assert pane._canvas._bodies[1].size()[1] == 0
    pane.looking.toggle_waves()
    pane.refresh()
    assert len(pane.picture.waves) == 2


def test_a_wave_of_which_nothing_is_in_the_window_says_so(looked_at):
    pane, _ = looked_at
    picture = look(pane, 41.0, 3.0)
    assert all(shown.empty for shown in picture.waves)
    assert ink(pane, 1, SESSION.hr) == 0


def test_the_wheel_looks_closer_around_the_pointer_and_a_pull_moves_the_window(looked_at, qtbot):
    pane, _ = looked_at
    before = look(pane, 20.0, 40.0).content.span
    viewport = pane._canvas.view.viewport()
    at = QPointF(300, 200)
    under_ns = pane._canvas.time_at(at.x())
    no_buttons = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, viewport.mapToGlobal(at), QPoint(), QPoint(0, 240), *no_buttons, False)
    QApplication.sendEvent(viewport, wheel)
    closer = pane.picture.content.span
    assert closer.t1_ns - closer.t0_ns < 0.7 * (before.t1_ns - before.t0_ns)
    assert abs(pane._canvas.time_at(at.x()) - under_ns) < pane._canvas.ns_per_px()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(viewport, QPoint(400, 200))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(400, 200))
    assert abs(pane._canvas.time_at(400) - under_ns) < 2 * pane._canvas.ns_per_px()


def test_a_cursor_is_put_and_pulled_by_the_mouse(looked_at, qtbot):
    pane, review = looked_at
    look(pane, 20.0, 40.0)
    viewport, stood_ns = pane._canvas.view.viewport(), review.now_ns()
    shift, left = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton
    qtbot.mouseClick(viewport, left, shift, QPoint(300, 200))
    assert pane.looking.cursors.a_ns == pane._canvas.time_at(300)
    qtbot.mousePress(viewport, left, pos=QPoint(302, 200))
    qtbot.mouseMove(viewport, QPoint(500, 200))
    qtbot.mouseRelease(viewport, left, pos=QPoint(500, 200))
    assert pane.looking.cursors.at(Which.A) == pane._canvas.time_at(500)
    assert review.now_ns() == stood_ns
    assert len(pane.readout.rows) == 1


def test_a_playhead_that_runs_on_is_followed_until_somebody_looks_elsewhere(looked_at):
    pane, review = looked_at
    look(pane, 20.0, 5.0)
    review.seek(T0_NS + 22 * SECOND)
    pane.refresh()
    review.seek(T0_NS + 26 * SECOND)
    pane.refresh()
    assert pane.picture.content.span.t1_ns > T0_NS + 26 * SECOND
    pane.looking.pan(-15 * SECOND)
    pane.refresh()
    elsewhere = pane.picture.content.span
    review.seek(T0_NS + 27 * SECOND)
    pane.refresh()
    assert pane.picture.content.span == elsewhere
    pane.follow()
    assert pane.picture.content.span.t0_ns <= review.now_ns() <= pane.picture.content.span.t1_ns
