"""The playlist editor in each state, by itself and over a session: show_editor.py FOLDER [NAME ...]"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import types
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import soundfile  # noqa: E402
from fake_session import FakeSession  # noqa: E402
from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from show_dashboard import compose  # noqa: E402
from sound_files import tone  # noqa: E402

from kapmonitor.session.events import Phase  # noqa: E402
from playlists import keeping, library  # noqa: E402
from playlists.check import fingerprint  # noqa: E402
from playlists.model import After, Loudness, Playlist, Section, Track  # noqa: E402
from ui.playlist import browse  # noqa: E402
from ui.playlist.window import Edited, EditorWindow, dress_editor  # noqa: E402
from ui.playlist.wiring import SessionEditor  # noqa: E402
from ui.screenshot import save  # noqa: E402
from ui.shell import Shell  # noqa: E402

SIZES = (QSize(1920, 1080), QSize(1366, 768))
K = Qt.Key
NAMES = {
    "Settle": ("Lamplight", "Тихая вода", "Low Ground"),
    "Ascent": ("First Tide", "雨の庭", "Rising"),
    "Peak": (
        "Wide Water",
        "High Meadow",
        "ضوء طويل",
        "A long title, so long that nothing fits beside it",
    ),
    "Return": ("Morning Window", "Open Hands"),
    "Ground": ("Stone and Breath",),
}
PHASES = {
    "Settle": (Phase.PREPARATION, Phase.BASELINE),
    "Ascent": (Phase.DOSING, Phase.ONSET),
    "Peak": (Phase.PEAK,),
    "Return": (Phase.RETURN,),
    "Ground": (),
}


def music(folder: Path) -> Playlist:
    """A list whose files are there, each a second long but said to be longer where they are not looked at."""
    sections = []
    for name, titles in NAMES.items():
        tracks = []
        for number, title in enumerate(titles, 1):
            path = folder / name / f"{number} {title}.flac"
            path.parent.mkdir(parents=True, exist_ok=True)
            seconds = 140 + 23 * number
            soundfile.write(path, tone(seconds, rate=8000, channels=1), 8000)
            tracks.append(
                Track(path, title, float(seconds), fingerprint(path), loudness=Loudness(-20.0, -3.0))
            )
        sections.append(
            Section(
                name,
                tuple(tracks),
                PHASES[name],
                After.NEXT if name == "Ascent" else After.REPEAT,
                grounding=name == "Ground",
                earliest_s={"Ascent": 900.0, "Peak": 1200.0}.get(name, 0.0),
                latest_s={"Peak": 2400.0, "Return": 200.0}.get(name),
            )
        )
    return Playlist("Evening list", tuple(sections))


class Scene:
    """The editor over a list in a folder of its own."""

    def __init__(self, size: QSize, folder: Path, *, barred: str = "") -> None:
        self.folder = folder
        self.playlist = music(folder)
        self.path = folder / "evening.xspf"
        keeping.save(self.path, self.playlist, keeping.NOT_THERE)
        self.size, self.barred = size, barred
        self.shell = Shell()
        self.shell.resize(size)

    def open(self, *, new: bool = False) -> EditorWindow:
        edited = Edited(None if new else self.path, self.folder, barred=lambda: self.barred)
        self.end = dress_editor(self.shell, edited)
        self.shell.show()
        self.window = self.shell.findChild(EditorWindow)
        self.page = self.window.page
        self.page.setFocus()
        self.live(40)
        return self.window

    def live(self, turns: int = 10) -> None:
        for _ in range(turns):
            QApplication.processEvents()
            QTest.qWait(10)

    def press(self, *keys: Qt.Key | tuple[Qt.Key, Qt.KeyboardModifier]) -> None:
        for key in keys:
            pressed = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
            QTest.keyClick(QApplication.focusWidget() or self.page.list, *pressed)
            self.live(2)

    def close(self) -> None:
        self.end()
        self.shell.ask_before_close(None)
        self.shell.close()
        self.shell.deleteLater()


CTRL = Qt.KeyboardModifier.ControlModifier


def empty(scene: Scene) -> None:
    scene.open(new=True)


def filled(scene: Scene) -> None:
    scene.open()
    scene.press(K.Key_Down, K.Key_Down, (K.Key_Down, Qt.KeyboardModifier.AltModifier))


def section(scene: Scene) -> None:
    scene.open()
    scene.press((K.Key_Down, CTRL), K.Key_Return)


def missing(scene: Scene) -> None:
    first, second = scene.playlist.sections[1].tracks[:2]
    first.path.unlink()
    soundfile.write(second.path, tone(9.0, rate=8000, channels=1, hz=300), 8000)
    scene.playlist.sections[2].tracks[0].path.write_bytes(b"no music at all")
    scene.open()
    scene.press(*[K.Key_Down] * 6)


def scanning(scene: Scene) -> None:
    scene.open()
    scene.press((K.Key_I, CTRL))
    page = scene.page.over.widget
    whole = browse.library.scan

    def slow(folder):
        for number, step in enumerate(whole(folder)):
            if number > 20:
                time.sleep(0.5)
            yield step

    browse.library = types.SimpleNamespace(scan=slow)
    page._go(scene.folder)
    scene.live(20)
    page._choose(0)
    page.take_all()
    scene.live(40)
    browse.library = library


def found(scene: Scene) -> None:
    (scene.folder / "Peak" / "9 Locked away.m4a").write_bytes(b"x" * 40)
    scene.open()
    scene.press((K.Key_I, CTRL))
    page = scene.page.over.widget
    page._go(scene.folder)
    scene.live(20)
    page._choose(0)
    page.take_all()
    scene.live(60)
    QTest.keyClicks(page.entry, "peak")
    scene.press(K.Key_Down)


def adding(scene: Scene) -> None:
    scene.open()
    scene.press((K.Key_I, CTRL))
    page = scene.page.over.widget
    page._go(scene.folder)
    scene.live(20)


def barred(scene: Scene) -> None:
    scene.barred = "a session runs, and nothing but its own music may be heard in the room"
    scene.open()
    scene.press(K.Key_Down, K.Key_Space)


def unsaved(scene: Scene) -> None:
    scene.open()
    scene.press(K.Key_Down, K.Key_Delete, K.Key_Escape)
    scene.live()


def clash(scene: Scene) -> None:
    scene.open()
    scene.path.write_text(scene.path.read_text("utf-8").replace("Evening", "Theirs"), "utf-8")
    scene.press(K.Key_Down, K.Key_Delete, (K.Key_S, CTRL))
    scene.live(20)


def in_session(scene: Scene) -> None:
    """Over the trends of a session, where nothing may be listened to."""
    session = FakeSession("quiet")
    window, panel = compose(session)
    panel.refresh(session.snapshot())
    scene.shell.hold(window)
    editor = SessionEditor(scene.shell, window, lambda: True)
    scene.shell.show()
    editor.toggle()
    editor.work.open(scene.path)
    scene.page, scene.end = window.over_trends, lambda: None
    scene.live(60)
    scene.page.list.setFocus()
    scene.press(K.Key_Down, K.Key_Space)
    for _ in range(20):
        session.advance(0.05)
        window.refresh()
        scene.live(1)


def unsaved_in_session(scene: Scene) -> None:
    in_session(scene)
    scene.press(K.Key_Delete)
    scene.page.asking.unsaved(lambda: None)


SCENES = {
    "unsaved-in-session": unsaved_in_session,
    "session": in_session,
    "empty": empty,
    "filled": filled,
    "section": section,
    "missing": missing,
    "adding": adding,
    "scanning": scanning,
    "found": found,
    "barred": barred,
    "unsaved": unsaved,
    "clash": clash,
}


def main() -> None:
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for size in SIZES:
        for name, play in SCENES.items():
            if wanted and name not in wanted:
                continue
            with tempfile.TemporaryDirectory() as music_folder:
                scene = Scene(size, Path(music_folder))
                play(scene)
                scene.live()
                save(scene.shell, folder / f"{name}-{size.width()}.png", size)
                scene.close()
            QApplication.processEvents()
    del application


if __name__ == "__main__":
    main()
