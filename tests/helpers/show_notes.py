"""The dashboard with the notes panel in each of its states: show_notes.py FOLDER [NAME ...]"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fake_session import DOSE_NS, MIN, NOW_NS, FakeReplay, FakeSession, S  # noqa: E402
from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from show_dashboard import compose  # noqa: E402

from kapmonitor.errors import RecordFull  # noqa: E402
from kapmonitor.protocol import shipped  # noqa: E402
from kapmonitor.session.events import NoteAdded, NoteAmended, NoteDrafted, NoteEnded, Stamped  # noqa: E402
from kapmonitor.session.state import fold  # noqa: E402
from ui.dressing import wire_notes  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402
from ui.notes import NotesPanel  # noqa: E402
from ui.notes.author import Author  # noqa: E402
from ui.screenshot import save  # noqa: E402

SIZES = (QSize(1920, 1080), QSize(1366, 768))
PEOPLE = (
    Author("KL", "Kim Lee", "therapist"),
    Author("RN", "Robin Nagy", "nurse"),
    Author("PB", "Pat Berg", "prescriber"),
    Author("AO", "Alexandra Oppenheimer-Wu", "therapist"),
)
K = Qt.Key
SHIFT, NO = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
EARLIER = (
    (3.0, NoteAdded("e1", "tag", "tearful", "KL", 0, tag="tearful", lasts=True)),
    (9.0, NoteEnded("e1", "KL")),
    (6.0, NoteAdded("e2", "tag", "hand held", "KL", 0, tag="hand held", lasts=True)),
    (12.0, NoteEnded("e2", "RN")),
    (36.5, NoteAmended("n5", "speaking of the sea, slowly", withdrawn=False, by="RN", reason="heard it")),
)
"""What happened besides, in minutes from the dose."""


class Session(FakeSession):
    """With things that lasted; `full` refuses to save."""

    def __init__(self, variant: str = "quiet") -> None:
        super().__init__(variant)
        self.full = False
        for minutes, event in EARLIER:
            self.tell(round(minutes * MIN), event)

    def tell(self, after_dose_ns: int, event: object) -> None:
        self.state = fold(self.state, Stamped(DOSE_NS + after_dose_ns, event))  # type: ignore[arg-type]

    def submit(self, command):  # type: ignore[no-untyped-def]  # as in the class it extends
        if self.full:
            raise RecordFull("/var/lib/kapmonitor/x.kap", "the disk is full")
        return super().submit(command)


class Scene:
    """A window and its notes, for somebody at the keys."""

    def __init__(
        self, size: QSize, variant: str = "quiet", *, tags: bool = False, author: str = "KL"
    ) -> None:
        self.session = Session(variant)
        self.window, self.music = compose(self.session)
        more = {"tags": shipped.example().tags} if tags else {}
        self.notes = NotesPanel(self.session, self.window.theme, author=author, people=PEOPLE, **more)
        self.window.set_notes(self.notes)
        wire_notes(self.window, self.notes)
        self.window.resize(size)
        self.window.show()
        self.window.activateWindow()
        self.window.setFocus()
        self.live(1)

    def live(self, seconds: float) -> None:
        for _ in range(20):
            self.session.advance(seconds / 20)
            self.window.refresh()
            self.music.refresh(self.session.snapshot())
            self.notes.refresh()
            QApplication.processEvents()

    def press(self, *keys: Qt.Key, shift: bool = False) -> None:
        for key in keys:
            target: QWidget = QApplication.focusWidget() or self.window
            QTest.keyClick(target, key, SHIFT if shift else NO)
            QApplication.processEvents()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.notes.entry.edit, text)


def resting(scene: Scene) -> None:
    scene.live(1)


def flashing(scene: Scene) -> None:
    scene.press(K.Key_2)


def lasting(scene: Scene) -> None:
    scene.press(K.Key_2, shift=True)
    scene.live(95)
    scene.press(K.Key_7, shift=True)
    scene.live(64)
    # the trends look at the session each second
    QTest.qWait(1500)
    scene.live(1)


def nudged(scene: Scene) -> None:
    scene.press(K.Key_3, K.Key_Left, K.Key_Left)
    scene.live(0.5)


def writing(scene: Scene) -> None:
    scene.press(K.Key_N)
    scene.type("says the light is warm, asks for water")


def empty_line(scene: Scene) -> None:
    scene.press(K.Key_N)


def late(scene: Scene) -> None:
    scene.press(K.Key_N)
    scene.type("@T+12:30 sat up")
    scene.press(K.Key_Return)
    scene.live(0.5)
    scene.press(K.Key_N)
    scene.type("@14:30 eyes open, asks")


def no_such_time(scene: Scene) -> None:
    scene.press(K.Key_N)
    scene.type("@99:00 sat up")
    scene.press(K.Key_Return)


def drafts(scene: Scene) -> None:
    scene.session.tell(41 * MIN, NoteDrafted("d1", DOSE_NS + 40 * MIN, "asks where the", "RN"))
    scene.notes.desk.book = scene.notes.desk.book.put(_draft("d1", "RN", "asks where the", 40)).rest("KL")
    scene.press(K.Key_N)
    scene.type("says the light is")
    scene.press(K.Key_Escape)
    scene.live(0.5)


def _draft(name: str, by: str, text: str, minutes: float):  # type: ignore[no-untyped-def]  # a Draft
    from ui.notes.rows import Draft

    return Draft(name, by, text, DOSE_NS + round(minutes * MIN), touched=True)


def correcting(scene: Scene) -> None:
    scene.press(K.Key_E, K.Key_Down, K.Key_Return)


def why(scene: Scene) -> None:
    scene.press(K.Key_E, K.Key_Down, K.Key_Return)
    scene.type(" by KL")
    scene.press(K.Key_Tab)
    scene.type("agreed beforehand")


def taking_back(scene: Scene) -> None:
    scene.press(K.Key_E, K.Key_Down, K.Key_Down, K.Key_Delete)


def looking(scene: Scene) -> None:
    scene.press(K.Key_E, K.Key_Space)


def changed(scene: Scene) -> None:
    scene.press(K.Key_3, K.Key_Left)
    scene.press(K.Key_4, K.Key_Backspace)
    scene.live(12)


def choosing(scene: Scene) -> None:
    scene.press(K.Key_W)


def failing(scene: Scene) -> None:
    scene.press(K.Key_1)
    scene.session.full = True
    scene.press(K.Key_2)
    scene.press(K.Key_N)
    scene.type("says hello")
    scene.press(K.Key_Return)
    scene.live(0.5)


def escalation(scene: Scene) -> None:
    scene.press(K.Key_9)
    scene.live(0.5)


SCENES = {
    "resting": (resting, {}),
    "flashing": (flashing, {}),
    "lasting": (lasting, {}),
    "nudged": (nudged, {}),
    "empty-line": (empty_line, {}),
    "writing": (writing, {}),
    "late": (late, {}),
    "no-such-time": (no_such_time, {}),
    "drafts": (drafts, {}),
    "correcting": (correcting, {}),
    "why": (why, {}),
    "taking-back": (taking_back, {}),
    "looking": (looking, {}),
    "changed": (changed, {}),
    "choosing": (choosing, {}),
    "failing": (failing, {}),
    "escalation": (escalation, {"tags": True}),
    "nobody": (resting, {"author": ""}),
    "alarm-writing": (writing, {"variant": "high"}),
    "alarm-lasting": (lasting, {"variant": "medium"}),
    "day": (lasting, {"variant": "baseline"}),
}


def review(size: QSize, path: Path) -> None:
    """The same in a record."""
    session = FakeReplay()
    whole = session.whole()
    for minutes, event in EARLIER:
        whole = fold(whole, Stamped(DOSE_NS + round(minutes * MIN), event))
    whole = fold(whole, Stamped(NOW_NS - 60 * S, NoteDrafted("d", NOW_NS - 70 * S, "asks where the", "RN")))
    whole = fold(
        whole, Stamped(DOSE_NS + 20 * MIN, NoteAdded("l", "text", "sat up", "RN", NOW_NS, late=True))
    )
    session.whole = lambda: whole  # type: ignore[method-assign]
    window, music = compose(session)
    window.resize(size)
    window.show()
    for _ in range(20):
        window.refresh()
        music.refresh(session.snapshot())
        QApplication.processEvents()
    close_with(window, path, size)


def close_with(window: MainWindow, path: Path, size: QSize) -> None:
    save(window, path, size)
    window.close()
    window.deleteLater()
    QApplication.processEvents()


def main() -> None:
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for size in SIZES:
        for name, (play, more) in SCENES.items():
            if not wanted or name in wanted:
                scene = Scene(size, **more)
                play(scene)
                close_with(scene.window, folder / f"{name}-{size.width()}.png", size)
        if not wanted or "review" in wanted:
            review(size, folder / f"review-{size.width()}.png")
    del application


if __name__ == "__main__":
    main()
