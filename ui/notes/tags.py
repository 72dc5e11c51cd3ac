"""The nine tag keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui import fonts, painting
from ui.theme import Theme, colour

FLASH_MS: Final = 300
TEXT_PX: Final = 19
NUMBER_PX: Final = 17


class TagKey(QAbstractButton):
    """One tag with its number; lights up for a moment when used, keeps an amber frame while it lasts."""

    def __init__(self, theme: Theme, number: int, tag: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.number = number
        self.tag = tag
        self._lit = False
        self._lasting = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._dim)
        self.setAccessibleName(f"{number} {tag}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def lit(self) -> bool:
        return self._lit

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def flash(self) -> None:
        """Show that the tag was taken down."""
        self._lit = True
        self._timer.start(FLASH_MS)
        self.update()

    def set_lasting(self, *, lasting: bool) -> None:
        if lasting != self._lasting:
            self._lasting = lasting
            self.update()

    def _dim(self) -> None:
        self._lit = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bright = self._lit or self.isDown()
        strong = self._lasting or self.hasFocus()
        edge = colour(palette.notes if strong or bright else palette.grid)
        painter.setPen(QPen(edge, max(2, theme.px(2)) if strong else 1))
        painter.setBrush(colour(palette.notes if bright else palette.field))
        radius = theme.px(7)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        number_px, text_px = theme.text_px(NUMBER_PX), theme.text_px(TEXT_PX)
        painter.setFont(fonts.font(number_px, fonts.SEMIBOLD))
        painter.setPen(colour(palette.on_notes if bright else palette.notes))
        left = theme.px(12)
        cap = fonts.metrics(number_px).capHeight()
        painter.drawText(QPointF(left, theme.px(10) + cap), str(self.number))
        number_room = left + fonts.width("0", number_px) + theme.px(4)
        ink = colour(palette.on_notes if bright else palette.text)
        room = self.width() - number_room - theme.px(6)
        wide = fonts.width(self.tag, text_px)
        centre = self.width() / 2 if wide / 2 <= self.width() / 2 - number_room else number_room + room / 2
        middle = painting.middle_baseline(self.height() * 0.56, fonts.metrics(text_px))
        painting.line(
            painter, centre, middle, self.tag, ink, text_px, room=room, align=painting.CENTRE, smallest=12
        )
        painter.end()


class TagKeys(QWidget):
    """The keys, three in a row; `on_tag` is called with the number of the one clicked."""

    def __init__(
        self, theme: Theme, tags: Sequence[str], on_tag: Callable[[int], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.keys = [TagKey(theme, i + 1, tag, self) for i, tag in enumerate(tags[:9])]
        for key in self.keys:
            key.pressed.connect(lambda number=key.number: on_tag(number))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for key in self.keys:
            key.set_theme(theme)

    def place(self, rect: QRectF) -> None:
        """Fill this rectangle of the panel."""
        self.setGeometry(rect.toRect())
        gap = self._theme.px(8)
        wide, tall = (rect.width() - 2 * gap) / 3, (rect.height() - 2 * gap) / 3
        for i, key in enumerate(self.keys):
            column, row = i % 3, i // 3
            box = QRectF(column * (wide + gap), row * (tall + gap), wide, tall)
            key.setGeometry(box.toRect())
