"""The editor in a window of its own: how it begins, and what is asked before it closes."""

from types import SimpleNamespace

import pytest
from editor_parts import CTRL, K, saved
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shell_parts import LAPTOP

from kapmonitor import show_editor
from kapmonitor.cli import parser
from kapmonitor.commandline.settled import settle_outputs
from playlists import keeping
from ui.playlist import wording
from ui.playlist.window import Edited, EditorWindow, dress_editor
from ui.question.page import QuestionPage
from ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


class Opened:
    """The shell with the editor on a list."""

    def __init__(self, qtbot, edited):
        self.qtbot = qtbot
        self.shell = Shell()
        qtbot.addWidget(self.shell)
        self.shell.resize(LAPTOP)
        self.end = dress_editor(self.shell, edited)
        with qtbot.waitExposed(self.shell):
            self.shell.show()
        self.page = self.shell.findChild(EditorWindow).page
        self.work = self.page._work

    def until_shown(self):
        self.qtbot.waitUntil(lambda: bool(self.page.rows) and not self.work.is_busy)

    def press(self, *keys):
        for key in keys:
            code, modifier = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
            QTest.keyClick(self.page.focusWidget() or self.page.list, code, modifier)
            QApplication.processEvents()


@pytest.fixture
def opened(qtbot, tmp_path):
    made = Opened(qtbot, Edited(saved(tmp_path), tmp_path))
    made.until_shown()
    made.page.list.setFocus()
    yield made
    made.end()


def test_what_is_saved_is_left_without_a_question(opened):
    opened.press(K.Key_Escape)
    assert not opened.shell.isVisible()


def test_what_is_being_typed_is_not_lost_by_closing(opened):
    opened.press(K.Key_Down, K.Key_Return)
    QTest.keyClicks(opened.page.focusWidget(), "x")
    assert not opened.shell.close()
    assert isinstance(opened.page.over.widget, QuestionPage)


def test_closing_over_unsaved_work_asks_and_keeping_it_stays(opened):
    opened.press(K.Key_Down, K.Key_Delete)
    assert not opened.shell.close()
    assert isinstance(opened.page.over.widget, QuestionPage)
    opened.press(K.Key_K)
    assert opened.shell.isVisible()
    assert opened.page.over.widget is None
    opened.press((K.Key_Z, CTRL), K.Key_Escape)
    assert not opened.shell.isVisible()


@pytest.mark.parametrize(("answer", "tracks"), [(K.Key_S, 5), (K.Key_X, 6)])
def test_it_closes_once_that_is_answered(opened, tmp_path, answer, tracks):
    opened.press(K.Key_Down, K.Key_Delete, K.Key_Escape, answer)
    opened.qtbot.waitUntil(lambda: not opened.shell.isVisible())
    assert len(keeping.open_list(tmp_path / "evening.xspf").playlist.places()) == tracks


def test_what_cannot_be_saved_does_not_close(opened, tmp_path):
    opened.press(K.Key_Down, K.Key_Delete)
    path = tmp_path / "evening.xspf"
    path.unlink()
    path.mkdir()
    opened.press(K.Key_Escape, K.Key_S)
    opened.qtbot.waitUntil(lambda: "evening.xspf" in opened.page.foot().said)
    assert opened.shell.isVisible()
    assert opened.work.is_unsaved


def test_saving_later_does_not_close_what_was_kept_open_before(opened, tmp_path):
    path = tmp_path / "evening.xspf"
    before = path.read_bytes()
    for spoil in (lambda: path.write_bytes(b"theirs"), lambda: (path.unlink(), path.mkdir())):
        opened.press(K.Key_End, K.Key_Up, K.Key_Up, K.Key_Delete)
        spoil()
        opened.press(K.Key_Escape, K.Key_S)
        opened.qtbot.waitUntil(lambda: not opened.work._filing.is_busy)
        if path.is_file():
            opened.press(K.Key_K)
            path.unlink()
            path.write_bytes(before)
        else:
            path.rmdir()
            path.write_bytes(before)
        opened.press((K.Key_S, CTRL))
        opened.qtbot.waitUntil(lambda: not opened.work.is_unsaved)
        before = path.read_bytes()
        assert opened.shell.isVisible()


def test_a_list_that_is_not_there_is_a_new_one_for_that_place(qtbot, tmp_path):
    made = Opened(qtbot, Edited(tmp_path / "morning.xspf", tmp_path))
    qtbot.waitUntil(lambda: made.page.head().title == "morning")
    assert made.page.head().file == str(tmp_path / "morning.xspf")
    assert not made.page.head().unsaved
    assert made.page.foot().keys == wording.KEYS
    made.end()


def test_the_command_names_the_outputs_and_where_to_begin(tmp_path, qtbot):
    making = []
    console = SimpleNamespace(prepare=making.append)
    arguments = parser().parse_args(
        ["playlist", "edit", str(saved(tmp_path)), "--output", "Room", "--staff-output", "Ear"]
    )
    settle_outputs(arguments)
    show_editor.prepare(console, arguments)
    shell = Shell()
    qtbot.addWidget(shell)
    end = making[0](lambda _share, _words: None)(shell)
    page = shell.findChild(EditorWindow).page
    qtbot.waitUntil(lambda: len(page.rows) == 9)
    player = page._listener._make(page._work.playlist)
    assert player._wanted == "Room"
    assert player._avoid == {"Ear"}
    end()


@pytest.mark.parametrize(
    ("path", "folder"), [("here/x.xspf", "here"), ("here", "here"), ("nowhere/x.xspf", None), (None, None)]
)
def test_music_is_looked_for_beside_the_list(tmp_path, path, folder):
    (tmp_path / "here").mkdir()
    found = show_editor._music_folder(None if path is None else tmp_path / path)
    assert found.is_dir()
    if folder is not None:
        assert found == tmp_path / folder
