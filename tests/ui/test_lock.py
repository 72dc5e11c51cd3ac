"""The lock: what it hides and never hides, which keys act, who unlocks; the emergency card."""

from dataclasses import replace

import pytest
from fake_player import PLAYING, FakePlayer
from fake_session import OPENED_NS, S
from people_parts import LAPTOP, CareSession, Desk, FakeDoor, K, settle
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from kapmonitor.commands import (
    Acknowledge,
    AddNote,
    Chart,
    GiveDose,
    HoldCuff,
    LookAround,
    MovePhase,
    PauseAudio,
    StartCuff,
    StopCuff,
)
from kapmonitor.errors import CommandRefused
from kapmonitor.session.care_events import (
    CardFilled,
    PersonIdentified,
    PresenceSaid,
    ScaleScored,
    SessionOpened,
)
from kapmonitor.session.events import DoseGiven, NoteAdded, Phase, Stamped
from kapmonitor.session.keys_events import EmergencyAccessed, PinTried, ScreenLocked, ScreenUnlocked
from kapmonitor.session.state import fold
from ui.emergency.face import card
from ui.emergency.page import EmergencyPage
from ui.keytable import LIVE, LOCKED, Action
from ui.lock.idle import Idle
from ui.lock.panel import LockPanel
from ui.lock.veil import Veiled, is_safe, without_names
from ui.notes.author import Author
from ui.people.atkeys import LOCKED_BY
from ui.screenshot import render

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")

SECRETS = ("Zorro", "Q.X.", "9944", "weeps quietly", "Moonrise", "left thigh", "1987-03-09", "mother")


def secret_session(variant="quiet"):
    """One that is full of what nobody may read."""
    made = CareSession(variant)
    state = made.state
    started = replace(state.started, person="9944", initials="Q.X.")
    music = tuple(
        replace(span, title="Moonrise", section="Moonrise", track="Moonrise") for span in state.music
    )
    doses = tuple(replace(dose, site="left thigh", by="Zorro") for dose in state.doses)
    made.state = replace(state, started=started, music=music, doses=doses)
    for event in (
        PersonIdentified("9944", "1987-03-09", "Q.X.", "Zorro"),
        CardFilled("intention", "mother", "Zorro"),
        PresenceSaid("Zorro", "nurse", True, "Zorro"),
        ScaleScored("distress", 9, 0, "Zorro"),
        NoteAdded("z", "text", "weeps quietly", "Zorro", made.now_ns() - 60 * S),
    ):
        made.state = fold(made.state, Stamped(made.now_ns() - 60 * S, event))
    return made


def words_of(top):
    """All that a screen reader or a look at the widgets could tell, of what can be seen."""
    found = [top.windowTitle()]
    for widget in [top, *top.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        found += [
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.toolTip(),
            widget.whatsThis(),
        ]
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            found.append(widget.text())
        if isinstance(widget, QLineEdit):
            found.append(widget.placeholderText())
    return "\n".join(found)


def with_music(monkeypatch):
    class Playing(FakePlayer):
        def __init__(self, *_more, **_named):
            super().__init__(PLAYING)

        def start(self):
            """It plays already."""

        def close(self):
            """Nothing sounds."""

    monkeypatch.setattr("ui.music.player.Player", Playing)
    return {"playlist": object()}


def with_trends(qtbot, desk):
    qtbot.waitUntil(lambda: hasattr(desk.window._places["trends"], "set_coming"), timeout=10_000)
    settle()
    return desk


def lock(desk):
    desk.press(K.Key_L, shift=True, control=True)
    assert desk.window.findChild(LockPanel) is not None
    desk.keys = 0


def region(desk, part):
    return QRect(part.mapTo(desk.shell, QPoint(0, 0)), part.size())


# What is hidden, and what never is


def test_nothing_of_a_person_is_in_the_picture_or_in_any_word_of_it(qtbot, monkeypatch):
    """Two sessions that differ in all that is to be hidden look the same, to the last pixel, once locked."""
    pictures = []
    for session in (secret_session(), CareSession("quiet")):
        desk = with_trends(qtbot, Desk(qtbot, session, **with_music(monkeypatch)))
        desk.window._places["trends"].refresh()
        before, said = render(desk.shell, LAPTOP), words_of(desk.shell)
        lock(desk)
        pictures.append((before, said, render(desk.shell, LAPTOP), words_of(desk.shell)))
        desk.close()
    (before, said, after, quiet), (other_before, _, other_after, other_quiet) = pictures
    assert "Q.X." in said, "this test looks at nothing"
    assert before != other_before
    assert after == other_after
    assert quiet == other_quiet
    assert not [secret for secret in (*SECRETS, "Kim Lee", "Robin Nagy") if secret in quiet]


def test_vitals_and_alarms_look_the_same_whether_locked_or_not(qtbot):
    desk = with_trends(qtbot, Desk(qtbot, secret_session("high")))
    numbers = desk.window.numbers
    kept = [region(desk, part) for part in (desk.window.alarm, numbers.hr, numbers.spo2, numbers.bp)]
    open_ = render(desk.shell, LAPTOP)
    lock(desk)
    locked = render(desk.shell, LAPTOP)
    for part in kept:
        assert locked.copy(part) == open_.copy(part)
    assert "Locked" in desk.window.status.accessibleDescription()
    desk.close()


def test_what_stops_everything_covers_the_lock_too(qtbot):
    desk = Desk(qtbot)
    lock(desk)
    children = desk.window.children()
    assert children.index(desk.window.findChild(LockPanel)) < children.index(desk.window.stopped)
    desk.shell.resize(1920, 1080)
    settle()
    panel, notes = desk.window.findChild(LockPanel), desk.window._places["notes"]
    assert panel.geometry().contains(notes.geometry())
    assert children.index(panel) < children.index(desk.window.stopped)
    desk.close()


def test_a_state_without_names_keeps_what_was_measured_and_given():
    state = secret_session("high").state
    bare = without_names(state)
    assert bare.doses[0].amount_mg == state.doses[0].amount_mg
    assert bare.dose_t_ns == state.dose_t_ns
    assert [a.condition for a in bare.alarms] == [a.condition for a in state.alarms]
    assert bare.limits == state.limits
    shown = repr((bare.started, bare.doses, bare.notes, bare.drafts, bare.music, bare.care))
    assert not [secret for secret in SECRETS if secret in shown]


# What acts


def test_of_all_keys_of_a_session_only_what_helps_acts_while_locked():
    acting = {binding.action for binding in LOCKED}
    assert acting == {Action.ACKNOWLEDGE, Action.EMERGENCY, Action.FULL_SCREEN, Action.CUFF}
    assert set(LOCKED) <= set(LIVE)


@pytest.mark.parametrize(
    ("command", "safe"),
    [
        (Acknowledge(1, ("hr",), LOCKED_BY), True),
        (StopCuff(LOCKED_BY), True),
        (LookAround(on=False), True),
        (LookAround(on=True), False),
        (Chart(1, EmergencyAccessed(LOCKED_BY, True)), True),
        (Chart(1, ScaleScored("distress", 1, 0, LOCKED_BY)), False),
        (StartCuff(LOCKED_BY), False),
        (HoldCuff(LOCKED_BY), False),
        (PauseAudio(LOCKED_BY), False),
        (MovePhase(Phase.PEAK, LOCKED_BY), False),
        (GiveDose(1, DoseGiven("ketamine", 1.0, "im", "", LOCKED_BY)), False),
        (AddNote(1, NoteAdded("a", "mark", "", LOCKED_BY, 1)), False),
    ],
)
def test_what_may_be_asked_for_while_locked(command, safe):
    session = CareSession("quiet")
    veil = Veiled(session)
    assert is_safe(command) == safe
    assert veil.submit(command).exception() is None
    veil.hide(hides=True)
    refused = veil.submit(command).exception()
    assert (refused is None) == safe
    assert refused is None or isinstance(refused, CommandRefused)
    assert len(session.commands) == 1 + safe


def test_alarms_are_acknowledged_by_nobody_and_nothing_else_is_done(qtbot):
    desk = Desk(qtbot, CareSession("high"))
    lock(desk)
    before = len(desk.session.commands)
    desk.press(K.Key_F)
    assert [a.by for a in desk.commands(Acknowledge)] == [LOCKED_BY]
    desk.press(K.Key_J, K.Key_P, K.Key_D, K.Key_Q, K.Key_C, K.Key_T, K.Key_N, K.Key_Backspace, K.Key_M)
    desk.window.cuff_start_asked.emit()
    desk.window.phase_asked.emit("return")
    settle()
    assert len(desk.session.commands) == before + 1
    assert desk.window.over_trends is None
    desk.window.cuff_stop_asked.emit()
    assert [s.by for s in desk.commands(StopCuff)] == [LOCKED_BY]
    desk.close()


def test_a_cuff_is_stopped_by_its_key_while_locked_and_none_is_started(qtbot):
    desk = Desk(qtbot, CareSession("measuring"))
    lock(desk)
    desk.press(K.Key_B)
    assert [s.by for s in desk.commands(StopCuff)] == [LOCKED_BY]
    desk.session.variant = "quiet"
    desk.window.refresh()
    QTest.keyPress(QApplication.focusWidget(), K.Key_B)
    qtbot.waitUntil(lambda: desk.window.footer.said.endswith("the screen is locked"), timeout=3000)
    QTest.keyRelease(QApplication.focusWidget(), K.Key_B)
    assert not desk.commands(StartCuff)
    desk.close()


def test_keys_that_mean_nothing_say_how_to_unlock(qtbot):
    desk = Desk(qtbot)
    lock(desk)
    desk.press(K.Key_Plus)
    assert desk.window.footer.said == "Locked: Initials, PIN and Enter unlock."
    desk.close()


def test_the_keys_stay_with_the_lock_wherever_somebody_clicks(qtbot):
    desk = Desk(qtbot)
    lock(desk)
    desk.window.status.stepper.setFocus()
    desk.window.setFocus()
    settle()
    assert desk.window.findChild(LockPanel).isAncestorOf(QApplication.focusWidget())
    desk.close()


# Who unlocks


def test_initials_a_pin_and_enter_unlock_in_nine_keys_and_the_keys_are_theirs(qtbot):
    desk = Desk(qtbot)
    lock(desk)
    assert [one.name for one in desk.window.findChild(LockPanel).focusProxy().picking.people] == [""] * 4
    desk.type("r975310")
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.window.findChild(LockPanel) is None, timeout=3000)
    assert desk.keys == 8
    assert desk.session.charted(ScreenLocked) == [ScreenLocked("KL", False)]
    assert desk.session.charted(PinTried) == [PinTried("RN", "unlock", True)]
    assert desk.session.charted(ScreenUnlocked) == [ScreenUnlocked("RN", True)]
    notes = desk.window._places["notes"]
    assert notes.isVisible()
    assert notes.desk.author == "RN"
    desk.press(K.Key_J)
    assert desk.session.commands[-1].note.by == "RN"
    desk.close()


def test_a_wrong_pin_leaves_it_locked(qtbot):
    desk = Desk(qtbot)
    lock(desk)
    desk.type("r111111")
    desk.press(K.Key_Return, K.Key_Escape, K.Key_Escape, K.Key_Escape)
    settle()
    assert desk.window.findChild(LockPanel) is not None
    assert not desk.session.charted(ScreenUnlocked)
    assert desk.session.charted(PinTried) == [PinTried("RN", "unlock", False)]
    desk.close()


def test_a_pin_that_was_given_before_the_lock_is_asked_for_again_after_it(qtbot):
    desk = Desk(qtbot)
    desk.press(K.Key_D)
    desk.type("r975310")
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.over() == "DosePage")
    lock(desk)
    assert desk.window.over_trends is None
    desk.press(K.Key_D, K.Key_Return)
    assert desk.window.over_trends is None
    desk.close()


def test_a_clinic_without_people_unlocks_with_enter_and_is_told_so(qtbot):
    desk = Desk(qtbot, people=(Author("AB"),), door=FakeDoor(), author="AB")
    lock(desk)
    panel = desk.window.findChild(LockPanel)
    assert "Enter unlocks." in panel.accessibleDescription()
    desk.press(K.Key_X)
    assert desk.window.findChild(LockPanel) is panel
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.window.findChild(LockPanel) is None, timeout=3000)
    assert desk.session.charted(ScreenUnlocked) == [ScreenUnlocked("AB", False)]
    desk.close()


def test_a_record_that_was_left_locked_is_locked_when_it_is_taken_up(qtbot):
    session = CareSession("quiet")
    session.state = fold(session.state, Stamped(OPENED_NS, ScreenLocked("KL", False)))
    assert session.state.care.locked
    desk = Desk(qtbot, session)
    assert desk.window.findChild(LockPanel) is not None
    assert not desk.session.charted(ScreenLocked)
    desk.close()


def test_nobody_touching_anything_locks_and_a_touch_puts_it_off(qtbot):
    clock, locked = [0.0], []
    desk, parent = Desk(qtbot), QObject()
    idle = Idle(600.0, lambda: locked.append(clock[0]), parent, lambda: clock[0])
    clock[0] = 599.0
    idle.look()
    desk.press(K.Key_J)
    for clock[0] in (600.0, 1198.0):
        idle.look()
    assert locked == []
    clock[0] = 1199.0
    idle.look()
    assert locked == [1199.0]
    never = Idle(0.0, lambda: locked.append("never"), parent, lambda: clock[0])
    assert never.children() == []
    desk.close()


def test_the_console_locks_itself_after_the_minutes_of_the_settings(qtbot):
    desk = Desk(qtbot, idle_min=0.5 / 60)
    qtbot.waitUntil(lambda: desk.window.findChild(LockPanel) is not None, timeout=5000)
    assert desk.session.charted(ScreenLocked) == [ScreenLocked("KL", True)]
    desk.close()


# The emergency card


@pytest.mark.parametrize("locked", [False, True])
def test_the_card_opens_with_one_key_locked_or_not_and_that_is_on_record(qtbot, locked):
    desk = Desk(qtbot, secret_session(), phones=("112 ambulance",))
    if locked:
        lock(desk)
    desk.press(K.Key_F1)
    page = desk.window.over_trends
    assert isinstance(page, EmergencyPage)
    assert page.card.phones == ("112 ambulance",)
    assert [(v.name, v.value) for v in page.card.values] == [
        ("HR", "84"),
        ("SpO₂", "97"),
        ("BP", "141/88 (106)"),
    ]
    assert [(g.offset, g.what) for g in page.card.given] == [("T+00:00", "ketamine 70 mg IM")]
    by = LOCKED_BY if locked else "KL"
    assert desk.session.charted(EmergencyAccessed) == [EmergencyAccessed(by, locked)]
    assert not [secret for secret in SECRETS if locked and secret in words_of(desk.shell)]
    desk.press(K.Key_Escape)
    settle()
    assert desk.window.over_trends is None
    if locked:
        assert desk.window.findChild(LockPanel).isAncestorOf(QApplication.focusWidget())
        assert not desk.session.charted(ScreenUnlocked)
    desk.close()


@pytest.mark.parametrize(
    ("variant", "old"),
    [
        ("quiet", "nnn"),
        ("stale", "yyy"),
        ("lost", "nyn"),
        ("sensor-off", "nyn"),
        ("waiting", "yyy"),
        ("empty", "yyy"),
    ],
)
def test_each_value_of_the_card_says_how_old_it_is(variant, old):
    session = CareSession(variant)
    values = card(session.snapshot(), (), session.now_ns()).values
    assert ["y" if value.old else "n" for value in values] == list(old)
    assert all(value.age for value in values)
    assert all(value.value for value in values)


def test_the_page_on_which_a_session_is_opened_is_hidden_and_keeps_what_was_typed(qtbot):
    session = secret_session()
    session.state = replace(session.state, doses=())
    desk = Desk(qtbot, session, opening=True)
    qtbot.waitUntil(lambda: desk.window.over_body.widget is not None, timeout=5000)
    page = desk.window.over_body.widget
    assert "9944" in words_of(desk.shell) or [secret for secret in SECRETS if secret in words_of(desk.shell)]
    lock(desk)
    assert not page.isVisible()
    assert not [secret for secret in SECRETS if secret in words_of(desk.shell)]
    desk.type("r975310")
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.window.findChild(LockPanel) is None, timeout=3000)
    assert desk.window.over_body.widget is page
    assert page.isVisible()
    desk.close()


@pytest.mark.parametrize("opened", [False, True])
def test_a_session_that_was_left_locked_is_opened_after_it_if_it_never_was(qtbot, opened):
    session = CareSession("quiet")
    session.state = replace(session.state, doses=())
    for event in [SessionOpened("KL", "therapist", ())] * opened + [ScreenLocked("KL", False)]:
        session.state = fold(session.state, Stamped(OPENED_NS, event))
    desk = Desk(qtbot, session, opening=True)
    assert desk.window.over_body.widget is None
    desk.type("r975310")
    desk.press(K.Key_Return)
    qtbot.waitUntil(lambda: desk.window.findChild(LockPanel) is None, timeout=3000)
    settle()
    assert (desk.window.over_body.widget is None) == opened
    desk.close()
