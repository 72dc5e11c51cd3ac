"""`python -m ui.annunciator`: the console starts it and talks to it over its standard input and output."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from ui.annunciator.goingon import GoingOn
from ui.annunciator.lines import Lines
from ui.annunciator.program import TICK_MS, Program
from ui.annunciator.routing import Names


def main() -> int:
    """Run until the console says goodbye, or has been gone for long enough."""
    arguments = _parser().parse_args()
    # Ctrl+C in the console's terminal is meant for the console, with which this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    lines = Lines(sys.stdin.buffer, sys.stdout.buffer)
    names = Names(arguments.staff, arguments.room, arguments.auto)
    music = None if arguments.no_music else arguments.music
    program = Program(names, music, lines, application.quit, GoingOn(arguments.record))
    lines.start()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(program.tick)
    timer.start(TICK_MS)
    status = application.exec()
    timer.stop()
    program.close()
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kapmonitor's annunciator", description=__doc__)
    parser.add_argument("--staff", default="", help="the output near the staff's ear")
    parser.add_argument("--room", default="", help="the room's speaker")
    parser.add_argument("--auto", action="store_true", help="whatever the music leaves over")
    parser.add_argument("--music", default="", help="the output of the music; the default one if left out")
    parser.add_argument("--record", default="", help="the session's record, by which it is seen to go on")
    parser.add_argument("--no-music", action="store_true", help="there is no music")
    return parser


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(
        status
    )  # a thread still waits for the console's next line, and Python would wait for that thread
