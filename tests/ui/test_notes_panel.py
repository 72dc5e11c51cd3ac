"""The notes panel with real keys: what is submitted, when it is called saved, nothing typed is lost."""

import itertools
import threading
from concurrent.futures import Future

import fake_session as fs
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.commands import AddNote, AmendNote
from kapmonitor.errors import RecordFull
from ui.notes import NotesPanel
from ui.notes.book import Saving
from ui.shortcuts import LIVE, Action, Dispatcher
from ui.theme import SESSION, Theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class SlowSession(fs.FakeSession):
    """Keeps the futures of what is submitted, to be resolved by the test."""

    def __init__(self, variant="quiet"):
        super().__init__(variant)
        self.futures = []
        self.slow = False
        self.full = False

    def submit(self, command):
        if self.full:
            raise RecordFull("/var/lib/kapmonitor/x.kap", "the disk is full")
        done = super().submit(command)
        if not self.slow:
            return done
        self.futures.append(Future())
        return self.futures[-1]


class Desk:
    """A window with a notes panel and the real key table."""

    def __init__(self, qtbot, port):
        self.port = port
        self.window = QWidget()
        ids = (f"id{number}" for number in itertools.count(1))
        self.panel = NotesPanel(port, Theme(), author="KL", ids=lambda: next(ids), parent=self.window)
        self.panel.resize(456, 494)
        self.window.resize(456, 494)
        self.keys = Dispatcher(self.window, port.now_ns, LIVE)
        panel = self.panel
        self.keys.on(Action.TAG, lambda press: panel.tag(press.number, press.t_ns))
        self.keys.on(Action.TAG_SPAN, lambda press: panel.tag_span(press.number, press.t_ns))
        self.keys.on(Action.MARK, lambda press: panel.mark(press.t_ns))
        self.keys.on(Action.NOTE, lambda _press: panel.write())
        self.keys.on(Action.UNDO, lambda press: panel.undo(press.t_ns))
        self.acknowledged = []
        self.keys.on(Action.ACKNOWLEDGE, self.acknowledged.append)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.window.setFocus()
        qtbot.waitUntil(lambda: bool(panel.list.rows), timeout=20_000)
        self.qtbot = qtbot

    @property
    def edit(self):
        return self.panel.entry.edit

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        target = QApplication.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifier)

    def type(self, text):
        self.qtbot.keyClicks(self.edit, text)

    def notes(self):
        return [command for command in self.port.commands if isinstance(command, AddNote)]


@pytest.fixture
def desk(qtbot):
    return Desk(qtbot, SlowSession())


def test_a_digit_takes_down_its_tag_at_the_time_of_the_key(desk):
    desk.press(Qt.Key.Key_2)
    (command,) = desk.notes()
    assert command.t_ns == fs.NOW_NS
    assert (command.note.text, command.note.kind, command.note.by) == ("tearful", "tag", "KL")


def test_a_tag_lights_up_for_a_moment(desk):
    key = desk.panel.tags.keys[1]
    desk.press(Qt.Key.Key_2)
    assert key.lit
    desk.qtbot.waitUntil(lambda: not key.lit, timeout=20_000)


def test_a_click_on_a_tag_does_the_same(desk):
    desk.qtbot.mouseClick(desk.panel.tags.keys[4], Qt.MouseButton.LeftButton)
    assert [command.note.text for command in desk.notes()] == ["moving"]


def test_j_marks_now_and_words_can_be_added_later(desk):
    desk.press(Qt.Key.Key_J)
    desk.port.advance(60)
    desk.press(Qt.Key.Key_N)
    desk.press(Qt.Key.Key_Up)
    desk.type("sat up")
    desk.press(Qt.Key.Key_Return)
    mark, words = desk.port.commands
    assert (mark.note.kind, mark.t_ns) == ("mark", fs.NOW_NS)
    assert (words.note.note, words.note.text) == (mark.note.note, "sat up")


def test_a_written_note_has_the_time_of_its_first_letter(desk):
    desk.press(Qt.Key.Key_N)
    desk.port.advance(20)
    desk.type("s")
    first_ns = desk.port.now_ns()
    assert desk.panel.entry.lead == "T+42:37"
    desk.port.advance(15)
    desk.type("ays hello")
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.notes()
    assert command.t_ns == first_ns
    assert command.note.saved_t_ns == first_ns + 15 * fs.S
    assert command.note.text == "says hello"
    assert desk.edit.text() == ""
    assert not desk.edit.hasFocus()


def test_letters_typed_into_a_note_do_nothing_else_and_f12_still_acknowledges(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("fj 123 n")
    assert desk.notes() == []
    assert desk.acknowledged == []
    desk.press(Qt.Key.Key_F12)
    assert len(desk.acknowledged) == 1
    assert desk.edit.text() == "fj 123 n"
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_F)
    assert len(desk.acknowledged) == 2


def test_escape_keeps_a_draft_with_its_time_and_n_goes_on(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("says")
    desk.press(Qt.Key.Key_Escape)
    assert desk.notes() == []
    assert desk.panel.entry.lead == "draft T+42:17"
    desk.port.advance(30)
    desk.press(Qt.Key.Key_N)
    desk.press(Qt.Key.Key_End)
    desk.type(" hello")
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.notes()
    assert (command.t_ns, command.note.text) == (fs.NOW_NS, "says hello")


def test_an_empty_note_is_not_saved(desk):
    desk.press(Qt.Key.Key_N)
    desk.press(Qt.Key.Key_Return)
    assert desk.port.commands == []


def test_backspace_takes_the_last_tag_back_by_an_amendment_but_not_after_ten_seconds(desk):
    desk.press(Qt.Key.Key_3)
    desk.port.advance(9)
    assert desk.panel.head.startswith("Backspace")
    desk.press(Qt.Key.Key_Backspace)
    tag, back = desk.port.commands
    assert isinstance(back, AmendNote)
    assert (back.note.note, back.note.text, back.note.withdrawn) == (tag.note.note, "anxious", True)
    desk.press(Qt.Key.Key_Backspace)
    assert len(desk.port.commands) == 2
    desk.press(Qt.Key.Key_4)
    desk.port.advance(11)
    desk.press(Qt.Key.Key_Backspace)
    assert len(desk.port.commands) == 3


def test_shift_and_a_digit_begin_and_end_a_stretch(desk):
    desk.press(Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    desk.port.advance(130)
    desk.press(Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    begun, ended = desk.port.commands
    assert begun.note.text == "tearful …"
    assert (ended.note.note, ended.note.text) == (begun.note.note, "tearful, 2:10")


def test_saved_is_said_only_after_the_future_resolved_on_another_thread(desk):
    desk.port.slow = True
    desk.press(Qt.Key.Key_1)
    assert desk.panel.list.rows[0].saving is Saving.SAVING
    desk.panel.refresh()
    assert desk.panel.list.rows[0].saving is Saving.SAVING
    seen = []
    desk.panel._saver.resolved.connect(lambda _outcome: seen.append(threading.current_thread()))
    writer = threading.Thread(target=desk.port.futures[0].set_result, args=(None,))
    writer.start()
    writer.join()
    desk.qtbot.waitUntil(lambda: desk.panel.list.rows[0].saving is Saving.SAVED, timeout=20_000)
    assert seen == [threading.main_thread()]


def test_a_note_that_was_not_saved_is_kept_said_and_tried_again(desk):
    desk.port.full = True
    desk.press(Qt.Key.Key_N)
    desk.type("says hello")
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.panel.list.rows[0].saving is Saving.FAILED, timeout=20_000)
    assert desk.panel.list.rows[0].text == "says hello"
    assert desk.panel.head == "1 not saved · click to try again"
    desk.port.full = False
    desk.port.advance(120)
    desk.qtbot.mouseClick(desk.panel.list, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    desk.qtbot.waitUntil(lambda: desk.panel.list.rows[0].saving is Saving.SAVED, timeout=20_000)
    (command,) = desk.notes()
    assert command.t_ns == fs.NOW_NS
    assert desk.panel.head == "J mark   N write"


def test_a_click_on_a_note_corrects_it_and_escape_lets_it_be(desk):
    second = QPoint(5, desk.panel.list._row_height() + 5)
    desk.qtbot.mouseClick(desk.panel.list, Qt.MouseButton.LeftButton, pos=second)
    assert desk.edit.text() == "hand held — agreed beforehand"
    assert desk.panel.entry.lead == "corrects T+27:02"
    desk.press(Qt.Key.Key_Escape)
    assert desk.edit.text() == ""
    desk.qtbot.mouseClick(desk.panel.list, Qt.MouseButton.LeftButton, pos=second)
    desk.edit.selectAll()
    desk.type("hand held")
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.port.commands
    assert isinstance(command, AmendNote)
    row = next(row for row in desk.panel.list.rows if row.note == command.note.note)
    assert (row.text, row.was) == ("hand held", "hand held — agreed beforehand")


def test_a_draft_is_not_lost_to_a_click_on_another_note(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("says")
    desk.qtbot.mouseClick(desk.panel.list, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert desk.edit.text() == "says"


def test_the_field_in_use_has_a_thick_amber_frame(desk):
    def amber():
        image = desk.panel.entry.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        middle = image.width() // 2
        return [image.pixelColor(middle, y).name().upper() for y in range(6)].count(SESSION.notes)

    assert amber() == 0
    desk.press(Qt.Key.Key_N)
    assert amber() >= 3


def test_whoever_is_at_the_keys_is_the_author(desk):
    desk.panel.set_author("RN")
    desk.press(Qt.Key.Key_7)
    assert desk.notes()[0].note.by == "RN"


def test_a_future_that_resolves_after_the_window_is_gone_does_no_harm(qtbot, caplog):
    port = SlowSession()
    port.slow = True
    panel = NotesPanel(port, Theme(), author="KL")
    gone = []
    panel.destroyed.connect(lambda: gone.append(len(port.futures)))
    panel.tag(1, port.now_ns())
    panel.deleteLater()
    del panel
    QApplication.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
    assert gone == [1], "it waited for one note when it went"
    with qtbot.captureExceptions() as raised, caplog.at_level("ERROR", "concurrent.futures"):
        port.futures[0].set_result(None)
        QApplication.processEvents()
    assert raised == []
    assert caplog.records == []


@pytest.mark.parametrize("variant", ["empty", "waiting", "baseline"])
def test_before_a_dose_times_are_the_clock_and_an_empty_list_says_so(qtbot, variant):
    panel = NotesPanel(SlowSession(variant), Theme(), author="KL")
    qtbot.addWidget(panel)
    panel.resize(456, 494)
    panel.refresh()
    assert panel.time_text(fs.DOSE_NS) == "14:05"
    assert not panel.grab().isNull()
