"""The notes panel: nine tags, the latest notes, the text line. One key each; its time is the key press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from uuid import uuid4

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import AddNote, AmendNote
from kapmonitor.session.events import NoteAdded, NoteAmended, NoteKind
from ui import fonts, painting
from ui import format as fmt
from ui.notes import wording
from ui.notes.book import OPEN_END, UNDO_NS, Book, Draft, Lasting, Row, Saving, finished, rows
from ui.notes.entry import NoteEntry
from ui.notes.listing import NoteList
from ui.notes.saving import Outcome, Saver
from ui.notes.tags import TagKeys
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.shown import RefreshedWhileShown
from ui.theme import Theme, colour

REFRESH_MS: Final = 500
MARGIN: Final = 14
HEAD: Final = 50
TAGS_HEIGHT: Final = 190
ENTRY_HEIGHT: Final = 44


def new_id() -> str:
    """A note's name in the record."""
    return uuid4().hex


class NotesPanel(RefreshedWhileShown):
    """Takes notes of one session; `author` is whoever is at the keys now."""

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        tags: Sequence[str] = wording.TAGS,
        author: str = "",
        ids: Callable[[], str] = new_id,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(REFRESH_MS, parent)
        self._port = port
        self._theme = theme
        self._author = author
        self._ids = ids
        self._book = Book()
        self.tags = TagKeys(theme, tags, self._tag_clicked, self)
        self.list = NoteList(theme, self.time_text, self._row_clicked, self)
        self.entry = NoteEntry(theme, self.time_text, author, self)
        self._saver = Saver(port, self)
        self._saver.resolved.connect(self._resolved)
        self.entry.typed.connect(self._typed)
        self.entry.finished.connect(self._finished)
        self.entry.put_away.connect(self._put_away)
        self.entry.last_wanted.connect(self._correct_last)

    # What the keys do

    def tag(self, number: int, t_ns: int) -> None:
        """Take down tag `number`, 1 to 9, at the time of the key press."""
        if 1 <= number <= len(self.tags.keys):
            key = self.tags.keys[number - 1]
            key.flash()
            self._add_at_once(NoteKind.TAG, key.tag, t_ns)

    def tag_span(self, number: int, t_ns: int) -> None:
        """Begin a tag that lasts, or end it."""
        if not 1 <= number <= len(self.tags.keys):
            return
        key = self.tags.keys[number - 1]
        key.flash()
        open_one = self._book.lasts(key.tag)
        if open_one is None:
            note = self._add_at_once(NoteKind.TAG, key.tag + OPEN_END, t_ns)
            self._book = self._book.begin(Lasting(key.tag, note, t_ns))
        else:
            text = f"{key.tag}, {fmt.duration(t_ns - open_one.t_ns)}"
            self._book = self._book.end(open_one)
            self._send(AmendNote(NoteAmended(open_one.note, text, withdrawn=False, by=self._author)))
        key.set_lasting(lasting=self._book.lasts(key.tag) is not None)

    def mark(self, t_ns: int) -> None:
        """Take down that something was the case now; words can be added later."""
        self._add_at_once(NoteKind.MARK, "", t_ns)

    def write(self) -> None:
        """Go to the text line."""
        self.entry.edit.setFocus()

    def undo(self, t_ns: int) -> None:
        """Take back the last tag or mark, if it is not older than ten seconds; the record keeps both."""
        command = self._book.withdrawal(self._port.snapshot().session, t_ns, self._author)
        if command is not None:
            lasting = next((one for one in self._book.lasting if one.note == command.note.note), None)
            if lasting is not None:
                self._book = self._book.end(lasting)
                next(k for k in self.tags.keys if k.tag == lasting.tag).set_lasting(lasting=False)
            self._book = replace(self._book, undoable=None)
            self._send(command)

    def retry(self) -> None:
        """Try again to save what was not."""
        for sent in self._book.failed:
            self._send(sent.command)

    # What it is told

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.tags, self.list, self.entry):
            part.set_theme(theme)
        self._arrange()
        self.update()

    def set_author(self, author: str) -> None:
        """Notes are in this person's name from now on."""
        self._author = author
        self.entry.set_author(author)

    @property
    def book(self) -> Book:
        """Drafts and notes on their way to disk."""
        return self._book

    @property
    def head(self) -> str:
        """What stands at the right of the title: keys, what can be taken back, or what is not saved."""
        if self._book.failed:
            return wording.NOT_SAVED.format(n=len(self._book.failed))
        undoable = self._book.undoable
        if undoable is not None and self._port.now_ns() - undoable[1] <= UNDO_NS:
            return wording.UNDO
        return wording.TYPING_KEYS if self.entry.edit.hasFocus() else wording.KEYS

    def time_text(self, t_ns: int) -> str:
        """A note's time: from the first dose, or by the clock while there has been none."""
        snapshot = self._port.snapshot()
        dose_t_ns = snapshot.session.dose_t_ns
        if dose_t_ns is not None:
            return fmt.offset(t_ns, dose_t_ns)
        return fmt.wall(snapshot.utc_ns + t_ns - snapshot.t_ns, snapshot.utc_offset_min)

    def refresh(self) -> None:
        """Look at the session again."""
        state = self._port.snapshot().session
        self._book = self._book.forget_kept(state)
        self.list.show_rows(rows(self._book, state))
        self.update(0, 0, self.width(), self._theme.px(HEAD))

    # Doing it

    def _add_at_once(self, kind: NoteKind, text: str, t_ns: int) -> str:
        note = self._ids()
        self._book = replace(self._book, undoable=(note, t_ns))
        self._send(AddNote(t_ns, NoteAdded(note, kind.value, text, self._author, t_ns)))
        return note

    def _send(self, command: AddNote | AmendNote) -> None:
        self._book = self._book.send(command)
        self._saver.save(command)
        self.refresh()

    def _resolved(self, outcome: Outcome) -> None:
        self._book = self._book.resolve(outcome.command, outcome.why)
        self.refresh()

    def _tag_clicked(self, number: int) -> None:
        self.tag(number, self._port.now_ns())

    def _typed(self, text: str) -> None:
        self._book = self._book.typed(text, self._port.now_ns())
        self.entry.show_draft(self._book.draft)

    def _finished(self) -> None:
        command = finished(self._book.draft, self._ids(), self._author, self._port.now_ns())
        self._drop_draft()
        if command is not None:
            self._send(command)
        self._leave()

    def _put_away(self) -> None:
        """Escape: a new note stays as a draft, a correction is let go."""
        if self._book.draft.corrects:
            self._drop_draft()
        self._leave()

    def _drop_draft(self) -> None:
        self._book = replace(self._book, draft=Draft())
        self.entry.show_draft(self._book.draft)

    def _leave(self) -> None:
        self.entry.edit.clearFocus()
        self.update()

    def _row_clicked(self, row: Row) -> None:
        if row.saving is Saving.FAILED:
            self.retry()
        elif row.note and not row.withdrawn and not (self._book.draft.text and not self._book.draft.corrects):
            self._book = self._book.correct(row)
            self.entry.show_draft(self._book.draft)
            self.write()

    def _correct_last(self) -> None:
        last = next((row for row in self.list.rows if row.note and not row.withdrawn), None)
        if last is not None:
            self._row_clicked(last)

    # Showing it

    def _arrange(self) -> None:
        px = self._theme.px
        margin, head, entry = px(MARGIN), px(HEAD), max(px(ENTRY_HEIGHT), 30)
        width = self.width() - 2 * margin
        tall = max(px(TAGS_HEIGHT), 3 * 30)
        self.tags.place(QRectF(margin, head, width, tall))
        bottom = self.height() - margin - entry
        self.entry.setGeometry(margin, bottom, width, entry)
        top = head + tall + px(14)
        self.list.setGeometry(margin + px(4), top, width - px(8), max(0, bottom - px(8) - top))

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._book.failed and event.position().y() < self._theme.px(HEAD):
            self.retry()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), theme)
        title_px, word_px = theme.text_px(22), theme.text_px(17)
        base = painting.middle_baseline(theme.px(27), fonts.metrics(title_px))
        left, right = theme.px(18), self.width() - theme.px(18)
        ink = colour(palette.secondary)
        used = painting.line(painter, left, base, wording.TITLE, ink, title_px, fonts.SEMIBOLD)
        ink = colour(palette.medium if self._book.failed else palette.notes)
        room = right - left - used - theme.px(12)
        painting.line(
            painter, right, base, self.head, ink, word_px, fonts.SEMIBOLD, room=room, align=painting.RIGHT
        )
        painter.end()
