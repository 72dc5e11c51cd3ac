"""The page that amends a note of a closed session, over the trends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final, Protocol

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.people.user import About
from kapmonitor.record.amend import Amended, Amendment
from kapmonitor.session.notes import Change, Note
from ui import fonts, painting
from ui.entry import Entry
from ui.panel import paint_panel
from ui.replay import wording
from ui.theme import Theme, colour

HEAD: Final = 64
FOOT: Final = 48
MARGIN: Final = 24
FIELD: Final = 46
LABEL: Final = 150
STEP: Final = 32
TEXT: Final = 18
MOST_EARLIER: Final = 4


class Amending(Protocol):
    """What amends a record; returns at once."""

    def people(self) -> tuple[About, ...]:
        """Those whose PIN is asked for; nobody where the clinic has no list of people."""
        ...

    def amend(self, wanted: Amendment, by: str, user: str = "", pin: str = "") -> Future[Amended]:
        """Resolves once it is on disk; fails with a KapError that says why not."""
        ...


class AmendPage(QWidget):
    """`ready` carries an Amendment and initials once somebody is done with it; `note` is which it is of.

    `times` says when a note was, `changed` when and by whom one of its changes was made. Initials are asked
    for unless a PIN will be, which tells who it is.
    """

    left = Signal()
    ready = Signal(object, str)

    def __init__(
        self,
        notes: Sequence[Note],
        at: int,
        times: Callable[[int], str],
        changed: Callable[[Change], str],
        theme: Theme,
        *,
        asks_who: bool,
    ) -> None:
        super().__init__()
        self._notes = tuple(notes)
        self._at = at
        self._times = times
        self._changed = changed
        self._theme = theme
        self._asks_who = asks_who
        self._said, self._is_wrong, self._is_busy = "", False, False
        self.text, self.why, self.who = (self._field(name) for name in wording.AMEND_FIELDS)
        self.who.setVisible(asks_who)
        self.who.setMaxLength(4)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.text)
        self.setAccessibleName(wording.AMEND)
        self._show_note()

    def _field(self, name: str) -> Entry:
        field = Entry(self)
        field.setAccessibleName(name)
        field.entered.connect(self._enter)
        return field

    @property
    def note(self) -> Note:
        """The one that is amended."""
        return self._notes[self._at]

    @property
    def said(self) -> str:
        """Why it was not done, or that it is being done."""
        return self._said

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrange()
        self.update()

    def say(self, words: str, *, wrong: bool = False, busy: bool = False) -> None:
        """Why it was not done; or, busy, what is being done, until when no key does anything."""
        self._said, self._is_wrong, self._is_busy = words, wrong, busy
        for field in (self.text, self.why, self.who):
            field.setReadOnly(busy)
        self.update()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the fields do not take."""
        match event.key():
            case Qt.Key.Key_Escape if not self._is_busy:
                self.left.emit()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if not self._is_busy:
                self._other(-1 if event.key() == Qt.Key.Key_Up else 1)
            case _:
                super().keyPressEvent(event)

    def _other(self, step: int) -> None:
        """Another note, unless that would lose what was typed."""
        if self.text.text() != self.note.text:
            self.say(wording.AMEND_BEGUN, wrong=True)
            return
        self._at = min(max(self._at + step, 0), len(self._notes) - 1)
        self._show_note()

    def _show_note(self) -> None:
        self.text.setText(self.note.text)
        self._arrange()
        self.say("")

    def _enter(self) -> None:
        words = self.text.text().strip()
        same = (words, not words) == (self.note.text, self.note.withdrawn)
        if self._is_busy:
            return
        if same and not self.note.withdrawn:
            self.say(wording.AMEND_SAME, wrong=True)
        elif not self.why.text().strip():
            self.say(wording.AMEND_WHY, wrong=True)
            self.why.setFocus()
        elif self._asks_who and not self.who.text().strip():
            self.say(wording.AMEND_WHO, wrong=True)
            self.who.setFocus()
        else:
            taken_back = not words
            amendment = Amendment(self.note.id, words or self.note.text, taken_back, self.why.text().strip())
            self.ready.emit(amendment, self.who.text().strip())

    # Painting

    def _arrange(self) -> None:
        px, size = self._theme.px, self._theme.text_px(TEXT)
        high = max(px(FIELD), round(size * 2))
        left = px(MARGIN + LABEL)
        for number, field in enumerate((self.text, self.why, self.who)):
            field.setFont(fonts.font(size))
            top = round(self._fields_y()) + number * (high + px(12))
            wide = self.width() - left - px(MARGIN)
            field.setGeometry(left, top, px(120) if field is self.who else wide, high)

    def _step(self) -> int:
        return max(self._theme.px(STEP), round(self._theme.text_px(TEXT) * 1.6))

    def _fields_y(self) -> float:
        earlier = min(len(self.note.changes), MOST_EARLIER)
        return self._theme.px(HEAD) + self._step() * (2 + earlier) + self._theme.px(20)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px, p = self._theme, self._theme.px, self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        self._line(painter, px(HEAD) / 2, wording.AMEND, p.secondary, size=24, weight=fonts.SEMIBOLD)
        place = wording.FOUND.format(at=self._at + 1, count=len(self._notes))
        self._line(painter, px(HEAD) / 2, place, p.secondary, align=painting.RIGHT)
        self._paint_note(painter)
        for name, field in zip(wording.AMEND_FIELDS, (self.text, self.why, self.who), strict=True):
            if not field.isHidden():
                self._line(painter, field.geometry().center().y(), name, p.secondary)
        last = self.who if self._asks_who else self.why
        y = last.geometry().bottom() + self._step()
        told = (wording.AMEND_KEEPS, wording.AMEND_EMPTY, "" if self._asks_who else wording.AMEND_PIN)
        for words in filter(None, told):
            self._line(painter, y, words, p.secondary, size=17)
            y += self._step()
        if self._said:
            for part in painting.broken(self._said, theme.text_px(TEXT), self.width() - 2 * px(MARGIN)):
                self._line(painter, y, part, p.medium if self._is_wrong else p.notes)
                y += self._step()
        self._line(painter, self.height() - px(FOOT) / 2, wording.AMEND_KEYS, p.secondary, size=17)
        painter.end()

    def _paint_note(self, painter: QPainter) -> None:
        """When it is of and by whom, what it says, and what it said before, the newest first."""
        p, step = self._theme.palette, self._step()
        y = self._theme.px(HEAD) + step / 2
        about = wording.AMEND_OF.format(time=self._times(self.note.t_ns), by=self.note.by or wording.NOBODY)
        self._line(painter, y, about, p.text, weight=fonts.SEMIBOLD)
        now = wording.WITHDRAWN if self.note.withdrawn else "{text}"
        self._line(painter, y + step, now.format(text=self.note.text or wording.MARK), p.notes, indent=True)
        self._line(painter, y + step, wording.AMEND_NOW, p.secondary)
        newest = list(reversed(self.note.changes))
        for number, change in enumerate(newest[:MOST_EARLIER], start=2):
            label, when = wording.AMEND_WAS, self._changed(change)
            if number == MOST_EARLIER + 1 and len(newest) > MOST_EARLIER:
                label = wording.AMEND_MORE.format(count=len(newest) - MOST_EARLIER + 1)
            self._line(painter, y + step * number, label, p.secondary)
            said = wording.AMEND_UNTIL.format(text=change.text or wording.MARK, when=when)
            self._line(painter, y + step * number, said, p.text, indent=True)

    def _line(
        self,
        painter: QPainter,
        middle: float,
        text: str,
        ink: str,
        *,
        size: int = TEXT,
        weight: int = fonts.MEDIUM,
        indent: bool = False,
        align: Qt.AlignmentFlag = painting.LEFT,
    ) -> None:
        margin, px = self._theme.px(MARGIN), self._theme.text_px(size)
        left = margin + (self._theme.px(LABEL) if indent else 0)
        base = painting.middle_baseline(middle, fonts.metrics(px, weight))
        x = self.width() - margin if align == painting.RIGHT else left
        room = self.width() - margin - left
        least = self._theme.text_px(14)
        painting.line(painter, x, base, text, colour(ink), px, weight, room=room, align=align, smallest=least)
