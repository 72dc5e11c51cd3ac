"""The last page: a session that is being closed, then what was kept of it, and the head of its record."""

from __future__ import annotations

from typing import Final

import segno
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.signoff import Closed, Kept, Stage
from ui import fonts, painting
from ui.after import wording
from ui.after.drawing import line
from ui.panel import paint_panel
from ui.theme import DAY, Theme, colour, scale_for

EDGE: Final = 90
TITLE: Final = 44
TEXT: Final = 22
LABEL: Final = 18
LABEL_WIDTH: Final = 190
CODE: Final = 400
ROW: Final = 44
QUIET_ZONE: Final = 4
"""Light modules around the code, as its standard wants them."""
GROUPS: Final = 8
"""Groups of the hash in a line."""


class ClosedPage(QWidget):
    """Fills the window. `left` when somebody closes it, which can be done once the session is closed.

    `report_asked` when somebody wants to see the report, where `offer_report` was called.
    """

    left = Signal()
    report_asked = Signal(object)
    """The Closed it is of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme(DAY)
        self._stage: Stage | None = None
        self._why = ""
        self._closed: Closed | None = None
        self._modules: tuple[tuple[bool, ...], ...] = ()
        self._reports = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(wording.CLOSING)

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way any more."""
        return self._closed is not None or bool(self._why)

    def offer_report(self) -> None:
        """Once the session is closed, its report can be asked for."""
        self._reports = True

    def show_stage(self, stage: Stage) -> None:
        """How far it is."""
        self._stage = stage
        self.update()

    def show_closed(self, closed: Closed) -> None:
        """What became of the session."""
        self._closed = closed
        code = segno.make_qr(closed.code, error="m")
        self._modules = tuple(tuple(bool(module) for module in row) for row in code.matrix)
        self.setAccessibleName(self.title())
        self.setAccessibleDescription(" ".join((*self.lines(), closed.head_hash)))
        self.update()

    def show_failure(self, why: str) -> None:
        """It could not be closed in order."""
        self._why = why
        self.update()

    def title(self) -> str:
        """The heading."""
        if self._closed is None:
            return wording.CLOSING
        signs = bool(self._closed.off.user)
        return wording.CLOSED if self._closed.signed or not signs else wording.CLOSED_UNSIGNED

    def lines(self) -> tuple[str, ...]:
        """What is said below it."""
        closed = self._closed
        if closed is None:
            stage = wording.STAGES[self._stage] if self._stage is not None else ""
            why = wording.NOT_CLOSED.format(why=self._why) if self._why else ""
            return tuple(filter(None, (why or stage, "" if why else wording.KEEP_ON)))
        off, by_name = closed.off, not closed.off.user
        words = {"name": off.name, "role": off.role, "meaning": off.meaning.value}
        if closed.signed:
            said = (wording.SIGNED_BY.format(**words), closed.problem, wording.ENDED)
        elif by_name:
            said = (
                f"{wording.TYPED_BY.format(**words)}. {wording.NO_SIGNATURE}",
                closed.problem,
                wording.ENDED,
            )
        else:
            why = wording.NOT_SIGNED.format(why=closed.problem)
            said = (f"{why}. {wording.SIGN_LATER}", wording.ENDED, "")
        return tuple(filter(None, said))

    def kept(self) -> tuple[tuple[str, str, bool], ...]:
        """What was kept where: a label, the place, and whether something is wrong."""
        if self._closed is None:
            return ()
        copy = self._closed.copy
        second = (wording.COPY, wording.NO_COPY, False) if copy is None else _place(wording.COPY, copy)
        heads = (_place(wording.HEADS, each) for each in self._closed.heads)
        return ((wording.RECORD, self._closed.record, False), second, *heads)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enters = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in enters and self.is_over and not event.isAutoRepeat():
            self.left.emit()
        elif event.key() == Qt.Key.Key_P and not event.isAutoRepeat():
            self._ask_report()

    def _ask_report(self) -> None:
        if self._reports and self._closed is not None:
            self.report_asked.emit(self._closed)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_over and self._button().contains(event.position()):
            self.left.emit()
        elif self._report_button().contains(event.position()):
            self._ask_report()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._theme = Theme(DAY, scale_for(self.width(), self.height()))

    # Painting

    def _button(self) -> QRectF:
        px = self._theme.px
        return QRectF(px(EDGE), self.height() - px(EDGE) - px(64), px(360), px(64))

    def _report_button(self) -> QRectF:
        leave, px = self._button(), self._theme.px
        return QRectF(leave.right() + px(24), leave.top(), px(440), leave.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, p, px = self._theme, self._theme.palette, self._theme.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        inset = px(24)
        paint_panel(painter, QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), theme)
        x, y, room = float(px(EDGE)), float(px(EDGE + 40)), self._room()
        ink = p.notes if (self._closed is not None and self._closed.problem) or self._why else p.text
        line(painter, theme, (x, y, room), self.title(), ink, TITLE, fonts.SEMIBOLD)
        y += px(70)
        y = self._paint_lines(painter, x, y, room)
        y = self._paint_kept(painter, x, y + px(26), room)
        if self._closed is not None:
            self._paint_head(painter, self._closed, x, y + px(34), room)
            self._paint_code(painter)
        if self.is_over:
            said = f"{wording.LEAVE} — {wording.LEAVE_KEYS}"
            self._paint_button(painter, self._button(), said, filled=True)
        if self._reports and self._closed is not None:
            said = f"{wording.REPORT} — {wording.REPORT_KEYS}"
            self._paint_button(painter, self._report_button(), said, filled=False)
        painter.end()

    def _room(self) -> float:
        """The width of the words, beside the code."""
        px = self._theme.px
        code = px(CODE + EDGE) if self._closed is not None else 0
        return self.width() - 2 * px(EDGE) - code

    def _paint_lines(self, painter: QPainter, x: float, y: float, room: float) -> float:
        theme, size = self._theme, self._theme.text_px(TEXT)
        for said in self.lines():
            for part in painting.broken(said, size, room):
                line(painter, theme, (x, y, room), part, theme.palette.text, TEXT)
                y += theme.px(38)
        return y

    def _paint_kept(self, painter: QPainter, x: float, y: float, room: float) -> float:
        theme, p, wide = self._theme, self._theme.palette, self._theme.px(LABEL_WIDTH)
        for label, where, wrong in self.kept():
            line(painter, theme, (x, y, wide), label, p.secondary, LABEL)
            ink = p.notes if wrong else p.text
            line(painter, theme, (x + wide, y, room - wide), where, ink, LABEL, fonts.SEMIBOLD)
            y += theme.px(ROW)
        return y

    def _paint_head(self, painter: QPainter, closed: Closed, x: float, y: float, room: float) -> None:
        theme, p, px = self._theme, self._theme.palette, self._theme.px
        head = wording.HEAD.format(seq=closed.head_seq)
        line(painter, theme, (x, y, room), head, p.secondary, LABEL)
        for start in range(0, len(closed.grouped), GROUPS):
            y += px(46)
            said = "  ".join(closed.grouped[start : start + GROUPS])
            line(painter, theme, (x, y, room), said, p.text, 30, fonts.SEMIBOLD)
        line(painter, theme, (x, y + px(46), room), wording.HEAD_MORE, p.secondary, LABEL)

    def _paint_code(self, painter: QPainter) -> None:
        """Dark on light, whatever the theme: scanners want it so."""
        px, count = self._theme.px, len(self._modules) + 2 * QUIET_ZONE
        module = max(1, px(CODE) // count)
        side = module * count
        left, top = self.width() - px(EDGE) - side, px(EDGE + 40)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(left, top, side, side, Qt.GlobalColor.white)
        for row, modules in enumerate(self._modules, QUIET_ZONE):
            for column, dark in enumerate(modules, QUIET_ZONE):
                if dark:
                    x, y = left + column * module, top + row * module
                    painter.fillRect(x, y, module, module, Qt.GlobalColor.black)

    def _paint_button(self, painter: QPainter, box: QRectF, said: str, *, filled: bool) -> None:
        theme, p = self._theme, self._theme.palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(p.notes), 1))
        painter.setBrush(colour(p.notes if filled else p.panel))
        painter.drawRoundedRect(box, theme.px(7), theme.px(7))
        at = (box.center().x(), box.center().y(), box.width() - theme.px(20))
        line(painter, theme, at, said, p.on_notes if filled else p.text, 22, fonts.SEMIBOLD, painting.CENTRE)


def _place(label: str, kept: Kept) -> tuple[str, str, bool]:
    if kept.problem:
        return label, wording.NOT_THERE.format(where=kept.where, why=kept.problem), True
    return label, kept.where, False
