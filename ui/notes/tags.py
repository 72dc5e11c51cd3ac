"""The nine tag keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from kapmonitor.protocol.tags import Tag
from ui import fonts, painting
from ui.notes.wording import ESCALATION
from ui.theme import Theme, colour

FLASH_MS: Final = 300
TEXT_PX: Final = 19
NUMBER_PX: Final = 17


NAME_PLACE: Final = 0.64
"""Below the corners, whether anything stands in the right one or not."""


class TagKey(QAbstractButton):
    """One tag with its number; lights up for a moment when used.

    While it lasts it keeps a thick frame and shows for how long.
    """

    def __init__(self, theme: Theme, tag: Tag, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tag = tag
        self.number = tag.key
        self._lit = False
        self._lasting = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._dim)
        self.setAccessibleName(f"{tag.key} {tag.label}")
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

    @property
    def lasting(self) -> str:
        """For how long it has lasted; empty if it was not begun."""
        return self._lasting

    def set_lasting(self, length: str) -> None:
        """It has lasted so long; empty if it was not begun."""
        if length != self._lasting:
            self._lasting = length
            self.update()

    def _dim(self) -> None:
        self._lit = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bright = self._lit or self.isDown()
        own = getattr(palette, self.tag.colour)
        strong = bool(self._lasting) or self.hasFocus()
        painter.setPen(
            QPen(colour(own if strong or bright else palette.grid), max(2, theme.px(2)) if strong else 1)
        )
        painter.setBrush(colour(palette.notes if bright else palette.field))
        radius = theme.px(7)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        ink = colour(palette.on_notes if bright else own)
        room = self._paint_corners(painter, ink)
        self._paint_name(painter, colour(palette.on_notes if bright else palette.text), room)
        painter.end()

    def _paint_corners(self, painter: QPainter, ink: QColor) -> float:
        """The number, and opposite how long it lasts or an escalation's sign; the number's room."""
        px, left = self._theme.text_px(NUMBER_PX), self._theme.px(12)
        base = self._theme.px(10) + fonts.metrics(px).capHeight()
        wide = painting.line(painter, left, base, str(self.number), ink, px, fonts.SEMIBOLD)
        sign = self._lasting or (ESCALATION if self.tag.escalation else "")
        painting.line(
            painter,
            self.width() - self._theme.px(9),
            base,
            sign,
            ink,
            px,
            fonts.SEMIBOLD,
            align=painting.RIGHT,
        )
        return left + wide + self._theme.px(4)

    def _paint_name(self, painter: QPainter, ink: QColor, number_room: float) -> None:
        px = self._theme.text_px(TEXT_PX)
        room = self.width() - number_room - self._theme.px(6)
        wide = fonts.width(self.tag.short, px)
        centre = self.width() / 2 if wide / 2 <= self.width() / 2 - number_room else number_room + room / 2
        middle = painting.middle_baseline(self.height() * NAME_PLACE, fonts.metrics(px))
        painting.line(
            painter, centre, middle, self.tag.short, ink, px, room=room, align=painting.CENTRE, smallest=12
        )


class TagKeys(QWidget):
    """The keys, three in a row; `on_tag` is called with the number of the one clicked."""

    def __init__(
        self, theme: Theme, tags: Sequence[Tag], on_tag: Callable[[int], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.keys = [TagKey(theme, tag, self) for tag in sorted(tags, key=lambda tag: tag.key)]
        for key in self.keys:
            key.pressed.connect(lambda number=key.number: on_tag(number))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for key in self.keys:
            key.set_theme(theme)

    def flash(self, number: int) -> None:
        """Show that this one was taken down."""
        for key in self.keys:
            if key.number == number:
                key.flash()

    def show_lasting(self, lengths: Mapping[int, str]) -> None:
        """For how long those that were begun have lasted, by number."""
        for key in self.keys:
            key.set_lasting(lengths.get(key.number, ""))

    def place(self, rect: QRectF) -> None:
        """Fill this rectangle of the panel."""
        self.setGeometry(rect.toRect())
        gap = self._theme.px(8)
        wide, tall = (rect.width() - 2 * gap) / 3, (rect.height() - 2 * gap) / 3
        for key in self.keys:
            column, row = (key.number - 1) % 3, (key.number - 1) // 3
            box = QRectF(column * (wide + gap), row * (tall + gap), wide, tall)
            key.setGeometry(box.toRect())
