"""Pictures of a review with music: muted, heard, paused then, crossing over, its file gone, its output lost.

Run as `python tests/helpers/show_music_past.py FOLDER`.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

from heard_parts import Speaker
from heard_record import heard_record
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from kapmonitor import show_review
from kapmonitor.record.verify import verify
from kapmonitor.review import Review
from kapmonitor.settings import default
from ui.music import output as music_output
from ui.music.panel import MusicPanel
from ui.music.ports import OutputHealth, OutputState
from ui.screenshot import save
from ui.shell import Shell

CALLED = ("Larkspur", "River, no banks", "Long light", "Open hands", "Morning, held", "Stone steps")
STATES = {
    "muted": (6.5, False, False, OutputState.READY),
    "heard": (6.5, True, True, OutputState.READY),
    "standing": (6.5, True, False, OutputState.READY),
    "crossing": (4.75, True, True, OutputState.READY),
    "held": (7.2, True, True, OutputState.READY),
    "paused-then": (11.0, True, True, OutputState.READY),
    "ducked-then": (15.5, False, False, OutputState.READY),
    "lost-then": (18.6, False, False, OutputState.READY),
    "missing": (6.5, True, True, OutputState.READY),
    "reserved": (6.5, True, True, OutputState.RESERVED),
    "ended": (28.0, False, False, OutputState.READY),
}


def picture(state: str, folder: Path, size: QSize) -> None:
    """One state of the review as a PNG."""
    at_s, hear, play, output = STATES[state]
    with TemporaryDirectory() as made:
        path, room = heard_record(Path(made), CALLED)
        if state == "missing":
            for file in {event.file for _, event in room.rows}:
                Path(file).unlink()
        speaker = Speaker(1)
        speaker.health = OutputHealth(output, "Desk speaker")
        speaker.write = lambda frames: None
        music_output.DeviceOutput = lambda wanted, **more: speaker
        ports = []
        show_review.Review = lambda *args: ports.append(Review(*args)) or ports[-1]
        found = show_review.Checked(path, verify(path, Path(made) / "heads"), None, default())
        shell = Shell()
        shell.resize(size)
        end = show_review._dress(shell, [found], at_s)
        shell.show()
        (panel,) = shell.findChildren(MusicPanel)
        ports[0].seek(round(at_s * 1e9))
        if hear:
            panel._hold()
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            QApplication.processEvents()
        ports[0].seek(round(at_s * 1e9))
        ports[0].play(playing=play)
        until = time.monotonic() + 0.25
        while time.monotonic() < until:
            QApplication.processEvents()
        save(shell, folder / f"{state}-{size.width()}.png", size)
        shell.close()
        end()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for state in STATES:
        for size in (QSize(1920, 1080), QSize(1366, 768)):
            picture(state, folder, size)
    del application


if __name__ == "__main__":
    main()
