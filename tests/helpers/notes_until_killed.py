"""Somebody takes notes at a real session until the program is killed; each key is told, line by line."""

import os
import sys
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from note_taker import Taker
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

WORDS = "says that the light is warm and that somebody is near, asks for nothing, breathes slowly "


def say(line: str) -> None:
    """To whoever is going to kill us."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(path: str) -> None:
    """Something lasts, and a note is written at ten letters a second that nobody ever finishes."""
    application = QApplication(sys.argv[:1])
    taker = Taker(Path(path), author="KL")
    taker.press(Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    taker.saved()
    taker.press(Qt.Key.Key_N)
    say("begun")
    for letter in WORDS * 20:
        taker.type(letter)
        say(f"{time.monotonic():.3f} {taker.panel.entry.edit.text()}")
        until = time.monotonic() + 0.1
        while time.monotonic() < until:
            application.processEvents()
            time.sleep(0.005)


if __name__ == "__main__":
    main(sys.argv[1])
