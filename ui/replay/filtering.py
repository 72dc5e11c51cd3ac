"""The page that chooses which moments of a record are listed, over the trends; the list follows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui.listing import in_view
from ui.panel import paint_panel
from ui.replay import wording
from ui.replay.listed import Line
from ui.replay.sought import Choice, Group, Wanted, choices, sift
from ui.shortcuts import TAKES_ARROWS, TAKES_BACKSPACE
from ui.theme import Theme, colour

HEAD: Final = 64
TITLES: Final = 40
FOOT: Final = 48
MARGIN: Final = 24
ROW: Final = 42
TEXT: Final = 18


class FilterPage(QWidget):
    """One column for each Group; `want` is told what is chosen whenever that changes."""

    left = Signal()

    def __init__(
        self,
        lines: tuple[Line, ...],
        wanted: Wanted,
        want: Callable[[Wanted], object],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines = lines
        self._wanted = wanted
        self._want = want
        self._theme = theme
        self._choices = choices(lines)
        self._column, self._row = 0, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_BACKSPACE, True)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def wanted(self) -> Wanted:
        """What is chosen."""
        return self._wanted

    @property
    def chosen(self) -> Choice | None:
        """What the space bar turns on or off."""
        own = self._of(self._column)
        return own[self._row] if own else None

    def _of(self, column: int) -> tuple[Choice, ...]:
        return self._choices[tuple(Group)[column]]

    # Keys and the mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Up: lambda: self._move(0, -1),
            Qt.Key.Key_Down: lambda: self._move(0, 1),
            Qt.Key.Key_Left: lambda: self._move(-1, 0),
            Qt.Key.Key_Right: lambda: self._move(1, 0),
            Qt.Key.Key_Space: self._toggle,
            Qt.Key.Key_Backspace: lambda: self._show(Wanted()),
            Qt.Key.Key_Return: self.left.emit,
            Qt.Key.Key_Enter: self.left.emit,
            Qt.Key.Key_Escape: self.left.emit,
        }
        act = keys.get(event.key())
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _move(self, across: int, down: int) -> None:
        """Columns in which there is nothing are passed over."""
        column = self._column + across
        while 0 <= column < len(Group) and not self._of(column):
            column += across or 1
        if 0 <= column < len(Group):
            self._column = column
        self._row = min(max(self._row + down, 0), max(0, len(self._of(self._column)) - 1))
        self.update()

    def _toggle(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self._show(self._wanted.toggled(chosen.group, chosen.value))

    def _show(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._want(wanted)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for column in range(len(Group)):
            for row, box in self._boxes(column):
                if box.contains(event.position()):
                    self._column, self._row = column, row
                    self._toggle()

    # Painting

    def _boxes(self, column: int) -> list[tuple[int, QRectF]]:
        """The rows of a column that are in view, each with its place."""
        px, own = self._theme.px, self._of(column)
        high = max(px(ROW), round(self._theme.text_px(TEXT) * 1.7))
        top = px(HEAD + TITLES)
        fitting = max(1, int((self.height() - top - px(FOOT)) // high))
        first, last = in_view(len(own), self._row if column == self._column else 0, fitting)
        wide = (self.width() - 2 * px(MARGIN)) / len(Group)
        left = px(MARGIN) + column * wide
        return [
            (row, QRectF(left, top + (row - first) * high, wide - px(12), high)) for row in range(first, last)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px, p = self._theme, self._theme.px, self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = len(sift(self._lines, self._wanted))
        count = wording.FILTER_COUNT.format(shown=shown, count=len(self._lines))
        right = self.width() - px(MARGIN)
        used = self._say(painter, right, px(HEAD) / 2, count, p.text, 18, align=painting.RIGHT)
        room = right - used - 2 * px(MARGIN)
        self._say(painter, px(MARGIN), px(HEAD) / 2, wording.FILTER, p.secondary, 24, fonts.SEMIBOLD, room)
        wide = (self.width() - 2 * px(MARGIN)) / len(Group)
        for column, group in enumerate(Group):
            left, middle = px(MARGIN) + column * wide, px(HEAD) + px(TITLES) / 2 - px(4)
            title = wording.GROUPS[group.value]
            self._say(painter, left + px(8), middle, title, p.secondary, TEXT, fonts.SEMIBOLD, wide)
            for row, box in self._boxes(column):
                self._paint_choice(painter, box, self._of(column)[row], at=(column, row))
            if not self._of(column):
                below = px(HEAD + TITLES) + px(ROW) / 2
                self._say(painter, left + px(8), below, wording.NONE_OF_GROUP, p.faint, TEXT, room=wide)
        room = self.width() - 2 * px(MARGIN)
        foot = self.height() - px(FOOT) / 2
        self._say(painter, px(MARGIN), foot, wording.FILTER_KEYS, p.secondary, 17, room=room)
        painter.end()

    def _say(
        self,
        painter: QPainter,
        x: float,
        middle: float,
        text: str,
        ink: str,
        size: int,
        weight: int = fonts.MEDIUM,
        room: float = float("inf"),
        align: Qt.AlignmentFlag = painting.LEFT,
    ) -> float:
        px = self._theme.text_px(size)
        base = painting.middle_baseline(middle, fonts.metrics(px, weight))
        return painting.line(painter, x, base, text, colour(ink), px, weight, room=room, align=align)

    def _paint_choice(self, painter: QPainter, box: QRectF, choice: Choice, *, at: tuple[int, int]) -> None:
        """A square that is ticked or not, its name, and how many there are; the outline is where one is."""
        px, p = self._theme.px, self._theme.palette
        if at == (self._column, self._row):
            painter.setPen(QPen(colour(p.notes), px(2)))
            painter.setBrush(colour(p.field))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(6), px(6))
        is_on = (choice.group, choice.value) in self._wanted.chosen
        size, middle = px(18), box.center().y()
        square = QRectF(box.left() + px(10), middle - size / 2, size, size)
        painter.setPen(QPen(colour(p.notes if is_on else p.edge), max(1.5, px(2))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(square, px(4), px(4))
        if is_on:
            painting.tick(painter, square.adjusted(px(4), px(4), -px(4), -px(4)), colour(p.notes), px(2))
        right = box.right() - px(8)
        used = self._say(painter, right, middle, str(choice.count), p.secondary, 16, align=painting.RIGHT)
        left = square.right() + px(10)
        if choice.group is Group.PRIORITY:
            self._paint_priority(painter, left, middle, Priority(choice.value))
            return
        name = wording.VALUES.get(choice.value, choice.value) if choice.group is Group.KIND else choice.value
        room = right - used - px(8) - left
        self._say(painter, left, middle, name, p.text if is_on else p.secondary, TEXT, room=room)

    def _paint_priority(self, painter: QPainter, left: float, middle: float, priority: Priority) -> None:
        star = self._theme.text_px(TEXT) * 0.7
        ink = colour(self._theme.palette.text) if priority is Priority.HIGH else self._theme.fill(priority)
        painting.marks(painter, priority, left, middle, star, ink)
