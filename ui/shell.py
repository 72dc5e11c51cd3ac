"""The first thing on screen: an empty console, painted before anything that takes time is even loaded.

The composition root shows it, builds the session meanwhile, and hands it the dashboard with `hold()`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import fonts
from ui.layout import SMALLEST, Box, Zones, arrange, body
from ui.panel import paint_panel
from ui.theme import DAY, Palette, Theme, Themed, colour, scale_for

START_SIZE: Final = QSize(1440, 860)
AID: Final = "This console is an aid. The bedside monitor stays the first alarm."
TITLE: Final = "kapmonitor"


@runtime_checkable
class Saying(Protocol):
    """What has a line for short messages."""

    def say(self, message: str) -> None:
        """Show this for some seconds."""
        ...


class Shell(QWidget):
    """The top-level window: empty panels until it holds a dashboard, which then fills it."""

    def __init__(self, palette: Palette = DAY) -> None:
        super().__init__()
        self._palette = palette
        self._held: QWidget | None = None
        self._over: QWidget | None = None
        self._over_words = ""
        self._progress = (0.0, "")
        self._before_close: Callable[[], bool] | None = None
        self._with_words = False
        self._after_paint = QTimer(self)
        self._after_paint.setSingleShot(True)
        self._after_paint.timeout.connect(self._add_words)
        self.setWindowTitle(TITLE)
        self.setMinimumSize(*SMALLEST)
        self.resize(START_SIZE)

    def set_progress(self, share: float, words: str) -> None:
        """What is being made ready, 0 to 1, or with a negative share why it cannot be."""
        self._progress = (share, words)
        self.update()

    @property
    def theme(self) -> Theme:
        """Colours and sizes of a window as large as this one."""
        return Theme(self._palette, scale_for(self.width(), self.height()))

    def put_over(self, page: QWidget, words: str) -> None:
        """Show a page in place of the panels below the alarm line, which says `words` meanwhile."""
        self.take_away()
        self._over, self._over_words = page, words
        page.setParent(self)
        self._place_over()
        page.show()
        page.setFocus()
        self.update()

    def take_away(self) -> None:
        """Let the page go, and say again how far everything is."""
        if self._over is not None:
            self._over.hide()
            self._over.deleteLater()
            self._over, self._over_words = None, ""
            self.update()

    def _place_over(self) -> None:
        if self._over is not None:
            box = body(arrange(self.width(), self.height()))
            if isinstance(self._over, Themed):
                self._over.set_theme(self.theme)
            self._over.setGeometry(box.x, box.y, box.width, box.height)

    def hold(self, dashboard: QWidget) -> None:
        """Fill the window with this; what was held before is let go."""
        self.take_away()
        if self._held is not None:
            self._held.hide()
            self._held.deleteLater()
        self._held = dashboard
        dashboard.setParent(self)
        dashboard.setGeometry(self.rect())
        dashboard.show()
        dashboard.setFocus()

    def say(self, words: str) -> None:
        """A short message, where what it holds has a place for one."""
        held: object = self._held
        if isinstance(held, Saying):
            held.say(words)

    def ask_before_close(self, may: Callable[[], bool] | None) -> None:
        """Whoever closes the window has to have this say yes; None closes at once."""
        self._before_close = may

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._held is not None:
            self._held.setGeometry(self.rect())
        self._place_over()

    def closeEvent(self, event: QCloseEvent) -> None:
        may = self._before_close is None or self._before_close()
        if not may or (self._held is not None and not self._held.close()):
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(self._palette.window))
        if self._held is None:
            self._paint_panels(painter)
        painter.end()

    def _paint_panels(self, painter: QPainter) -> None:
        theme = self.theme
        zones = arrange(self.width(), self.height())
        for box in (
            zones.alarm,
            zones.trends,
            zones.hr,
            zones.spo2,
            zones.bp,
            zones.notes,
            zones.music,
        ):
            paint_panel(painter, _rect(box), theme)
        if self._with_words:
            self._paint_words(painter, theme, zones)
        else:
            self._after_paint.start()

    def _add_words(self) -> None:
        """The typeface is loaded only when the panels are on screen."""
        self._with_words = True
        self.update()

    def _paint_words(self, painter: QPainter, theme: Theme, zones: Zones) -> None:
        self._paint_progress(painter, theme, zones.alarm)
        px = theme.text_px(15)
        painter.setPen(colour(self._palette.secondary))
        painter.setFont(fonts.font(px))
        middle = zones.footer.y + zones.footer.height / 2
        painter.drawText(theme.px(24), round(middle + fonts.metrics(px).capHeight() / 2), AID)

    def _paint_progress(self, painter: QPainter, theme: Theme, box: Box) -> None:
        share, words = (-1.0, self._over_words) if self._over_words else self._progress
        if not words:
            return
        from PySide6.QtCore import Qt  # slow to load, and not needed for the first paint

        px = theme.text_px(20)
        metrics = fonts.metrics(px)
        painter.setFont(fonts.font(px))
        painter.setPen(colour(self._palette.text if share < 0 else self._palette.secondary))
        room = box.width - 2 * theme.px(32)
        base = round(box.y + box.height / 2 + metrics.capHeight() / 2)
        said = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box.x + theme.px(32), base, said)
        if share > 0:
            bar = QRectF(box.x, box.y + box.height - theme.px(4), box.width * min(share, 1.0), theme.px(4))
            painter.fillRect(bar, colour(self._palette.notes))


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
