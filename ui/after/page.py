"""What comes after the dose, over the trends: ready to leave, the form, the sign-off; keyboard first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.commands import Chart
from kapmonitor.protocol.read import Protocol
from ui import fonts
from ui.after import drawing, heads, wording
from ui.after.asks import Foot, foot
from ui.after.look import Look, Signers, look
from ui.after.rows import CHOSEN, Row, Tab, rows
from ui.after.steps import ENTRIES, Asking, Cue, Facts, Sign, Step, after
from ui.entry import Entry
from ui.keeping import Keeper
from ui.listing import in_view
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.strings import NOT_DONE, REFUSALS
from ui.theme import Theme, colour

REFRESH_MS: Final = 250
LONGEST: Final = 300
CUES: Final = {
    Qt.Key.Key_Return: Cue.ENTER,
    Qt.Key.Key_Enter: Cue.ENTER,
    Qt.Key.Key_Y: Cue.YES,
    Qt.Key.Key_X: Cue.NO,
    Qt.Key.Key_R: Cue.REASON,
    Qt.Key.Key_Delete: Cue.TAKE_BACK,
}
STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
SIDEWAYS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
TABS: Final = tuple(Tab)


class AfterPage(QWidget):
    """Shows the port's session; `author` gives whoever is at the keys, empty if unknown."""

    left = Signal()
    """It is to be closed."""
    signed = Signal(object, object)
    """A Sign, and the Look that it is about."""

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        author: Callable[[], str],
        protocol: Protocol | None,
        signers: Signers,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._port, self._theme, self._author = port, theme, author
        self._protocol, self._signers = protocol, signers
        self._asking = Asking()
        self._tab = Tab.LEAVE
        self._chosen = 0
        self._trouble = ""
        self._shown: list[tuple[int, QRectF]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "YXR")
        self.setAccessibleName(wording.TITLE)
        self.entry = Entry(self)
        self.entry.setMaxLength(LONGEST)
        self.entry.hide()
        self.entry.entered.connect(lambda: self._cue(Cue.ENTER))
        self._keeper = Keeper(port, self)
        self._keeper.told.connect(self._told)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()
        self.go(Tab.FORM if self._look.session.care.left_t_ns is not None else Tab.LEAVE)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._place_entry()
        self.update()

    @property
    def asking(self) -> Asking:
        """What it is asking for."""
        return self._asking

    @property
    def tab(self) -> Tab:
        """Which step is shown."""
        return self._tab

    def rows(self) -> tuple[Row, ...]:
        """The list as it is shown."""
        return self._rows

    @property
    def chosen(self) -> Row | None:
        """The row that the keys are about."""
        row = self._rows[self._chosen] if self._chosen < len(self._rows) else None
        return row if row is not None and row.kind in CHOSEN else None

    def choose(self, row_id: str) -> None:
        """Let the keys be about this row."""
        self._chosen = next(n for n, row in enumerate(self._rows) if row.id == row_id)
        self.update()

    def foot(self) -> Foot:
        """What stands below the list."""
        return foot(self._asking, self._tab, self.chosen, self._look, self._trouble)

    def head(self) -> heads.Head:
        """What stands above it."""
        return heads.head(self._look, self._tab)

    def clock(self) -> heads.Clock:
        """The observation clock."""
        return heads.clock(self._look)

    def go(self, tab: Tab) -> None:
        """Show this step, at the first of its rows that is still to be done."""
        self._tab, self._trouble = tab, ""
        self.refresh()
        open_ = [n for n, row in enumerate(self._rows) if _is_open(row)]
        any_ = [n for n, row in enumerate(self._rows) if row.kind in CHOSEN]
        self._chosen = (open_ or any_[-1:] or [0])[0]
        self.setFocus()
        self.update()

    def refresh(self) -> None:
        """Look at the session again; the chosen row stays chosen."""
        snapshot, now_ns = self._port.snapshot(), self._port.now_ns()
        cuffs = self._port.view().cuffs(snapshot.session.started_t_ns, now_ns)
        self._look: Look = look(snapshot, cuffs, self._protocol, now_ns, self._signers)
        self._rows = rows(self._tab, self._look)
        self._chosen = min(self._chosen, max(0, len(self._rows) - 1))
        self.update()

    def refuse(self, why: str) -> None:
        """What was signed could not be."""
        self._cue(Cue.REFUSED, why)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, at_rest = Qt.Key(event.key()), self._asking.step is Step.REST
        if key in STEPS and at_rest:
            self._move(STEPS[key])
        elif event.isAutoRepeat():
            event.accept()
        elif key in SIDEWAYS and at_rest:
            self._turn(SIDEWAYS[key])
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in CUES:
            self._cue(CUES[key])
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """Tab goes from step to step."""
        if self._asking.step is Step.REST:
            self._turn(1 if next_one else -1)
        return True

    def _turn(self, by: int) -> None:
        self.go(TABS[(TABS.index(self._tab) + by) % len(TABS)])

    def _escape(self) -> None:
        if self._asking.step is Step.REST:
            self.left.emit()
        else:
            self._cue(Cue.BACK)

    def _move(self, by: int) -> None:
        """Past headings and notes."""
        at = self._chosen + by
        while 0 <= at < len(self._rows) and self._rows[at].kind not in CHOSEN:
            at += by
        if 0 <= at < len(self._rows):
            self._chosen, self._trouble = at, ""
            self._asking = Asking(by=self._asking.by)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        under = next((n for n, box in self._shown if box.contains(event.position())), None)
        if under is not None and self._asking.step is Step.REST and self._rows[under].kind in CHOSEN:
            self._chosen = under
            self.setFocus()
            self.update()

    def _cue(self, cue: Cue, words: str = "") -> None:
        self.refresh()
        before, row, self._trouble = self._asking, self.chosen, ""
        text = words or self.entry.text()
        checks, people = self._look.checks, self._signers.people
        facts = Facts(row, text, self._author(), checks, people, self._port.now_ns())
        self._asking, done = after(before, cue, facts)
        if self._asking.step is not before.step or cue is Cue.REFUSED:
            self._show_entry()
        for each in done:
            if isinstance(each, Chart):
                self._keeper.ask("", each)
            elif isinstance(each, Tab):
                self.go(each)
            else:
                self._sign(each)
        if done and before.step in (Step.REST, Step.WRITE, Step.REASON, Step.NAME):
            self._on(row, done)
        self.update()

    def _on(self, row: Row | None, done: tuple[object, ...]) -> None:
        """After an answer the keys are about the next line."""
        if row is not None and (row.check or row.field) and all(isinstance(each, Chart) for each in done):
            self._move(1)

    def _sign(self, asked: Sign) -> None:
        self.signed.emit(asked, self._look)

    def _told(self, _about: str, why: str) -> None:
        if why:
            self._trouble = NOT_DONE.format(why=REFUSALS.get(why, why))
        self.refresh()

    # What is typed

    def _show_entry(self) -> None:
        step = self._asking.step
        typing = step in ENTRIES
        secret = QLineEdit.EchoMode.Password if step is Step.PIN else QLineEdit.EchoMode.Normal
        if not typing:
            self.setFocus()  # before the entry goes: Qt would look for the next child, as Tab does
        self.entry.clear()
        self.entry.setEchoMode(secret)
        self.entry.setVisible(typing)
        self._place_entry()
        if typing:
            self.entry.setAccessibleName(self.foot().ask)
            self.entry.setFocus()

    def _places(self) -> drawing.FootPlaces:
        height = max(self._theme.px(42), self.entry.sizeHint().height())
        return drawing.foot_places(self._theme, self.width(), self.height(), height)

    def _place_entry(self) -> None:
        self.entry.setFont(fonts.font(self._theme.text_px(19), fonts.SEMIBOLD))
        self.entry.setGeometry(self._places().entry.toRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_entry()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px, at = self._theme, self._theme.px, self._places()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        drawing.paint_head(painter, theme, self.width(), self.head())
        drawing.paint_clock(painter, theme, self.width(), self.clock())
        top = px(drawing.HEAD + drawing.CLOCK)
        self._paint_rows(painter, QRectF(px(10), top, self.width() - px(20), at.box.y() - top - px(4)))
        drawing.paint_foot(painter, theme, at, self.foot(), typing=self.entry.isVisible())
        painter.end()

    def _paint_rows(self, painter: QPainter, room: QRectF) -> None:
        height = drawing.row_height(self._theme)
        count = max(1, int(room.height() // height))
        first, last = in_view(len(self._rows), self._chosen, count)
        self._shown = []
        for place, number in enumerate(range(first, last)):
            box = QRectF(room.x(), room.y() + place * height, room.width(), height)
            self._shown.append((number, box))
            row = self._rows[number]
            chosen = number == self._chosen and row.kind in CHOSEN
            drawing.paint_row(painter, self._theme, box, row, chosen=chosen)


def _is_open(row: Row) -> bool:
    """Whether it is still to be done."""
    held = (row.check is not None and row.check.holds_up) or (row.field is not None and row.field.holds_up)
    return held or row.ready
