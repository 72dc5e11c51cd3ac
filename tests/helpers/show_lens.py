"""A record in the real review window: pictures from the whole session down to single samples.

python tests/helpers/show_lens.py OUT_FOLDER [RECORD] [--size 1920x1080]; without a record, one is made.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from record_fixtures import STARTED, T0_NS  # noqa: E402
from worst_session import make_worst_session  # noqa: E402

from kapmonitor.clock import ManualClock  # noqa: E402
from kapmonitor.record.verify import Verdict, verify  # noqa: E402
from kapmonitor.record.writer import RecordWriter  # noqa: E402
from kapmonitor.review import Review  # noqa: E402
from kapmonitor.session.events import Stamped  # noqa: E402
from ui.keytable import Action  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402
from ui.reviewing import Reviewed, dress_review  # noqa: E402
from ui.screenshot import save  # noqa: E402
from ui.shell import Shell  # noqa: E402
from ui.trends import TrendsPane  # noqa: E402

S = 1_000_000_000


def open_review(path: Path, verdict: Verdict) -> tuple[Shell, MainWindow, Review, Callable[[], None]]:
    """The review window as `kapmonitor replay` dresses it."""
    review = Review(path, verdict)
    shell = Shell()
    close = dress_review(shell, Reviewed(review, review.whole, review.close, record=review.close_up()))
    window = shell.findChild(MainWindow)
    shell.show()
    return shell, window, review, close


def scenes(window: MainWindow, trends: TrendsPane, review: Review) -> Iterator[str]:
    """Goes from picture to picture; yields the name of each once it stands."""
    act, looking = window.keys.act, trends.looking
    at_ns = (review.whole().dose_t_ns or review.span()[0]) + 1195 * S + 350_000_000
    review.seek(at_ns)
    trends.follow()
    yield "overview"
    looking.zoom(600 * S / (looking._lens.length_ns), at_ns)
    trends.refresh()
    yield "10min"
    looking.zoom(30 / 600, at_ns)
    trends.refresh()
    yield "30s"
    looking.zoom(2 / 30, at_ns)
    trends.refresh()
    yield "2s"
    act(Action.CURSOR)
    for _ in range(46):
        act(Action.CURSOR_FINELY_ON)
    act(Action.CURSOR)
    for _ in range(45):
        act(Action.CURSOR_ON)
    yield "cursors-2s"
    act(Action.WINDOW_WHOLE)
    looking.put_cursor(None, at_ns + 900 * S)
    trends.refresh()
    yield "cursors-whole"
    looking.clear_cursors()


def pictures(path: Path, folder: Path, size: QSize, prefix: str = "") -> None:
    """Write them all as PNG files."""
    shell, window, review, close = open_review(path, verify(path))
    trends = window.findChild(TrendsPane)
    shell.resize(size)
    QApplication.processEvents()
    trends.refresh()
    for name in scenes(window, trends, review):
        for _ in range(5):
            QApplication.processEvents()
        save(shell, folder / f"{prefix}{name}-{size.width()}.png", size)
    shell.close()
    shell.deleteLater()
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, 0)
    close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("record", type=Path, nargs="?")
    parser.add_argument("--size", default="1920x1080")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in arguments.size.split("x"))
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as name:
        record = arguments.record
        if record is None:
            record = Path(name) / "worst.kap"
            make_worst_session(record, 2.5)
        pictures(record, arguments.folder, QSize(width, height))
        writer = RecordWriter.create(Path(name) / "empty.kap", Stamped(T0_NS, STARTED), ManualClock(T0_NS))
        writer.close()
        pictures(Path(name) / "empty.kap", arguments.folder, QSize(width, height), "empty-")
    del application


if __name__ == "__main__":
    main()
