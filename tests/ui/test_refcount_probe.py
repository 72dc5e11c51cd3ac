"""PySide6 6.12 below Python 3.12 takes a reference from None or True in each call, until the process dies."""

import subprocess
import sys

PROBE = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])

class Source(QObject):
    said = Signal(int)

source, widget = Source(), QWidget()
source.said.connect(lambda value: None)
before = [sys.getrefcount(value) for value in (None, True, False)]
for number in range(1000):
    widget.update()
    source.said.emit(number)
after = [sys.getrefcount(value) for value in (None, True, False)]
print([b - a for a, b in zip(before, after)])
"""
JITTER = 50
"""References that the interpreter itself may take or give back meanwhile; the fault moves a thousand."""


def test_qt_calls_take_no_references():
    run = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60, check=True
    )
    assert all(abs(moved) < JITTER for moved in eval(run.stdout)), run.stdout
