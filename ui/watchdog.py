"""Notices that nothing new arrives, and then crosses the dashboard out.

What counts is real time since the last snapshot that differed from the one before, whatever the session's own
clock does, so that a demo at twenty times the speed is judged like a live session.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui import fonts, painting, strings
from ui import format as fmt
from ui.panel import RADIUS
from ui.theme import Theme, colour

PATIENCE_S: Final = 1.0


class Watchdog:
    """Told of every snapshot that is read; says for how long nothing new came."""

    def __init__(self, real_s: Callable[[], float] = time.monotonic) -> None:
        self._real_s = real_s
        self._t_ns: int | None = None
        self._since_s = real_s()
        self._looked_s = self._since_s

    def saw(self, t_ns: int) -> None:
        """The snapshot read just now is of this session time."""
        now_s = self._real_s()
        # A window that was itself held up cannot tell how old what it sees is; it looks again first.
        held_up = now_s - self._looked_s > PATIENCE_S
        if t_ns != self._t_ns or held_up:
            self._t_ns = t_ns
            self._since_s = now_s
        self._looked_s = now_s

    def silent_s(self) -> float:
        """Real seconds since something new came; 0 while all is well."""
        silent = self._real_s() - self._since_s
        return silent if silent > PATIENCE_S else 0.0


class StoppedCover(QWidget):
    """Crosses out the whole dashboard and says where to look."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._silent_s = 0
        self.setAccessibleName(strings.STOPPED)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_silent(self, silent_s: float) -> None:
        """Cover while this is above nought."""
        if int(silent_s) != self._silent_s or self.isHidden() == (silent_s > 0):
            self._silent_s = int(silent_s)
            self.setVisible(silent_s > 0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, p = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour("#000000", 0.72))
        painter.setPen(QPen(colour(p.high), theme.px(14)))
        painter.drawLine(self.rect().topLeft(), self.rect().bottomRight())
        painter.drawLine(self.rect().topRight(), self.rect().bottomLeft())
        width, height = self.width() * 0.86, theme.px(190)
        block = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(colour(p.on_high), theme.px(3)))
        painter.setBrush(colour(p.high))
        painter.drawRoundedRect(block, theme.px(RADIUS), theme.px(RADIUS))
        centre, ink = block.center(), colour(p.on_high)
        room = width - theme.px(60)
        large = fonts.fitting(strings.STOPPED, room, theme.text_px(52), fonts.BOLD)
        y = painting.middle_baseline(centre.y() - theme.px(26), fonts.metrics(large, fonts.BOLD))
        painting.line(painter, centre.x(), y, strings.STOPPED, ink, large, fonts.BOLD, align=painting.CENTRE)
        why = strings.STOPPED_WHY.format(age=fmt.duration(self._silent_s * fmt.SECOND_NS))
        small = theme.text_px(24)
        painting.line(
            painter, centre.x(), y + theme.px(60), why, ink, small, room=room, align=painting.CENTRE
        )
        painter.end()
