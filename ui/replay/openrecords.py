"""Several records open at once in one window: a strip that names them, and the dashboard of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QCloseEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.keytable import REVIEW
from ui.main_window import MainWindow
from ui.ports import ReplayPort
from ui.replay import wording
from ui.theme import Theme, colour

STRIP: Final = 40
TEXT: Final = 17
WIDEST: Final = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A record's dashboard, what the strip calls it, and what lets go of the file."""

    window: MainWindow
    port: ReplayPort
    label: str
    key: str
    close: Callable[[], None]


class OpenRecords(QWidget):
    """Shows one of them; the others stand where they were left. With one alone there is no strip."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[Opened] = []
        self._leaving: list[Opened] = []
        self._at = -1

    @property
    def opened(self) -> tuple[Opened, ...]:
        """All of them, as the strip has them."""
        return tuple(self._opened)

    @property
    def current(self) -> Opened:
        """The one that is seen."""
        return self._opened[self._at]

    def say(self, message: str) -> None:
        """A short message in the last line of the one that is seen."""
        self.current.window.say(message)

    def add(self, opened: Opened) -> None:
        """One more, which is seen from now on."""
        opened.window.setParent(self)
        self._opened.append(opened)
        self.show_one(len(self._opened) - 1)

    def show_open(self, key: str) -> bool:
        """See the one of this key, if it is open; whether it is."""
        keys = [each.key for each in self._opened]
        if key in keys:
            self.show_one(keys.index(key))
        return key in keys

    def step(self, steps: int) -> None:
        """The next one, or the one before, round the ends."""
        self.show_one((self._at + steps) % len(self._opened))

    def show_one(self, place: int) -> None:
        """See this one; the one that was seen stands still, and hears no key."""
        self._at = place
        for number, each in enumerate(self._opened):
            seen = number == place
            each.window.keys.set_table(REVIEW if seen else ())
            each.window.setVisible(seen)
            if not seen:
                each.port.play(playing=False)
        self._arrange()
        over = self.current.window.over_trends
        (over or self.current.window).setFocus()
        self.update()

    def close_one(self) -> bool:
        """Let go of the one that is seen; False of the last one, which stays."""
        if len(self._opened) == 1:
            return False
        gone = self._opened.pop(self._at)
        gone.window.close()
        # What its parts had still put off asks the record until they are gone.
        self._leaving.append(gone)
        gone.window.destroyed.connect(lambda: self._let_go(gone))
        gone.window.deleteLater()
        self.show_one(min(self._at, len(self._opened) - 1))
        return True

    def _let_go(self, gone: Opened) -> None:
        self._leaving.remove(gone)
        gone.close()

    def close_all(self) -> None:
        """Let go of all files; the windows are closed already."""
        for each in self._opened:
            each.window.close()
        for each in (*self._opened, *self._leaving):
            each.close()
        self._opened.clear()
        self._leaving.clear()

    def closeEvent(self, event: QCloseEvent) -> None:
        for each in self._opened:
            each.window.close()
        event.accept()

    def focusInEvent(self, event: QEvent) -> None:
        """The keys are for the dashboard."""
        if self._opened:
            self.current.window.setFocus()

    # The strip

    @property
    def _theme(self) -> Theme:
        return self.current.window.theme

    def _strip(self) -> int:
        return self._theme.px(STRIP) if len(self._opened) > 1 else 0

    def _arrange(self) -> None:
        if self._opened:
            top = self._strip()
            self.current.window.setGeometry(0, top, self.width(), self.height() - top)

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def _boxes(self) -> list[QRectF]:
        theme = self._theme
        hint = fonts.width(wording.TABS_KEYS, theme.text_px(15)) + theme.px(40)
        room = (self.width() - hint - theme.px(12)) / max(1, len(self._opened))
        wide = min(float(theme.px(WIDEST)), room)
        top, high = theme.px(6), theme.px(STRIP) - theme.px(6)
        return [
            QRectF(theme.px(12) + number * wide, top, wide - theme.px(8), high)
            for number in range(len(self._opened))
        ]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._strip():
            for number, box in enumerate(self._boxes()):
                if box.contains(event.position()):
                    self.show_one(number)
                    return

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._opened:
            return
        theme, p = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour(p.window))
        if self._strip():
            px, radius = theme.text_px(TEXT), theme.px(6)
            for number, (each, box) in enumerate(zip(self._opened, self._boxes(), strict=True)):
                seen = number == self._at
                painter.setPen(QPen(colour(p.music if seen else p.edge), theme.px(2) if seen else 1))
                painter.setBrush(colour(p.panel) if seen else Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
                base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
                ink, room = colour(p.text if seen else p.secondary), box.width() - theme.px(24)
                weight = fonts.SEMIBOLD if seen else fonts.MEDIUM
                left = box.left() + theme.px(12)
                painting.line(painter, left, base, each.label, ink, px, weight, room=room)
            small = theme.text_px(15)
            base = painting.middle_baseline(theme.px(STRIP) / 2, fonts.metrics(small))
            right = self.width() - theme.px(16)
            faint = colour(p.secondary)
            painting.line(painter, right, base, wording.TABS_KEYS, faint, small, align=painting.RIGHT)
        painter.end()
