"""From the key of a note to its durable place in a real record, and to the word that says so."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bench_table import Row
from note_taker import Taker, wait_for
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from worst_case import quantile

from kapmonitor.commands import AddNote
from ui.notes.author import Author
from ui.notes.rows import Saving

NOTES = 300
TARGET_S = 0.050
SWITCHES = 20
TARGET_SWITCH_S = 3.0
PEOPLE = (Author("KL", "Kim Lee", "therapist"), Author("RN", "Robin Nagy", "nurse"))


def run() -> list[Row]:
    """On the disk that holds the system's temporary folder, with nothing else in the session."""
    application = QApplication.instance() or QApplication(["bench"])
    with tempfile.TemporaryDirectory() as folder:
        taker = Taker(Path(folder) / "x.kap", people=PEOPLE)
        keys, durable, shown = tags(taker)
        switched = switches(taker)
        taker.end()
    del application
    p50, p95, p99 = (quantile(durable, share) * 1e3 for share in (0.5, 0.95, 0.99))
    seen = quantile(shown, 0.95) * 1e3
    slowest = max(switched)
    return [
        Row("notes: keystrokes for a tag", f"{keys:.0f}", "-", "-", "1", keys == 1),
        Row(
            "notes: key-down to durable, p95",
            f"{p95:.1f} ms (p50 {p50:.1f}, p99 {p99:.1f}, {NOTES} notes)",
            "-",
            "-",
            f"< {TARGET_S * 1e3:.0f} ms",
            p95 < TARGET_S * 1e3,
        ),
        Row("notes: key-down to 'saved', p95", f"{seen:.1f} ms", "-", "-", "-", ok=True),
        Row(
            "notes: another author, 2 keys, slowest",
            f"{slowest * 1e3:.1f} ms",
            "-",
            "-",
            "< 3 s",
            slowest < TARGET_SWITCH_S,
        ),
    ]


def tags(taker: Taker) -> tuple[float, list[float], list[float]]:
    """Keys pressed for each note; seconds until each was on disk, and until the panel said so."""
    done: list[float] = []
    submit = taker.port.submit

    def watched(command):
        future = submit(command)
        if isinstance(command, AddNote):
            future.add_done_callback(lambda _done: done.append(time.perf_counter()))
        return future

    taker.port.submit = watched
    durable, shown = [], []
    for number in range(NOTES):
        key = Qt.Key(Qt.Key.Key_1 + number % 9)
        durable_s, shown_s = timed(taker, done, lambda key=key: taker.press(key))
        durable.append(durable_s)
        shown.append(shown_s)
    taker.port.submit = submit
    return len(done) / NOTES, durable, shown


def timed(taker: Taker, done: list[float], press: Callable[[], None]) -> tuple[float, float]:
    """One note."""
    before, began = len(done), time.perf_counter()
    press()
    wait_for(lambda: len(done) > before, step_ms=1)
    wait_for(lambda: taker.panel.list.rows[0].saving is Saving.SAVED, step_ms=1)
    return done[before] - began, time.perf_counter() - began


def switches(taker: Taker) -> list[float]:
    """Seconds from W to another author beside the line."""
    taken = []
    for number in range(SWITCHES):
        wanted = 1 + (number + 1) % 2
        began = time.perf_counter()
        taker.press(Qt.Key.Key_W)
        taker.press(Qt.Key(Qt.Key.Key_0 + wanted))
        QApplication.processEvents()
        taken.append(time.perf_counter() - began)
        assert taker.panel.entry.author == PEOPLE[wanted - 1].initials
    return taken
