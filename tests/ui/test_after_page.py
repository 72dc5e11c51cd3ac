"""The page of what comes after, by its keys, over a made-up session; then the sign-off and the last page."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from after_parts import AfterSession, answered, filled, gone
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shell_parts import HD, LAPTOP, picture, shows

from kapmonitor.errors import PinRefused, RecordError
from kapmonitor.people.user import About, Meaning, Role
from kapmonitor.session.care_events import FormFilled, SessionOpened
from kapmonitor.session.events import Phase
from kapmonitor.session.keys_events import ScreenLocked, ScreenUnlocked
from kapmonitor.signoff import Closed, Kept, SignOff, Stage
from ui.after import AfterPage, wording
from ui.after.closed import ClosedPage
from ui.after.rows import Tab
from ui.after.steps import Step
from ui.afterwards import Afterwards
from ui.dose import DosePage
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.question.page import QuestionPage
from ui.shell import Shell
from ui.theme import SESSION

K = Qt.Key
BERG = About("berg", "Ann Berg", "AB", Role.PRESCRIBER)
HASH = "ab" * 32


class FakeClosing:
    """Takes one PIN; closes when told to."""

    def __init__(self, people=(BERG,), trouble=""):
        self.people, self.trouble = people, trouble
        self.asked = []
        self.answer = Future()
        self.told = None

    def sign_off(self, off, pin, events):
        self.asked.append((off, pin, tuple(events)))
        self.answer = Future()
        return self.answer

    def close(self, told):
        self.told, self.closing = told, Future()
        return self.closing

    def closed(self, **more):
        off = self.asked[-1][0]
        return replace(Closed("s1", "/r/a.kap", 9, HASH, off, bool(off.user), (Kept("/r/a.heads"),)), **more)


class Scene:
    """A shell with a window over a session, and what comes after."""

    def __init__(self, qtbot, session, closing, size=HD, author="RN"):
        self.session, self.closing, self.ended = session, closing, []
        self.shell = Shell()
        qtbot.addWidget(self.shell)
        self.shell.resize(size)
        self.window = MainWindow(session, palette=SESSION)
        self.shell.hold(self.window)
        with qtbot.waitExposed(self.shell):
            self.shell.show()
        self.after = Afterwards(
            self.shell, self.window, session, lambda: author, closing, lambda: self.ended.append(1)
        )
        self.shell.activateWindow()
        qtbot.waitUntil(self.shell.isActiveWindow)

    @property
    def page(self):
        page = self.window.over_trends
        assert isinstance(page, AfterPage)
        return page

    def press(self, *keys):
        for key in keys:
            QTest.keyClick(self.shell.focusWidget(), key)

    def type(self, *texts):
        for text in texts:
            QTest.keyClicks(self.shell.focusWidget(), text)
            self.press(K.Key_Return)


@pytest.fixture
def scene(qtbot):
    def made(session=None, closing=None, **more):
        return Scene(qtbot, session or AfterSession(), closing, **more)

    return made


def ready_to_sign():
    session = AfterSession(125)
    gone(session)
    filled(session)
    return session


def test_the_key_opens_and_closes_it_and_numbers_stay(scene):
    shown = scene()
    shown.press(K.Key_O)
    assert shown.page.tab is Tab.LEAVE
    assert shown.window.numbers.hr.isVisible()
    assert shown.window.alarm.isVisible()
    shown.press(K.Key_O)
    assert shown.window.over_trends is None
    shown.press(K.Key_O, K.Key_Escape)
    assert shown.window.over_trends is None


def test_from_the_checks_to_the_door_by_keys(scene):
    session = AfterSession(124)
    shown = scene(session)
    shown.press(K.Key_O)
    page = shown.page
    assert page.chosen.id == "awake"
    shown.press(K.Key_Y)
    assert page.foot().trouble == wording.NOT_HERE
    shown.press(K.Key_R)
    shown.type("wide awake, talks with us")
    assert session.state.care.override("awake").because == "wide awake, talks with us"
    assert page.chosen.id == "dissociation"
    shown.press(K.Key_Return)
    assert session.state.care.answer("dissociation") is None, "Enter alone is no yes"
    shown.press(K.Key_Y, K.Key_Y, K.Key_X)
    assert session.state.care.answer("ride").text == "no"
    shown.press(K.Key_Up, K.Key_Y, K.Key_Y)
    page.choose("left")
    shown.press(K.Key_Return)
    assert page.asking.step is Step.LEAVE_SURE
    assert session.state.care.left_t_ns is None
    shown.press(K.Key_Return)
    assert session.state.care.left_t_ns == session.now_ns()
    assert page.tab is Tab.FORM


def test_nobody_leaves_past_an_open_check_and_a_slip_is_taken_back(scene):
    session = AfterSession(124)
    answered(session, all_of_them=False)
    shown = scene(session)
    shown.press(K.Key_O)
    shown.page.choose("left")
    shown.press(K.Key_Return)
    assert shown.page.foot().ask == "" != shown.page.foot().trouble
    gone(session)
    shown.page.refresh()
    shown.press(K.Key_Delete)
    assert session.state.care.left_t_ns is None


def test_the_form_by_keys_takes_answers_details_and_reasons_but_no_readings(scene):
    session = AfterSession(125)
    gone(session)
    shown = scene(session)
    shown.press(K.Key_O)
    page = shown.page
    assert (page.tab, page.chosen.id) == (Tab.FORM, "benzodiazepines")
    shown.press(K.Key_Y)
    shown.type("lorazepam 1 mg, this morning")
    assert session.state.care.filled("benzodiazepines").text == "yes: lorazepam 1 mg, this morning"
    assert page.chosen.id == "sedatives"
    shown.press(K.Key_X)
    page.choose("pressure-40")
    shown.press(K.Key_Return)
    assert page.foot().trouble == wording.OF_RECORD
    assert not page.entry.isVisible()
    page.choose("acceptable-before")
    shown.press(K.Key_Y)
    assert session.state.care.filled("acceptable-before").text == "yes"
    page.choose("sedation")
    shown.press(K.Key_R)
    shown.type("nobody watched")
    assert session.state.care.without("sedation").because == "nobody watched"
    shown.press(K.Key_Up, K.Key_Delete)
    assert session.state.care.without("sedation") is None


def test_a_missing_reading_is_missing_and_signing_waits_for_a_reason(scene):
    session = AfterSession(125, late=False)
    session.cuffs = tuple
    gone(session)
    filled(session)
    session.tell(124, FormFilled("pressure-40", "120/80 mmHg", (), "RN"))
    shown = scene(session, FakeClosing())
    shown.after.show(Tab.SIGN)
    page = shown.page
    assert page.chosen.id == "sign"
    shown.press(K.Key_Return)
    assert page.asking.step is Step.REST
    page.choose("filled")
    shown.press(K.Key_Return)
    assert page.tab is Tab.FORM
    missing = [row for row in page.rows() if row.field is not None and row.field.holds_up]
    assert [row.id for row in missing] == ["ready", "pressure-before", "pressure-40", "pressure-leaving"]
    assert {row.value for row in missing} == {""}
    for _ in missing:
        page.go(Tab.FORM)
        shown.press(K.Key_R)
        shown.type("the cuff had no batteries")
    page.go(Tab.SIGN)
    assert page.chosen.ready


def sign(shown, pin="2 battery"):
    shown.after.show(Tab.SIGN)
    shown.press(K.Key_Return)
    shown.type("AB", "author")
    QTest.keyClicks(shown.shell.focusWidget(), pin)


def test_a_wrong_pin_leaves_everything_as_it_is(scene, qtbot):
    closing = FakeClosing()
    shown = scene(ready_to_sign(), closing)
    sign(shown, "guess")
    page = shown.page
    assert page.entry.displayText() == "●" * 5 or "guess" not in page.entry.displayText()
    shown.press(K.Key_Return)
    assert page.asking.step is Step.WAITING
    shown.press(K.Key_Escape, K.Key_Return)
    assert (page.asking.step, len(closing.asked)) == (Step.WAITING, 1)
    closing.answer.set_exception(PinRefused("berg", "the PIN is wrong", 0.0))
    qtbot.waitUntil(lambda: page.asking.step is Step.PIN)
    assert "the PIN is wrong" in page.foot().trouble
    assert page.entry.text() == ""
    assert (shown.ended, shown.after.last) == ([], None)
    assert shown.window.numbers.hr.isVisible()


def test_the_right_pin_signs_with_the_readings_and_nothing_else_is_left(scene, qtbot):
    closing = FakeClosing()
    shown = scene(ready_to_sign(), closing)
    sign(shown)
    shown.press(K.Key_Return)
    (off, pin, events) = closing.asked[0]
    assert (off, pin) == (SignOff("Ann Berg", "prescriber", Meaning.AUTHOR, "berg", "RN"), "2 battery")
    linked = {event.field: event.readings for event in events}
    assert len(linked["pressure-40"]) == 1
    assert all(event.readings for event in events)
    closing.answer.set_result(None)
    qtbot.waitUntil(lambda: shown.after.last is not None)
    assert shown.ended == [1]
    last = shown.after.last
    assert not shown.after.may_close(), "it is being closed"
    closing.told(Stage.SIGNING)
    qtbot.waitUntil(lambda: last.lines()[0] == wording.STAGES[Stage.SIGNING])
    shown.press(K.Key_Return)
    assert not last.is_over
    closing.closing.set_result(closing.closed(copy=Kept("/b", "is not there")))
    qtbot.waitUntil(lambda: last.is_over)
    assert last.title() == wording.CLOSED
    assert [row[1] for row in last.kept()] == ["/r/a.kap", "NOT KEPT: /b: is not there", "/r/a.heads"]
    shown.press(K.Key_Return)
    qtbot.waitUntil(lambda: not shown.shell.isVisible())


def test_without_people_the_name_is_typed_and_called_what_it_is(scene, qtbot):
    closing = FakeClosing(people=())
    shown = scene(ready_to_sign(), closing, author="")
    shown.after.show(Tab.SIGN)
    shown.press(K.Key_Return)
    shown.type("Ann Berg", "x")
    assert shown.page.foot().trouble == wording.WRONG_ROLE
    shown.page.entry.clear()
    shown.type("nurse", "author")
    assert "not a cryptographic signature" in shown.page.foot().ask
    assert closing.asked == []
    shown.press(K.Key_Return)
    (off, pin, _) = closing.asked[0]
    assert (off, pin) == (SignOff("Ann Berg", "nurse", Meaning.AUTHOR, "", "Ann Berg"), "")
    closing.answer.set_result(None)
    qtbot.waitUntil(lambda: shown.after.last is not None)
    closing.closing.set_result(closing.closed())
    qtbot.waitUntil(lambda: shown.after.last.is_over)
    assert wording.NO_SIGNATURE in " ".join(shown.after.last.lines())


def test_what_goes_wrong_at_the_end_is_said_and_the_window_can_be_closed(scene, qtbot):
    closing = FakeClosing()
    shown = scene(ready_to_sign(), closing)
    sign(shown)
    shown.press(K.Key_Return)
    closing.answer.set_result(None)
    qtbot.waitUntil(lambda: shown.after.last is not None)
    closing.closing.set_exception(RecordError("/r/a.kap", "the disk is gone"))
    qtbot.waitUntil(lambda: shown.after.last.is_over)
    assert "the disk is gone" in shown.after.last.lines()[0]
    assert shown.after.may_close()


def test_at_discharge_it_comes_by_itself_once_and_not_over_what_is_being_done(scene, qtbot):
    session = AfterSession(112)
    shown = scene(session)
    form = DosePage(session, shown.window.theme, session.now_ns(), "RN")
    shown.window.open_over_trends(form)
    session.state = replace(session.state, phase=Phase.DISCHARGE)
    shown.after.offer()
    assert shown.window.over_trends is form
    shown.window.close_over_trends()
    qtbot.waitUntil(lambda: isinstance(shown.window.over_trends, AfterPage))
    shown.press(K.Key_Escape)
    shown.after.offer()
    assert shown.window.over_trends is None


def test_while_the_screen_is_locked_nothing_of_it_comes_up(scene):
    session = AfterSession()
    session.tell(111, ScreenLocked("RN", idle=False))
    session.state = replace(session.state, phase=Phase.DISCHARGE)
    shown = scene(session, FakeClosing())
    shown.after.offer()
    shown.after.toggle()
    assert shown.window.over_trends is None
    session.tell(111.5, ScreenUnlocked("RN", pin=True))
    shown.after.offer()
    assert isinstance(shown.window.over_trends, AfterPage)


def test_closing_unsigned_asks_once_on_the_page(scene, qtbot):
    shown = scene(AfterSession(), FakeClosing())
    shown.shell.close()
    assert shown.shell.isVisible()
    assert isinstance(shown.window.over_trends, QuestionPage)
    shown.press(K.Key_G)
    assert shown.window.over_trends is None
    shown.shell.close()
    shown.press(K.Key_S)
    assert shown.page.tab is Tab.SIGN
    shown.shell.close()
    shown.press(K.Key_X)
    qtbot.waitUntil(lambda: not shown.shell.isVisible())


def test_closing_twice_closes(scene, qtbot):
    shown = scene(AfterSession(), FakeClosing())
    shown.shell.close()
    shown.shell.close()
    qtbot.waitUntil(lambda: not shown.shell.isVisible())


@pytest.mark.parametrize("closing", [None, FakeClosing()])
def test_nothing_is_asked_where_nothing_was_done_or_nothing_is_kept(scene, qtbot, closing):
    session = AfterSession(dose=None) if closing is not None else AfterSession()
    shown = scene(session, closing)
    shown.shell.close()
    qtbot.waitUntil(lambda: not shown.shell.isVisible())


def test_an_opened_session_without_a_dose_is_asked_about(scene):
    session = AfterSession(dose=None)
    session.tell(1, SessionOpened("RN", "nurse", ()))
    shown = scene(session, FakeClosing())
    assert shown.after.may_close() is False


@pytest.mark.parametrize("size", [HD, LAPTOP])
def test_every_row_is_within_the_page_and_the_chosen_one_is_framed(scene, size):
    shown = scene(ready_to_sign(), FakeClosing(), size=size)
    shown.window.keys.act(Action.AFTER)
    page = shown.page
    page.go(Tab.FORM)
    for row in ("benzodiazepines", "pressure-40", "serious"):
        page.choose(row)
        image = page.grab().toImage()
        boxes = dict(page._shown)
        number = next(n for n, each in enumerate(page.rows()) if each.id == row)
        place = boxes[number].toRect()
        assert page.rect().contains(place)
        framed = shows(image, place, shown.window.theme.palette.notes, 70)
        assert framed > place.width()


def test_the_code_is_the_standards_and_says_the_head(qtbot):
    page = ClosedPage()
    qtbot.addWidget(page)
    page.resize(HD)
    closed = Closed("s1", "/r/a.kap", 9, HASH, SignOff("A", "nurse", Meaning.AUTHOR, "a"), True)
    page.show_closed(closed)
    finder = tuple(page._modules[row][:7] for row in range(7))
    assert finder[0] == (True,) * 7
    assert finder[3] == (True, False, True, True, True, False, True)
    page.show()
    image = picture(page, HD)
    assert shows(image, page.rect(), "#ffffff") > 40_000
