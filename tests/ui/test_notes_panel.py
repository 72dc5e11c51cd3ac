"""The notes panel with real keys: what is submitted, when it is called saved, nothing typed is lost."""

import itertools
import threading
import time
from concurrent.futures import Future

import fake_session as fs
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.commands import AddNote, AmendNote, EndNote, KeepDraft
from kapmonitor.errors import RecordFull
from kapmonitor.protocol.tags import Tag
from kapmonitor.session.events import NoteDrafted, NoteEnded, Stamped
from kapmonitor.session.state import fold
from ui.dressing import wire_notes
from ui.keytable import LIVE, Action
from ui.notes import NotesPanel, wording
from ui.notes.author import Author
from ui.notes.history import aside
from ui.notes.modes import Mode
from ui.notes.rows import Saving
from ui.shortcuts import Dispatcher
from ui.theme import SESSION, Theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


SHIFT = Qt.KeyboardModifier.ShiftModifier


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

    def __init__(self, qtbot, port, *, rows=1, author="KL", **more):
        self.port = port
        self.window = QWidget()
        ids = (f"id{number}" for number in itertools.count(1))
        self.panel = NotesPanel(
            port, Theme(), author=author, ids=lambda: next(ids), parent=self.window, **more
        )
        self.panel.resize(456, 494)
        self.window.resize(456, 494)
        self.keys = Dispatcher(self.window, port.now_ns, LIVE)
        wire_notes(self.keys, self.panel)
        self.acknowledged = []
        self.keys.on(Action.ACKNOWLEDGE, self.acknowledged.append)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.window.setFocus()
        qtbot.waitUntil(lambda: len(self.panel.list.rows) >= rows, timeout=20_000)
        qtbot.waitUntil(self.window.isActiveWindow, timeout=20_000)
        self.qtbot = qtbot

    @property
    def edit(self):
        return self.panel.entry.edit

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        target = QApplication.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifier)

    def type(self, text):
        self.qtbot.keyClicks(self.edit, text)

    def asked(self, count):
        """What was asked for, drafts aside, once it is so much."""
        self.qtbot.waitUntil(lambda: len(self._asked()) >= count, timeout=20_000)
        return self._asked()

    def _asked(self):
        return [command for command in self.port.commands if not isinstance(command, KeepDraft)]

    def saved(self):
        """All that was asked is on disk."""
        self.qtbot.waitUntil(lambda: not self.panel.book.sent, timeout=20_000)

    def row(self, text):
        return next(row for row in self.panel.list.rows if row.text == text)

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
    mark, words = desk.asked(2)
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
    desk.saved()
    desk.port.advance(9)
    assert desk.panel.head.startswith("Backspace")
    desk.press(Qt.Key.Key_Backspace)
    tag, back = desk.asked(2)
    assert isinstance(back, AmendNote)
    assert (back.note.note, back.note.text, back.note.withdrawn) == (tag.note.note, "anxious", True)
    desk.press(Qt.Key.Key_Backspace)
    assert len(desk.asked(2)) == 2
    desk.press(Qt.Key.Key_4)
    desk.port.advance(11)
    desk.press(Qt.Key.Key_Backspace)
    desk.saved()
    assert len(desk.asked(3)) == 3


def test_shift_and_a_digit_begin_and_end_a_stretch(desk):
    desk.press(Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    desk.port.advance(130)
    desk.press(Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    begun, ended = desk.asked(2)
    assert (begun.note.text, begun.note.tag, begun.note.lasts) == ("tearful", "tearful", True)
    assert ended == EndNote(fs.NOW_NS + 130 * fs.S, NoteEnded(begun.note.note, "KL"))
    row = desk.row("tearful")
    assert wording.lasting(row, row.text, desk.port.now_ns()) == "tearful, 2:10"


def test_saved_is_said_only_after_the_future_resolved_on_another_thread(desk):
    desk.port.slow = True
    desk.press(Qt.Key.Key_1)
    assert desk.panel.list.rows[0].saving is Saving.SAVING
    desk.panel.refresh()
    assert desk.panel.list.rows[0].saving is Saving.SAVING
    seen = []
    desk.panel.desk._saver.resolved.connect(lambda _outcome: seen.append(threading.current_thread()))
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
    assert desk.panel.head == "1 not saved · trying again"
    desk.port.full = False
    desk.port.advance(120)
    desk.qtbot.mouseClick(desk.panel.list, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    desk.qtbot.waitUntil(lambda: desk.panel.list.rows[0].saving is Saving.SAVED, timeout=20_000)
    (command,) = desk.notes()
    assert command.t_ns == fs.NOW_NS
    assert desk.panel.head == wording.KEYS[Mode.REST]


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
    (command,) = desk.asked(1)
    assert isinstance(command, AmendNote)
    row = next(row for row in desk.panel.list.rows if row.note == command.note.note)
    assert (row.text, row.was) == ("hand held", "hand held — agreed beforehand")


def test_a_draft_is_not_lost_to_a_click_on_another_note(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("says")
    desk.qtbot.mouseClick(desk.panel.list, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert desk.edit.text() == "speaking"
    desk.press(Qt.Key.Key_Escape)
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


# What lasts


def test_what_lasts_shows_for_how_long_on_its_key_and_in_the_list(desk):
    key = desk.panel.tags.keys[1]
    desk.press(Qt.Key.Key_2, SHIFT)
    desk.port.advance(75)
    desk.panel.refresh()
    assert key.lasting == "1:15"
    row = desk.row("tearful")
    assert wording.lasting(row, row.text, desk.port.now_ns()) == "tearful, 1:15 so far"
    desk.press(Qt.Key.Key_2, SHIFT)
    assert key.lasting == ""


def test_an_end_that_was_a_slip_is_taken_back(desk):
    desk.press(Qt.Key.Key_2, SHIFT)
    desk.port.advance(75)
    desk.press(Qt.Key.Key_2, SHIFT)
    desk.press(Qt.Key.Key_Backspace)
    desk.asked(3)
    desk.saved()
    assert desk.panel.tags.keys[1].lasting == "1:15"
    desk.port.advance(20)
    desk.press(Qt.Key.Key_2, SHIFT)
    desk.asked(4)
    assert desk.row("tearful").end_ns == fs.NOW_NS + 95 * fs.S


def test_a_beginning_that_is_taken_back_lasts_no_more(desk):
    desk.press(Qt.Key.Key_2, SHIFT)
    desk.press(Qt.Key.Key_Backspace)
    assert desk.panel.tags.keys[1].lasting == ""
    desk.press(Qt.Key.Key_2, SHIFT)
    assert desk.panel.tags.keys[1].lasting == "0:00"


def test_what_was_begun_before_the_panel_was_there_goes_on(qtbot):
    port = SlowSession()
    first = Desk(qtbot, port)
    first.press(Qt.Key.Key_4, SHIFT)
    first.window.close()
    port.advance(60)
    second = Desk(qtbot, port)
    assert second.panel.tags.keys[3].lasting == "1:00"
    second.press(Qt.Key.Key_4, SHIFT)
    assert isinstance(second.asked(2)[1], EndNote)


def test_a_tag_without_a_length_is_noted_once_whatever_shift_says(qtbot):
    desk = Desk(qtbot, SlowSession(), tags=(Tag(8, "Support given", "support"),))
    desk.press(Qt.Key.Key_8, SHIFT)
    (command,) = desk.asked(1)
    assert (command.note.text, command.note.lasts) == ("support", False)
    desk.press(Qt.Key.Key_2)
    assert len(desk.asked(1)) == 1


# Earlier by half a minute


def test_one_key_makes_the_newest_note_half_a_minute_earlier_and_again(desk):
    desk.press(Qt.Key.Key_2)
    desk.press(Qt.Key.Key_Left)
    desk.press(Qt.Key.Key_Left)
    added, first, second = desk.asked(3)
    assert (first.note.at_ns, second.note.at_ns) == (fs.NOW_NS - 30 * fs.S, fs.NOW_NS - 60 * fs.S)
    assert second.note.note == added.note.note
    assert desk.panel.head == "T+41:17, was T+42:17 · ← again"
    desk.saved()
    row = desk.row("tearful")
    assert (row.t_ns, row.was_t_ns) == (fs.NOW_NS - 60 * fs.S, fs.NOW_NS)
    assert [change.at_ns for change in row.changes] == [fs.NOW_NS, fs.NOW_NS - 30 * fs.S]
    assert wording.row_end(row) == "KL, changed"
    desk.press(Qt.Key.Key_Backspace)
    desk.saved()
    assert desk.row("tearful").t_ns == fs.NOW_NS - 30 * fs.S


def test_no_note_is_made_earlier_than_the_session(qtbot):
    desk = Desk(qtbot, SlowSession("waiting"), rows=0)
    desk.press(Qt.Key.Key_1)
    for _ in range(3):
        desk.press(Qt.Key.Key_Left)
    desk.saved()
    assert desk.row("calm").t_ns == fs.OPENED_NS
    assert desk.panel.head == wording.AT_START
    assert len(desk.asked(2)) == 2


def test_the_left_arrow_is_the_cursor_s_while_text_is_typed(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("ab")
    desk.press(Qt.Key.Key_Left)
    desk.type("c")
    assert desk.edit.text() == "acb"
    assert desk._asked() == []


# Drafts


def test_what_is_written_is_kept_in_the_session_within_two_seconds(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("says the li")
    desk.qtbot.waitUntil(lambda: bool(desk.port.state.drafts), timeout=3_000)
    (kept,) = desk.port.state.drafts
    assert (kept.t_ns, kept.text, kept.by) == (fs.NOW_NS, "says the li", "KL")
    desk.type("ght is warm")
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.notes()
    assert command.note.note == kept.id
    assert desk.port.state.drafts == ()


def test_a_draft_comes_back_with_its_time_and_whose_it_is(qtbot):
    port = SlowSession()
    for draft, by in (("d1", "KL"), ("d2", "RN")):
        event = NoteDrafted(draft, fs.NOW_NS - 60 * fs.S, f"words of {by}", by)
        port.state = fold(port.state, Stamped(fs.NOW_NS, event))
    desk = Desk(qtbot, port)
    assert (desk.edit.text(), desk.panel.entry.lead) == ("words of KL", "draft T+41:17")
    row = desk.row("words of RN")
    assert wording.row_end(row) == "draft, RN"
    desk.press(Qt.Key.Key_E)
    desk.press(Qt.Key.Key_Return)
    assert (desk.edit.text(), desk.panel.entry.lead) == ("words of RN", "draft RN T+41:17")
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.notes()
    assert (command.note.note, command.note.text, command.note.by) == ("d2", "words of RN", "KL")
    assert (desk.edit.text(), desk.panel.entry.lead) == ("words of KL", "draft T+41:17")


def test_an_emptied_line_leaves_no_draft(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("x")
    desk.panel.desk.keep()
    assert [draft.text for draft in desk.port.state.drafts] == ["x"]
    desk.qtbot.waitUntil(lambda: not desk.panel.desk._saver._lines, timeout=20_000)
    desk.press(Qt.Key.Key_Backspace)
    desk.press(Qt.Key.Key_Escape)
    assert desk.port.state.drafts == ()
    assert desk.panel.book.drafts == ()


def test_a_draft_that_cannot_be_kept_is_said_and_tried_again(desk):
    desk.port.full = True
    desk.press(Qt.Key.Key_N)
    desk.type("says")
    desk.panel.desk.keep()
    desk.qtbot.waitUntil(lambda: desk.panel.head == wording.NOT_KEPT, timeout=20_000)
    desk.port.full = False
    desk.qtbot.waitUntil(lambda: desk.panel.head == wording.KEYS[Mode.WRITING], timeout=20_000)
    assert [draft.text for draft in desk.port.state.drafts] == ["says"]


def test_a_note_that_cannot_be_saved_keeps_its_draft_in_the_session(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("says hello")
    desk.panel.desk.keep()
    desk.qtbot.waitUntil(lambda: not desk.panel.desk._saver._lines, timeout=20_000)
    desk.port.full = True
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.panel.book.failed), timeout=20_000)
    desk.panel.desk.keep()
    assert [draft.text for draft in desk.port.state.drafts] == ["says hello"]


# Corrections


def to_list(desk, text):
    """With the keyboard at a note of the list."""
    desk.press(Qt.Key.Key_E)
    for _ in range(20):
        if desk.panel.list.chosen.text == text:
            return
        desk.press(Qt.Key.Key_Down)
    raise AssertionError(text)


def test_any_earlier_note_is_corrected_by_keyboard_with_a_reason(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Return)
    assert desk.panel.entry.lead == "corrects T+19:44"
    desk.edit.selectAll()
    desk.type("moved to tears")
    desk.press(Qt.Key.Key_Tab)
    assert (desk.panel.entry.lead, desk.edit.text()) == ("why", "")
    desk.type("f wrong key")
    desk.press(Qt.Key.Key_F12)
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.asked(1)
    assert (command.note.text, command.note.reason, command.note.by) == (
        "moved to tears",
        "f wrong key",
        "KL",
    )
    assert len(desk.acknowledged) == 1
    desk.saved()
    row = desk.row("moved to tears")
    assert (row.was, row.t_ns) == ("tearful", fs.DOSE_NS + round((19 + 44 / 60) * fs.MIN))


def test_the_earlier_wording_is_shown_on_demand_by_keyboard(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Return)
    desk.edit.selectAll()
    desk.type("moved to tears")
    desk.press(Qt.Key.Key_Tab)
    desk.type("wrong key")
    desk.press(Qt.Key.Key_Return)
    desk.saved()
    to_list(desk, "moved to tears")
    assert [line.told for line in desk.panel.list.listed if line.told] == []
    desk.press(Qt.Key.Key_Space)
    told = [line.told for line in desk.panel.list.listed if line.told]
    assert told == ["T+42:17 KL: was “tearful” (wrong key)", "written T+19:44 KL"]
    desk.press(Qt.Key.Key_Space)
    assert [line.told for line in desk.panel.list.listed if line.told] == []
    desk.press(Qt.Key.Key_Escape)
    assert desk.panel.mode is Mode.REST


def test_an_earlier_note_is_taken_back_with_a_reason_and_stands_again_when_changed(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Delete)
    assert desk.panel.entry.lead == "takes back T+19:44"
    desk.type("another person")
    desk.press(Qt.Key.Key_Return)
    desk.saved()
    (command,) = desk.asked(1)
    assert (command.note.withdrawn, command.note.reason, command.note.text) == (
        True,
        "another person",
        "tearful",
    )
    assert desk.row("tearful").withdrawn
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Return)
    desk.saved()
    assert not desk.row("tearful").withdrawn


def test_taking_back_is_let_be_with_escape(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Delete)
    desk.type("x")
    desk.press(Qt.Key.Key_Escape)
    assert desk._asked() == []
    assert desk.panel.book.drafts == ()


def test_a_correction_left_by_a_click_waits_in_the_list(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Return)
    desk.type(" much")
    desk.edit.clearFocus()
    assert desk.panel.mode is Mode.REST
    row = desk.row("tearful much")
    assert wording.row_end(row) == "draft, KL"
    to_list(desk, "tearful much")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.asked(1)
    assert isinstance(command, AmendNote)
    desk.saved()
    assert desk.port.state.drafts == ()


def test_a_note_that_says_nothing_new_changes_nothing(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Return)
    assert desk._asked() == []


def test_the_chosen_note_is_made_earlier_in_the_list(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Left)
    (command,) = desk.asked(1)
    assert command.note.at_ns == fs.DOSE_NS + round((19 + 44 / 60) * fs.MIN) - 30 * fs.S
    assert desk.panel.list.chosen.text == "tearful"


def test_in_the_list_letters_and_digits_mean_what_they_always_do(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_F)
    desk.press(Qt.Key.Key_3)
    assert len(desk.acknowledged) == 1
    assert [command.note.text for command in desk.notes()] == ["anxious"]
    assert desk.panel.list.chosen.text == "tearful"


# Late entries


@pytest.mark.parametrize(
    ("time", "t_ns", "lead"),
    [
        ("@14:25", fs.DOSE_NS + 20 * fs.MIN, "for T+20:00"),
        ("@T+12:30", fs.DOSE_NS + 12 * fs.MIN + 30 * fs.S, "for T+12:30"),
        ("@-5", fs.NOW_NS - 5 * fs.MIN, "for T+37:17"),
    ],
)
def test_a_note_for_an_earlier_time_is_flagged_with_both_times(desk, time, t_ns, lead):
    desk.press(Qt.Key.Key_N)
    desk.type(f"{time} sat up")
    assert desk.panel.entry.lead == lead
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.notes()
    assert (command.t_ns, command.note.text, command.note.saved_t_ns) == (t_ns, "sat up", fs.NOW_NS)
    assert command.note.late
    desk.saved()
    row = desk.row("sat up")
    assert wording.row_end(row) == "KL, late"
    assert aside(row, desk.panel.time_text) == "written T+42:17"


def test_a_time_that_cannot_be_meant_is_refused_and_nothing_is_lost(desk):
    desk.press(Qt.Key.Key_N)
    desk.type("@99:00 sat up")
    desk.press(Qt.Key.Key_Return)
    assert desk.panel.head == "@99:00 is no time of this session"
    assert desk.edit.text() == "@99:00 sat up"
    assert desk.edit.hasFocus()
    assert desk.notes() == []


def test_a_correction_may_name_another_time(desk):
    to_list(desk, "tearful")
    desk.press(Qt.Key.Key_Return)
    desk.edit.selectAll()
    desk.type("@T+18")
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.asked(1)
    assert (command.note.text, command.note.at_ns) == ("tearful", fs.DOSE_NS + 18 * fs.MIN)


def test_a_mark_gets_its_words_later_and_keeps_its_moment(desk):
    desk.press(Qt.Key.Key_J)
    desk.port.advance(40)
    desk.press(Qt.Key.Key_E)
    desk.press(Qt.Key.Key_Return)
    desk.type("opened the eyes")
    desk.press(Qt.Key.Key_Return)
    desk.saved()
    assert desk.row("opened the eyes").t_ns == fs.NOW_NS


# Who writes

PEOPLE = (
    Author("KL", "Kim Lee", "therapist"),
    Author("RN", "Robin Nagy", "nurse"),
    Author("PB", "Pat Berg", "prescriber"),
)


@pytest.mark.parametrize(
    "keys",
    [
        (Qt.Key.Key_W, Qt.Key.Key_2),
        (Qt.Key.Key_W, Qt.Key.Key_Return),
        (Qt.Key.Key_W, *[Qt.Key.Key_W] * 3, Qt.Key.Key_Return),
    ],
)
def test_two_keys_say_who_writes(qtbot, keys):
    desk = Desk(qtbot, SlowSession(), people=PEOPLE)
    began = time.monotonic()
    for key in keys:
        desk.press(key)
    assert time.monotonic() - began < 3
    assert desk.panel.entry.author == "RN"
    assert not desk.panel.people.isVisible()
    desk.press(Qt.Key.Key_7)
    (command,) = desk.notes()
    assert command.note.by == "RN"


def test_while_somebody_is_chosen_f_acknowledges_and_escape_leaves(qtbot):
    desk = Desk(qtbot, SlowSession(), people=PEOPLE)
    desk.press(Qt.Key.Key_W)
    assert desk.panel.people.isVisible()
    desk.press(Qt.Key.Key_F)
    desk.press(Qt.Key.Key_J)
    assert len(desk.acknowledged) == 1
    assert len(desk.notes()) == 1
    desk.press(Qt.Key.Key_Escape)
    assert not desk.panel.people.isVisible()
    assert desk.panel.entry.author == "KL"
    desk.press(Qt.Key.Key_2)
    assert desk.notes()[-1].note.text == "tearful"


def test_where_nobody_else_is_known_there_is_nobody_to_choose(desk):
    desk.press(Qt.Key.Key_W)
    assert desk.panel.mode is Mode.REST
    assert desk.panel.head == wording.NOBODY_ELSE


def test_a_draft_waits_for_whoever_began_it(qtbot):
    desk = Desk(qtbot, SlowSession(), people=PEOPLE)
    desk.press(Qt.Key.Key_N)
    desk.type("words of KL")
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_W)
    desk.press(Qt.Key.Key_2)
    assert desk.edit.text() == ""
    assert wording.row_end(desk.row("words of KL")) == "draft, KL"
    desk.press(Qt.Key.Key_N)
    desk.type("words of RN")
    desk.press(Qt.Key.Key_Return)
    assert desk.notes()[-1].note.by == "RN"
    desk.press(Qt.Key.Key_W)
    desk.press(Qt.Key.Key_1)
    assert desk.edit.text() == "words of KL"


def test_without_a_name_the_line_asks_who(qtbot):
    desk = Desk(qtbot, SlowSession(), author="")
    assert desk.panel.entry.author == wording.WHO
    desk.press(Qt.Key.Key_1)
    assert wording.row_end(desk.row("calm")) in {wording.SAVING, wording.NOBODY}


# Tags of a clinic


def test_tags_are_the_clinics_and_an_escalation_says_that_somebody_is_to_be_told(qtbot):
    tags = (
        Tag(1, "Calm", "calm", "good", interval=True),
        Tag(9, "Psychotic symptoms", "psychotic", escalation=True),
    )
    desk = Desk(qtbot, SlowSession(), tags=tags)
    desk.press(Qt.Key.Key_9)
    (command,) = desk.notes()
    assert command.note.escalation
    assert desk.panel.head == "psychotic noted · tell who is responsible"
    desk.saved()
    assert wording.row_text(desk.row("psychotic")) == "↑ psychotic"
    desk.port.advance(31)
    assert desk.panel.head == wording.KEYS[Mode.REST]


# Nothing is lost


def test_what_failed_is_tried_again_by_itself_and_what_waits_behind_it_follows(desk):
    desk.port.full = True
    desk.press(Qt.Key.Key_2)
    desk.press(Qt.Key.Key_Left)
    desk.qtbot.waitUntil(lambda: bool(desk.panel.book.failed), timeout=20_000)
    assert desk._asked() == []
    desk.port.full = False
    desk.qtbot.waitUntil(lambda: len(desk._asked()) == 2, timeout=20_000)
    desk.saved()
    assert [type(command) for command in desk._asked()] == [AddNote, AmendNote]
    assert desk.row("tearful").t_ns == fs.NOW_NS - 30 * fs.S


def test_a_save_that_failed_on_its_way_and_yet_arrived_counts_once(desk):
    desk.port.slow = True
    desk.press(Qt.Key.Key_2)
    desk.port.futures[0].set_exception(RecordFull("x.kap", "no room"))
    desk.qtbot.waitUntil(lambda: bool(desk.panel.book.failed), timeout=20_000)
    desk.port.slow = False
    desk.panel.desk.again()
    desk.saved()
    assert [note.text for note in desk.port.state.notes].count("tearful") == 2  # one was there before


def test_a_note_that_is_long_on_its_way_is_said_to_be(desk):
    desk.port.slow = True
    desk.press(Qt.Key.Key_2)
    desk.port.advance(4)
    assert desk.panel.head == "1 not on disk yet"
    desk.port.futures[0].set_result(None)
    desk.saved()
    assert desk.panel.head == wording.UNDO
