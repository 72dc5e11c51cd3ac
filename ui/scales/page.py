"""The page of scales, over the trends: digits score, Backspace puts right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import Chart
from kapmonitor.protocol.scales import Scale
from kapmonitor.scaledue import Due, counts_for, dues, scales_of, wanted
from kapmonitor.session.care import Score
from kapmonitor.session.care_events import ScaleScored
from kapmonitor.snapshot import Snapshot
from ui import format as fmt
from ui.listing import in_view
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.scales import entering, face
from ui.scales.drawing import HEAD, MARGIN, foot_height, paint_foot, paint_head, paint_row, row_height
from ui.scales.entering import MINUS, Done, Entering, Scored
from ui.shortcuts import TAKES_ARROWS, TAKES_BACKSPACE, TAKES_LETTERS
from ui.theme import Theme, colour

REFRESH_MS: Final = 500
SENT_NS: Final = 10_000_000_000
LEFT_ALONE_MS: Final = 60_000
"""An entry that nobody goes on with is dropped and the trends are back."""


class ScalesPage(QWidget):
    """Shows the scales of the session's protocol. `asked` carries a Chart."""

    asked = Signal(object)
    left = Signal()
    """It is to be closed."""

    def __init__(
        self, port: SessionPort, theme: Theme, author: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._theme = theme
        self._author = author
        self._snapshot = Snapshot()
        self._scales: tuple[Scale, ...] = ()
        self._dues: tuple[Due, ...] = ()
        self._entering = Entering()
        self._sent: tuple[Score, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_BACKSPACE, True)
        self.setProperty(TAKES_LETTERS, "0123456789")
        self._alone = QTimer(self)
        self._alone.setSingleShot(True)
        self._alone.timeout.connect(self.left)
        self._alone.start(LEFT_ALONE_MS)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()
        self._choose_next()

    @property
    def entering(self) -> Entering:
        """What is being entered."""
        return self._entering

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def rows(self) -> tuple[face.Row, ...]:
        """What the list says, from top to bottom."""
        now_ns, state = self._port.now_ns(), self._snapshot.session
        return tuple(face.row(scale, self._dues, state, now_ns, self._time) for scale in self._scales)

    def foot(self) -> face.Foot:
        """What stands below it."""
        return face.foot(self._entering, self._time)

    def refresh(self) -> None:
        """Look at the session again; the chosen scale stays."""
        self._snapshot = self._with_sent(self._port.snapshot())
        self._scales = scales_of(self._snapshot.session.care)
        self._dues = dues(self._scales, self._snapshot.session, self._port.now_ns())
        foot = self.foot()
        self.setAccessibleName(f"{foot.ask} {foot.more} {foot.said} {foot.trouble}".strip())
        self.update()

    def _with_sent(self, shot: Snapshot) -> Snapshot:
        """With scores that are on their way to the record; what does not get there is wanted again."""
        session, since_ns = shot.session, self._port.now_ns() - SENT_NS
        known = {(score.scale, score.t_ns) for score in session.care.scores}
        self._sent = tuple(
            sent for sent in self._sent if (sent.scale, sent.t_ns) not in known and sent.t_ns > since_ns
        )
        care = replace(session.care, scores=(*session.care.scores, *self._sent))
        return replace(shot, session=replace(session, care=care))

    def _time(self, t_ns: int) -> str:
        shot = self._snapshot
        dose_ns = shot.session.dose_t_ns
        if dose_ns is not None:
            return fmt.offset(t_ns, dose_ns)
        return fmt.wall(shot.utc_ns + t_ns - shot.t_ns, shot.utc_offset_min)

    def _choose_next(self) -> None:
        """What waits longest; without that the first of the protocol, or the one that was scored last."""
        open_ = wanted(self._dues)
        last = self._entering.last
        other = last.scale if last is not None else next(iter(self._scales), None)
        self._entering = entering.choose(self._entering, open_[0].scale if open_ else other)
        self.refresh()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = event.key(), event.text()
        self._alone.start()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(-1 if key == Qt.Key.Key_Up else 1)
        elif event.isAutoRepeat():
            return
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do(entering.enter(self._entering, self._counts_for()))
        elif key == Qt.Key.Key_Backspace:
            self._do((entering.back(self._entering), None))
        elif text.isdecimal() or text == MINUS:
            self._do(entering.digit(self._entering, text, self._port.now_ns(), self._counts_for()))
        else:
            super().keyPressEvent(event)

    def _counts_for(self) -> int:
        """For which due time the entry's first key was; another score for a time replaces the one before."""
        scale, now_ns = self._entering.scale, self._entering.t_ns or self._port.now_ns()
        return counts_for(self._dues, scale.id, now_ns) if scale is not None else 0

    def _move(self, by: int) -> None:
        scale = self._entering.scale
        if scale in self._scales and not self._entering.begun:
            place = (self._scales.index(scale) + by) % len(self._scales)
            self._entering = entering.choose(self._entering, self._scales[place])
            self.refresh()

    def _escape(self) -> None:
        if self._entering.begun or self._entering.corrects is not None:
            self._entering = entering.choose(self._entering, self._entering.scale)
            self.refresh()
        else:
            self.left.emit()

    def _do(self, done: Done) -> None:
        self._entering, scored = done
        if scored is not None:
            self._score(scored)
            self.refresh()
            self._choose_next()
        self.refresh()

    def _score(self, scored: Scored) -> None:
        event = ScaleScored(
            scored.scale.id, scored.score, scored.due_t_ns, self._author(), scored.items, scored.replaces_t_ns
        )
        sent = Score(
            scored.t_ns, event.scale, event.score, event.due_t_ns, event.by, event.items, event.replaces_t_ns
        )
        self._sent = (*self._sent, sent)
        self.asked.emit(Chart(scored.t_ns, event))

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()
            self._alone.stop()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        width = self.width() - 2 * px(MARGIN)
        rows = px(HEAD) + len(self._scales) * row_height(theme) + px(14)
        top = min(self.height() - foot_height(theme), rows)
        foot = QRectF(px(MARGIN), top, width, foot_height(theme))
        paint_head(painter, theme, self.width(), none=not self._scales)
        if self._scales:
            self._paint_rows(painter, QRectF(px(MARGIN), px(HEAD), width, foot.y() - px(HEAD)))
            paint_foot(painter, theme, foot, self.foot())
        painter.end()

    def _paint_rows(self, painter: QPainter, room: QRectF) -> None:
        rows, height = self.rows(), row_height(self._theme)
        chosen = next((n for n, row in enumerate(rows) if row.scale == self._entering.scale), 0)
        first, last = in_view(len(rows), chosen, max(1, int(room.height() // height)))
        for number, row in enumerate(rows[first:last]):
            box = QRectF(room.x(), room.y() + number * height, room.width(), height - self._theme.px(8))
            paint_row(painter, self._theme, box, row, chosen=first + number == chosen)
