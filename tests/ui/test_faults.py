"""What nobody caught in the window: said on screen, logged with where it was, and the window goes on."""

import logging
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget
from shell_parts import on_screen, open_window

from kapmonitor.troublelog import places
from ui.faults import QUIET_S, Faults
from ui.replay.openrecords import Opened, OpenRecords
from ui.shell import Shell


class Failing(QWidget):
    """Paints once in two tries; `said` is what it was told to say."""

    def __init__(self):
        super().__init__()
        self.said, self.tries, self.painted = [], 0, 0

    def say(self, message):
        self.said.append(message)

    def paintEvent(self, event):  # noqa: N802  # Qt's name
        self.tries += 1
        painter = QPainter(self)
        if self.tries % 2:
            raise LookupError("no such colour")
        self.painted += 1
        painter.end()


@pytest.mark.qt_log_ignore("endPaint|being painted|propagateSizeHints")
def test_a_fault_in_painting_is_said_once_and_the_window_goes_on(qtbot, caplog):
    before = sys.excepthook
    with on_screen(qtbot) as console, caplog.at_level(logging.ERROR, "ui.faults"):
        failing = Failing()
        console.shell.hold(failing)
        timer = QTimer(failing)
        timer.timeout.connect(failing.update)
        timer.start(10)
        QTimer.singleShot(500, QApplication.instance().quit)
        assert console.run() == 0
        timer.stop()
        failing.tries = 1
    assert sys.excepthook is before
    assert failing.painted > 3
    assert failing.said == [
        "A part of this window failed. Look at the bedside monitor, "
        "and please report this: LookupError: no such colour"
    ]
    (logged,) = caplog.records
    assert places(logged.exc_info[1]).endswith("paintEvent\nbuiltins.LookupError")
    caplog.clear()


def test_it_is_said_again_after_a_while_and_what_ends_the_program_is_left_alone(caplog):
    said, now_s = [], [0.0]
    with Faults(said.append, lambda: now_s[0]), caplog.at_level(logging.ERROR, "ui.faults"):
        for at_s in (0.0, 1.0, QUIET_S - 0.1, QUIET_S, QUIET_S + 1.0):
            now_s[0] = at_s
            sys.excepthook(ValueError, ValueError(f"{at_s}"), None)
    assert [words.split(": ")[-1] for words in said] == ["0.0", str(QUIET_S)]
    caplog.clear()
    ended = []
    before, sys.excepthook = sys.excepthook, lambda *what: ended.append(what[0])
    try:
        with Faults(said.append):
            sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        sys.excepthook = before
    assert ended == [KeyboardInterrupt]
    assert len(said) == 2


def test_it_is_said_in_the_last_line_of_the_dashboard(qtbot):
    shell = Shell()
    qtbot.addWidget(shell)
    shell.say("nothing is held yet")
    window = open_window(qtbot, "quiet")
    shell.hold(window)
    shell.say("a part failed")
    assert window.footer._message == "a part failed"
    records = OpenRecords()
    records._opened = [Opened(window, None, "", "", lambda: None)]
    records._at = 0
    shell.hold(records)
    shell.say("another failed")
    assert window.footer._message == "another failed"
