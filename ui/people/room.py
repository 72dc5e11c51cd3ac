"""The page that says who is in the room, over the trends; there one hands over to another, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import Chart
from kapmonitor.session.care_events import HandedOver
from ui import fonts, painting
from ui import format as fmt
from ui.listing import in_view
from ui.notes.author import Author
from ui.panel import paint_panel
from ui.people import rooming, wording
from ui.people.drawing import paint_box, paint_person, row_height
from ui.people.rooming import Cue, Done, Room, Step
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

REFRESH_MS: Final = 500
MARGIN: Final = 22
HEAD: Final = 66
FOOT: Final = 84
HAND: Final = Qt.Key.Key_H


class RoomPage(QWidget):
    """Shows who is there. `asked` carries a Chart, `handed` giver and taker."""

    asked = Signal(object)
    handed = Signal(str, str)
    left = Signal()
    """It is to be closed."""

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        people: Sequence[Author],
        author: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._theme = theme
        self._known = tuple(people)
        self._author = author
        self._room = rooming.begin(people, port.snapshot().session.care.present, author())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "123456789H")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()

    @property
    def room(self) -> Room:
        """What it shows."""
        return self._room

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def rows(self) -> tuple[str, ...]:
        """What stands beside each name."""
        return tuple(self._tail(place) for place in range(len(self._room.people)))

    @property
    def ask(self) -> str:
        """The line below the list."""
        room = self._room
        if room.trouble or room.step is Step.LIST:
            return room.trouble
        who, role = room.people[room.giver].initials, rooming.role_of(room, room.giver)
        return wording.HANDING.format(who=who, role=role)

    def refresh(self) -> None:
        """Look at the session again."""
        present = self._port.snapshot().session.care.present
        people = rooming.listed(self._known, present)
        self._room = replace(
            self._room, people=people, present=present, at=min(self._room.at, max(0, len(people) - 1))
        )
        self.setAccessibleName(f"{wording.ROOM} {self.ask}".strip())
        self.update()

    def _tail(self, place: int) -> str:
        present, role = rooming.there(self._room, place), rooming.role_of(self._room, place)
        if present is None:
            return wording.OUT.format(role=role).removeprefix(" · ")
        shot = self._port.snapshot()
        utc_ns = shot.utc_ns + present.since_t_ns - shot.t_ns
        time = fmt.wall(utc_ns, shot.utc_offset_min)
        return wording.IN_SINCE.format(role=role, time=time).removeprefix(" · ")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._room = rooming.moved(self._room, -1 if key == Qt.Key.Key_Up else 1)
            self.update()
        elif event.isAutoRepeat():
            return
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self._do(rooming.after(self._room, Cue.DIGIT, self._author(), key - Qt.Key.Key_1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do(rooming.after(self._room, Cue.ENTER, self._author()))
        elif key == HAND:
            self._do(rooming.after(self._room, Cue.HAND, self._author()))
        elif key == Qt.Key.Key_Escape and self._room.step is Step.LIST:
            self.left.emit()
        elif key == Qt.Key.Key_Escape:
            self._do(rooming.after(self._room, Cue.BACK, self._author()))
        else:
            super().keyPressEvent(event)

    def _do(self, done: Done) -> None:
        self._room, said = done
        if said is not None:
            self.asked.emit(Chart(self._port.now_ns(), said))
        if isinstance(said, HandedOver):
            self.handed.emit(said.giver, said.taker)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        title, left = theme.text_px(24), px(MARGIN)
        base = painting.middle_baseline(px(32), fonts.metrics(title))
        ink = colour(theme.palette.secondary)
        painting.line(painter, left, base, wording.ROOM, ink, title, fonts.SEMIBOLD)
        room = QRectF(left, px(HEAD), self.width() - 2 * left, self.height() - px(HEAD) - px(FOOT))
        bottom = self._paint_rows(painter, room)
        self._paint_foot(painter, left, bottom + px(10), room.width())
        painter.end()

    def _paint_rows(self, painter: QPainter, room: QRectF) -> float:
        theme, height, tails = self._theme, row_height(self._theme), self.rows()
        people = self._room.people
        first, last = in_view(len(people), self._room.at, max(1, int(room.height() // height)))
        for number, one in enumerate(people[first:last], first):
            box = QRectF(room.x(), room.y() + (number - first) * height, room.width(), height)
            box.adjust(1, 1, -1, -1)
            paint_box(painter, theme, box, chosen=number == self._room.at)
            is_there = rooming.there(self._room, number) is not None
            lead = str(number + 1) if number < rooming.MOST else " "
            text = colour(theme.palette.text if is_there else theme.palette.secondary)
            paint_person(painter, theme, box, one, lead, tails[number], text)
        return room.y() + (last - first) * height

    def _paint_foot(self, painter: QPainter, left: float, top: float, width: float) -> None:
        theme, p = self._theme, self._theme.palette
        px, small = theme.text_px(20), theme.text_px(16)
        if self.ask:
            base = painting.middle_baseline(top + theme.px(20), fonts.metrics(px))
            ink = colour(p.medium if self._room.trouble else p.notes)
            painting.line(painter, left, base, self.ask, ink, px, fonts.SEMIBOLD, room=width, smallest=12)
            top += theme.px(34)
        base = painting.middle_baseline(top + theme.px(20), fonts.metrics(small))
        keys = wording.ROOM_KEYS if self._room.step is Step.LIST else wording.HAND_KEYS
        painting.line(painter, left, base, keys, colour(p.secondary), small, room=width)
