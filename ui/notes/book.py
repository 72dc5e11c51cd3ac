"""What the notes panel knows beyond the session: notes on their way to disk, drafts, what can be undone.

Pure: times and results go in, rows and commands come out. A note stays here until its place on disk is
confirmed and the session shows it, so nothing typed is ever lost to a failed save.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.commands import AmendNote, EndNote
from kapmonitor.session.events import NoteAmended, NoteEnded
from kapmonitor.session.state import SessionState
from ui.notes.rows import Draft, NoteChange, Row, Saving, Sent, rows

UNDO_NS: Final = 10_000_000_000
"""How long what was done last can be taken back with one key."""
NUDGE_NS: Final = 30_000_000_000
"""How much earlier one key makes the newest note."""
MOST_ACTS: Final = 20


class Did(StrEnum):
    """What was done to a note and can be taken back."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done at `t_ns`; `before` is how the note stood until then."""

    did: Did
    note: str
    t_ns: int
    before: Row | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the panel keeps; replaced, never mutated. `line` is the draft that is on the text line."""

    sent: tuple[Sent, ...] = ()
    drafts: tuple[Draft, ...] = ()
    line: str = ""
    gone: tuple[str, ...] = ()
    """Drafts that were let go of while the session may still hold them."""
    acts: tuple[Act, ...] = ()

    # Commands on their way

    def send(self, command: NoteChange, t_ns: int) -> Book:
        """A command was given; an earlier giving of it that failed is superseded."""
        kept = tuple(s for s in self.sent if not (s.saving is Saving.FAILED and s.command == command))
        return replace(self, sent=(*kept, Sent(command, t_ns)))

    def again(self, command: NoteChange) -> Book:
        """A command that failed is under way once more, in its old place."""
        sent = (replace(s, saving=Saving.SAVING, why="") if s.command is command else s for s in self.sent)
        return replace(self, sent=tuple(sent))

    def resolve(self, command: NoteChange, t_ns: int, why: str = "") -> Book:
        """The command is on disk, or failed because of `why`."""
        saving, saved_ns = (Saving.FAILED, None) if why else (Saving.SAVED, t_ns)
        sent = (
            replace(s, saving=saving, why=why, saved_ns=saved_ns) if s.command is command else s
            for s in self.sent
        )
        return replace(self, sent=tuple(sent))

    def forget_kept(self, shown_ns: int) -> Book:
        """Without what is on disk and in the session's own list, which is of `shown_ns`."""
        kept = tuple(s for s in self.sent if s.saved_ns is None or s.saved_ns > shown_ns)
        return self if len(kept) == len(self.sent) else replace(self, sent=kept)

    @property
    def failed(self) -> tuple[Sent, ...]:
        return tuple(s for s in self.sent if s.saving is Saving.FAILED)

    # What is being written

    @property
    def draft(self) -> Draft:
        """What is on the line; an empty one if nothing is."""
        return next((draft for draft in self.drafts if draft.id == self.line), Draft())

    def own(self, by: str) -> Draft | None:
        """What this person began to write, corrections aside."""
        return next((d for d in self.drafts if d.by == by and not d.corrects and not d.withdraws), None)

    def put(self, draft: Draft) -> Book:
        """This draft is on the line from now on."""
        others = tuple(other for other in self.drafts if other.id != draft.id)
        return replace(self, drafts=(*others, draft), line=draft.id)

    def drop(self) -> Book:
        """What is on the line is let go of, for good."""
        return replace(self.take(), gone=(*self.gone, self.line)) if self.line else self

    def take(self) -> Book:
        """What is on the line becomes a note; the session keeps the draft until it has that."""
        kept = tuple(draft for draft in self.drafts if draft.id != self.line)
        return replace(self, drafts=kept, line="")

    def rest(self, by: str) -> Book:
        """Nobody writes: this person's own draft is on the line, if there is one; empty ones are dropped."""
        kept = tuple(d for d in self.drafts if d.touched and d.text and d.t_ns is not None)
        emptied = tuple(draft.id for draft in self.drafts if draft not in kept)
        book = replace(self, drafts=kept, gone=(*self.gone, *emptied))
        own = book.own(by)
        return replace(book, line="" if own is None else own.id)

    def typed(self, text: str, t_ns: int) -> Book:
        """The words changed; the first letter fixes the time of a new note, an emptied line lets go of it."""
        draft = self.draft
        time_ns = draft.t_ns
        if not draft.corrects:
            time_ns = None if not text else t_ns if draft.t_ns is None else draft.t_ns
        return self.put(replace(draft, text=text, t_ns=time_ns, touched=True))

    def typed_why(self, why: str) -> Book:
        """The reason changed."""
        return self.put(replace(self.draft, why=why))

    # What can be taken back

    def did(self, act: Act) -> Book:
        """This was done; it can be taken back for some seconds."""
        return replace(self, acts=(*self.acts, act)[-MOST_ACTS:])

    def last_act(self, t_ns: int) -> Act | None:
        """What one key takes back at this time."""
        last = self.acts[-1] if self.acts else None
        return last if last is not None and 0 <= t_ns - last.t_ns <= UNDO_NS else None

    def undo(self, state: SessionState, t_ns: int, by: str) -> tuple[Book, NoteChange | None]:
        """Without the last act, and what takes that back; None where there is nothing recent."""
        act = self.last_act(t_ns)
        row = next((row for row in self.rows(state) if act is not None and row.note == act.note), None)
        if act is None or row is None:
            return self, None
        return replace(self, acts=self.acts[:-1]), _reverse(act, row, t_ns, by)

    def rows(self, state: SessionState) -> tuple[Row, ...]:
        """The list: notes, doses, and drafts that are not on the line."""
        return rows(self.sent, state, (draft for draft in self.drafts if draft.id != self.line))


def _reverse(act: Act, row: Row, t_ns: int, by: str) -> NoteChange:
    if act.did is Did.ENDED:
        return EndNote(t_ns, NoteEnded(row.note, by, undone=True))
    if act.before is None:
        return AmendNote(NoteAmended(row.note, row.text, withdrawn=True, by=by))
    before = act.before
    return AmendNote(NoteAmended(row.note, before.text, before.withdrawn, by, before.t_ns))
