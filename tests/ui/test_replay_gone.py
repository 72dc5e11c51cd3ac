"""A record whose file goes away while it is reviewed: the window stays, says so, and makes up no value."""

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from reviewed_record import T0, S, make_reviewed

from kapmonitor import show_review
from kapmonitor.model import Measured
from kapmonitor.review import GONE
from kapmonitor.show_review import checked
from ui.replay import ReplayBar
from ui.shell import Shell
from ui.trends import TrendsPane

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
SECONDS = 1500


@pytest.fixture
def opened(tmp_path, monkeypatch, qtbot):
    monkeypatch.setattr(show_review, "people_file", lambda: tmp_path / "people.json")
    monkeypatch.setattr(show_review, "heads_ledger", lambda: tmp_path / "ledger")
    path = make_reviewed(tmp_path / "a.kap", SECONDS)
    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    shell.show()
    end = show_review._dress(shell, [checked(path, lambda _share: None)], 30.0)
    QTest.qWait(50)
    yield path, shell, shell._held.current
    shell.close()
    end()


def test_the_review_of_a_file_that_is_cut_short_goes_on_and_says_so(opened):
    path, shell, current = opened
    bar, pane = shell.findChild(ReplayBar), shell.findChild(TrendsPane)
    assert isinstance(current.port.snapshot().hr.reading, Measured)
    assert bar.said == "intact"
    os.truncate(path, 4096)
    for key in "wnpdah":
        QTest.keyClick(current.window, key)
    for second in (SECONDS // 2, 100, SECONDS - 200, 700):
        current.port.seek(T0 + second * S)
        for _ in range(2):
            pane.narrower()
            QTest.qWait(20)
        assert not shell.grab().isNull()
    for key in (Qt.Key.Key_X, Qt.Key.Key_X, Qt.Key.Key_Space):
        QTest.keyClick(current.window, key)
        QTest.qWait(60)
    bar.say("")
    assert bar.said == GONE
    shown = current.port.snapshot()
    assert not isinstance(shown.hr.reading, Measured)
    assert (shown.hr.unread, shown.spo2.unread, shown.nibp.unread) == (True, True, True)
