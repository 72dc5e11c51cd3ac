"""The notes panel: nine tags, the latest notes, the text line. One key each; its time is the key press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QRectF, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.protocol.tags import COLOURS, Tag
from ui import format as fmt
from ui.alarm_text import UNACKNOWLEDGED
from ui.notes import wording
from ui.notes.author import Author, everybody
from ui.notes.book import Book
from ui.notes.desk import NoteDesk, new_id
from ui.notes.entry import NoteEntry
from ui.notes.head import HEAD, paint_head
from ui.notes.listing import NoteList
from ui.notes.modes import TYPED, Cue, Mode, Step
from ui.notes.people import People
from ui.notes.rows import Row, Saving
from ui.notes.tags import TagKeys
from ui.notes.tagset import DEFAULT
from ui.notes.writing import Writing
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shown import WhileShown
from ui.theme import Theme

REFRESH_MS: Final = 500
MARGIN: Final = 14
TAGS_HEIGHT: Final = 190
ENTRY_HEIGHT: Final = 44


class NotesPanel(QWidget):
    """Takes notes of one session; `author` is whoever is at the keys first, `people` who else may be."""

    author_chosen = Signal(str)
    """Somebody else is at the keys."""

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        tags: Sequence[Tag] = DEFAULT,
        author: str = "",
        people: Sequence[Author] = (),
        ids: Callable[[], str] = new_id,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._looks = WhileShown(REFRESH_MS, self.refresh, self)
        self._port = port
        self._theme = theme
        self._people = everybody(people, author)
        self._colours = {tag.short: tag.colour for tag in tags}
        self._before: QWidget | None = None
        self._wanted = ""
        self._present = ""
        self.desk = NoteDesk(port, tags, author, ids, self)
        self._writing = Writing(self.desk)
        self.tags = TagKeys(theme, tags, self._tag_clicked, self)
        self.list = NoteList(theme, self.desk.time_text, port.now_ns, self._colour_of, self)
        self.people = People(theme, self)
        self.entry = NoteEntry(theme, author, self)
        self.desk.changed.connect(self._show)
        self.entry.typed.connect(self._writing.typed)
        self.entry.last_wanted.connect(self._pick_last)
        self.list.picked.connect(self._pick)
        self.list.deleted.connect(self._delete)
        self.list.nudged.connect(lambda row: self.desk.nudge(port.now_ns(), row))
        self.people.chosen.connect(self._choose)
        self.entry.cue.connect(lambda cue: self._cue_of(TYPED, cue))
        self.list.cue.connect(lambda cue: self._cue_of(frozenset({Mode.LOOKING}), cue))
        self.people.cue.connect(lambda cue: self._cue_of(frozenset({Mode.CHOOSING}), cue))
        self._show()

    # What the keys do

    def tag(self, number: int, t_ns: int) -> None:
        """Take down tag `number`, 1 to 9, at the time of the key press."""
        self.tags.flash(number)
        self.desk.tag(number, t_ns)

    def tag_span(self, number: int, t_ns: int) -> None:
        """Begin a tag that lasts, or end it."""
        self.tags.flash(number)
        self.desk.tag_span(number, t_ns)

    def mark(self, t_ns: int) -> None:
        """Take down that something was the case now; words can be added later."""
        self.desk.mark(t_ns)

    def nudge(self, t_ns: int) -> None:
        """The newest note was of half a minute earlier."""
        self.desk.nudge(t_ns)

    def undo(self, t_ns: int) -> None:
        """Take back what was done last, if it is not older than ten seconds."""
        self.desk.undo(t_ns)

    def write(self) -> None:
        """Go to the text line."""
        self._cue(Cue.WRITE)

    def look(self) -> None:
        """Go to the earlier notes."""
        self._cue(Cue.LOOK)

    def ask_who(self) -> None:
        """Ask who writes, if there is anybody to choose."""
        if any(one.initials != self.desk.author for one in self._people):
            self._cue(Cue.WHO)
        else:
            self.desk.say(wording.NOBODY_ELSE, self._port.now_ns())

    # What it is told

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.tags, self.list, self.entry, self.people):
            part.set_theme(theme)
        self._arrange()
        self.update()

    def set_author(self, author: str) -> None:
        """Notes are in this person's name from now on."""
        self._people = everybody(self._people, author)
        self.entry.set_author(author)
        self.desk.set_author(author)

    @property
    def everybody(self) -> tuple[Author, ...]:
        """All who can be at the keys."""
        return self._people

    def set_wanted(self, words: str) -> None:
        """Something that is due, in place of the keys."""
        if words != self._wanted:
            self._wanted = words
            self._show()

    def set_present(self, words: str) -> None:
        """Who is in the room, beside the title."""
        if words != self._present:
            self._present = words
            self._show()

    @property
    def book(self) -> Book:
        """Drafts and notes on their way to disk."""
        return self.desk.book

    @property
    def mode(self) -> Mode:
        """What the keyboard is for."""
        return self._writing.mode

    @property
    def head(self) -> str:
        """What stands at the right of the title: what is not saved, what was just done, or the keys."""
        said = self.desk.said if self.mode is Mode.REST or self._writing.line.wrong else ""
        if self.mode in TYPED and any(
            alarm.state == UNACKNOWLEDGED for alarm in self._port.snapshot().alarms
        ):
            said = said or wording.ALARM
        wanted = self._wanted if self.mode is Mode.REST else ""
        return self.desk.trouble or said or wanted or wording.KEYS[self.mode]

    def time_text(self, t_ns: int) -> str:
        """A note's time as it stands in the list."""
        return self.desk.time_text(t_ns)

    def refresh(self) -> None:
        """Look at the session again."""
        self.desk.look()
        self._show()

    # Doing it

    def _cue_of(self, modes: frozenset[Mode], cue: Cue) -> None:
        """From the part that has the keyboard in these modes; it loses that, too, as another one gets it."""
        if cue is not Cue.LEFT or self.mode in modes:
            self._cue(cue)

    def _cue(self, cue: Cue, row: Row | None = None) -> None:
        before = QApplication.focusWidget()
        if before is not None and self.mode is Mode.REST and not self.isAncestorOf(before):
            self._before = before
        match self._writing.cue(cue, row):
            case Step.OPEN | Step.REVISE | Step.TAKE_UP | Step.WITHDRAW | Step.ASK_WHY | Step.WORDS:
                self.entry.edit.setFocus()
                self.entry.edit.end(False)
            case Step.LIST:
                self.list.begin()
            case Step.PEOPLE:
                self.people.ask(self._people, self.desk.author)
            case Step.SAVE | Step.KEEP | Step.LET_GO | Step.LEAVE | Step.CHOOSE:
                self._leave()
            case Step.NOTHING:
                return
        self.people.setVisible(self.mode is Mode.CHOOSING)
        self._show()

    def _leave(self) -> None:
        """The keys are those again of whatever had them before, or the dashboard's."""
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()
        else:
            (self.parentWidget() or self).setFocus()

    def _tag_clicked(self, number: int) -> None:
        self.tag(number, self._port.now_ns())

    def _choose(self, initials: str) -> None:
        self.set_author(initials)
        self._cue(Cue.ENTER)
        self.author_chosen.emit(initials)

    def _pick(self, row: Row) -> None:
        if row.saving is Saving.FAILED:
            self.desk.again()
        elif row.draft is not None and not row.draft.corrects:
            self._cue(Cue.TAKE_UP, row)
        else:
            self._cue(Cue.PICK, row)

    def _pick_last(self) -> None:
        last = self.desk.newest()
        if last is not None:
            self._pick(last)

    def _delete(self, row: Row) -> None:
        if row.draft is not None:
            self._writing.let_go(row.draft)
        else:
            self._cue(Cue.DELETE, row)

    # Showing it

    def _colour_of(self, tag: str) -> str:
        return self._colours.get(tag, COLOURS[0])

    def _show(self) -> None:
        now_ns = self._port.now_ns()
        rows = self.desk.rows()
        numbers = {tag.tag.short: tag.number for tag in self.tags.keys}
        lengths = {
            numbers[r.tag]: fmt.duration(now_ns - r.t_ns) for r in rows if r.is_open and r.tag in numbers
        }
        self.tags.show_lasting(lengths)
        self.list.show_rows(rows)
        self.entry.show_line(self._writing.line)
        self.update(0, 0, self.width(), self._theme.px(HEAD))

    def _arrange(self) -> None:
        px = self._theme.px
        margin, head, entry = px(MARGIN), px(HEAD), max(px(ENTRY_HEIGHT), 30)
        width = self.width() - 2 * margin
        tall = max(px(TAGS_HEIGHT), 3 * 30)
        self.tags.place(QRectF(margin, head, width, tall))
        bottom = self.height() - margin - entry
        self.entry.setGeometry(margin, bottom, width, entry)
        top = head + tall + px(14)
        self.list.setGeometry(margin - px(4), top, width + px(8), max(0, bottom - px(8) - top))
        self.people.setGeometry(margin, head, width, max(0, bottom - px(8) - head))

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        self._looks.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        self._looks.end()
        self.desk.keep()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.book.failed and event.position().y() < self._theme.px(HEAD):
            self.desk.again()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), self._theme)
        title = wording.WHO_WRITES if self.mode is Mode.CHOOSING else wording.TITLE
        wrong = bool(self.desk.trouble) or self._writing.line.wrong
        present = self._present if self.mode is Mode.REST else ""
        paint_head(painter, self._theme, self.width(), title, self.head, wrong=wrong, present=present)
        painter.end()
