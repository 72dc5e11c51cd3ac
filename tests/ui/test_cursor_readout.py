"""Two cursors: their readouts are the record's, their difference is exact and needs two numbers."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_record import T0, S, make_record
from PySide6.QtCore import Qt

from kapmonitor.closeup import Held, WaveLine
from kapmonitor.model import Absent, ChannelKey, CuffReading, Measured, Validity
from kapmonitor.record.verify import verify
from kapmonitor.review import Review as RecordReview
from kapmonitor.session.state import Interruption, SessionState
from kapmonitor.view import Role
from ui import format as fmt
from ui.main_window import MainWindow
from ui.reviewing import Reviewed, dress_review
from ui.shell import Shell
from ui.trends import TrendsPane
from ui.trends.cursors import Cursors
from ui.trends.readout import age_text, number, readout, signed, span_text
from ui.trends.ticks import Origin

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
NOTHING = Absent(Validity.NOT_AVAILABLE)
LINE = WaveLine(ChannelKey("ecg", "MDC_ECG_ELEC_POTL_II"), "ECG II", "mV", 500.0, 0.001)
A_NS, B_NS = 100 * S, 160 * S


@dataclass
class Known:
    """A record that knows just these, by time."""

    numbers: dict = field(default_factory=dict)
    waves: dict = field(default_factory=dict)
    cuffs: dict = field(default_factory=dict)

    def newest(self, role, t_ns):
        return self.numbers.get((role, t_ns))

    def sample(self, key, t_ns):
        return self.waves.get(t_ns)

    def cuff(self, t_ns):
        return self.cuffs.get(t_ns)


def content(dose_t_ns=None, interruptions=()):
    state = replace(SessionState(), interruptions=interruptions)
    return SimpleNamespace(origin=Origin(dose_t_ns, 0), state=state)


def table(known, lines=(), **about):
    return readout(known, content(**about), lines, Cursors(A_NS, B_NS))


def cell(found, row, head):
    return found.rows[row].cells[found.heads.index(head)]


def cuff(systolic, diastolic, t_ns=A_NS):
    return CuffReading(t_ns, "cuff", systolic, diastolic, NOTHING, NOTHING)


held = st.one_of(
    st.none(),
    st.builds(Held, st.just(A_NS - S), st.builds(Absent, st.sampled_from(list(Validity)), st.just(255.0))),
    st.builds(Held, st.just(A_NS - S), st.builds(Measured, st.integers(0, 300).map(float))),
)


@settings(deadline=None)
@given(held, held)
def test_a_difference_needs_a_number_at_both_cursors(before, after):
    found = table(Known({(Role.HR, A_NS): before, (Role.HR, B_NS): after}))
    values = [cell(found, row, "HR").value for row in range(3)]
    numbers = [h.reading.value if h and isinstance(h.reading, Measured) else None for h in (before, after)]
    for shown, value in zip(values, numbers, strict=False):
        assert shown == (fmt.NO_VALUE if value is None else f"{value:.0f}")
    if None in numbers:
        assert values[2] == fmt.NO_VALUE
    else:
        assert int(values[2].replace(fmt.MINUS, "-")) == numbers[1] - numbers[0]


def test_a_value_tells_its_age_and_an_absent_one_why():
    questionable = Held(B_NS - S, Measured(97.0, Validity.QUESTIONABLE))
    found = table(
        Known(
            {
                (Role.HR, A_NS): Held(A_NS - 400_000_000, Measured(88.0)),
                (Role.HR, B_NS): Held(B_NS, Absent(Validity.INVALID, 255.0)),
                (Role.SPO2, B_NS): questionable,
            }
        )
    )
    assert (cell(found, 0, "HR").value, cell(found, 0, "HR").under) == ("88", "0.4 s")
    assert (cell(found, 1, "HR").value, cell(found, 1, "HR").under) == (fmt.NO_VALUE, "not valid")
    assert (cell(found, 1, "SpO₂").value, cell(found, 1, "SpO₂").under) == ("97", "doubtful")
    assert cell(found, 2, "SpO₂").value == fmt.NO_VALUE


def test_pressures_differ_part_by_part_and_one_reading_does_not_differ_from_itself():
    first = cuff(Measured(162.0), Measured(98.0))
    second = cuff(Measured(143.0), Measured(90.0), B_NS - 19 * S)
    found = table(Known(cuffs={A_NS: first, B_NS: second}))
    assert cell(found, 0, "BP").value == "162/98"
    assert (cell(found, 1, "BP").value, cell(found, 1, "BP").under) == ("143/90", "19 s")
    assert cell(found, 2, "BP").value == "−19/−8"
    half = table(Known(cuffs={A_NS: first, B_NS: cuff(Measured(143.0), NOTHING, B_NS)}))
    assert cell(half, 2, "BP").value == f"−19/{fmt.NO_VALUE}"
    same = table(Known(cuffs={A_NS: first, B_NS: first}))
    assert (cell(same, 2, "BP").value, cell(same, 2, "BP").under) == (fmt.NO_VALUE, "the same")
    assert cell(table(Known(cuffs={B_NS: second})), 2, "BP").value == fmt.NO_VALUE


def test_a_wave_is_read_to_its_smallest_step():
    waves = {A_NS: Held(A_NS, Measured(0.251)), B_NS: Held(B_NS - 2_000_000, Measured(-0.1))}
    found = table(Known(waves=waves), (LINE,))
    head = "ECG II"
    assert [cell(found, row, head).value for row in range(3)] == ["0.251", "−0.100", "−0.351"]
    assert (cell(found, 1, head).under, cell(found, 2, head).under) == ("2 ms", "mV")
    gap = table(Known(waves={A_NS: waves[A_NS]}), (LINE,))
    assert [cell(gap, row, head).value for row in (1, 2)] == [fmt.NO_VALUE] * 2


def test_where_nothing_was_monitored_nothing_is_known_but_the_cuff_before():
    known = Known(
        {(Role.HR, A_NS): Held(A_NS - S, Measured(88.0))}, cuffs={A_NS: cuff(Measured(120.0), NOTHING)}
    )
    there = table(known, interruptions=(Interruption(A_NS - S // 2, A_NS + S),))
    assert cell(there, 0, "HR").value == fmt.NO_VALUE
    assert cell(there, 0, "BP").value.startswith("120/")
    after = table(known, interruptions=(Interruption(A_NS - S // 2, A_NS - S // 4),))
    assert cell(after, 0, "HR").value == fmt.NO_VALUE


def test_times_are_told_to_the_millisecond_and_their_difference_exactly():
    found = readout(Known(), content(dose_t_ns=90 * S), (), Cursors(A_NS + 1_000_000, A_NS + 809_000_000))
    assert [row.time.value for row in found.rows] == ["T+00:10.001", "T+00:10.809", "+0.808 s"]
    assert found.rows[2].time.under == "a beat: 74/min"


@pytest.mark.parametrize(
    ("length_ns", "text"),
    [
        (-250_000_000, "−0.250 s"),
        (616 * S, "+10 min 16.0 s"),
        (3599_960_000_000, "+1 h 0 min 0 s"),
        (3916 * S, "+1 h 5 min 16 s"),
    ],
)
def test_lengths_between_cursors_in_words(length_ns, text):
    assert span_text(length_ns) == text


def test_numbers_and_ages_in_words():
    assert (number(88.0, 0), number(88.4, 0), number(-0.25, 2)) == ("88", "88.4", "−0.25")
    assert (signed(6.0, 0), signed(0.0, 0), signed(-6.0, 0), signed(0.0004, 2)) == ("+6", "0", "−6", "0.00")
    assert (age_text(4_000_000), age_text(19 * S), age_text(235 * S)) == ("4 ms", "19 s", "3:55")


# by the keys of the real window


@pytest.fixture
def reviewed(tmp_path, qtbot):
    """The dressed review of a short session: its window and the trends."""
    path = make_record(tmp_path / "a.kap")
    review = RecordReview(path, verify(path), lambda: 0)
    shell = Shell()
    qtbot.addWidget(shell)
    close = dress_review(shell, Reviewed(review, review.whole, lambda: None, record=review.close_up()))
    shell.resize(1366, 768)
    shell.show()
    window = shell.findChild(MainWindow)
    trends = window.findChild(TrendsPane)
    qtbot.waitUntil(lambda: trends.picture is not None, timeout=20_000)
    review.seek(T0 + 100 * S)
    trends.follow()
    yield window, trends
    close()
    shell.hide()
    window.deleteLater()
    qtbot.wait(0)
    review.close()


def test_the_keys_place_move_and_take_away_the_cursors(reviewed, qtbot):
    window, trends = reviewed
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert trends.looking.cursors.a_ns == T0 + 100 * S
    assert [row.name for row in trends.readout.rows] == ["A"]
    qtbot.keyClick(window, Qt.Key.Key_X)
    for _ in range(10):
        qtbot.keyClick(window, Qt.Key.Key_Right, shift)
    qtbot.keyClick(window, Qt.Key.Key_Left, control)
    cursors = trends.looking.cursors
    assert cursors.a_ns == T0 + 100 * S
    assert cursors.b_ns > cursors.a_ns
    assert [row.name for row in trends.readout.rows] == ["A", "B", "B − A"]
    assert trends.readout.rows[2].time.value == span_text(cursors.b_ns - cursors.a_ns)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert trends.readout is None
    assert trends.looking.cursors.a_ns is None
    assert not trends._table.isVisible()


def test_the_keys_zoom_around_the_cursor_and_move_the_window(reviewed, qtbot):
    window, trends = reviewed
    qtbot.keyClick(window, Qt.Key.Key_X)
    for _ in range(12):
        qtbot.keyClick(window, Qt.Key.Key_BracketLeft)
    span = trends.picture.content.span
    assert span.t1_ns - span.t0_ns == 2 * S
    assert span.t0_ns <= T0 + 100 * S <= span.t1_ns
    assert trends.picture.waves is not None
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    assert trends.picture.content.span.t0_ns == span.t0_ns + S
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert trends.picture.waves is None
    qtbot.keyClick(window, Qt.Key.Key_0)
    assert trends.picture.content.span.t0_ns < T0
