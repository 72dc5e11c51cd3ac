"""The window over a made-up session, ready to be looked at, and ways to look."""

from __future__ import annotations

import signal
from contextlib import contextmanager

from fake_session import FakeReplay, FakeSession
from PySide6.QtCore import QRect, QSize, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from ui.console import Console
from ui.main_window import MainWindow
from ui.screenshot import render
from ui.theme import SESSION

HD = QSize(1920, 1080)
LAPTOP = QSize(1366, 768)


def open_window(qtbot, session: FakeSession | str, size: QSize = HD, **more) -> MainWindow:
    """A shown window that has painted at least once; `session` may be a variant's name."""
    if isinstance(session, str):
        session = FakeReplay() if session == "replay" else FakeSession(session)
    window = MainWindow(session, **({"palette": SESSION} | more))
    qtbot.addWidget(window)
    window.resize(size)
    with qtbot.waitExposed(window):
        window.show()
    QApplication.processEvents()
    window.refresh()
    return window


def pixels(image: QImage, part: QRect | None = None):
    """The picture as an array (height, width, 3), red green blue."""
    import numpy as np

    if part is not None:
        image = image.copy(part)
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return flat[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).astype(int)


def shows(image: QImage, part: QRect, ink: QColor | str, reach: int = 12) -> int:
    """How many pixels of this colour are in a part of the picture."""
    import numpy as np

    wanted = QColor(ink)
    away = np.abs(pixels(image, part) - [wanted.red(), wanted.green(), wanted.blue()]).max(axis=2)
    return int((away <= reach).sum())


def picture(window: MainWindow, size: QSize = HD) -> QImage:
    """The window as it would be printed."""
    return render(window, size)


@contextmanager
def on_screen(qtbot):
    """A console in this process; afterwards its application is as if it had never been ended."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = Console()
    qtbot.addWidget(made.shell)
    made.show()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)
    made.application.processEvents()
    QTimer.singleShot(0, made.application.quit)
    made.application.exec()
