"""The annunciator's own window, above all others: the console has stopped.

It hides the whole screen, as numbers that a stopped console left there would pass for live ones. All of it is
black but the words' block, so that a dark room does not light up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui import format as fmt
from ui.panel import RADIUS
from ui.strings import STOPPED
from ui.theme import SESSION, Theme, colour, scale_for

FOR_SO_LONG: Final = "Nothing has come from the console for {time}."
HOW_TO_END: Final = "Press any key or click here to stop this sound."
WIDTH_SHARE: Final = 0.86
HEIGHT: Final = 300
MARKS: Final = 44
LARGE: Final = 60
SMALL: Final = 28
ROWS: Final = (0.2, 0.46, 0.7, 0.85)
"""Where the marks and the three lines stand, in shares of the block's height."""


class StoppedWindow(QWidget):
    """Shown by `appear`; `on_seen` is called when somebody presses a key, clicks or closes it."""

    def __init__(self, on_seen: Callable[[], None]) -> None:
        super().__init__(None, Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.FramelessWindowHint)
        self._on_seen = on_seen
        self._silent_s = 0
        # Now, as the disk may be what the console stopped for.
        fonts.load()
        self.setWindowTitle(STOPPED)
        self.setAccessibleName(STOPPED)

    def appear(self, silent_s: float) -> None:
        """Be above everything, and say for how long the console has been silent."""
        if int(silent_s) != self._silent_s:
            self._silent_s = int(silent_s)
            self.update()
        if self.isVisible():
            return
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            self.setGeometry(screen.geometry())
        self.show()
        self.activateWindow()

    def lines(self) -> tuple[str, ...]:
        """What it says, from top to bottom."""
        return STOPPED, FOR_SO_LONG.format(time=fmt.duration(self._silent_s * fmt.SECOND_NS)), HOW_TO_END

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._on_seen()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._on_seen()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._on_seen()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = Theme(SESSION, scale_for(self.width(), self.height()))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour("#000000"))
        width, height = self.width() * WIDTH_SHARE, float(theme.px(HEIGHT))
        block = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(theme.on_fill(Priority.HIGH), theme.px(3)))
        painter.setBrush(theme.fill(Priority.HIGH))
        painter.drawRoundedRect(block, theme.px(RADIUS), theme.px(RADIUS))
        self._paint_lines(painter, theme, block)
        painter.end()

    def _paint_lines(self, painter: QPainter, theme: Theme, block: QRectF) -> None:
        ink, x, size = theme.on_fill(Priority.HIGH), block.center().x(), theme.px(MARKS)
        marks_y, *rows = (block.y() + block.height() * share for share in ROWS)
        left = x - painting.marks_width(Priority.HIGH, size) / 2
        painting.marks(painter, Priority.HIGH, left, marks_y, size, ink)
        room = block.width() - theme.px(60)
        for text, y in zip(self.lines(), rows, strict=True):
            px, weight = (LARGE, fonts.BOLD) if text == STOPPED else (SMALL, fonts.MEDIUM)
            px = fonts.fitting(text, room, theme.text_px(px), weight)
            base = painting.middle_baseline(y, fonts.metrics(px, weight))
            painting.line(painter, x, base, text, ink, px, weight, align=painting.CENTRE)
