"""Moving through a record: keys, strip, moments."""

from functools import partial

import fake_session as fs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt

from kapmonitor.beyond import Beyond
from kapmonitor.model import CuffReading, Measured
from kapmonitor.session.events import Phase
from kapmonitor.session.state import AlarmSpan, Device, Interruption, LimitLine, SessionState
from kapmonitor.snapshot import Priority
from kapmonitor.view import Role
from ui.replay import MomentsPanel, ReplayBar
from ui.replay.listed import lines, reached
from ui.replay.scrub import Scrub
from ui.replay.travel import (
    SMALL_NS,
    SPEEDS,
    STEP_NS,
    faster,
    next_moment,
    previous_moment,
    record_span,
    slower,
)
from ui.theme import Theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Record(fs.FakeReplay):
    """A replay whose view spans the record wherever the playhead is."""

    def __init__(self):
        super().__init__()
        self._whole = fs.FakeSession("quiet").view()

    def view(self):
        return self._whole


class EmptyRecord(Record):
    def view(self):
        return fs.FakeSession("empty").view()

    def moments(self):
        return ()

    def summary(self):
        return "damaged from 14:20 on"


@pytest.fixture
def port():
    made = Record()
    made.seek(fs.DOSE_NS)
    return made


@pytest.fixture
def bar(qtbot, port):
    made = ReplayBar(port, Theme())
    qtbot.addWidget(made)
    made.resize(1896, 60)
    made.show()
    return made


# travel


def test_speeds_go_from_half_to_sixty_and_stay_at_the_ends():
    speed, seen = 0.5, [0.5]
    for _ in range(9):
        speed = faster(speed)
        seen.append(speed)
    assert seen == [*SPEEDS, 60.0, 60.0]
    for _ in range(9):
        speed = slower(speed)
    assert speed == 0.5


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.sampled_from(["note", "dose", "alarm"])), max_size=20),
    st.integers(0, 1000),
)
def test_next_and_previous_never_stand_still_and_skip_nothing(moments, now):
    moments = sorted(moments)
    notes = [t for t, kind in moments if kind == "note"]
    assert next_moment(moments, "note", now) == min((t for t in notes if t > now), default=None)
    before = previous_moment(moments, "note", now, playing=False)
    assert before == max((t for t in notes if t < now), default=None)


def test_while_it_plays_previous_passes_over_the_moment_just_reached():
    moments = ((10 * fs.S, "note"), (60 * fs.S, "note"))
    assert previous_moment(moments, "note", 61 * fs.S, playing=True) == 10 * fs.S
    assert previous_moment(moments, "note", 61 * fs.S, playing=False) == 60 * fs.S


def test_a_record_spans_its_readings_and_its_moments():
    moments = ((5, "note"), (90, "note"))
    assert record_span((10, 80), moments) == (5, 90)
    assert record_span((0, 0), moments) == (5, 90)
    assert record_span((10, 80), ()) == (10, 80)
    assert record_span((0, 0), ()) == (0, 0)


# the bar


def test_play_and_pause(bar, port):
    bar.toggle()
    assert port.playing()
    bar.toggle()
    assert not port.playing()


def test_play_at_the_end_begins_again(bar, port):
    port.seek(10**18)
    bar.toggle()
    assert port.now_ns() < fs.DOSE_NS
    assert port.playing()


def test_speed_keys_reach_the_port_and_the_label(bar, port):
    bar.faster()
    bar.faster()
    assert port.speed == 4.0
    assert bar.speed_key.text() == "4×"
    bar.slower()
    assert port.speed == 2.0


def test_a_click_on_the_speed_goes_round(bar, port, qtbot):
    for _ in range(len(SPEEDS)):
        qtbot.mouseClick(bar.speed_key, Qt.MouseButton.LeftButton)
    assert port.speed == 1.0


def test_steps_are_ten_seconds_and_stay_in_the_record(bar, port):
    bar.step(1)
    assert port.now_ns() == fs.DOSE_NS + STEP_NS
    bar.step(-3)
    assert port.now_ns() == fs.DOSE_NS - 2 * STEP_NS
    bar.step(-10_000)
    assert port.now_ns() == fs.OPENED_NS


def test_jumps_go_from_moment_to_moment_and_back_and_say_when_there_is_none(bar, port):
    bar.jump("note")
    assert port.now_ns() == fs.DOSE_NS + round(7.25 * fs.MIN)
    bar.jump("alarm")
    assert port.now_ns() == fs.DOSE_NS + 20 * fs.MIN
    bar.jump("dose", back=True)
    assert port.now_ns() == fs.DOSE_NS
    bar.jump("dose")
    assert port.now_ns() == fs.DOSE_NS
    assert bar.said == "no later dose"


def test_a_jump_says_what_was_reached(qtbot, port):
    told = partial(reached, lines(port.whole()))
    bar = ReplayBar(port, Theme(), told=told)
    qtbot.addWidget(bar)
    bar.jump("note")
    assert bar.said == "note: quiet"
    bar.jump("dose", back=True)
    assert bar.said == "dose: ketamine 70 mg IM"
    bar.jump("phase")
    assert bar.said == "no later phase"


def test_a_small_step_is_a_second(bar, port):
    bar.step(-1, SMALL_NS)
    assert port.now_ns() == fs.DOSE_NS - fs.S


def test_the_summary_stands_at_the_right_and_comes_back(bar, qtbot):
    assert bar.said == "intact · signed by nurse and therapist"
    bar.jump("dose")
    qtbot.waitUntil(lambda: bar.said.startswith("intact"), timeout=20_000)


def test_pulling_the_playhead_stands_still_and_goes_on_afterwards(bar, port, qtbot):
    bar.toggle()
    scrub = bar.scrub
    y = scrub.height() // 2
    begin = QPoint(round(scrub.x_of(fs.DOSE_NS)), y)
    end = QPoint(round(scrub.x_of(fs.DOSE_NS + 20 * fs.MIN)), y)
    qtbot.mousePress(scrub, Qt.MouseButton.LeftButton, pos=begin)
    assert not port.playing()
    qtbot.mouseMove(scrub, end)
    qtbot.mouseRelease(scrub, Qt.MouseButton.LeftButton, pos=end)
    assert port.playing()
    assert port.now_ns() == pytest.approx(fs.DOSE_NS + 20 * fs.MIN, abs=5 * fs.S)


def test_the_strip_goes_there_and_back(bar):
    scrub = bar.scrub
    first, last = Record().view().span()
    for t_ns in (first, fs.DOSE_NS, last):
        assert scrub.t_of(scrub.x_of(t_ns)) == pytest.approx(t_ns, abs=fs.S)
    assert scrub.t_of(-100) == first
    assert scrub.t_of(10_000) == last


def test_each_jump_tells_the_trends(qtbot, port):
    told = []
    bar = ReplayBar(port, Theme(), lambda: told.append(port.now_ns()))
    qtbot.addWidget(bar)
    bar.step(1)
    assert told == [fs.DOSE_NS + STEP_NS]


@pytest.mark.parametrize("width", [1896, 1348, 940])
def test_an_empty_and_damaged_record_says_so_and_takes_every_key(qtbot, width):
    bar = ReplayBar(EmptyRecord(), Theme(scale=width / 1896))
    qtbot.addWidget(bar)
    bar.resize(width, 44)
    assert bar.said.startswith("damaged")
    for act in (bar.toggle, bar.faster, bar.slower, lambda: bar.step(1), lambda: bar.jump("note")):
        act()
    assert bar.time_text(fs.DOSE_NS) == "14:05:00"
    assert bar.scrub.empty
    assert not bar.grab().isNull()


# the list of moments

LIMIT = LimitLine(0, "sys-m", "nibp-sys", "high", "medium", 154.0, 0.0)


def test_phases_and_readings_beyond_their_limit_are_moments():
    cuff = CuffReading(20 * fs.S, "cuff", Measured(162.0), Measured(98.0), Measured(119.0), Measured(80.0))
    beyond = (
        Beyond(20 * fs.S, Role.NIBP_SYS, 162.0, 154.0, True, cuff),
        Beyond(30 * fs.S, Role.SPO2, 88.0, 90.0, False),
    )
    found = lines(SessionState(phases=((5 * fs.S, Phase.ONSET),)), beyond=beyond)
    assert [(line.kind, line.text) for line in found] == [
        ("phase", "phase Onset"),
        ("reading", "BP 162/98 systolic above 154"),
        ("reading", "SpO₂ 88 below 90"),
    ]


def test_alarms_read_as_sentences():
    spans = (
        AlarmSpan("sys-m", "medium", 10 * fs.S, 51 * fs.S, 162.0, 154.0, 30 * fs.S, "RN"),
        AlarmSpan("link:ox", "high", 90 * fs.S, None, None, None),
        AlarmSpan("moon-phase", "urgent", 95 * fs.S, None, None, None),
    )
    devices = (Device("ox", "nonin", "Oximeter", "nonin@/dev/ttyUSB0"),)
    first, second, odd = lines(SessionState(limits=(LIMIT,), alarms=spans, devices=devices))
    assert (first.text, first.by, first.priority) == (
        "BP systolic 162 above 154, 0:41",
        "RN",
        Priority.MEDIUM,
    )
    assert (second.text, second.priority) == ("Oximeter: link lost", Priority.HIGH)
    assert (odd.text, odd.priority) == ("moon phase", Priority.MEDIUM)


@pytest.fixture
def moments(qtbot, port):
    whole = fs.folded(fs.NOW_NS)
    panel = MomentsPanel(port, lambda: whole, port.seek, Theme())
    qtbot.addWidget(panel)
    panel.resize(456, 494)
    panel.refresh()
    return panel


def test_the_list_has_the_whole_record_and_marks_where_the_playhead_is(moments, port):
    assert [line.text for line in moments.lines][-1] == "speaking"
    assert moments.lines[moments.at].text == "ketamine 70 mg IM"
    port.seek(fs.DOSE_NS + 28 * fs.MIN)
    moments.refresh()
    assert moments.lines[moments.at].text.startswith("hand held")
    port.seek(fs.OPENED_NS)
    moments.refresh()
    assert moments.at == -1


def test_a_click_on_a_moment_goes_there(moments, port, qtbot):
    y = moments._theme.px(52) + 3 * moments._row_height() + 5
    qtbot.mouseClick(moments, Qt.MouseButton.LeftButton, pos=QPoint(100, y))
    assert port.now_ns() == moments.lines[3].t_ns
    assert moments.at == 3


def test_a_long_list_keeps_the_present_in_view(moments, port):
    moments.resize(456, 200)
    port.seek(fs.NOW_NS)
    moments.refresh()
    assert moments.top <= moments.at < moments.top + moments._fitting()
    assert moments.top == len(moments.lines) - moments._fitting()
    assert not moments.grab().isNull()


@pytest.mark.parametrize(
    "change",
    [
        lambda strip: strip.show_marked([fs.DOSE_NS + 60 * fs.MIN]),
        lambda strip: strip.show_lost([(fs.DOSE_NS, fs.DOSE_NS + 20 * fs.MIN)]),
        lambda strip: strip.show_stretches([(fs.DOSE_NS, fs.DOSE_NS + 20 * fs.MIN)]),
        lambda strip: strip.show_interruptions([Interruption(fs.DOSE_NS, fs.DOSE_NS + 20 * fs.MIN)]),
        lambda strip: strip.show_record((fs.DOSE_NS, fs.DOSE_NS + 90 * fs.MIN), [(fs.DOSE_NS, "dose")]),
    ],
    ids=["marked", "lost", "stretches", "interruptions", "moments"],
)
def test_the_strip_shows_what_it_is_told_later_too(qtbot, change):
    strip = Scrub(Theme(), str, None)
    qtbot.addWidget(strip)
    strip.resize(600, 60)
    strip.show_record((fs.DOSE_NS, fs.DOSE_NS + 90 * fs.MIN), ())
    before = strip.grab().toImage()
    change(strip)
    assert strip.grab().toImage() != before


def test_the_strip_of_another_size_stands_where_it_should(qtbot):
    moments = [(fs.DOSE_NS + 80 * fs.MIN, "dose")]
    strips = []
    for width in (300, 600):
        strip = Scrub(Theme(), str, None)
        qtbot.addWidget(strip)
        strip.resize(width, 60)
        strip.show_record((fs.DOSE_NS, fs.DOSE_NS + 90 * fs.MIN), moments)
        strip.grab()
        strips.append(strip)
    strips[0].resize(600, 60)
    assert strips[0].grab().toImage() == strips[1].grab().toImage()
