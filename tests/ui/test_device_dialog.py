"""The device dialog: what its rows say, what its keys ask for."""

from dataclasses import replace

import pytest
from fake_session import FakeSession
from nearby_rows import around, rows
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from kapmonitor.commands import (
    AdoptDevice,
    AllowCuff,
    ConfirmDevice,
    ReleaseDevice,
    SaySameArm,
    ShowSource,
    TryDevice,
)
from kapmonitor.drift import ClockReport
from kapmonitor.nearby import Nearby, NearbyState
from kapmonitor.view import Role
from ui.devices import DeviceDialog
from ui.devices.drawing import details, row_height
from ui.devices.face import Tone, clock_text, row_face, value_text
from ui.screenshot import render
from ui.theme import SESSION, Theme

S = 1_000_000_000
NOW = 50_000 * S
BY_KEY = {row.key: row for row in rows(NOW)}


def face(key, **changes):
    return row_face(replace(BY_KEY[key], **changes), NOW, "M.K.")


@pytest.mark.parametrize(
    ("key", "tone", "prompt", "value"),
    [
        ("cuff", Tone.CALM, "adopted for M.K.", "118/74 2:14 ago"),
        ("oxi", Tone.ASKING, "Enter: yes, it is on M.K. too", "97 %   72 /min"),
        ("oxi2", Tone.ASKING, "Enter: yes, this is M.K.’s pulse", "97 %   72 /min"),
        ("strap", Tone.TROUBLE, "not found", ""),
        ("oxi3", Tone.FAINT, "put the sensor on, then compare", ""),
        ("port", Tone.FAINT, "finding out what it is", ""),
        ("ble", Tone.FAINT, "Enter: connect", ""),
        ("bad", Tone.TROUBLE, "garbled", ""),
    ],
)
def test_every_state_has_words_of_its_own(key, tone, prompt, value):
    row = face(key)
    assert (row.tone, row.prompt, row.value) == (tone, prompt, value)
    assert row.name


def test_no_name_yet_is_said_without_a_gap():
    assert row_face(BY_KEY["oxi2"], NOW, "").prompt == "Enter: yes, this is this person’s pulse"


def test_a_cuff_that_asks_is_called_a_cuff():
    assert "cuff" in face("cuff", state=NearbyState.LISTENING, adoptable=True, device="").prompt


def test_what_it_was_checked_against_and_that_it_is_beta_is_said():
    said = "\n".join(face("oxi2").details)
    assert "beta: not yet confirmed on a device" in said
    assert "two frames of a public unit test" in said
    assert "Gives SpO2, Pulse rate, Pleth" in said
    assert "Compare with the device’s own screen first." in said
    assert "beta" not in "\n".join(face("oxi2", beta=False).details)


def test_a_changed_device_is_named():
    row = face("oxi")
    assert row.warns
    assert row.beneath == "another device answers: Nonin Xpod · serial 00977"


def test_whether_its_values_are_shown_is_said():
    assert "Shows BP" in "\n".join(face("cuff").details)
    assert "Recorded, not shown" in "\n".join(face("cuff", shown_for=()).details)


def test_which_arm_the_cuff_is_on_is_said_and_of_cuffs_alone():
    cuff = BY_KEY["cuff"]
    assert "Not on the oximeter’s arm" in "\n".join(row_face(cuff, NOW, "M.K.").details)
    assert "no pulse is no alarm" in "\n".join(row_face(cuff, NOW, "M.K.", same_arm=True).details)
    assert "arm" not in "\n".join(face("oxi").details)


def test_the_other_arm_is_said_with_the_same_key(dialog, session):
    session.state = replace(session.state, same_arm=True)
    choose(dialog, "cuff")
    press(dialog, Qt.Key.Key_X)
    assert dialog.asks == [SaySameArm(False, "KL")]


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (None, ""),
        (ClockReport(0.6), "its clock agrees"),
        (ClockReport(-3.2), "its clock is 0:03 slow"),
        (ClockReport(3700.0, -3400.0), "its clock is 1:01:40 fast, loses 12 s an hour"),
        (ClockReport(0.0, 20_000.0), "its clock agrees, gains 72 s an hour"),
    ],
)
def test_clocks(clock, words):
    assert clock_text(clock) == words


def test_an_absent_value_is_never_a_number():
    assert value_text((), NOW) == ""


# The widget


@pytest.fixture
def session():
    session = FakeSession("quiet")
    session.around = around(session.now_ns())
    return session


@pytest.fixture
def dialog(qtbot, session):
    dialog = DeviceDialog(session, Theme(SESSION), "KL")
    qtbot.addWidget(dialog)
    dialog.resize(868, 870)
    dialog.asks = []
    dialog.asked.connect(dialog.asks.append)
    dialog.show()
    return dialog


def press(dialog, *keys):
    for key in keys:
        QTest.keyClick(dialog, key)


def choose(dialog, key):
    press(dialog, *[Qt.Key.Key_Up] * 10)
    for _ in range(10):
        if dialog.chosen.key == key:
            return
        press(dialog, Qt.Key.Key_Down)
    raise AssertionError(f"{key} cannot be reached")


def test_what_asks_for_a_word_is_chosen_first_and_stands_above(dialog):
    assert dialog.chosen.key == "oxi"
    assert dialog.faces()[0].warns


@pytest.mark.parametrize(
    ("key", "pressed", "asked"),
    [
        ("oxi", Qt.Key.Key_Return, [ConfirmDevice("nonin", "KL")]),
        ("oxi2", Qt.Key.Key_Enter, [AdoptDevice("oxi2", "KL")]),
        ("ble", Qt.Key.Key_Return, [TryDevice("ble")]),
        ("oxi3", Qt.Key.Key_Return, []),
        ("port", Qt.Key.Key_Return, []),
        ("bad", Qt.Key.Key_Return, []),
        ("strap", Qt.Key.Key_Space, [ShowSource(Role.HR, "ble-heart-rate", "KL")]),
        ("cuff", Qt.Key.Key_Space, []),
        ("oxi2", Qt.Key.Key_Space, []),
        ("cuff", Qt.Key.Key_Delete, [ReleaseDevice("suntech", "KL")]),
        ("oxi2", Qt.Key.Key_Delete, []),
        ("cuff", Qt.Key.Key_T, [AllowCuff("suntech", True, "KL")]),
        ("oxi", Qt.Key.Key_T, []),
        ("cuff", Qt.Key.Key_X, [SaySameArm(True, "KL")]),
        ("oxi", Qt.Key.Key_X, []),
    ],
)
def test_one_key_says_it(dialog, key, pressed, asked):
    choose(dialog, key)
    press(dialog, pressed)
    assert dialog.asks == asked


def test_a_held_enter_is_one_word(dialog):
    choose(dialog, "oxi2")
    event_count = len(dialog.asks)
    press(dialog, Qt.Key.Key_Return)
    assert len(dialog.asks) == event_count + 1


def test_the_chosen_row_stays_chosen_wherever_it_moves(dialog, session):
    choose(dialog, "ble")
    moved = replace(BY_KEY["ble"], state=NearbyState.ADOPTED, device="ble-nonin")
    others = [row for row in session.around.devices if row.key != "ble"]
    session.around = Nearby(True, (moved, *others))
    dialog.refresh()
    assert dialog.chosen.key == "ble"
    session.around = Nearby(True, tuple(others))
    dialog.refresh()
    assert dialog.chosen.key == "oxi"


def test_esc_closes_and_closing_is_told_once(qtbot, dialog):
    with qtbot.waitSignal(dialog.left):
        press(dialog, Qt.Key.Key_Escape)
    told = []
    dialog.gone.connect(lambda: told.append(1))
    dialog.hide()
    assert told == [1]


def test_nothing_around_is_said(dialog, session):
    session.around = Nearby(looking=True)
    dialog.refresh()
    assert dialog.chosen is None
    press(dialog, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_T)
    assert dialog.asks == []
    assert not render(dialog, QSize(868, 870)).isNull()


@pytest.mark.parametrize("scale", [0.55, 0.7, 1.0, 1.5])
def test_no_line_of_details_is_cut_off(qapp, scale):
    theme = Theme(SESSION, scale)
    width = 868 * scale
    said = face("oxi2")
    broken = details(theme, said, width)
    assert " ".join(broken) == " ".join(said.details)
    assert row_height(theme, said, width, chosen=True) > row_height(theme, said, width, chosen=False)
