"""Rules for every test: no unexpected log, no display needed."""

import atexit
import gc
import logging
import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Sessions keep the heads of their records, and programs what failed: not in the folders of whoever runs this.
_data = tempfile.TemporaryDirectory(prefix="kapmonitor-tests-")
atexit.register(_data.cleanup)
os.environ["XDG_DATA_HOME"] = os.environ["XDG_STATE_HOME"] = _data.name
# How long an example takes says how busy the computer is, and nothing about the code.
settings.register_profile("any-computer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-computer")


def pytest_collection_finish():
    """What was loaded by now stays."""
    gc.collect()
    gc.freeze()


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
    Qt is painting it. And it runs in any thread, while timers are stopped in their own; so it runs here, over
    no more than what a test left: a review that ends thaws all that was frozen.
    """
    held = []
    add = qtbot.addWidget

    def add_and_hold(widget, *, before_close_func=None):
        held.append(widget)
        add(widget, before_close_func=before_close_func)

    qtbot.addWidget = add_and_hold
    yield qtbot
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    held.clear()
    gc.collect()
    if not gc.get_freeze_count():
        gc.freeze()
