"""The page of limits, over the trends: read-only until Enter is held and a role is typed; keyboard only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.snapshot import LimitInForce, Snapshot
from ui import fonts, painting
from ui.entry import Entry
from ui.keytable import HOLD_S
from ui.limits import face as faces
from ui.limits.drawing import FOOT, HEAD, MARGIN, entry_box, paint_foot, paint_head, paint_row, row_height
from ui.limits.steps import AT_REST, ENTRIES, Cue, Editing, Facts, Step, after
from ui.limits.wording import NONE
from ui.listing import in_view
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

REFRESH_MS: Final = 250
LOCK_AFTER_MS: Final = 120_000
"""An open page that nobody touches locks itself."""


class LimitsPage(QWidget):
    """Shows the port's limits. `asked` carries a command."""

    asked = Signal(object)
    left = Signal()
    """It is to be closed."""
    pin_wanted = Signal()
    """It is to be opened for changes by somebody who gives a PIN."""

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        author: str,
        parent: QWidget | None = None,
        *,
        by_pin: bool = False,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._theme = theme
        self._editing = Editing(by=author)
        self._by_pin = by_pin
        self._snapshot = Snapshot()
        self._limits: tuple[LimitInForce, ...] = ()
        self._chosen = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "OT")
        self.entry = Entry(self)
        self.entry.hide()
        self.entry.entered.connect(lambda: self._cue(Cue.ENTER))
        self._holding = self._single_shot(round(HOLD_S * 1000), self._on_held)
        self._locking = self._single_shot(LOCK_AFTER_MS, lambda: self._cue(Cue.IDLE))
        self.entry.textEdited.connect(lambda _text: self._locking.start())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()

    def _single_shot(self, length_ms: int, act: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(length_ms)
        timer.timeout.connect(act)
        return timer

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._place_entry()
        self.update()

    @property
    def editing(self) -> Editing:
        """What it is doing."""
        return self._editing

    @property
    def chosen(self) -> LimitInForce | None:
        """The limit that the keys are about."""
        return next((limit for limit in self._limits if limit.rule == self._chosen), None)

    def choose(self, rule: str) -> None:
        """Let the keys be about this limit."""
        self._chosen = rule
        self.update()

    def open_for(self, role: str, by: str) -> None:
        """Let this person change limits; they gave their PIN."""
        self._editing = Editing(Step.OPEN, by, role)
        self._locking.start()
        self.update()

    def rows(self) -> tuple[faces.Row, ...]:
        """What the list says, from top to bottom."""
        now_ns = self._port.now_ns()
        return tuple(faces.row(limit, now_ns) for limit in self._limits)

    def foot(self) -> faces.Foot:
        """What stands below the list."""
        return faces.foot(self._snapshot, self.chosen, self._editing)

    def head(self) -> faces.Head:
        """What stands above it."""
        rules = [limit.rule for limit in self._limits]
        place = rules.index(self._chosen) + 1 if self._chosen in rules else 0
        return faces.head(self._snapshot, self._editing, place, holding=self._holding.isActive())

    def refresh(self) -> None:
        """Read the limits and show them; the chosen one stays chosen."""
        self._snapshot = self._port.snapshot()
        self._limits = faces.ordered(self._snapshot)
        if self.chosen is None:
            self._chosen = self._limits[0].rule if self._limits else ""
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            for timer in (self._timer, self._holding, self._locking):
                timer.stop()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, again = event.key(), event.isAutoRepeat()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(-1 if key == Qt.Key.Key_Up else 1)
        elif again:
            event.accept()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._editing.step is Step.READ:
                self._holding.start()
                self.update()
            else:
                self._cue(Cue.ENTER)
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_O, Qt.Key.Key_T) and self._editing.step in AT_REST:
            self._cue(Cue.SWITCH if key == Qt.Key.Key_O else Cue.BASELINE)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._holding.stop()
            self.update()

    def _on_held(self) -> None:
        if self._by_pin:
            self.pin_wanted.emit()
        else:
            self._cue(Cue.HELD)

    def _escape(self) -> None:
        if self._editing.step is Step.READ:
            self.left.emit()
        else:
            self._cue(Cue.BACK)

    def _move(self, by: int) -> None:
        rules = [limit.rule for limit in self._limits]
        if self._chosen in rules and self._editing.step in AT_REST:
            self.choose(rules[min(max(rules.index(self._chosen) + by, 0), len(rules) - 1)])

    def _cue(self, cue: Cue) -> None:
        facts = Facts(self.chosen, self.entry.text(), faces.no_baseline(self._snapshot))
        before = self._editing
        self._editing, command = after(before, cue, facts)
        if self._editing.step is Step.READ:
            self._locking.stop()
        else:
            self._locking.start()
        if self._editing.step is not before.step:
            self._show_entry()
        if command is not None:
            self.asked.emit(command)
        self.update()

    # What is typed

    def _show_entry(self) -> None:
        typing = self._editing.step in ENTRIES
        self.entry.clear()
        self.entry.setVisible(typing)
        self._place_entry()
        if typing:
            self.entry.setAccessibleName(self.foot().ask)
            self.entry.setFocus()
        else:
            self.setFocus()

    def _place_entry(self) -> None:
        self.entry.setFont(fonts.font(self._theme.text_px(19), fonts.SEMIBOLD))
        height = max(self._theme.px(38), self.entry.sizeHint().height())
        self.entry.setGeometry(entry_box(self._theme, self._foot_box(), height).toRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_entry()

    # Painting

    def _foot_box(self) -> QRectF:
        px = self._theme.px
        return QRectF(px(MARGIN), self.height() - px(FOOT), self.width() - 2 * px(MARGIN), px(FOOT))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        paint_head(painter, theme, self.width(), self.head())
        foot = self._foot_box()
        paint_foot(painter, theme, foot, self.foot())
        self._paint_rows(painter, QRectF(px(10), px(HEAD), self.width() - px(20), foot.y() - px(HEAD)))
        painter.end()

    def _paint_rows(self, painter: QPainter, room: QRectF) -> None:
        theme, height = self._theme, row_height(self._theme)
        rows = self.rows()
        if not rows:
            base = painting.middle_baseline(room.center().y(), fonts.metrics(theme.text_px(18)))
            ink, centre = colour(theme.palette.secondary), room.center().x()
            painting.line(painter, centre, base, NONE, ink, theme.text_px(18), align=painting.CENTRE)
            return
        places = [row.rule for row in rows]
        chosen = places.index(self._chosen) if self._chosen in places else 0
        first, last = in_view(len(rows), chosen, max(1, int(room.height() // height)))
        for number, row in enumerate(rows[first:last]):
            box = QRectF(room.x(), room.y() + number * height, room.width(), height)
            paint_row(painter, theme, box, row, chosen=row.rule == self._chosen)
