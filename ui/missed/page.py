"""Says why a cuff that was due was not taken, over the trends; keyboard only."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import ExplainCuff
from kapmonitor.protocol.cuffdues import Became, PastDue
from kapmonitor.session.dose_events import CuffExplained
from ui import fonts, painting
from ui import format as fmt
from ui.entry import Entry
from ui.listing import in_view
from ui.missed import wording
from ui.missed.owing import dues
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

REFRESH_MS: Final = 1000
ROW: Final = 40
HEAD: Final = 70
MARGIN: Final = 24
SIZE: Final = 20
SINCE: Final = 100
AT: Final = 190
FOOT: Final = 44
LONGEST: Final = 120
EXPLAINABLE: Final = frozenset({Became.MISSED, Became.EXPLAINED, Became.FAILED, Became.HELD})
ARROWS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class MissedPage(QWidget):
    """Shows the port's cuffs that were due and not taken. `asked` carries an ExplainCuff."""

    asked = Signal(object)
    left = Signal()
    """It is to be closed."""

    def __init__(self, port: SessionPort, theme: Theme, author: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._port, self._theme, self._author = port, theme, author
        self._dues: tuple[PastDue, ...] = ()
        self._chosen = 0
        self._trouble = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "12345T")
        self.setAccessibleName(wording.TITLE)
        self.entry = Entry(self)
        self.entry.setMaxLength(LONGEST)
        self.entry.hide()
        self.entry.entered.connect(self._entered)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()
        self._choose_newest_unexplained()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrange()
        self.update()

    @property
    def dues(self) -> tuple[PastDue, ...]:
        """What is listed: due, and not taken."""
        return self._dues

    @property
    def chosen(self) -> PastDue | None:
        """The one that the keys are about."""
        return self._dues[self._chosen] if self._chosen < len(self._dues) else None

    def says(self, due: PastDue) -> str:
        """What stands beside a due time."""
        if due.became is Became.EXPLAINED:
            return wording.EXPLAINED.format(reason=due.reason, by=due.by)
        return wording.BECAME.get(due.became, wording.WHY)

    def refresh(self) -> None:
        """Look at the session again."""
        found = dues(self._port, self._port.snapshot(), self._port.now_ns())
        self._dues = tuple(due for due in found if due.became not in (Became.TAKEN, Became.WAITING))
        self.update()

    def _choose_newest_unexplained(self) -> None:
        missed = [n for n, due in enumerate(self._dues) if due.became is Became.MISSED]
        self._chosen = missed[-1] if missed else max(0, len(self._dues) - 1)

    def _say(self, reason: str) -> None:
        due = self.chosen
        if due is None or due.became not in EXPLAINABLE:
            return
        self._trouble = "" if self._author else wording.WHO
        if self._author:
            self.asked.emit(ExplainCuff(CuffExplained(due.t_ns, reason, self._author)))
            self.refresh()

    def _entered(self) -> None:
        reason = self.entry.text().strip()
        self._stop_typing()
        if reason:
            self._say(reason)

    def _type(self) -> None:
        self.entry.clear()
        self._arrange()
        self.entry.show()
        self.entry.setFocus()
        self.update()

    def _stop_typing(self) -> None:
        self.setFocus()
        self.entry.hide()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._stop_typing() if self.entry.isVisible() else self.left.emit()
        elif key in ARROWS and self._dues:
            self._chosen = min(max(0, self._chosen + ARROWS[key]), len(self._dues) - 1)
            self.update()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_5 and not event.isAutoRepeat():
            self._say(wording.REASONS[key - Qt.Key.Key_1])
        elif key == Qt.Key.Key_T:
            self._type()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._say("")
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        px = self._theme.px
        self.entry.setFont(fonts.font(self._theme.text_px(SIZE)))
        high = px(44)
        top = self.height() - px(FOOT) - high
        self.entry.setGeometry(px(MARGIN), top, self.width() - 2 * px(MARGIN), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour(palette.window))
        paint_panel(painter, self.rect().toRectF(), theme)
        self._text(painter, theme.px(MARGIN), theme.px(HEAD) / 2, wording.TITLE, palette.text, 24)
        y = self._paint_rows(painter, float(theme.px(HEAD)))
        self._paint_reasons(painter, y + theme.px(20))
        foot = self._trouble or (wording.TYPING if self.entry.isVisible() else wording.KEYS)
        ink = palette.notes if self._trouble else palette.secondary
        self._text(painter, theme.px(MARGIN), self.height() - theme.px(FOOT) / 2, foot, ink, 17)
        painter.end()

    def _paint_rows(self, painter: QPainter, y: float) -> float:
        theme, palette = self._theme, self._theme.palette
        high, left = theme.px(ROW), theme.px(MARGIN)
        if not self._dues:
            self._text(painter, left, y + high / 2, wording.NONE, palette.secondary, SIZE)
        room = self.height() - y - high * (len(wording.REASONS) + 1) - theme.px(FOOT + 70)
        first, last = in_view(len(self._dues), self._chosen, max(1, int(room // high)))
        snapshot = self._port.snapshot()
        for number, due in list(enumerate(self._dues))[first:last]:
            if number == self._chosen:
                painter.fillRect(QRectF(left / 2, y, self.width() - left, high), colour(palette.field))
                painter.fillRect(QRectF(left / 2, y, theme.px(3), high), colour(palette.notes))
            since = fmt.offset_minutes(due.t_ns, snapshot.session.dose_t_ns or 0)
            at = fmt.wall(snapshot.utc_ns + due.t_ns - snapshot.t_ns, snapshot.utc_offset_min)
            ink = palette.notes if due.became is Became.MISSED else palette.text
            middle = y + high / 2
            self._text(painter, left, middle, since, palette.notes, SIZE)
            self._text(painter, left + theme.px(SINCE), middle, at, palette.secondary, SIZE)
            self._text(painter, left + theme.px(AT), middle, self.says(due), ink, SIZE)
            y += high
        return y

    def _paint_reasons(self, painter: QPainter, y: float) -> None:
        theme, palette = self._theme, self._theme.palette
        for number, reason in enumerate(wording.REASONS if self._dues else (), 1):
            middle = y + theme.px(ROW) * (number - 0.5)
            self._text(painter, theme.px(MARGIN), middle, str(number), palette.notes, SIZE)
            self._text(painter, theme.px(MARGIN + 34), middle, reason, palette.text, SIZE)

    def _text(self, painter: QPainter, x: float, middle: float, text: str, ink: str, size: int) -> None:
        px = self._theme.text_px(size)
        base = painting.middle_baseline(middle, fonts.metrics(px, fonts.MEDIUM))
        room = self.width() - x - self._theme.px(MARGIN)
        painting.line(
            painter, x, base, text, colour(ink), px, fonts.MEDIUM, room=room, smallest=self._theme.text_px(14)
        )
