"""The page that shows a report as it would be printed; from it, it is printed or saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.entry import Entry
from ui.job import Job, Tell
from ui.panel import paint_panel
from ui.preview import wording
from ui.preview.ports import ReportPort
from ui.preview.sheet import Sheet
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

POLL_MS: Final = 50
HEAD: Final = 64
FOOT: Final = 48
MARGIN: Final = 24
FIELD: Final = 46
ROW: Final = 40
TEXT: Final = 17
LETTERS: Final = "PSZ"


class Mode(StrEnum):
    """What the page is doing."""

    WORKING = "working"
    """Something runs, and Esc stops it."""
    SHOWN = "shown"
    PRINTER = "printer"
    """A printer is being chosen."""
    PLACE = "place"
    """Where to save is being asked."""
    FAILED = "failed"
    """There is no report to be shown."""


KEYS: Final[Mapping[Mode, str]] = {
    Mode.WORKING: wording.WAIT_KEYS,
    Mode.SHOWN: wording.KEYS,
    Mode.PRINTER: wording.CHOOSE_KEYS,
    Mode.PLACE: wording.WHERE_KEYS,
    Mode.FAILED: wording.FAILED_KEYS,
}


class PreviewPage(QWidget):
    """Begins to make the report at once. `left` when it is to be taken away."""

    left = Signal()

    def __init__(self, port: ReportPort, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._port, self._theme = port, theme
        self._made = b""
        self._sheet = Sheet()
        self._mode = Mode.WORKING
        self._said, self._doing = "", ""
        self._printers: tuple[str, ...] = ()
        self._at = 0
        self._job: Job[object] | None = None
        self._then: Callable[[object], None] = lambda _result: None
        self.field = Entry(self)
        self.field.setAccessibleName(wording.WHERE)
        self.field.hide()
        self.field.entered.connect(self._save)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, LETTERS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(wording.TITLE)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._begin(wording.MAKING, port.make, self._show)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrange()
        self.update()

    @property
    def mode(self) -> Mode:
        """What it is doing now."""
        return self._mode

    @property
    def said(self) -> str:
        """What became of the last wish; empty if there was none."""
        return self._said

    @property
    def sheet(self) -> Sheet:
        """What is seen of the report."""
        return self._sheet

    @property
    def offered(self) -> tuple[str, ...]:
        """The printers to choose from."""
        return self._printers

    # Work

    def _begin(self, doing: str, run: Callable[[Tell], object], then: Callable[[object], None]) -> None:
        self._doing, self._then, self._said = doing, then, ""
        self._go(Mode.WORKING)
        self._job = Job(run, "kap-report", wording.STOPPED)
        self._timer.start()

    def _look(self) -> None:
        job = self._job
        if job is not None and job.is_over:
            self._timer.stop()
            self._job = None
            if job.trouble:
                self._said = job.trouble
                self._go(Mode.SHOWN if self._sheet.count else Mode.FAILED)
            else:
                self._then(job.result)
        self.update()

    def _show(self, made: object) -> None:
        self._made = made if isinstance(made, bytes) else b""
        if self._sheet.load(self._made):
            self._go(Mode.SHOWN)
        else:
            self._said = wording.NOT_SHOWN
            self._go(Mode.FAILED)

    def _go(self, mode: Mode) -> None:
        self._mode = mode
        self.field.setVisible(mode is Mode.PLACE)
        (self.field if mode is Mode.PLACE else self).setFocus()
        self.setAccessibleDescription(self._said)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """What runs for a page that is taken away ends at its next step."""
        if not event.spontaneous() and self._job is not None:
            self._job.stop()
            self._timer.stop()

    # Wishes

    def _ask_printer(self) -> None:
        self._begin(wording.LOOKING, lambda _tell: self._port.printers(), self._offer)

    def _offer(self, found: object) -> None:
        self._printers, self._at = (found if isinstance(found, tuple) else ()), 0
        self._said = "" if self._printers else wording.NO_PRINTER
        self._go(Mode.PRINTER if self._printers else Mode.SHOWN)

    def _print(self) -> None:
        name = self._printers[self._at]

        def printed(_result: object) -> None:
            self._said = wording.PRINTED.format(printer=name)
            self._go(Mode.SHOWN)

        words = wording.PRINTING.replace("{printer}", name.replace("{", "").replace("}", ""))
        self._begin(words, lambda tell: self._port.print_on(name, tell), printed)

    def _ask_place(self) -> None:
        self.field.setText(str(self._port.proposal))
        self._go(Mode.PLACE)

    def _save(self) -> None:
        out, made = Path(self.field.text().strip()).expanduser(), self._made

        def saved(place: object) -> None:
            self._said = wording.SAVED.format(place=place)
            self._go(Mode.SHOWN)

        words = wording.SAVING.replace("{name}", out.name.replace("{", "").replace("}", ""))
        self._begin(words, lambda tell: self._port.save(made, out, tell), saved)

    # Keys and the mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._keys().get(Qt.Key(event.key()))
        if act is None:
            super().keyPressEvent(event)
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not event.isAutoRepeat():
            act()
            self.update()

    def _keys(self) -> dict[Qt.Key, Callable[[], None]]:
        K, sheet = Qt.Key, self._sheet  # noqa: N806  # as in ui.shortcuts
        match self._mode:
            case Mode.WORKING:
                return {K.Key_Escape: self._stop}
            case Mode.FAILED:
                return {K.Key_Escape: self.left.emit}
            case Mode.PLACE:
                return {K.Key_Escape: lambda: self._go(Mode.SHOWN)}
            case Mode.PRINTER:
                return {
                    K.Key_Up: lambda: self._choose(-1),
                    K.Key_Down: lambda: self._choose(1),
                    K.Key_Return: self._print,
                    K.Key_Enter: self._print,
                    K.Key_Escape: lambda: self._go(Mode.SHOWN),
                }
            case Mode.SHOWN:
                return {
                    K.Key_PageUp: lambda: sheet.turn(-1),
                    K.Key_PageDown: lambda: sheet.turn(1),
                    K.Key_Home: lambda: sheet.turn(-sheet.count),
                    K.Key_End: lambda: sheet.turn(sheet.count),
                    K.Key_Up: lambda: sheet.move(0, -1),
                    K.Key_Down: lambda: sheet.move(0, 1),
                    K.Key_Left: lambda: sheet.move(-1, 0),
                    K.Key_Right: lambda: sheet.move(1, 0),
                    K.Key_Z: sheet.scale,
                    K.Key_P: self._ask_printer,
                    K.Key_S: self._ask_place,
                    K.Key_Escape: self.left.emit,
                }

    def _stop(self) -> None:
        if self._job is not None:
            self._job.stop()

    def _choose(self, by: int) -> None:
        self._at = min(max(self._at + by, 0), len(self._printers) - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click looks closer at the page, or chooses a printer; only keys print and save."""
        if self._mode is Mode.SHOWN:
            self._sheet.scale()
        elif self._mode is Mode.PRINTER:
            row = next(
                (n for n in range(len(self._printers)) if self._row(n).contains(event.position())), None
            )
            self._at = self._at if row is None else row
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        by = -1 if event.angleDelta().y() > 0 else 1
        if self._mode is Mode.SHOWN and event.angleDelta().y():
            self._sheet.move(0, by) if self._sheet.zoom else self._sheet.turn(by)
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._mode is Mode.PLACE:
            self.field.setFocus()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        px = self._theme.px
        self.field.setFont(fonts.font(self._theme.text_px(TEXT)))
        width = min(self.width() - 2 * px(MARGIN), px(1100))
        self.field.setGeometry((self.width() - width) // 2, self.height() // 2, width, px(FIELD))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px, p = self._theme, self._theme.px, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        title = wording.TITLE
        if self._sheet.count:
            title = wording.PAGE.format(number=self._sheet.page + 1, count=self._sheet.count)
        self._line(painter, px(HEAD) / 2, title, p.secondary, 24, fonts.SEMIBOLD)
        room = QRectF(self.rect()).adjusted(px(MARGIN), px(HEAD), -px(MARGIN), -px(FOOT + ROW))
        if self._mode is Mode.SHOWN:
            self._sheet.paint(painter, room, self.devicePixelRatioF())
        elif self._mode is Mode.WORKING:
            self._paint_work(painter)
        elif self._mode is Mode.PRINTER:
            self._paint_printers(painter)
        elif self._mode is Mode.PLACE:
            self._line(painter, self.height() / 2 - px(ROW) / 2, wording.WHERE, p.text, x=self.field.x())
        self._line(painter, self.height() - px(FOOT + ROW / 2), self._said, p.text)
        self._line(painter, self.height() - px(FOOT) / 2, KEYS[self._mode], p.secondary)
        painter.end()

    def _line(
        self,
        painter: QPainter,
        centre_y: float,
        words: str,
        ink: str,
        size: int = TEXT,
        weight: int = fonts.MEDIUM,
        x: float | None = None,
    ) -> None:
        points = self._theme.text_px(size)
        base = painting.middle_baseline(centre_y, fonts.metrics(points, weight))
        left = self._theme.px(MARGIN) if x is None else x
        room = self.width() - self._theme.px(MARGIN) - left
        least = self._theme.text_px(size - 4)
        painting.line(painter, left, base, words, colour(ink), points, weight, room=room, smallest=least)

    def _paint_work(self, painter: QPainter) -> None:
        p, px = self._theme.palette, self._theme.px
        share = self._job.share if self._job is not None else 1.0
        middle, room = self.height() / 2, self.width() - 2 * px(MARGIN)
        self._line(painter, middle - px(ROW) / 2, self._doing.format(share=f"{share:.0%}"), p.text)
        painter.fillRect(QRectF(px(MARGIN), middle, room, px(6)), colour(p.grid))
        painter.fillRect(QRectF(px(MARGIN), middle, room * share, px(6)), colour(p.notes))

    def _paint_printers(self, painter: QPainter) -> None:
        p, px = self._theme.palette, self._theme.px
        top = px(HEAD) + px(ROW) / 2
        self._line(painter, top, wording.WHICH_PRINTER, p.text)
        for place, name in enumerate(self._printers):
            box, is_chosen = self._row(place), place == self._at
            if is_chosen:
                painter.fillRect(box, colour(p.field))
                painter.fillRect(QRectF(box.left(), box.top(), px(4), box.height()), colour(p.notes))
            ink = p.text if is_chosen else p.secondary
            self._line(painter, box.center().y(), name, ink, x=px(MARGIN) * 2)

    def _row(self, place: int) -> QRectF:
        """Where a printer stands in the list."""
        px = self._theme.px
        top = px(HEAD) + (place + 1) * px(ROW)
        return QRectF(px(MARGIN), top, self.width() - 2 * px(MARGIN), px(ROW))
