"""A review of a real record: pictures of what its keys open, or one of them.

python tests/helpers/show_review.py OUT_FOLDER [SCENE ...] [--size 1920x1080]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from reviewed_record import T0, S, make_reviewed  # noqa: E402
from signed_records import staff  # noqa: E402
from tampering import tamper  # noqa: E402

from kapmonitor import show_review  # noqa: E402
from kapmonitor.people import page  # noqa: E402
from kapmonitor.people.staff import Staff  # noqa: E402
from kapmonitor.places import data_folder  # noqa: E402
from ui.screenshot import save  # noqa: E402
from ui.shell import Shell  # noqa: E402

SCENES = {
    "overview": "",
    "search": "/tearful\n",
    "search-amended": "/beforehand\n",
    "search-none": "/zebra",
    "filter": "F> ",
    "high": "hh",
    "records": "o",
    "damaged-cut": "",
    "damaged-flipped": "",
    "two": "o~v\n~",
    "amend": "e!hand held, the left one",
    "amend-refused": "e!hand held, the left one\n",
    "amended": "e!hand held, the left one\tmisheard\tKL\n",
    "amend-pin": "e!hand held, the left one\tmisheard\nD",
}
"""The keys of each; '>' is the right arrow, '!' empties a line, its end is Enter."""
KEYS = {
    ">": Qt.Key.Key_Right,
    "\n": Qt.Key.Key_Return,
    "\t": Qt.Key.Key_Tab,
    "^": Qt.Key.Key_Escape,
    "v": Qt.Key.Key_Down,
}


def press(shell: Shell, keys: str) -> None:
    """One key after the other, to whatever has the focus."""
    for key in keys:
        target = QApplication.focusWidget() or shell
        if key == "~":
            QTest.qWait(1500)
        elif key == "!":
            target.clear()
        elif key in KEYS:
            QTest.keyClick(target, KEYS[key])
        else:
            QTest.keyClick(target, key)
        QApplication.processEvents()


def picture(record: Path, scene: str, folder: Path, size: QSize) -> Path:
    """Write one scene as a PNG."""
    shell = Shell()
    shell.resize(size)
    shell.show()
    shell.activateWindow()
    people = data_folder() / "people.json"
    people.parent.mkdir(parents=True, exist_ok=True)
    people.write_text(page.text_of(staff() if scene.endswith("-pin") else Staff()), "utf-8")
    close = show_review._dress(
        shell,
        [show_review.checked(record, lambda _share: None)],
        None,
        show_review.Library([record.parent], print),
    )
    shell._held.current.port.seek(T0 + 900 * S)
    for _ in range(5):
        QTest.qWait(20)
    press(shell, SCENES[scene])
    for _ in range(30):
        QTest.qWait(20)
    path = folder / f"{scene}-{size.width()}.png"
    save(shell, path, size)
    shell.close()
    close()
    return path


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("scenes", nargs="*", default=list(SCENES))
    parser.add_argument("--size", default="1920x1080")
    wanted = parser.parse_args()
    application = QApplication([])
    wanted.folder.mkdir(parents=True, exist_ok=True)
    size = QSize(*map(int, wanted.size.split("x")))
    with tempfile.TemporaryDirectory() as made:
        os.environ["XDG_DATA_HOME"] = made
        record = make_reviewed(Path(made) / "session.kap", 2400)
        others = Path(made) / "records"
        others.mkdir()
        for number in (1, 2):
            make_reviewed(others / f"{number}.kap", 300, number=number, day=-30 * (3 - number), waves=False)
        make_reviewed(others / "9.kap", 300, number=1, person="5120", initials="A.B.", day=-2, waves=False)
        (others / "half.kap").write_bytes(record.read_bytes()[:30_000])
        for scene in wanted.scenes:
            copy = Path(shutil.copy(record, others / f"{scene}.kap"))
            if scene == "damaged-cut":
                os.truncate(copy, copy.stat().st_size * 70 // 100)
            if scene == "damaged-flipped":
                tamper(copy, "UPDATE wave SET data = zeroblob(9) WHERE id BETWEEN 60 AND 90")
                tamper(copy, "UPDATE event SET body = replace(body, 'tearful', 'cheerful')")
            print(picture(copy, scene, wanted.folder, size))
            copy.unlink()
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
