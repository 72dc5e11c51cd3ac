"""The page that rehearses a record with other limits, over the trends; the record itself is not changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.rehearse import Rehearsal
from ui import fonts, painting
from ui.job import Job, Tell
from ui.panel import paint_panel
from ui.replay import wording
from ui.replay.rehearsal_drawing import HOUR_STRIP, paint_hours, paint_row, row_height
from ui.replay.rehearsed import Face, face
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme, colour

POLL_MS: Final = 100
HEAD: Final = 64
FOOT: Final = 48
MARGIN: Final = 24
FIELD: Final = 46
SUM: Final = 27
TEXT: Final = 17

Rehearse = Callable[[str, Tell], Rehearsal]
"""Runs with the limits of this name; KapError says why it cannot. `tell` may raise to end it."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Limits to choose from: the text to ask for, and what it is called."""

    name: str
    label: str


class RehearsalPage(QWidget):
    """Choose limits, wait, look at the list; `seek` moves the playhead to the chosen alarm."""

    left = Signal()

    def __init__(
        self,
        run: Rehearse,
        offered: tuple[Offered, ...],
        seek: Callable[[int], object],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._run = run
        self._offered = offered
        self._seek = seek
        self._theme = theme
        self._job: Job[Face] | None = None
        self._running = ""
        self._face: Face | None = None
        self._trouble = ""
        self._at = 0
        self._top_y = 0.0
        self.field = QLineEdit(self)
        self.field.setAccessibleName(wording.WHICH_LIMITS)
        self.field.setProperty(TAKES_ARROWS, True)
        self.field.installEventFilter(self)
        self.setProperty(TAKES_ARROWS, True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._choose()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrange()
        self.update()

    @property
    def face(self) -> Face | None:
        """What is listed now."""
        return self._face

    @property
    def trouble(self) -> str:
        """Why there is no list."""
        return self._trouble

    @property
    def at(self) -> int:
        """Which alarm, or which limits, are chosen."""
        return self._at

    # Choosing, running, looking

    def _choose(self) -> None:
        self._face, self._at = None, 0
        self.field.setText(self._offered[0].name if self._offered else "")
        self.field.show()
        self.field.setFocus()
        self.update()

    def _begin(self) -> None:
        name = self.field.text().strip()
        if not name:
            return
        self._trouble = ""
        run = self._run
        self._running = name
        self._job = Job(lambda tell: face(run(name, tell)), "kap-rehearsal", wording.STOPPED)
        self.field.hide()
        self.setFocus()
        self._timer.start()
        self.update()

    def _look(self) -> None:
        job = self._job
        if job is not None and job.is_over:
            self._timer.stop()
            self._job, self._face, self._trouble, self._at = None, job.result, job.trouble, 0
            if self._face is None:
                self._choose()
                self.field.setText(self._running)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.field.isHidden():
            self.field.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous() and self._job is not None:
            self._job.stop()
            self._timer.stop()

    # Keys and the mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(Qt.Key(event.key()))
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._pressed(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def _pressed(self, key: Qt.Key) -> bool:
        keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self._move(-1),
            Qt.Key.Key_Down: lambda: self._move(1),
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_Escape: self._escape,
        }
        if self._face is not None:
            keys[Qt.Key.Key_Backspace] = self._choose
        act = keys.get(key)
        if act is not None:
            act()
        return act is not None

    def _move(self, by: int) -> None:
        most = len(self._face.rows if self._face is not None else self._offered) - 1
        if self._job is not None or most < 0:
            return
        self._at = min(max(self._at + by, 0), most)
        if self._face is None:
            self.field.setText(self._offered[self._at].name)
        self.update()

    def _enter(self) -> None:
        if self._job is not None:
            return
        if self._face is None:
            self._begin()
        elif self._face.rows:
            self._seek(self._face.rows[self._at].t_ns)

    def _escape(self) -> None:
        if self._job is not None:
            self._job.stop()
        else:
            self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int((event.position().y() - self._top_y) // row_height(self._theme))
        first, last = self._window()
        if self._job is None and 0 <= row < last - first:
            self._at = first + row
            self._move(0)
            if self._face is not None:
                self._enter()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        px = self._theme.px
        self.field.setFont(fonts.font(self._theme.text_px(TEXT)))
        self.field.setGeometry(px(MARGIN), px(HEAD) + px(SUM), self.width() - 2 * px(MARGIN), px(FIELD))

    def _window(self) -> tuple[int, int]:
        """Which lines fit, the chosen one among them."""
        hours = HOUR_STRIP if self._face is not None else 0
        room = self.height() - self._top_y - self._theme.px(FOOT + hours)
        fitting = max(1, int(room // row_height(self._theme)))
        count = len(self._face.rows if self._face is not None else self._offered)
        first = min(max(0, self._at - fitting // 2), max(0, count - fitting))
        return first, min(count, first + fitting)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px, p = self._theme, self._theme.px, self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        title = theme.text_px(24)
        base = painting.middle_baseline(px(HEAD) / 2, fonts.metrics(title, fonts.SEMIBOLD))
        room = self.width() - 2 * px(MARGIN)
        ink = colour(p.secondary)
        painting.line(painter, px(MARGIN), base, wording.REHEARSAL, ink, title, fonts.SEMIBOLD, room=room)
        if self._job is not None:
            keys = self._paint_running(painter, self._job)
        elif self._face is not None:
            keys = self._paint_list(painter, self._face)
        else:
            keys = self._paint_choice(painter)
        self._say(painter, self.height() - px(FOOT) / 2, keys, p.secondary)
        painter.end()

    def _say(self, painter: QPainter, centre_y: float, words: str, ink: str) -> None:
        size = self._theme.text_px(TEXT)
        base = painting.middle_baseline(centre_y, fonts.metrics(size))
        margin = self._theme.px(MARGIN)
        room = self.width() - 2 * margin
        least = self._theme.text_px(TEXT - 4)
        painting.line(painter, margin, base, words, colour(ink), size, room=room, smallest=least)

    def _paint_running(self, painter: QPainter, job: Job[Face]) -> str:
        p, px = self._theme.palette, self._theme.px
        words = wording.REHEARSING.format(name=Path(self._running).name, share=f"{job.share:.0%}")
        self._say(painter, self.height() / 2 - px(SUM), words, p.text)
        room = self.width() - 2 * px(MARGIN)
        painter.fillRect(QRectF(px(MARGIN), self.height() / 2, room, px(6)), colour(p.grid))
        painter.fillRect(QRectF(px(MARGIN), self.height() / 2, room * job.share, px(6)), colour(p.notes))
        return wording.RUN_KEYS

    def _paint_choice(self, painter: QPainter) -> str:
        p, px = self._theme.palette, self._theme.px
        self._say(painter, px(HEAD) + px(SUM) / 2, wording.WHICH_LIMITS, p.secondary)
        beneath = px(HEAD) + px(SUM) + px(FIELD) + px(SUM)
        if self._trouble:
            self._say(painter, beneath, self._trouble, p.medium)
        self._top_y = beneath + px(SUM)
        first, last = self._window()
        high = row_height(self._theme)
        for place in range(first, last):
            middle = self._top_y + (place - first + 0.5) * high
            offered = self._offered[place]
            is_chosen = self.field.text() == offered.name
            self._say(painter, middle, offered.label, p.text if is_chosen else p.secondary)
        return wording.CHOOSE_KEYS

    def _paint_list(self, painter: QPainter, shown: Face) -> str:
        p, px = self._theme.palette, self._theme.px
        y = float(px(HEAD))
        lines = [(shown.limits, p.text), *((said, p.secondary) for said in shown.sums)]
        lines += [(shown.remarks, p.text)] if shown.remarks else []
        step = max(px(SUM), round(self._theme.text_px(TEXT) * 1.4))
        for words, ink in lines:
            self._say(painter, y + step / 2, words, ink)
            y += step
        self._top_y = y + px(12)
        margin, high = px(MARGIN), row_height(self._theme)
        if not shown.rows:
            self._say(painter, self._top_y + high, wording.NO_REHEARSAL, p.faint)
        first, last = self._window()
        for place in range(first, last):
            top = self._top_y + (place - first) * high
            box = QRectF(margin, top, self.width() - 2 * margin, high)
            paint_row(painter, box, self._theme, shown.rows[place], chosen=place == self._at)
        strip = px(HOUR_STRIP)
        bottom = QRectF(margin, self.height() - px(FOOT) - strip, self.width() - 2 * margin, strip)
        paint_hours(painter, bottom, self._theme, shown.hours)
        return wording.LIST_KEYS
