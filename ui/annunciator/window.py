"""The annunciator's own window, above all others: the console has stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

STOPPED: Final = "CONSOLE STOPPED - LOOK AT THE BEDSIDE MONITOR"
FOR_SO_LONG: Final = "Nothing has come from the console for {seconds} s."
HOW_TO_END: Final = "Press any key or click here to stop this sound."
WIDTH_SHARE: Final = 0.7
HEIGHT_SHARE: Final = 0.35


class StoppedWindow(QWidget):
    """Shown by `appear`; `on_seen` is called when somebody presses a key, clicks or closes it."""

    def __init__(self, on_seen: Callable[[], None]) -> None:
        super().__init__(None, Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Dialog)
        self._on_seen = on_seen
        self.setWindowTitle(STOPPED)
        self.setStyleSheet("background: #b3001b; color: white;")
        self._long = _label("", 20)
        layout = QVBoxLayout(self)
        layout.addStretch()
        for label in (_label(STOPPED, 40), self._long, _label(HOW_TO_END, 20)):
            layout.addWidget(label)
        layout.addStretch()

    def appear(self, silent_s: float) -> None:
        """Be above everything, and say for how long the console has been silent."""
        self._long.setText(FOR_SO_LONG.format(seconds=int(silent_s)))
        if self.isVisible():
            return
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            area = screen.availableGeometry()
            self.resize(round(area.width() * WIDTH_SHARE), round(area.height() * HEIGHT_SHARE))
        self.show()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._on_seen()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._on_seen()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._on_seen()
        event.accept()


def _label(text: str, px: int) -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    font = label.font()
    font.setPixelSize(px)
    font.setBold(px > 30)
    label.setFont(font)
    return label
