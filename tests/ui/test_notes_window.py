"""Notes in the whole window: while an alarm is up, in both sizes, in trends and review."""

import fake_session as fs
import pytest
from fake_player import PLAYING, FakePlayer
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shell_parts import HD, LAPTOP, open_window

from kapmonitor.commands import AddNote
from kapmonitor.protocol import shipped
from kapmonitor.protocol.tags import Tag
from kapmonitor.session.care_events import ScaleScored
from kapmonitor.session.events import (
    DoseGiven,
    NoteAdded,
    NoteAmended,
    NoteDrafted,
    NoteEnded,
    SessionClosed,
    Stamped,
)
from kapmonitor.session.state import SessionState, fold
from ui import dressing, fonts
from ui.dressing import wire_notes
from ui.music.panel import MusicPanel
from ui.notes import NotesPanel, wording
from ui.notes.author import Author
from ui.notes.modes import Mode
from ui.notes.tagset import DEFAULT
from ui.replay.listed import lines, what_lasted
from ui.trends.marks import moments
from ui.trends.stretches import Stretch, stretches
from ui.trends.window import Span

S, MIN = fs.S, fs.MIN
PEOPLE = tuple(Author(f"P{i}", f"Somebody with the number {i}", "therapist") for i in range(1, 10))


class Room:
    """A window with notes and music, and somebody at its keys."""

    def __init__(self, qtbot, variant, size=HD):
        self.session = fs.FakeSession(variant)
        self.window = open_window(qtbot, self.session, size)
        self.notes = NotesPanel(self.session, self.window.theme, author="KL", people=PEOPLE)
        self.window.set_notes(self.notes)
        wire_notes(self.window, self.notes)
        music = MusicPanel(self.window.theme, FakePlayer(PLAYING), self.session.now_ns)
        music.bind(self.window.keys)
        self.window.set_music(music)
        self.acknowledged = []
        self.window.acknowledge_asked.connect(lambda *said: self.acknowledged.append(said))
        self.window.activateWindow()
        self.window.setFocus()
        qtbot.waitUntil(self.window.isActiveWindow, timeout=20_000)

    def press(self, *keys):
        for key in keys:
            QTest.keyClick(QApplication.focusWidget() or self.window, key)

    def type(self, text):
        QTest.keyClicks(QApplication.focusWidget(), text)


def test_f_in_a_note_is_text_and_f12_acknowledges_while_an_alarm_is_up(qtbot):
    room = Room(qtbot, "high")
    room.press(Qt.Key.Key_N)
    room.type("feels far off, 3 of 10")
    assert room.notes.entry.edit.text() == "feels far off, 3 of 10"
    assert room.acknowledged == []
    assert room.session.commands == []
    assert room.notes.head == wording.ALARM
    room.press(Qt.Key.Key_F12)
    assert len(room.acknowledged) == 1
    assert room.notes.mode is Mode.WRITING
    room.press(Qt.Key.Key_Return)
    assert [type(command) for command in room.session.commands] == [AddNote]
    room.press(Qt.Key.Key_F)
    assert len(room.acknowledged) == 2


@pytest.mark.parametrize("variant", ["high", "medium", "many", "latched", "technical"])
def test_one_key_notes_work_while_alarms_are_up(qtbot, variant):
    room = Room(qtbot, variant)
    room.press(Qt.Key.Key_2, Qt.Key.Key_J, Qt.Key.Key_Left)
    added = [command for command in room.session.commands if isinstance(command, AddNote)]
    assert [(command.note.text, command.t_ns) for command in added] == [
        ("tearful", room.session.now_ns()),
        ("", room.session.now_ns()),
    ]


def test_after_a_note_the_arrows_are_the_dashboards_again(qtbot):
    room = Room(qtbot, "quiet")
    for keys in (
        (Qt.Key.Key_N, Qt.Key.Key_Escape),
        (Qt.Key.Key_E, Qt.Key.Key_Escape),
        (Qt.Key.Key_W, Qt.Key.Key_Escape),
    ):
        room.press(*keys)
        assert room.notes.mode is Mode.REST
        assert QApplication.focusWidget() is room.window
    before = len(room.session.commands)
    room.press(Qt.Key.Key_Left)
    assert len(room.session.commands) == before + 1


def test_a_page_that_had_the_keys_gets_them_back_after_a_note(qtbot):
    room = Room(qtbot, "quiet")
    page = QWidget()
    room.window.open_over_trends(page)
    room.press(Qt.Key.Key_N)
    room.type("x")
    room.press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page
    room.press(Qt.Key.Key_N)
    room.window.close_over_trends()
    QApplication.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
    room.notes.write()
    room.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is room.window


def test_the_keys_note_what_the_protocol_on_record_says():
    protocol = shipped.example()
    session = fs.FakeSession("quiet")

    def tags(port, *given):
        return dressing._tags(dressing.Live(port, lambda wake: None, tags=given))

    assert tags(session)[8] == protocol.tags[8]
    assert tags(session, "these", "names")[8] == protocol.tags[8]
    assert tags(session, Tag(1, "One", "one")) == (Tag(1, "One", "one"),)
    without = fs.FakeSession("quiet")
    without.forget_protocol()
    assert [tag.short for tag in tags(without, "these", "names")] == ["these", "names"]
    assert tags(without) == DEFAULT


@pytest.mark.parametrize("size", [HD, LAPTOP], ids=["hd", "laptop"])
def test_the_keys_of_every_mode_fit_the_head_and_people_fit_the_panel(qtbot, size):
    room = Room(qtbot, "quiet", size)
    theme, notes = room.window.theme, room.notes
    title = fonts.width(wording.WHO_WRITES, theme.text_px(22), fonts.SEMIBOLD)
    room_px = notes.width() - 2 * theme.px(18) - theme.px(12)
    said = [
        wording.UNDO,
        wording.ALARM,
        wording.AT_START,
        wording.NOT_KEPT,
        wording.NOBODY_ELSE,
        wording.NOT_SAVED.format(n=99),
        wording.MOVED.format(time="T+103:10", was="T+103:40"),
    ]
    for words in (*wording.KEYS.values(), *said):
        own = (
            title
            if words == wording.KEYS[Mode.CHOOSING]
            else fonts.width(wording.TITLE, theme.text_px(22), fonts.SEMIBOLD)
        )
        assert fonts.width(words, theme.text_px(14), fonts.SEMIBOLD) <= room_px - own, words
    room.press(Qt.Key.Key_W)
    assert notes.people._row_height() * len(PEOPLE) <= notes.people.height() + 1
    assert notes.people._row_height() >= 24
    assert notes.list.shown >= 5


def lasted(*more):
    state = SessionState()
    for t_s, event in (
        (10, NoteAdded("a", "tag", "tearful", "KL", 10 * S, "tearful", lasts=True)),
        (20, NoteAdded("b", "tag", "hand held", "KL", 20 * S, "hand held", lasts=True)),
        (30, NoteEnded("a", "KL")),
        *more,
    ):
        state = fold(state, Stamped(t_s * S, event))
    return state


def test_what_lasted_is_a_span_and_overlaps_lie_apart():
    again = (35, NoteAdded("c", "tag", "tearful", "KL", 35 * S, "tearful", lasts=True))
    gone = (36, NoteAdded("d", "tag", "calm", "KL", 36 * S, "calm", lasts=True))
    back = (37, NoteAmended("d", "calm", withdrawn=True, by="KL"))
    state = lasted(again, gone, back)
    assert stretches(state, 50 * S) == (
        Stretch(10 * S, 30 * S, open=False, level=0),
        Stretch(20 * S, 50 * S, open=True, level=1),
        Stretch(35 * S, 50 * S, open=True, level=0),
    )
    whole = moments(state, Span(0, 50 * S), 50 * S)
    assert [(m.text, m.t1_ns) for m in whole] == [
        ("tearful", 30 * S),
        ("hand held", 50 * S),
        ("tearful", 50 * S),
    ]
    assert what_lasted(state, 50 * S) == ((10 * S, 30 * S), (20 * S, 50 * S), (35 * S, 50 * S))


@pytest.mark.parametrize(
    ("t0_s", "t1_s", "seen"),
    [
        (0, 9, []),
        (0, 10, ["a"]),
        (12, 15, ["a"]),
        (30, 32, ["a", "b"]),
        (31, 39, ["b"]),
        (40, 40, ["b", "c", "score", "dose"]),
        (41, 60, ["b"]),
    ],
)
def test_a_window_has_what_began_in_it_and_what_lasted_into_it(t0_s, t1_s, seen):
    state = lasted(
        (40, NoteAdded("c", "tag", "calm", "KL", 40 * S, "calm")),
        (40, DoseGiven("ketamine", 70.0, "im", "deltoid", "RN", dose="d1")),
        (40, ScaleScored("sedation", 1, 0, "RN")),
    )
    found = moments(state, Span(t0_s * S, t1_s * S), 50 * S)
    names = {"tearful": "a", "hand held": "b", "calm": "c", "sedation 1": "score"}
    assert ["dose" if m.dose else names.get(m.text, m.text) for m in found] == seen


def test_in_a_review_what_lasted_has_its_length_and_ends_with_the_session():
    assert [line.text for line in lines(lasted())] == ["tearful, 0:20", "hand held, no end on record"]
    over = lasted((50, SessionClosed("ended", 0)))
    assert [line.text for line in lines(over)] == ["tearful, 0:20", "hand held, 0:30"]
    assert not any(one.open for one in stretches(over, 60 * S))


def test_in_a_review_a_note_has_both_its_times_and_what_it_was():
    state = lasted(
        (40, NoteAmended("a", "moved to tears", withdrawn=False, by="RN", at_ns=5 * S)),
        (15, NoteAdded("l", "text", "sat up", "RN", 41 * S, late=True)),
        (42, NoteDrafted("d", 41 * S, "asks where the", "RN")),
    )
    tearful, late, _, draft = lines(state)
    assert (tearful.text, tearful.was, tearful.was_ns) == ("moved to tears, 0:25", "tearful", 10 * S)
    assert (late.text, late.written_ns) == ("sat up", 41 * S)
    assert (draft.kind, draft.text, draft.by) == ("draft", "draft: asks where the", "RN")
