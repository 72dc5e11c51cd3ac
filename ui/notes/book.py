"""What the notes panel knows beyond the session: notes on their way to disk, the draft, what can be undone.

Pure: times and results go in, rows and commands come out. A note stays here until the session shows it and
its place on disk is confirmed, so nothing typed is ever lost to a failed save.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.commands import AddNote, AmendNote
from kapmonitor.session.events import NoteAdded, NoteAmended, NoteKind
from kapmonitor.session.state import Dose, Note, SessionState

UNDO_NS: Final = 10_000_000_000
"""How long a tag or mark can be withdrawn with one key."""


OPEN_END: Final = " …"
"""How the words of a tag end while it lasts; its ending is not shown as a correction."""


class Saving(StrEnum):
    """Where a note is on its way to disk."""

    SAVING = "saving"
    SAVED = "saved"
    FAILED = "not saved"


@dataclass(frozen=True, slots=True)
class Sent:
    """A command this panel gave, how it fares, and why it failed if it did."""

    command: AddNote | AmendNote
    saving: Saving = Saving.SAVING
    why: str = ""

    @property
    def note(self) -> str:
        return self.command.note.note


@dataclass(frozen=True, slots=True)
class Draft:
    """A note being written: `t_ns` is its first keystroke, `corrects` the earlier note it replaces."""

    text: str = ""
    t_ns: int | None = None
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Lasting:
    """A tag that was begun and not yet ended."""

    tag: str
    note: str
    t_ns: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    t_ns: int
    text: str
    by: str
    note: str = ""
    kind: str = NoteKind.TEXT
    was: str = ""
    withdrawn: bool = False
    saving: Saving = Saving.SAVED
    why: str = ""
    dose: Dose | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the panel keeps; replaced, never mutated."""

    sent: tuple[Sent, ...] = ()
    draft: Draft = Draft()
    undoable: tuple[str, int] | None = None
    lasting: tuple[Lasting, ...] = ()

    def send(self, command: AddNote | AmendNote) -> Book:
        """A command was given; an earlier one for the same note that failed is superseded."""
        kept = tuple(s for s in self.sent if not (s.saving is Saving.FAILED and s.command == command))
        return replace(self, sent=(*kept, Sent(command)))

    def resolve(self, command: AddNote | AmendNote, why: str = "") -> Book:
        """The command is on disk, or failed because of `why`."""
        saving = Saving.FAILED if why else Saving.SAVED
        sent = tuple(replace(s, saving=saving, why=why) if s.command is command else s for s in self.sent)
        return replace(self, sent=sent)

    def forget_kept(self, state: SessionState) -> Book:
        """Without what is on disk and in the session's own list."""
        known = {note.id for note in state.notes}
        kept = tuple(s for s in self.sent if s.saving is not Saving.SAVED or s.note not in known)
        return self if len(kept) == len(self.sent) else replace(self, sent=kept)

    @property
    def failed(self) -> tuple[Sent, ...]:
        return tuple(s for s in self.sent if s.saving is Saving.FAILED)

    def typed(self, text: str, t_ns: int) -> Book:
        """The text line changed; the first letter fixes the time, an emptied line lets go of it."""
        if not text:
            return replace(self, draft=replace(self.draft, text="", t_ns=None))
        first = t_ns if self.draft.t_ns is None else self.draft.t_ns
        return replace(self, draft=replace(self.draft, text=text, t_ns=first))

    def correct(self, row: Row) -> Book:
        """Take up an earlier note to change its words; its time stays its own."""
        return replace(self, draft=Draft(row.text, row.t_ns, row.note))

    def lasts(self, tag: str) -> Lasting | None:
        """The open stretch of a tag, if one was begun."""
        return next((one for one in self.lasting if one.tag == tag), None)

    def begin(self, one: Lasting) -> Book:
        return replace(self, lasting=(*self.lasting, one))

    def end(self, one: Lasting) -> Book:
        return replace(self, lasting=tuple(other for other in self.lasting if other != one))

    def withdrawal(self, state: SessionState, t_ns: int, by: str) -> AmendNote | None:
        """The amendment that takes back the last tag or mark, within its ten seconds."""
        if self.undoable is None or t_ns - self.undoable[1] > UNDO_NS:
            return None
        note = self.undoable[0]
        text = next((row.text for row in rows(self, state) if row.note == note), "")
        return AmendNote(NoteAmended(note, text, withdrawn=True, by=by))


def finished(draft: Draft, note_id: str, by: str, t_ns: int) -> AddNote | AmendNote | None:
    """The command for a finished draft; None while there are no words in it."""
    text = " ".join(draft.text.split())
    if not text or draft.t_ns is None:
        return None
    if draft.corrects:
        return AmendNote(NoteAmended(draft.corrects, text, withdrawn=False, by=by))
    return AddNote(draft.t_ns, NoteAdded(note_id, NoteKind.TEXT, text, by, t_ns))


def rows(book: Book, state: SessionState) -> tuple[Row, ...]:
    """Notes and doses, newest first, each with where it stands; withdrawn ones stay, marked as such."""
    listed = [_note_row(note) for note in state.notes]
    known = {row.note for row in listed}
    for sent in book.sent:
        if isinstance(sent.command, AddNote) and sent.note not in known:
            listed.append(_sent_row(sent.command))
            known.add(sent.note)
    for sent in book.sent:
        listed = [_standing(row, sent) if row.note == sent.note else row for row in listed]
    listed += [Row(dose.t_ns, "", dose.by, dose=dose) for dose in state.doses]
    return tuple(sorted(listed, key=lambda row: row.t_ns, reverse=True))


def _note_row(note: Note) -> Row:
    was = next((text for text in reversed(note.was) if text != note.text and not text.endswith(OPEN_END)), "")
    return Row(note.t_ns, note.text, note.by, note.id, note.kind, was, note.withdrawn)


def _sent_row(command: AddNote) -> Row:
    note = command.note
    return Row(command.t_ns, note.text, note.by, note.note, note.kind)


def _standing(row: Row, sent: Sent) -> Row:
    """The row as one command leaves it: what was asked is shown at once, with where it stands."""
    if isinstance(sent.command, AmendNote) and sent.saving is not Saving.FAILED:
        amended = sent.command.note
        if amended.withdrawn:
            row = replace(row, withdrawn=True)
        elif amended.text != row.text:
            row = replace(row, text=amended.text, was=row.text)
    worst = sent.saving if row.saving is Saving.SAVED else row.saving
    return replace(row, saving=worst, why=row.why or sent.why)
