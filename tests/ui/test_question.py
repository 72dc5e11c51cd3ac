"""A question before a session: what it says, which keys answer it, and who waits for the answer."""

import threading
import time

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shell_parts import HD, LAPTOP, on_screen, pixels, shows

from ui.console import Ended, Picture
from ui.layout import SMALLEST, arrange
from ui.question import GO_ON, NEW, Choice, Question, interrupted_question
from ui.question import wording as words
from ui.question.drawing import keys
from ui.question.page import QuestionPage
from ui.screenshot import render
from ui.shell import Shell
from ui.theme import DAY, scale_for

K = Qt.Key
SMALL = QSize(*SMALLEST)


def asked(**more):
    plain = {"at": "14:32", "since_s": 720.0, "record": "2026-11-28-1310.kap"}
    return interrupted_question(**(plain | more))


THREE = Question(
    "Which one",
    ("A line that says what this is about and that is long enough to need a second line below it. " * 2,) * 2,
    (Choice("a", "A", "First", "what it means"), Choice("b", "B", "Second"), Choice("c", "X", "Third")),
)


# what it says


def test_an_interrupted_session_is_named_and_going_on_is_the_first_choice():
    question = asked(initials="AB", number=2, of=6)
    assert question.title == "A session was interrupted at 14:32"
    assert question.lines_after(0.0) == (
        "Session 2 of 6 · AB · record 2026-11-28-1310.kap",
        "Nothing has been monitored since, for 12 min.",
    )
    assert [(choice.id, choice.key, choice.label) for choice in question.choices] == [
        (GO_ON, "G", "Go on with it"),
        (NEW, "N", "Begin a new session"),
    ]
    assert keys(question).endswith("G and N take theirs at once")
    assert keys(THREE).endswith("A, B and X take theirs at once")


def test_what_is_not_known_about_it_is_left_out():
    assert asked().lines[0] == "record 2026-11-28-1310.kap"
    assert asked(initials="AB", number=1, of=1).lines[0] == "AB · record 2026-11-28-1310.kap"


def test_the_time_without_monitoring_counts_on():
    question = asked(since_s=12.0)
    said = [question.lines_after(passed_s)[1] for passed_s in (-5.0, 0.0, 48.0, 3588.0)]
    assert said[0] == said[1] == "Nothing has been monitored since, for 12 s."
    assert said[2:] == [
        "Nothing has been monitored since, for 1 min.",
        "Nothing has been monitored since, for 1 h.",
    ]


def test_a_record_of_any_name_is_read_as_it_is():
    assert "{at} %s.kap" in asked(record="{at} %s.kap").lines_after(1.0)[0]


@pytest.mark.parametrize("letters", [(), ("G", "g"), ("",), ("Go",)])
def test_choices_without_a_letter_of_their_own_are_refused(letters):
    with pytest.raises(ValueError, match="letter of its own"):
        Question("?", (), tuple(Choice(str(n), letter, "x") for n, letter in enumerate(letters)))


# the page


@pytest.fixture
def shell(qtbot):
    made = Shell(DAY)
    qtbot.addWidget(made)
    made.resize(LAPTOP)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def page(shell):
    made = QuestionPage(asked(initials="AB", number=2, of=6), shell.theme)
    made.heard = []
    made.answered.connect(made.heard.append)
    shell.put_over(made, words.MEANWHILE)
    return made


def press(widget, *pressed, modifier=Qt.KeyboardModifier.NoModifier):
    for key in pressed:
        QTest.keyClick(widget, key, modifier)


@pytest.mark.parametrize(
    ("pressed", "answer"),
    [
        ((K.Key_Return,), GO_ON),
        ((K.Key_Enter,), GO_ON),
        ((K.Key_G,), GO_ON),
        ((K.Key_N,), NEW),
        ((K.Key_Down, K.Key_Return), NEW),
        ((K.Key_Tab, K.Key_Return), NEW),
        ((K.Key_Down, K.Key_Down, K.Key_Up, K.Key_Return), GO_ON),
        ((K.Key_Up, K.Key_Return), GO_ON),
        ((K.Key_Down, K.Key_G), GO_ON),
    ],
)
def test_keys_answer(page, pressed, answer):
    press(page, *pressed)
    assert page.heard == [answer]


def test_other_keys_and_held_ones_answer_nothing(page):
    press(page, K.Key_Escape, K.Key_Space, K.Key_F, K.Key_1, K.Key_Backspace)
    press(page, K.Key_N, K.Key_G, modifier=Qt.KeyboardModifier.ControlModifier)
    repeated = QKeyEvent(
        QEvent.Type.KeyPress, K.Key_Return, Qt.KeyboardModifier.NoModifier, autorep=True, text="\r"
    )
    QApplication.sendEvent(page, repeated)
    assert page.heard == []
    assert page.chosen == GO_ON


def test_it_is_answered_once(page):
    press(page, K.Key_N, K.Key_G, K.Key_Return)
    assert page.heard == [NEW]


def test_a_click_answers_and_one_that_slides_off_does_not(page, qtbot):
    first, second = (row.center().toPoint() for row in page.places().rows)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(page, left, pos=second)
    qtbot.mouseRelease(page, left, pos=first)
    qtbot.mousePress(page, left, pos=QPoint(3, 3))
    qtbot.mouseRelease(page, left, pos=second)
    qtbot.mouseClick(page, Qt.MouseButton.RightButton, pos=first)
    assert page.heard == []
    qtbot.mouseClick(page, left, pos=second)
    assert page.heard == [NEW]


def test_the_choice_in_focus_says_enter_and_has_the_amber_edge(page):
    def amber():
        edge = page.places().rows[0].toRect().adjusted(-2, -2, 2, 2)
        return shows(page.grab().toImage(), edge, DAY.notes)

    before = amber()
    press(page, K.Key_Down)
    assert page.chosen == NEW
    assert before > 3 * amber()


@pytest.mark.parametrize("size", [HD, LAPTOP, SMALL], ids=["hd", "laptop", "smallest"])
@pytest.mark.parametrize("question", [asked(initials="AB", number=2, of=6), THREE], ids=["two", "three"])
def test_everything_has_room_at_every_size(shell, size, question):
    page = QuestionPage(question, shell.theme)
    shell.put_over(page, words.MEANWHILE)
    shell.resize(size)
    at, scale = page.places(), scale_for(size.width(), size.height())
    stack = [at.column.title_y, *(y for y, _ in at.column.lines), *(row.top() for row in at.rows), at.keys_y]
    assert stack == sorted(stack)
    assert at.column.title_y > 20 * scale
    assert at.keys_y < page.height() - 12 * scale
    assert not any(one.intersects(other) for one, other in zip(at.rows, at.rows[1:], strict=False))


@pytest.mark.parametrize("size", [HD, LAPTOP, SMALL], ids=["hd", "laptop", "smallest"])
def test_the_line_about_the_bedside_monitor_and_the_alarm_line_stay_uncovered(shell, page, size):
    shell.resize(size)
    QTest.qWait(20)
    zones = arrange(size.width(), size.height())
    shot = render(shell, size)
    box = page.geometry()
    assert box.top() > zones.alarm.bottom
    assert box.bottom() < zones.footer.y
    assert box.right() < size.width()
    footer = shell.rect()
    footer.setTop(zones.footer.y)
    assert shows(shot, footer, DAY.secondary, 30) > 100
    head = shell.rect()
    head.setBottom(zones.alarm.bottom)
    assert shows(shot, head, DAY.text, 30) > 100


def test_it_gives_the_place_back(shell, page):
    covered = pixels(shell.grab().toImage())
    shell.take_away()
    QTest.qWait(20)
    assert (pixels(shell.grab().toImage()) != covered).any()
    assert not shell.findChildren(QuestionPage)


# who waits


@pytest.fixture
def console(qtbot):
    with on_screen(qtbot) as made:
        yield made


def when_asked(console, *acts):
    """Do these on the window's thread, one with each question that comes on screen."""
    timer, left, seen = QTimer(console.shell), list(acts), []

    def look():
        for page in console.shell.findChildren(QuestionPage):
            if page.isVisible() and page not in seen:
                seen.append(page)
                left.pop(0)(page)
                if not left:
                    timer.stop()

    timer.timeout.connect(look)
    timer.start(10)


def nothing():
    """Nothing to end."""


def leave(shell):
    """A dashboard that goes at once."""
    QTimer.singleShot(0, shell, QApplication.instance().quit)
    return nothing


def asks(console, told, dress=leave):
    def make(_progress):
        try:
            told.append(console.ask(asked()))
        except Ended:
            told.append(Ended)
            raise
        return dress

    return make


def test_the_answer_comes_back_to_the_thread_that_asked_and_the_window_lives_meanwhile(console):
    told, waiting = [], []

    def answer(page):
        waiting.append((list(told), console._making.is_alive()))
        QTimer.singleShot(60, page, lambda: press(page, K.Key_N))

    when_asked(console, answer)
    console.prepare(asks(console, told))
    assert console.run() == 0
    assert (told, waiting) == ([NEW], [([], True)])


def test_one_question_may_follow_another(console):
    told = []

    def make(_progress):
        told.append(console.ask(asked()))
        told.append(console.ask(THREE))
        return leave

    when_asked(console, lambda page: press(page, K.Key_Return), lambda page: press(page, K.Key_X))
    console.prepare(make)
    assert console.run() == 0
    assert told == [GO_ON, "c"]


def test_a_closed_window_ends_the_waiting(console):
    told = []
    when_asked(console, lambda _page: console.shell.close())
    console.prepare(asks(console, told))
    begun = time.monotonic()
    assert console.run() == 0
    assert told == [Ended]
    assert time.monotonic() - begun < 5.0
    assert not console._making.is_alive()


def test_whoever_asks_after_the_end_is_told_at_once(console):
    told = []
    QTimer.singleShot(0, console.application.quit)
    console.run()
    thread = threading.Thread(target=lambda: told.append(console._asking.ask(asked())))
    thread.start()
    thread.join(5.0)
    assert told == [None]


def test_the_window_does_not_ask_itself(console):
    with pytest.raises(RuntimeError, match="thread that prepares"):
        console.ask(asked())


def test_a_picture_is_taken_of_the_question(console, tmp_path):
    told, path = [], tmp_path / "question.png"
    console._picture = Picture(path, (1280, 720), 0.1)
    console.prepare(asks(console, told))
    assert console.run() == 0
    assert told == [Ended]
    assert path.stat().st_size > 5_000


def test_an_answered_question_is_not_in_the_picture(console, tmp_path):
    told, path = [], tmp_path / "later.png"
    console._picture = Picture(path, (1280, 720), 0.3)
    when_asked(console, lambda page: press(page, K.Key_Return))
    held = []

    def dress(shell):
        held.append(path.exists())
        return nothing

    console.prepare(asks(console, told, dress))
    assert console.run() == 0
    assert (told, held) == ([GO_ON], [False])
    assert path.exists()
