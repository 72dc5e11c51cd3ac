"""Keys: the table over its whole product, text fields, holding, and what the window does with them."""

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSpinBox, QWidget
from shell_parts import open_window

from kapmonitor.session.events import Phase
from ui.keytable import LIVE, REVIEW, Action
from ui.shortcuts import find, is_text_field

K = Qt.Key
TABLES = pytest.mark.parametrize("table", [LIVE, REVIEW], ids=["live", "review"])


@TABLES
def test_no_key_means_two_things(table):
    seen = [(b.key, b.shift, b.control) for b in table]
    assert len(seen) == len(set(seen))


@TABLES
def test_the_whole_product_of_keys_and_states(table):
    keys = {b.key for b in table} | {K.Key_Q, K.Key_X}
    for key, shift, control, typing in itertools.product(keys, *[(False, True)] * 3):
        found = find(table, key, shift=shift, control=control, typing=typing)
        if found is not None:
            assert found.key == key
            assert found.control == control
            assert found.always or not typing
        elif not typing:
            assert not any(b.key == key and b.shift == shift and b.control == control for b in table)


def test_letters_are_text_while_typing_but_f12_acknowledges():
    def live(key, *, typing):
        found = find(LIVE, key, shift=False, control=False, typing=typing)
        return found and found.action

    assert live(K.Key_F, typing=False) is Action.ACKNOWLEDGE
    assert live(K.Key_F, typing=True) is None
    assert live(K.Key_F12, typing=True) is Action.ACKNOWLEDGE
    assert live(K.Key_F1, typing=True) is Action.EMERGENCY


def test_digits_carry_their_number_shifted_or_not():
    plain = find(LIVE, K.Key_3, shift=False, control=False, typing=False)
    spanning = find(LIVE, K.Key_NumberSign, shift=True, control=False, typing=False)
    assert plain is not None
    assert spanning is not None
    assert (plain.action, plain.number) == (Action.TAG, 3)
    assert (spanning.action, spanning.number) == (Action.TAG_SPAN, 3)


def test_what_counts_as_a_text_field(qtbot):
    editable, fixed = QComboBox(), QComboBox()
    editable.setEditable(True)
    for widget in (fields := [QLineEdit(), QPlainTextEdit(), QSpinBox(), editable]):
        qtbot.addWidget(widget)
        assert is_text_field(widget)
    for widget in (fixed, label := QLabel()):
        qtbot.addWidget(widget)
        assert not is_text_field(widget)
    assert not is_text_field(None)
    assert len(fields) == 4
    assert label is not None


@pytest.fixture
def window(qtbot):
    opened = open_window(qtbot, "medium")
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow, timeout=10_000)
    return opened


def heard(window, action):
    presses = []
    window.on(action, presses.append)
    return presses


def test_a_key_calls_its_handler_with_the_sessions_time(qtbot, window):
    marks, tags = heard(window, Action.MARK), heard(window, Action.TAG)
    qtbot.keyClick(window, K.Key_J)
    window._port.advance(2)
    qtbot.keyClick(window, K.Key_5)
    assert [press.t_ns for press in marks] == [window._port.now_ns() - 2_000_000_000]
    assert [(press.number, press.t_ns) for press in tags] == [(5, window._port.now_ns())]


class Below(QWidget):
    """A widget that has the focus, and keeps the keys that get to it."""

    def __init__(self, window):
        super().__init__(window)
        self.keys = []
        self.show()
        self.setFocus()

    def keyPressEvent(self, event):  # noqa: N802 - Qt's name
        self.keys.append(event.key())


def test_a_key_nobody_registered_goes_on(qtbot, window):
    below = Below(window)
    qtbot.keyClick(below, K.Key_D)
    assert below.keys == [K.Key_D]
    doses = heard(window, Action.DOSE)
    qtbot.keyClick(below, K.Key_D)
    assert (below.keys, len(doses)) == ([K.Key_D], 1)


def test_typing_f_in_a_note_never_acknowledges_but_f12_does(qtbot, window):
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    acknowledged = []
    window.acknowledge_asked.connect(lambda *asked: acknowledged.append(asked))
    qtbot.keyClicks(field, "fbj")
    assert field.text() == "fbj"
    assert not acknowledged
    qtbot.keyClick(field, K.Key_F12)
    assert len(acknowledged) == 1
    assert field.text() == "fbj"


def test_acknowledging_covers_just_what_is_on_screen(qtbot, window):
    acknowledged = []
    window.acknowledge_asked.connect(lambda conditions, _t: acknowledged.append(conditions))
    qtbot.keyClick(window, K.Key_F)
    assert acknowledged == [("nibp-sys-medium",)]


def test_with_no_alarm_f_asks_for_nothing(qtbot):
    window = open_window(qtbot, "quiet")
    acknowledged = []
    window.acknowledge_asked.connect(lambda *asked: acknowledged.append(asked))
    qtbot.keyClick(window, K.Key_F)
    assert not acknowledged


def test_the_cuff_starts_only_when_b_is_held(qtbot, window):
    started = []
    window.cuff_start_asked.connect(lambda: started.append(1))
    qtbot.keyClick(window, K.Key_B)
    QTest.qWait(600)
    assert not started
    QTest.keyPress(window, K.Key_B)
    assert window.numbers.bp.start_key.text() == "keep pressing"
    qtbot.waitUntil(lambda: bool(started), timeout=10_000)
    QTest.keyRelease(window, K.Key_B)
    assert started == [1]
    assert window.numbers.bp.start_key.text() == "B start"


def test_losing_the_window_lets_go_of_a_held_key(qtbot, window):
    started = []
    window.cuff_start_asked.connect(lambda: started.append(1))
    QTest.keyPress(window, K.Key_B)
    window.keys._let_go()
    QTest.qWait(600)
    assert not started


def test_a_running_cuff_is_stopped_at_once(qtbot):
    window = open_window(qtbot, "measuring")
    stopped, started = [], []
    window.cuff_stop_asked.connect(lambda: stopped.append(1))
    window.cuff_start_asked.connect(lambda: started.append(1))
    QTest.keyPress(window, K.Key_B)
    assert stopped == [1]
    QTest.qWait(600)
    QTest.keyRelease(window, K.Key_B)
    assert not started


def test_shift_b_holds_and_releases_the_next_cuff(qtbot):
    for variant, release in (("quiet", False), ("held", True)):
        window = open_window(qtbot, variant)
        asked = []
        window.cuff_hold_asked.connect(asked.append)
        qtbot.keyClick(window, K.Key_B, Qt.KeyboardModifier.ShiftModifier)
        assert asked == [release]


def test_phases_move_by_click_by_tab_and_by_a_held_key(qtbot, window):
    asked = []
    window.phase_asked.connect(asked.append)
    stepper = window.status.stepper
    places = dict(stepper.boxes())
    qtbot.mouseClick(stepper, Qt.MouseButton.LeftButton, pos=places[Phase.RETURN].center().toPoint())
    qtbot.mouseClick(stepper, Qt.MouseButton.LeftButton, pos=places[Phase.PEAK].center().toPoint())
    assert asked == [Phase.RETURN]
    stepper.setFocus()
    for key in (K.Key_Left, K.Key_Left, K.Key_Return):
        qtbot.keyClick(stepper, key)
    assert asked == [Phase.RETURN, Phase.DOSING]
    QTest.keyPress(window, K.Key_PageDown)
    qtbot.waitUntil(lambda: len(asked) == 3, timeout=10_000)
    QTest.keyRelease(window, K.Key_PageDown)
    assert asked[2] is Phase.RETURN


def test_a_click_on_a_key_does_not_take_the_focus(qtbot, window):
    qtbot.mouseClick(window.numbers.bp.hold_key, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.alarm.key, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() not in (window.numbers.bp.hold_key, window.alarm.key)


def test_a_review_has_its_own_keys(qtbot):
    window = open_window(qtbot, "replay")
    window.set_review(review=True)
    played, marked = heard(window, Action.REPLAY_PLAY), heard(window, Action.MARK)
    qtbot.keyClick(window, K.Key_Space)
    qtbot.keyClick(window, K.Key_J)
    assert len(played) == 1
    assert not marked
