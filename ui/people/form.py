"""Asks for one of the staff and their PIN; over the trends, and on the lock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future
from typing import Final

import shiboken6
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.errors import KapError, PeopleError
from kapmonitor.people.user import About
from ui import fonts, painting
from ui.listing import in_view
from ui.notes.author import Author
from ui.people import picking, wording
from ui.people.drawing import paint_box, paint_person, row_height
from ui.people.picking import Cue, Picking, Step
from ui.people.ports import Door
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.strings import ENDED_FIRST
from ui.theme import Theme, colour

FOOT: Final = 118
LONGEST_PIN: Final = 200
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
URGENT: Final = "FB"
"""Keys for alarms and the cuff, also here; who begins with one of them is reached with the arrows."""


class PinField(QLineEdit):
    """Shows dots. Enter, Esc, and Backspace in the empty field are told."""

    cue = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST_PIN)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat() and self.text():
                self.cue.emit(Cue.ENTER)
        elif key == Qt.Key.Key_Escape or (key == Qt.Key.Key_Backspace and not self.text()):
            self.cue.emit(Cue.BACK)
        else:
            super().keyPressEvent(event)


class PinForm(QWidget):
    """`given` carries the Author who gave their PIN, `tried` an Author and whether the PIN was theirs."""

    given = Signal(object)
    tried = Signal(object, bool)
    left = Signal()
    puzzled = Signal()
    """A key that means nothing here."""
    _told = Signal(object)

    def __init__(
        self,
        door: Door,
        theme: Theme,
        people: Sequence[Author],
        now: str,
        roles: Collection[str] = (),
        keys: str = wording.PICK_KEYS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._door = door
        self._theme = theme
        self._keys = keys
        self._picking = picking.begin(people, now, roles)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "".join(letter for letter in LETTERS if letter not in URGENT))
        self.field = PinField(self)
        self.field.hide()
        self.field.cue.connect(self._field_cue)
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._name()

    @property
    def picking(self) -> Picking:
        """Where it stands."""
        return self._picking

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._place_field()
        self.update()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = event.key(), event.text()
        if event.isAutoRepeat() and key not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._show(picking.moved(self._picking, -1 if key == Qt.Key.Key_Up else 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show(picking.after(self._picking, Cue.ENTER))
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif self._picking.step is not Step.PICK:
            return
        elif text.isdecimal():
            self._show(picking.after(self._picking, Cue.DIGIT))
            self.field.insert(text)
        elif text.isalpha():
            self._show(picking.lettered(self._picking, text))
        elif text:
            self.puzzled.emit()

    def _field_cue(self, cue: Cue) -> None:
        pin, chosen = self.field.text(), self._picking.chosen
        if cue is Cue.BACK:
            self.field.clear()
        self._show(picking.after(self._picking, cue))
        if self._picking.step is Step.CHECK and chosen is not None:
            self.field.clear()
            self._door.unlock(chosen.id, pin).add_done_callback(self._tell)

    def _tell(self, future: Future[About]) -> None:
        """Runs on the thread that looked at the PIN."""
        if shiboken6.isValid(self):
            self._told.emit(future)

    def _take(self, future: Future[About]) -> None:
        chosen = self._picking.chosen
        if chosen is None or self._picking.step is not Step.CHECK:
            return
        why = _why(future)
        self.tried.emit(chosen, not why)
        if why:
            self._show(picking.after(self._picking, Cue.REFUSED, why))
        else:
            self.given.emit(chosen)

    def _show(self, now: Picking) -> None:
        before, self._picking = self._picking, now
        if now.step is not before.step:
            self.field.setVisible(now.step is not Step.PICK)
            self.field.setReadOnly(now.step is Step.CHECK)
            (self if now.step is Step.PICK else self.field).setFocus()
        self._name()
        self.update()

    def _name(self) -> None:
        chosen = self._picking.chosen
        said = wording.PIN_OF.format(name=chosen.initials) if chosen is not None else ""
        self.setAccessibleName(said or self._picking.trouble)
        self.field.setAccessibleName(said)

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab goes nowhere else."""
        return False

    # Painting

    def _foot(self) -> float:
        """Below the list, or at the end where that is longer than its place."""
        foot = max(self._theme.px(FOOT), 3 * row_height(self._theme) * 0.92)
        rows = len(self._picking.people) * row_height(self._theme) + self._theme.px(14)
        return min(self.height() - foot, rows)

    def _place_field(self) -> None:
        self.field.setFont(fonts.font(self._theme.text_px(20), fonts.SEMIBOLD))
        half = self.width() / 2
        height = max(self._theme.px(40), self.field.sizeHint().height())
        self.field.setGeometry(round(half), round(self._foot() + self._theme.px(6)), round(half), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_field()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_rows(painter)
        self._paint_foot(painter)
        painter.end()

    def _paint_rows(self, painter: QPainter) -> None:
        theme, height = self._theme, row_height(self._theme)
        people, at = self._picking.people, self._picking.at
        first, last = in_view(len(people), at, max(1, int(self._foot() // height)))
        for number, one in enumerate(people[first:last]):
            box = QRectF(0, number * height, self.width(), height).adjusted(1, 1, -1, -1)
            paint_box(painter, theme, box, chosen=first + number == at)
            paint_person(painter, theme, box, one)

    def _paint_foot(self, painter: QPainter) -> None:
        theme, p, now = self._theme, self._theme.palette, self._picking
        px, top = theme.text_px(18), self._foot()
        line = max(theme.px(40), self.field.sizeHint().height())
        base = painting.middle_baseline(top + theme.px(6) + line / 2, fonts.metrics(px))
        if now.step is not Step.PICK and now.chosen is not None:
            of = wording.PIN_OF.format(name=now.chosen.initials)
            ask, room = wording.CHECKING if now.step is Step.CHECK else of, self.width() / 2 - 8
            painting.line(painter, 0, base, ask, colour(p.notes), px, fonts.SEMIBOLD, room=room)
        small = theme.text_px(16)
        keys = self._keys if now.step is Step.PICK else wording.PIN_KEYS
        said, ink = (now.trouble, p.medium) if now.trouble else (keys, p.secondary)
        base = painting.middle_baseline(top + line + theme.px(28), fonts.metrics(small))
        for each in painting.broken(said, small, self.width()):
            painting.line(painter, 0, base, each, colour(ink), small, room=self.width())
            base += small * 1.35


def _why(future: Future[About]) -> str:
    """Why the PIN is not taken; empty if it is."""
    if future.cancelled():
        return ENDED_FIRST
    error = future.exception()
    if isinstance(error, PeopleError):
        return f"{error.reason[:1].upper()}{error.reason[1:]}."
    if isinstance(error, KapError | None):
        return "" if error is None else str(error)
    raise error
