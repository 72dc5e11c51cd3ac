"""Takes notes of one session: keys come in, commands go out, nothing is forgotten before it is on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from kapmonitor.commands import AddNote, AmendNote, EndNote, KeepDraft
from kapmonitor.protocol.tags import Tag
from kapmonitor.session.events import NoteAdded, NoteAmended, NoteEnded, NoteKind
from kapmonitor.session.notes import Note
from ui import format as fmt
from ui.notes import wording
from ui.notes.book import NUDGE_NS, Act, Book, Did
from ui.notes.drafts import recalled, to_keep
from ui.notes.rows import NoteChange, Row, Saving, effective
from ui.notes.saving import Outcome, Saver
from ui.ports import SessionPort

KEEP_MS: Final = 2000
"""A killed program loses no more of what is being written than so long."""
AGAIN_MS: Final = 3000
SAID_NS: Final = 10_000_000_000
LONG_NS: Final = 3_000_000_000
"""A note that is still on its way to disk after so long is said to be."""
TELL_NS: Final = 30_000_000_000


def new_id() -> str:
    """A note's name in the record."""
    return uuid4().hex


class NoteDesk(QObject):
    """Knows of no widget. `author` is whoever is at the keys now; `book` what is on its way."""

    changed = Signal()

    def __init__(
        self,
        port: SessionPort,
        tags: Sequence[Tag],
        author: str,
        ids: Callable[[], str] = new_id,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.port = port
        self.author = author
        self.ids = ids
        self._tags = {tag.key: tag for tag in tags}
        self.book = Book(drafts=recalled(port.snapshot().session)).rest(author)
        self._said = ("", 0)
        self._kept_why = ""
        self._saver = Saver(port, self)
        self._saver.resolved.connect(self._resolved)
        for every_ms, work in ((KEEP_MS, self.keep), (AGAIN_MS, self.again)):
            timer = QTimer(self)
            timer.timeout.connect(work)
            timer.start(every_ms)

    # One key each

    def tag(self, number: int, t_ns: int) -> None:
        """Take down the tag of a key at the time of the key press."""
        tag = self._tags.get(number)
        if tag is not None:
            self._add(NoteKind.TAG, t_ns, tag)

    def tag_span(self, number: int, t_ns: int) -> None:
        """Begin what a tag names, or end it; a tag that has no length is taken down as it is."""
        tag = self._tags.get(number)
        if tag is None:
            return
        begun = self.lasting(tag)
        if begun is None:
            self._add(NoteKind.TAG, t_ns, tag, lasts=tag.interval)
            return
        self.book = self.book.did(Act(Did.ENDED, begun.id, t_ns))
        self.send(EndNote(t_ns, NoteEnded(begun.id, self.author)))

    def mark(self, t_ns: int) -> None:
        """Take down that something was the case now; words can be added later."""
        self._add(NoteKind.MARK, t_ns)

    def nudge(self, t_ns: int, row: Row | None = None) -> None:
        """The newest note, or this one, was of half a minute earlier; no earlier than the session."""
        row = row or self.newest()
        if row is None or not row.note or row.draft is not None or row.withdrawn:
            return
        at_ns = max(row.t_ns - NUDGE_NS, min(row.t_ns, self.port.snapshot().session.started_t_ns))
        if at_ns == row.t_ns:
            self.say(wording.AT_START, t_ns)
            return
        self.book = self.book.did(Act(Did.MOVED, row.note, t_ns, row))
        was = self.time_text(row.was_t_ns or row.t_ns)
        self.say(wording.MOVED.format(time=self.time_text(at_ns), was=was), t_ns)
        self.send(AmendNote(NoteAmended(row.note, row.text, withdrawn=False, by=self.author, at_ns=at_ns)))

    def undo(self, t_ns: int) -> None:
        """Take back what was done last, if it is not older than ten seconds; the record keeps both."""
        self.book, command = self.book.undo(self.port.snapshot().session, t_ns, self.author)
        if command is not None:
            self._said = ("", 0)
            self.send(command)

    def _add(self, kind: NoteKind, t_ns: int, tag: Tag | None = None, *, lasts: bool = False) -> None:
        note = self.ids()
        self._said = ("", 0)
        self.book = self.book.did(Act(Did.ADDED, note, t_ns))
        name, tells = ("", False) if tag is None else (tag.short, tag.escalation)
        if tells:
            self.say(wording.TELL.format(tag=name), t_ns, TELL_NS)
        added = NoteAdded(note, kind.value, name, self.author, t_ns, tag=name, lasts=lasts, escalation=tells)
        self.send(AddNote(t_ns, added))

    # What there is

    def rows(self) -> tuple[Row, ...]:
        """The list, newest first."""
        return self.book.rows(self.port.snapshot().session)

    def row(self, note: str) -> Row | None:
        """The line of one note."""
        return next((row for row in self.rows() if row.note == note and row.draft is None), None)

    def newest(self) -> Row | None:
        """The note that was taken last, whatever moment it is of."""
        stand = [note for note in self._notes() if not note.withdrawn]
        return self.row(stand[-1].id) if stand else None

    def lasting(self, tag: Tag) -> Note | None:
        """What a tag began and nobody ended."""
        begun = (note for note in self._notes() if note.is_open and note.tag == tag.short)
        return next(begun, None)

    def _notes(self) -> tuple[Note, ...]:
        return effective(self.book.sent, self.port.snapshot().session)

    def time_text(self, t_ns: int) -> str:
        """A note's time: from the first dose, or by the clock while there has been none."""
        snapshot = self.port.snapshot()
        dose_t_ns = snapshot.session.dose_t_ns
        if dose_t_ns is not None:
            return fmt.offset(t_ns, dose_t_ns)
        return fmt.wall(snapshot.utc_ns + t_ns - snapshot.t_ns, snapshot.utc_offset_min)

    # What is said

    def say(self, words: str, t_ns: int, for_ns: int = SAID_NS) -> None:
        """Something to read for a while."""
        self._said = (words, t_ns + for_ns)
        self.changed.emit()

    @property
    def trouble(self) -> str:
        """What is not on disk and ought to be."""
        if self.book.failed:
            return wording.NOT_SAVED.format(n=len(self.book.failed))
        since_ns = self.port.now_ns() - LONG_NS
        waiting = sum(s.saving is Saving.SAVING and s.asked_ns < since_ns for s in self.book.sent)
        if waiting:
            return wording.NOT_YET.format(n=waiting)
        return wording.NOT_KEPT if self._kept_why else ""

    @property
    def said(self) -> str:
        """What is to be read now; empty if nothing."""
        now_ns = self.port.now_ns()
        if self._said[0] and now_ns <= self._said[1]:
            return self._said[0]
        return wording.UNDO if self.book.last_act(now_ns) is not None else ""

    # On its way to disk

    def set_author(self, author: str) -> None:
        """Notes are in this person's name from now on; what others began to write waits for them."""
        self.author = author
        self.book = self.book.rest(author)
        self.keep()
        self.changed.emit()

    def send(self, command: NoteChange) -> None:
        """Ask the session for it, and show it at once."""
        self.book = self.book.send(command, self.port.now_ns())
        self._saver.save(command)
        self.changed.emit()

    def again(self) -> None:
        """Ask once more for what failed."""
        if not self.book.failed:
            return
        for note in dict.fromkeys(sent.note for sent in self.book.failed):
            command = self._saver.again(note)
            if command is not None and not isinstance(command, KeepDraft):
                self.book = self.book.again(command)
        self.changed.emit()

    def keep(self) -> None:
        """Let the session keep what is being written, where it does not yet."""
        for drafted in to_keep(self.book, self.port.snapshot().session):
            if not self._saver.keeps(drafted.note):
                self._saver.save(KeepDraft(drafted))

    def look(self) -> None:
        """Look at the session again."""
        self.book = self.book.forget_kept(self.port.snapshot().t_ns)

    def _resolved(self, outcome: Outcome) -> None:
        if isinstance(outcome.command, KeepDraft):
            self._kept_why = outcome.why
        else:
            self.book = self.book.resolve(outcome.command, self.port.now_ns(), outcome.why)
        self.changed.emit()
