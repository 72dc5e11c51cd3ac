"""The page over the trends that asks for a PIN before something that needs one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.panel import paint_panel
from ui.people.form import PinForm
from ui.theme import Theme, colour

MARGIN: Final = 22
HEAD: Final = 66


class PinPage(QWidget):
    """A title and a form; whoever opens it listens to the form."""

    def __init__(self, form: PinForm, title: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = title
        self.form = form
        form.setParent(self)
        self.setFocusProxy(form)
        self.setAccessibleName(title)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.form.set_theme(theme)
        self._arrange()
        self.update()

    def _arrange(self) -> None:
        px = self._theme.px
        left, top = px(MARGIN), px(HEAD)
        self.form.setGeometry(left, top, self.width() - 2 * left, self.height() - top - px(12))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.text_px(24)
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        base = painting.middle_baseline(theme.px(32), fonts.metrics(px))
        ink = colour(theme.palette.secondary)
        painting.line(painter, theme.px(MARGIN), base, self._title, ink, px, fonts.SEMIBOLD)
        painter.end()
