"""Rules for every test: no unexpected log, no display needed."""

import logging
import os
import tempfile

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Sessions keep the heads of their records in the user's data folder: not in that of whoever runs the tests.
_data = tempfile.TemporaryDirectory(prefix="kapmonitor-tests-")
os.environ["XDG_DATA_HOME"] = _data.name


@pytest.fixture(autouse=True)
def _no_unexpected_log(caplog):
    """A warning or worse that a test did not ask for (with `caplog.clear()`) fails it."""
    caplog.set_level(logging.WARNING)
    yield
    unexpected = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert not unexpected, [f"{r.name}: {r.getMessage()}" for r in unexpected]


@pytest.fixture
def qtbot(qtbot):
    """Keeps windows until they are closed, and then ends them here.

    pytest-qt knows them weakly; without a name that holds it, Python's collector may take a window away while
    Qt is painting it. And it may run in any thread, which must not be the one that stops a window's timers.
    """
    held = []
    add = qtbot.addWidget

    def add_and_hold(widget, *, before_close_func=None):
        held.append(widget)
        add(widget, before_close_func=before_close_func)

    qtbot.addWidget = add_and_hold
    yield qtbot
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
