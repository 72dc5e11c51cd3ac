"""The music panel in every state, on one sheet for each size of the window: show_music.py FOLDER."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fake_player import VIEWS, FakePlayer  # noqa: E402
from fake_session import FakeSession  # noqa: E402
from PySide6.QtCore import QPoint, QRect, QSize  # noqa: E402
from PySide6.QtGui import QColor, QImage, QPainter  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from ui import fonts  # noqa: E402
from ui.layout import arrange  # noqa: E402
from ui.music.panel import MusicPanel  # noqa: E402
from ui.theme import SESSION, Theme, scale_for  # noqa: E402

WINDOWS = (QSize(1920, 1080), QSize(1366, 768))
COLUMNS = 5
GAP = 12
LABEL = 26


def sheet(window: QSize) -> QImage:
    """Every state at the size that the panel has in such a window, each below its name."""
    theme = Theme(SESSION, scale_for(window.width(), window.height()))
    box = arrange(window.width(), window.height()).music
    names = ("no playlist", *VIEWS)
    rows = -(-len(names) // COLUMNS)
    step = QSize(box.width + GAP, box.height + LABEL + GAP)
    image = QImage(step.width() * COLUMNS, step.height() * rows, QImage.Format.Format_RGB32)
    image.fill(QColor(SESSION.window))
    painter = QPainter(image)
    painter.setFont(fonts.font(15))
    painter.setPen(QColor(SESSION.secondary))
    session = FakeSession("quiet")
    for number, name in enumerate(names):
        at = QPoint(step.width() * (number % COLUMNS), step.height() * (number // COLUMNS))
        painter.drawText(QRect(at, QSize(box.width, LABEL)), 0, name)
        player = FakePlayer(VIEWS[name]) if name in VIEWS else None
        panel = MusicPanel(theme, player, session.now_ns)
        panel.resize(box.width, box.height)
        panel.show()
        panel.refresh(session.snapshot())
        QApplication.processEvents()
        painter.drawPixmap(at + QPoint(0, LABEL), panel.grab())
    painter.end()
    return image


def main() -> None:
    QApplication([])
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for window in WINDOWS:
        path = folder / f"music-{window.width()}.png"
        sheet(window).save(str(path))
        print(path)


main()
