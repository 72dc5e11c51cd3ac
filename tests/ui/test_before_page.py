"""The page of opening, by its keys: a session from nothing to go, over a made-up session."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from fake_session import FakeSession
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from shell_parts import HD, LAPTOP, open_window

from kapmonitor.commands import Chart, CheckTone, SetBaseline, ToneHeard
from kapmonitor.errors import CommandRefused, RecordFull
from kapmonitor.preflight import Own, Standing
from kapmonitor.session.care_events import CardFilled, CheckOverridden, PersonIdentified, SessionOpened
from kapmonitor.session.events import DoseGiven, NoteAdded, Phase, PhaseChanged, Stamped
from kapmonitor.session.state import fold
from ui.before import BeforePage
from ui.before.card import Field
from ui.before.drawing import foot_places
from ui.before.steps import Step
from ui.card_page import CardPage
from ui.keytable import Action
from ui.opening import is_due, show_card, show_opening
from ui.screenshot import render

K, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier
S = 1_000_000_000


class Session(FakeSession):
    """One that has not been opened; `refusal` is what the next command fails with."""

    def __init__(self, variant="baseline", *, known=True):
        super().__init__(variant)
        self.forget_protocol()
        self.refusal = None
        if not known:
            self.state = replace(self.state, started=replace(self.state.started, person="", initials=""))

    def submit(self, command):
        if self.refusal is None:
            return super().submit(command)
        failed, refusal = Future(), self.refusal
        self.refusal = None
        failed.set_exception(refusal)
        return failed

    def charted(self, kind):
        return [c.event for c in self.commands if isinstance(c, Chart) and isinstance(c.event, kind)]

    def happens(self, event):
        self.state = fold(self.state, Stamped(self.now_ns(), event))


@pytest.fixture
def shown(qtbot):
    """A window with the page up over a session, and that session."""

    def show(session=None, author="", size=HD):
        session = session or Session()
        window = open_window(qtbot, session, size)
        show_opening(window, session, lambda: author)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window, session

    return show


def focus(window):
    return window.focusWidget()


def press(window, *keys, modifier=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        QTest.keyClick(focus(window), key, modifier)


def words(window, text):
    QTest.keyClicks(focus(window), text)


def page_of(window) -> BeforePage:
    page = window.over_body.widget
    assert isinstance(page, BeforePage)
    return page


def test_whoever_takes_the_keys_answers_in_their_own_name(qtbot):
    session, by = Session(), ["KL"]
    window = open_window(qtbot, session)
    show_opening(window, session, lambda: by[0])
    page = page_of(window)
    page.choose("consent")
    QTest.keyClick(page, K.Key_Return)
    by[0] = "RN"
    page.choose("screening")
    QTest.keyClick(page, K.Key_Return)
    page.choose("medications")
    QTest.keyClick(page, K.Key_Return)
    answers = {entry.id: entry.by for entry in session.state.care.answers}
    assert answers == {"consent": "KL", "screening": "RN", "medications": "RN"}


def test_hidden_and_shown_again_it_goes_on_looking(qtbot, shown):
    window, _session = shown(author="KL")
    page = page_of(window)
    page.hide()
    assert not page._timer.isActive()
    page.show()
    assert page._timer.isActive()


def test_a_tone_that_was_refused_was_not_heard(qtbot, shown):
    window, session = shown(Session("sound-unchecked"), author="KL")
    page = page_of(window)
    page.choose(Own.STAFF_TONE)
    session.refusal = CommandRefused("sound", "output-not-working")
    press(window, K.Key_Return)
    qtbot.waitUntil(lambda: "does not work" in page.foot().trouble)
    press(window, K.Key_J)
    assert not [c for c in session.commands if isinstance(c, ToneHeard)]


def test_a_dose_that_is_given_meanwhile_is_said(shown):
    window, session = shown(author="KL")
    session.happens(DoseGiven("ketamine", 50.0, "im", "arm", "RN"))
    page_of(window).refresh()
    assert page_of(window).foot().ask == "A dose was given before the session was opened."


def identify(window, session, qtbot):
    """Type who it is, and the first line of the card."""
    words(window, "4471")
    press(window, K.Key_Tab)
    words(window, "19870309")
    press(window, K.Key_Return)
    words(window, "M.K.")
    press(window, K.Key_Return)
    qtbot.waitUntil(lambda: session.state.care.person is not None)
    words(window, "depression 3 of 6")
    for _ in range(len(Field) - 3):
        press(window, K.Key_Tab)


def go_on_without(window, session, page, qtbot):
    """Give a reason for each check that is left."""
    while any(line.check.holds_up for line in page.lines()):
        press(window, K.Key_Return, modifier=CONTROL)
        about = page.chosen.check.id
        press(window, K.Key_W)
        words(window, "not here")
        press(window, K.Key_Return, K.Key_Return)
        qtbot.waitUntil(lambda check=about: session.state.care.override(check) is not None)
        page.refresh()


def say_go(window):
    press(window, K.Key_Tab, K.Key_Return)
    words(window, "RN")
    press(window, K.Key_Return)
    words(window, "nurse")
    press(window, K.Key_Return)


def test_from_nothing_to_go_without_a_mouse(qtbot, shown):
    window, session = shown(Session(known=False))
    page = page_of(window)
    assert page.fields.edits[Field.RECORD].hasFocus()
    identify(window, session, qtbot)
    assert session.state.care.person == PersonIdentified("4471", "1987-03-09", "M.K.", "")
    assert page.hasFocus()
    assert session.charted(CardFilled)[0].text == "depression 3 of 6"
    page.refresh()
    press(window, K.Key_Return, modifier=CONTROL)
    assert page.chosen.check.id == "consent"
    press(window, K.Key_Return)
    words(window, "KL")
    press(window, K.Key_Return)
    qtbot.waitUntil(lambda: session.state.care.answer("consent") is not None)
    assert session.state.care.answer("consent").by == "KL"
    go_on_without(window, session, page, qtbot)
    assert all(event.by == "KL" for event in session.charted(CheckOverridden))
    assert page.foot().button == "Open the session"
    say_go(window)
    assert page.foot().ask.startswith("RN, nurse: go, without")
    assert not session.charted(SessionOpened)
    press(window, K.Key_Return)
    (opened,) = session.charted(SessionOpened)
    assert (opened.by, opened.role) == ("RN", "nurse")
    assert set(opened.overridden) == {e.check for e in session.charted(CheckOverridden)}
    qtbot.waitUntil(lambda: window.over_body.widget is None)
    assert session.state.phase is Phase.BASELINE
    assert window.hasFocus()


def test_letters_are_text_in_a_field_and_keys_elsewhere(shown):
    window, session = shown(author="KL")
    noted = []
    window.on(Action.TAG, lambda press: noted.append(press.number))
    window.on(Action.MARK, lambda press: noted.append("mark"))
    words(window, "1j")
    assert noted == []
    press(window, K.Key_F12)
    for _ in Field:
        press(window, K.Key_Tab)
    press(window, K.Key_1, K.Key_J)
    assert noted == [], "nothing is written while the page covers the notes"
    assert not [c for c in session.commands if isinstance(c, NoteAdded)]


def test_alarms_are_acknowledged_also_while_a_field_is_written(shown):
    window, _session = shown(Session("medium"))
    asked = []
    window.acknowledge_asked.connect(lambda conditions, _t: asked.append(conditions))
    page_of(window).fields.enter(Field.INTENTION)
    words(window, "f")
    assert asked == []
    press(window, K.Key_F12)
    assert len(asked) == 1
    assert asked[0]


def test_what_was_not_kept_says_so_and_stays_on_the_line(qtbot, shown):
    window, session = shown(author="KL")
    page = page_of(window)
    page.fields.enter(Field.TOUCH)
    words(window, "shoulder: ask")
    session.refusal = RecordFull("/x.kap", "the disk is full")
    press(window, K.Key_Tab)
    qtbot.waitUntil(lambda: page.fields.faces()[Field.TOUCH].troubled)
    assert page.fields.edits[Field.TOUCH].text() == "shoulder: ask"
    assert "the disk is full" in page.foot().trouble


def test_another_birth_date_is_another_person(qtbot, shown):
    session = Session()
    session.happens(PersonIdentified("4471", "1987-03-09", "M.K.", "KL"))
    window, session = shown(session, author="KL")
    page = page_of(window)
    page.fields.enter(Field.BIRTH)
    words(window, "1990-01-01")
    session.refusal = CommandRefused("identify", "another-person")
    press(window, K.Key_Tab)
    qtbot.waitUntil(lambda: page.fields.faces()[Field.BIRTH].troubled)
    assert page.fields.faces()[Field.BIRTH].note == "born 1987-03-09 is kept"
    assert "needs a new session" in page.foot().trouble


def test_esc_takes_back_what_was_typed_and_then_asks_once(qtbot, shown):
    window, session = shown(Session(known=False), author="KL")
    page, ended = page_of(window), []
    page.ended.connect(lambda: ended.append(True))
    words(window, "44")
    press(window, K.Key_Escape)
    assert page.fields.edits[Field.RECORD].text() == ""
    press(window, K.Key_Escape)
    assert page.asking.step is Step.LEAVE_SURE
    assert page.foot().ask.startswith("Not today?")
    press(window, K.Key_Escape)
    assert (page.asking.step, ended) == (Step.REST, [])
    press(window, K.Key_Escape, K.Key_Return)
    assert ended == [True]
    assert session.charted(PersonIdentified) == []


def test_a_tone_is_played_and_answered(qtbot, shown):
    window, session = shown(Session("sound-unchecked"), author="KL")
    page = page_of(window)
    page.choose(Own.STAFF_TONE)
    press(window, K.Key_Return)
    assert CheckTone("staff") in session.commands
    press(window, K.Key_J)
    page.refresh()
    line = next(line for line in page.lines() if line.check.id == Own.STAFF_TONE)
    assert (line.check.standing, line.check.by) == (Standing.DONE, "KL")


def test_the_baseline_is_set_where_readings_agree(shown):
    window, session = shown(Session("no-baseline"), author="KL")
    page = page_of(window)
    page.choose(Own.BASELINE)
    press(window, K.Key_Return)
    wanted = bool(session.snapshot().baseline.proposal and session.snapshot().baseline.proposal.baseline)
    assert (SetBaseline("KL") in session.commands) == wanted
    assert wanted or page.foot().trouble


def test_what_the_console_was_started_with_is_kept_when_the_session_is_opened(qtbot, shown):
    window, session = shown(author="KL")
    page = page_of(window)
    assert page.fields.edits[Field.RECORD].text() == "4471"
    page.fields.enter(Field.BIRTH)
    words(window, "1987-03-09")
    press(window, K.Key_Tab)
    qtbot.waitUntil(lambda: session.state.care.person is not None)
    assert session.state.care.person.record_number == "4471"


def test_an_opened_session_is_read_only_and_comes_at_its_key(qtbot, shown):
    session = Session()
    assert is_due(session)
    session.happens(PhaseChanged("baseline", "RN"))
    session.happens(SessionOpened("RN", "nurse", ()))
    assert not is_due(session)
    window, session = shown(session, author="KL")
    page = page_of(window)
    before = len(session.commands)
    press(window, K.Key_Down, K.Key_Return, K.Key_X, K.Key_W, K.Key_Delete)
    press(window, K.Key_Return, modifier=CONTROL)
    assert len(session.commands) == before
    assert page.fields.edits[Field.RECORD].isReadOnly()
    assert page.foot().ask.startswith("Opened ")
    press(window, K.Key_Escape)
    assert window.over_body.widget is None


def test_a_dose_without_opening_is_not_hidden_behind_the_page():
    assert not is_due(FakeSession("quiet"))


@pytest.mark.parametrize("size", [HD, LAPTOP])
@pytest.mark.parametrize("variant", ["empty", "baseline", "lost", "many", "sensor-off"])
def test_the_alarm_line_and_the_status_stay_uncovered(variant, size, qtbot, shown):
    window, _session = shown(Session(variant), size=size)
    page = page_of(window)
    image = render(window, size)
    assert image.size() == size
    top = page.mapTo(window, QPoint(0, 0)).y()
    assert top >= window.alarm.geometry().bottom()
    assert page.geometry().bottom() <= window.footer.geometry().top()
    texts = [edit.geometry() for edit in page.fields.edits.values()]
    assert all(page.fields.rect().contains(box) for box in texts)
    assert not any(one.intersects(other) for one in texts for other in texts if one is not other)


def test_a_click_answers_nothing_by_itself_and_the_button_leads_to_what_is_left(qtbot, shown):
    window, session = shown(author="KL")
    page, before = page_of(window), len(session.commands)
    at = page._places()
    QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=at.lines[1].center().toPoint())
    assert page.chosen.check.id == page.lines()[1].check.id
    assert len(session.commands) == before
    button = foot_places(window.theme, at.foot).button.center().toPoint()
    QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=button)
    assert page.chosen.check.holds_up


@pytest.mark.parametrize("size", [HD, LAPTOP])
def test_what_was_agreed_on_stands_above_the_notes_all_session(size, qtbot):
    session = Session()
    window = open_window(qtbot, session, size)
    assert window.card.isHidden()
    session.happens(CardFilled("touch", "shoulder: ask", "KL"))
    session.happens(CardFilled("light", "dim", "KL"))
    session.happens(CardFilled("intention", "to look at it", "KL"))
    window.refresh()
    assert window.card.said == "touch: shoulder: ask   light: dim"
    assert window.card.isVisible()
    notes = window._places["notes"].geometry()
    assert window.card.geometry().bottom() < notes.top()
    assert window.card.geometry().right() == notes.right()
    show_card(window, session)
    page = window.over_trends
    assert isinstance(page, CardPage)
    assert page.lines[0] == ("Intention", "to look at it")
    assert page.beside == "M.K. · 4471"
    show_card(window, session)
    assert window.over_trends is None
