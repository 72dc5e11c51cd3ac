"""The window around a session: whatever making it comes to, it ends in words and in order."""

import signal
import sys
import threading
import time

import pytest
from PySide6.QtCore import QTimer

from kapmonitor.errors import ConfigError, RecordFull
from ui.console import Console, Picture

POSIX = sys.platform != "win32"


@pytest.fixture
def console(qtbot, tmp_path):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = Console(Picture(tmp_path / "x.png", (1280, 720), 0.0))
    qtbot.addWidget(made.shell)
    made.show()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)
    _settle(made.application)


def _settle(application):
    """A quit still queued would end every event loop of the tests that follow; exec() takes it back."""
    application.processEvents()
    QTimer.singleShot(0, application.quit)
    application.exec()


def nothing():
    """Nothing to end."""


def fails(error):
    def make(_progress):
        raise error

    return make


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConfigError("l.toml", "at", "a number"), "l.toml: at: a number"),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
        (ZeroDivisionError("by none"), "ZeroDivisionError: by none"),
    ],
)
def test_a_session_that_cannot_be_made_is_said_and_ends_with_2(console, error, words, caplog):
    console.prepare(fails(error))
    assert console.run() == 2
    assert words in console.trouble
    caplog.clear()


def test_a_dashboard_that_cannot_be_put_up_is_said(console, caplog):
    console.prepare(lambda _progress: lambda _shell: {}["missing"])
    assert console.run() == 2
    assert "KeyError" in console.trouble
    caplog.clear()


def test_closing_while_a_session_is_made_stops_the_making_first(console):
    order = []
    begun = threading.Event()

    def make(progress):
        console.on_close(lambda: order.append("closed"))
        begun.set()
        try:
            while True:
                progress(0.5, "making")
                time.sleep(0.005)
        finally:
            order.append("stopped")

    console.prepare(make)
    threading.Thread(target=lambda: begun.wait(20) and signal.raise_signal(signal.SIGTERM)).start()
    assert console.run() == 0
    assert order == ["stopped", "closed"]


def test_what_cannot_be_closed_does_not_keep_the_others_open(console):
    closed = []

    def full():
        raise RecordFull("r.kap", "The disk is full")

    console.on_close(lambda: closed.append("first"))
    console.on_close(full)
    console.prepare(lambda _progress: lambda _shell: nothing)
    assert console.run() == 2
    assert closed == ["first"]
    assert console.trouble == "r.kap: The disk is full"


def test_a_fault_of_ours_in_one_closing_is_said_and_the_others_are_still_closed(console, caplog):
    closed = []

    def fail():
        raise TimeoutError

    console.on_close(lambda: closed.append("first"))
    console.on_close(fail)
    console.prepare(lambda _progress: lambda _shell: nothing)
    assert console.run() == 2
    assert closed == ["first"]
    assert "TimeoutError" in console.trouble
    assert [record.getMessage() for record in caplog.records] == ["a part of the session could not be closed"]
    caplog.clear()
