"""The alarm list, over the trends: arrow keys choose and filter; in review Enter goes to the alarm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.session.state import AlarmSpan, SessionState
from kapmonitor.snapshot import Snapshot
from ui import fonts, painting
from ui import format as fmt
from ui.alarmlist import face as faces
from ui.alarmlist import wording
from ui.alarmlist.drawing import FOOT, HEAD, MARGIN, paint_foot, paint_head, paint_row, row_height
from ui.listing import in_view
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme, colour

REFRESH_MS: Final = 500


class AlarmList(QWidget):
    """Shows the alarms of a session; `state` gives all of it in a review, `seek` goes to a time there."""

    left = Signal()
    """It is to be closed."""

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        state: Callable[[], SessionState] | None = None,
        seek: Callable[[int], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._theme = theme
        self._whole = state
        self._seek = seek
        self._wanted = faces.Filter()
        self._snapshot = Snapshot()
        self._state = SessionState()
        self._spans: tuple[AlarmSpan, ...] = ()
        self._chosen: tuple[str, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def wanted(self) -> faces.Filter:
        """Which alarms are listed."""
        return self._wanted

    @property
    def place(self) -> int:
        """Which row is chosen; -1 where there is none."""
        keys = [(span.condition, span.t0_ns) for span in self._spans]
        return keys.index(self._chosen) if self._chosen in keys else -1

    def rows(self) -> tuple[faces.Row, ...]:
        """What the list says, from top to bottom."""
        now_ns = self._port.now_ns()
        return tuple(faces.row(span, self._state, self._clock, now_ns) for span in self._spans)

    def refresh(self) -> None:
        """Read the session's alarms and show them; the chosen one stays chosen."""
        self._snapshot = self._port.snapshot()
        self._state = self._whole() if self._whole is not None else self._snapshot.session
        self._spans = faces.listed(self._state, self._wanted)
        if self.place < 0:
            self._choose(self._first())
        self.update()

    def _first(self) -> int:
        """The newest one, or in a review the last before the playhead."""
        now_ns = self._port.now_ns()
        before = (place for place, span in enumerate(self._spans) if span.t0_ns <= now_ns)
        return next(before, 0)

    def _choose(self, place: int) -> None:
        if self._spans:
            span = self._spans[min(max(place, 0), len(self._spans) - 1)]
            self._chosen = span.condition, span.t0_ns
        else:
            self._chosen = None
        self.update()

    def _clock(self, t_ns: int) -> str:
        shot = self._snapshot
        return fmt.wall(shot.utc_ns + t_ns - shot.t_ns, shot.utc_offset_min, seconds=True)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Up: lambda: self._choose(self.place - 1),
            Qt.Key.Key_Down: lambda: self._choose(self.place + 1),
            Qt.Key.Key_Left: lambda: self._filter(self._wanted.next_kind(-1)),
            Qt.Key.Key_Right: lambda: self._filter(self._wanted.next_kind(1)),
            Qt.Key.Key_Space: lambda: self._filter(self._wanted.next_priority()),
            Qt.Key.Key_Return: self._go,
            Qt.Key.Key_Enter: self._go,
            Qt.Key.Key_Escape: self.left.emit,
        }
        act = keys.get(event.key())
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _filter(self, wanted: faces.Filter) -> None:
        self._wanted = wanted
        self.refresh()

    def _go(self) -> None:
        if self._seek is not None and self.place >= 0:
            self._seek(self._spans[self.place].t0_ns)
            self.left.emit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        title = wording.TITLE.format(shown=len(self._spans), count=len(self._state.alarms))
        paint_head(painter, theme, self.width(), title, self._wanted)
        foot = QRectF(px(MARGIN), self.height() - px(FOOT), self.width() - 2 * px(MARGIN), px(FOOT))
        keys = wording.KEYS if self._seek is None else wording.KEYS_REVIEW
        paint_foot(painter, theme, foot, self._details(), keys)
        self._paint_rows(painter, QRectF(px(10), px(HEAD), self.width() - px(20), foot.y() - px(HEAD)))
        painter.end()

    def _details(self) -> tuple[str, ...]:
        if self.place < 0:
            return ()
        return faces.details(self._spans[self.place], self._state, self._clock, self._port.now_ns())

    def _paint_rows(self, painter: QPainter, room: QRectF) -> None:
        theme, rows = self._theme, self.rows()
        if not rows:
            said = wording.NONE_SUCH if self._state.alarms else wording.NONE
            size, centre = theme.text_px(18), room.center()
            base = painting.middle_baseline(centre.y(), fonts.metrics(size))
            ink = colour(theme.palette.secondary)
            painting.line(painter, centre.x(), base, said, ink, size, align=painting.CENTRE)
            return
        height, place = row_height(theme), self.place
        first, last = in_view(len(rows), place, max(1, int(room.height() // height)))
        for number in range(first, last):
            box = QRectF(room.x(), room.y() + (number - first) * height, room.width(), height)
            paint_row(painter, theme, box, rows[number], chosen=number == place)
