"""The editor over a session: another list is worked on, nothing of it is heard, and nothing of it is lost."""

import pytest
from editor_parts import CTRL, K, saved
from fake_player import FakePlayer
from fake_session import FakeSession
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shell_parts import HD, LAPTOP

from kapmonitor.session.events import Phase
from ui.dressing import Live, dress_live
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.music.panel import MusicPanel
from ui.playlist import wording
from ui.playlist.page import EditorPage
from ui.playlist.wiring import SessionEditor
from ui.question.page import QuestionPage
from ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


class Room:
    """A console with a session, whose music is a player that makes no sound."""

    def __init__(self, qtbot, monkeypatch, size=HD):
        self.made = []
        outer = self

        class Watched(FakePlayer):
            def __init__(self, *_more, **_named):
                super().__init__()
                outer.made.append(self)

            def start(self):
                pass

            def close(self):
                pass

        monkeypatch.setattr("ui.music.player.Player", Watched)
        monkeypatch.setattr("ui.dressing._add_slow_parts", lambda *_parts: None)
        self.qtbot = qtbot
        self.session = FakeSession("quiet")
        self.shell = Shell()
        qtbot.addWidget(self.shell)
        self.shell.resize(size)
        self.end = dress_live(self.shell, Live(self.session, lambda _wake: None, object()))
        self.shell.show()
        self.window = self.shell.findChild(MainWindow)
        self.editor = self.shell.findChild(SessionEditor)
        self.window.setFocus()

    @property
    def page(self):
        shown = self.window.over_trends
        return shown if isinstance(shown, EditorPage) else None

    def press(self, *keys):
        for key in keys:
            code, modifier = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
            QTest.keyClick(self.window.focusWidget() or self.window, code, modifier)
            QApplication.processEvents()

    def edit(self, path):
        self.press((K.Key_M, Qt.KeyboardModifier.ShiftModifier))
        self.editor.work.open(path)
        work = self.editor.work
        self.qtbot.waitUntil(lambda: bool(work.playlist.sections) and not work.is_busy)


@pytest.fixture
def room(qtbot, monkeypatch):
    made = Room(qtbot, monkeypatch)
    yield made
    made.end()


def test_a_key_and_the_music_panel_put_it_over_the_trends(room, tmp_path):
    room.edit(saved(tmp_path))
    assert room.page is not None
    assert room.page.head().barred == wording.IN_SESSION_SHORT
    assert wording.LISTEN not in room.page.foot().keys
    room.press(K.Key_Escape)
    assert room.page is None
    (panel,) = room.window.findChildren(MusicPanel)
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(30, 20))
    assert room.page is not None
    assert [row.title for row in room.page.rows][:2] == ["Settle", "Lamplight"]


def test_nothing_is_heard_of_it_and_the_reason_is_said(room, tmp_path):
    room.edit(saved(tmp_path))
    (own,) = room.made
    room.press(K.Key_Down, K.Key_Space, (K.Key_Space, Qt.KeyboardModifier.ShiftModifier))
    assert wording.IN_SESSION in room.page.foot().said
    assert room.made == [own], "no other player was made"
    assert not room.editor.findChildren(EditorPage)


def test_its_keys_take_none_that_a_session_needs(room, tmp_path):
    heard = []
    own = (Action.ACKNOWLEDGE, Action.MARK, Action.AUDIO_PAUSE, Action.MUSIC_SOFTER)
    for action in (*own, Action.VOLUME_UP):
        room.window.on(action, lambda press: heard.append(press.action))
    room.edit(saved(tmp_path))
    room.press(K.Key_F, K.Key_J, K.Key_P, K.Key_S, (K.Key_S, CTRL), (K.Key_Z, CTRL), K.Key_Down, K.Key_Up)
    assert heard == [*own]
    room.press(K.Key_Return, K.Key_F, K.Key_F12)
    assert heard[4:] == [Action.ACKNOWLEDGE]


def test_another_page_in_its_place_loses_nothing(room, tmp_path):
    room.edit(saved(tmp_path))
    room.press(K.Key_Down, K.Key_Delete)
    room.press(K.Key_L)
    assert room.page is None
    QApplication.processEvents()
    room.editor.work.said.emit("words for a page that is gone", False)
    room.editor.work.changed.emit()
    room.press((K.Key_M, Qt.KeyboardModifier.ShiftModifier))
    assert room.page.head().unsaved
    assert [row.title for row in room.page.rows][:2] == ["Settle", "Тихая вода"]
    room.press((K.Key_Z, CTRL))
    assert not room.page.head().unsaved


def test_closing_the_window_asks_about_the_list_first(room, tmp_path):
    room.edit(saved(tmp_path))
    room.press(K.Key_Down, K.Key_Delete, K.Key_Escape)
    assert not room.shell.close()
    assert isinstance(room.page.over.widget, QuestionPage)
    room.press(K.Key_K)
    assert not room.shell.close()
    room.press(K.Key_X)
    assert not room.shell.isVisible()


def test_after_the_sign_off_it_is_asked_about_as_well(room, tmp_path):
    room.edit(saved(tmp_path))
    room.press(K.Key_Down, K.Key_Delete, K.Key_Escape)
    room.shell.hold(QWidget())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not room.shell.close()
    (page,) = (page for page in room.shell.findChildren(EditorPage) if page.isVisible())
    QTest.keyClick(page.over.widget, K.Key_X)
    assert not room.shell.isVisible()


def test_the_letters_of_a_question_are_its_own(room, tmp_path):
    heard = []
    room.window.on(Action.MUSIC_SOFTER, heard.append)
    room.edit(saved(tmp_path))
    room.press(K.Key_Down, K.Key_Delete, K.Key_Escape)
    room.shell.close()
    room.press(K.Key_S)
    room.qtbot.waitUntil(lambda: not room.shell.isVisible())
    assert not room.editor.work.is_unsaved
    assert not heard


@pytest.mark.parametrize("size", [HD, LAPTOP, QSize(960, 600)])
def test_it_fits_between_the_other_parts(qtbot, monkeypatch, tmp_path, size):
    room = Room(qtbot, monkeypatch, size)
    room.edit(saved(tmp_path))
    page = room.page
    parts = [page.list.geometry(), page.fields.geometry()]
    assert page.list.room >= 3
    assert all(page.rect().contains(part) for part in parts)
    assert not parts[0].intersects(parts[1])
    at = page._places()
    assert at.foot.bottom() <= page.height()
    assert at.fields.bottom() <= at.foot.top() + 1
    assert room.session.snapshot().session.phase in Phase
    room.end()
