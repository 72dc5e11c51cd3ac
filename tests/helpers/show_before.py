"""The page on which a session is opened in each of its states: show_before.py FOLDER [NAME ...]"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fake_session import MIN, FakeSession  # noqa: E402
from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from kapmonitor.preflight import checks  # noqa: E402
from kapmonitor.session.care_events import (  # noqa: E402
    CardFilled,
    CheckAnswered,
    CheckOverridden,
    PersonIdentified,
    SessionOpened,
)
from kapmonitor.session.events import Stamped  # noqa: E402
from kapmonitor.session.state import fold  # noqa: E402
from ui.before.questions import of_session  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402
from ui.opening import show_opening  # noqa: E402
from ui.screenshot import save  # noqa: E402

SIZES = (QSize(1920, 1080), QSize(1366, 768))
K, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier
HALF = (
    PersonIdentified("4471", "1987-03-09", "M.K.", "KL"),
    CardFilled("course", "depression, session 3 of 6", "KL"),
    CardFilled("intention", "to look at it without turning away", "KL"),
    CardFilled("touch", "hand only, after asking", "KL"),
    CardFilled("weight", "71.5", "KL"),
    CheckAnswered("consent", "yes", "", "KL"),
    CheckAnswered("screening", "no", "", "KL"),
    CheckOverridden("disk", "a stick is used today", "RN"),
)


def session(variant, *events):
    """Not dosed; these were charted a minute ago."""
    made = FakeSession(variant)
    made.state = replace(made.state, doses=())
    for event in events:
        made.state = fold(made.state, Stamped(made.now_ns() - MIN, event))
    return made


def ready(*more):
    """Nothing is left."""
    made = session("baseline", *HALF)
    wanted = of_session(made.state)
    left = [c.id for c in checks(made.snapshot(), wanted.questions, wanted.automatic) if c.holds_up]
    return session("baseline", *HALF, *(CheckOverridden(c, "not today", "KL") for c in left), *more)


def press(window, *keys, held=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        QTest.keyClick(window.focusWidget() or window, key, held)


def reason(window):
    window.over_body.widget.choose("consent")
    press(window, K.Key_Down, K.Key_W)
    QTest.keyClicks(window.focusWidget(), "not needed today")


def go(window):
    window.over_body.widget.setFocus()
    press(window, K.Key_Return, held=CONTROL)
    press(window, K.Key_Return)
    QTest.keyClicks(window.focusWidget(), "nurse")
    press(window, K.Key_Return)


def not_today(window):
    window.over_body.widget.setFocus()
    press(window, K.Key_Escape)


SCENES = {
    "empty": (lambda: session("empty"), None),
    "half": (lambda: session("baseline", *HALF), None),
    "lost": (lambda: session("lost", *HALF), None),
    "alarm": (lambda: session("high", *HALF), None),
    "reason": (lambda: session("baseline", *HALF), reason),
    "ready": (ready, None),
    "go": (ready, go),
    "not-today": (lambda: session("baseline", *HALF), not_today),
    "opened": (lambda: ready(SessionOpened("RN", "nurse", ("disk",))), None),
}


def main(folder: Path, names: list[str]) -> None:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (make, play) in SCENES.items():
        for size in SIZES:
            if names and name not in names:
                continue
            shown = make()
            window = MainWindow(shown)
            window.resize(size)
            window.show()
            show_opening(window, shown, lambda: "KL")
            window.activateWindow()
            application.processEvents()
            if play is not None:
                play(window)
            application.processEvents()
            save(window, folder / f"{name}-{size.width()}.png", size)
            window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
