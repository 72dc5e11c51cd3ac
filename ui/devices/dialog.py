"""The device dialog, over the trends: the arrow keys choose a row, Enter gives a person's word for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import (
    AdoptDevice,
    AllowCuff,
    Command,
    ConfirmDevice,
    ReleaseDevice,
    SaySameArm,
    ShowSource,
    TryDevice,
)
from kapmonitor.nearby import Nearby, NearbyDevice, NearbyState
from kapmonitor.session.who import who
from ui import fonts, painting
from ui.devices import wording
from ui.devices.drawing import FOOT, HEAD, MARGIN, ROW, paint_head, paint_keys, paint_row, row_height
from ui.devices.face import RowFace, is_cuff, row_face
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

REFRESH_MS: Final = 250
GAP: Final = 10

_ORDER: Final = {
    NearbyState.CHANGED: 0,
    NearbyState.ADOPTED: 1,
    NearbyState.LOST: 1,
    NearbyState.SPEAKING: 2,
    NearbyState.LISTENING: 3,
    NearbyState.SEARCHING: 3,
    NearbyState.IN_RANGE: 4,
    NearbyState.TROUBLE: 5,
}


class DeviceDialog(QWidget):
    """Shows the port's surroundings. `asked` carries a command."""

    asked = Signal(object)
    left = Signal()
    """It is to be closed."""
    gone = Signal()
    """It was closed, or something else took its place."""

    def __init__(self, port: SessionPort, theme: Theme, author: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._theme = theme
        self._author = author
        self._nearby = Nearby()
        self._rows: tuple[NearbyDevice, ...] = ()
        self._chosen = ""
        self._boxes: list[tuple[str, QRectF]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "TX")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def chosen(self) -> NearbyDevice | None:
        """The row that the keys are about."""
        return next((row for row in self._rows if row.key == self._chosen), None)

    def faces(self) -> tuple[RowFace, ...]:
        """What the rows say, from top to bottom."""
        now_ns, who = self._port.now_ns(), self._who()
        same = self._port.snapshot().session.same_arm
        return tuple(row_face(row, now_ns, who, same_arm=same) for row in self._rows)

    def refresh(self) -> None:
        """Read what is around and show it; the chosen row stays chosen wherever it moves."""
        self._nearby = self._port.nearby()
        self._rows = tuple(sorted(self._nearby.devices, key=lambda row: _ORDER[row.state]))
        if self.chosen is None:
            asking = (row for row in self._rows if row.adoptable or row.state is NearbyState.CHANGED)
            first = next(asking, self._rows[0] if self._rows else None)
            self._chosen = first.key if first is not None else ""
        self.update()

    def _who(self) -> str:
        return who(self._port.snapshot().session).initials

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()
            self.gone.emit()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self._move(-1),
            Qt.Key.Key_Down: lambda: self._move(1),
            Qt.Key.Key_Return: self._say_yes,
            Qt.Key.Key_Enter: self._say_yes,
            Qt.Key.Key_Space: self._show,
            Qt.Key.Key_Delete: self._take_out,
            Qt.Key.Key_T: self._toggle_cuff,
            Qt.Key.Key_X: self._toggle_arm,
            Qt.Key.Key_Escape: self.left.emit,
        }
        act = keys.get(event.key())
        if act is None or (event.isAutoRepeat() and event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_Down)):
            super().keyPressEvent(event)
            return
        act()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for key, box in self._boxes:
            if box.contains(event.position()):
                self._chosen = key
                self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._say_yes()

    def _move(self, by: int) -> None:
        keys = [row.key for row in self._rows]
        if self._chosen in keys:
            place = keys.index(self._chosen) + by
            self._chosen = keys[min(max(place, 0), len(keys) - 1)]
            self.update()

    def _say_yes(self) -> None:
        row = self.chosen
        if row is None:
            return
        if row.state is NearbyState.CHANGED:
            self._ask(ConfirmDevice(row.device, self._author))
        elif row.state is NearbyState.IN_RANGE:
            self._ask(TryDevice(row.key))
        elif row.adoptable:
            self._ask(AdoptDevice(row.key, self._author))

    def _show(self) -> None:
        row = self.chosen
        if row is not None and row.device:
            for role in row.offers:
                if role not in row.shown_for:
                    self._ask(ShowSource(role, row.device, self._author))

    def _take_out(self) -> None:
        row = self.chosen
        if row is not None and row.device:
            self._ask(ReleaseDevice(row.device, self._author))

    def _toggle_cuff(self) -> None:
        row = self.chosen
        if row is not None and row.cuff_allowed is not None:
            self._ask(AllowCuff(row.device, not row.cuff_allowed, self._author))

    def _toggle_arm(self) -> None:
        row = self.chosen
        if row is not None and is_cuff(row):
            self._ask(SaySameArm(not self._port.snapshot().session.same_arm, self._author))

    def _ask(self, command: Command) -> None:
        self.asked.emit(command)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        trouble = wording.NO_RADIO.format(why=self._nearby.trouble) if self._nearby.trouble else ""
        said = trouble or (wording.LOOKING if self._nearby.looking else "")
        paint_head(painter, theme, self.width(), wording.TITLE, said, troubled=bool(trouble))
        self._paint_foot(painter)
        room = QRectF(px(MARGIN), px(HEAD), self.width() - 2 * px(MARGIN), self.height() - px(HEAD + FOOT))
        if self._rows:
            self._paint_rows(painter, room)
        else:
            self._say(painter, room.center().y(), wording.NOTHING, theme.palette.secondary)
        painter.end()

    def _paint_foot(self, painter: QPainter) -> None:
        theme, px = self._theme, self._theme.px
        size = theme.text_px(16)
        rejected = self._nearby.rejected
        room = self.width() - 2 * px(MARGIN)
        base = paint_keys(painter, theme, self.width(), self.height(), wording.KEYS)
        for number, (name, why) in enumerate(rejected[:2]):
            said = wording.REJECTED.format(name=name, why=why)
            above = base - (number + 1) * size * 1.5
            painting.line(painter, px(MARGIN), above, said, colour(theme.palette.medium), size, room=room)

    def _paint_rows(self, painter: QPainter, room: QRectF) -> None:
        theme, gap = self._theme, self._theme.px(GAP)
        faces = self.faces()
        heights = [
            row_height(theme, face, room.width(), chosen=row.key == self._chosen)
            for row, face in zip(self._rows, faces, strict=True)
        ]
        first, last = self._window(heights, room.height() - theme.px(ROW) // 3, gap)
        self._boxes = []
        y = room.y()
        if first:
            y += self._say(
                painter, y + theme.px(12), wording.MORE_ABOVE.format(count=first), theme.palette.faint
            )
        for place in range(first, last):
            row = self._rows[place]
            box = QRectF(room.x(), y, room.width(), heights[place])
            chosen = row.key == self._chosen
            paint_row(painter, box, theme, faces[place], (row.wave_ref, row.wave), chosen=chosen)
            self._boxes.append((row.key, box))
            y += heights[place] + gap
        below = len(self._rows) - last
        if below:
            self._say(painter, y + theme.px(8), wording.MORE_BELOW.format(count=below), theme.palette.faint)

    def _window(self, heights: list[int], room: float, gap: int) -> tuple[int, int]:
        """Which rows fit, the chosen one among them."""
        keys = [row.key for row in self._rows]
        at = keys.index(self._chosen) if self._chosen in keys else 0
        first = last = at
        used = float(heights[at])
        while first > 0 or last < len(heights) - 1:
            grew = False
            if first > 0 and used + gap + heights[first - 1] <= room:
                first, grew = first - 1, True
                used += gap + heights[first]
            if last < len(heights) - 1 and used + gap + heights[last + 1] <= room:
                last, grew = last + 1, True
                used += gap + heights[last]
            if not grew:
                break
        return first, last + 1

    def _say(self, painter: QPainter, centre_y: float, words: str, ink: str) -> float:
        size = self._theme.text_px(17)
        base = painting.middle_baseline(centre_y, fonts.metrics(size))
        room = self.width() - 2 * self._theme.px(MARGIN)
        middle = self.width() / 2
        painting.line(painter, middle, base, words, colour(ink), size, room=room, align=painting.CENTRE)
        return size * 1.6
