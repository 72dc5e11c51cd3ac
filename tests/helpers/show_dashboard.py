"""The whole dashboard over made-up sessions: pictures of every variant, or a window to look at.

python tests/helpers/show_dashboard.py OUT_FOLDER [VARIANT ...] [--size 1920x1080]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dashboard_parts import add_parts  # noqa: E402
from fake_player import PLAYING, FakePlayer  # noqa: E402
from fake_session import TAKEN_UP, VARIANTS, FakeReplay, FakeSession  # noqa: E402
from past_parts import past_of  # noqa: E402
from PySide6.QtCore import QSize  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from ui.alarmlist import AlarmList  # noqa: E402
from ui.limits import LimitsPage  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402
from ui.music.panel import MusicPanel  # noqa: E402
from ui.screenshot import save  # noqa: E402
from ui.soundcheck import SoundCheckPage  # noqa: E402


def compose(session: FakeSession) -> tuple[MainWindow, MusicPanel]:
    """The window with all its parts over a made-up session; the music panel is to be refreshed."""
    window = MainWindow(session)
    add_parts(window, session)
    review = isinstance(session, FakeReplay)
    player = None if review else FakePlayer(PLAYING)
    past = past_of(session) if review else None
    music = MusicPanel(window.theme, player, session.now_ns, past=past)
    music.bind(window.keys)
    window.set_music(music)
    return window, music


def open_over_trends(window: MainWindow, session: FakeSession) -> None:
    """What a variant shows over its trends."""
    if session.variant == "limits":
        window.open_over_trends(LimitsPage(session, window.theme, "KL"))
    if session.variant == "alarms":
        window.open_over_trends(AlarmList(session, window.theme))
    if session.variant in {"sound-check", "sound-check-trouble"}:
        window.open_over_trends(SoundCheckPage(session, window.theme, "KL"))


def picture(variant: str, folder: Path, size: QSize) -> Path:
    """Write one variant as a PNG after a second of its life."""
    replays = {"replay": (), "replay-taken-up": TAKEN_UP}
    session = FakeReplay(replays[variant]) if variant in replays else FakeSession(variant)
    window, music = compose(session)
    window.resize(size)
    window.show()
    open_over_trends(window, session)
    for _ in range(40):
        session.advance(1 / 20)
        window.refresh()
        music.refresh(session.snapshot())
        QApplication.processEvents()
    if variant == "stopped":
        session.freeze()
        window.refresh()
        window.stopped.set_silent(4.0)
    path = folder / f"{variant}-{size.width()}.png"
    save(window, path, size)
    window.close()
    window.deleteLater()
    QApplication.processEvents()
    return path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("variants", nargs="*", default=[])
    parser.add_argument("--size", default="1920x1080")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in arguments.size.split("x"))
    application = QApplication(sys.argv[:1])
    for variant in arguments.variants or VARIANTS:
        print(picture(variant, arguments.folder, QSize(width, height)))
    del application


if __name__ == "__main__":
    main()
