"""The notes of a session as they read now, and what they were: the fold of its note events; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.session.note_events import NoteAdded, NoteAmended, NoteDrafted, NoteEnded
from kapmonitor.session.record_events import RecordAmended

NoteEvent = NoteAdded | NoteAmended | RecordAmended | NoteEnded | NoteDrafted

LATE_NS: Final = 120_000_000_000
"""A note that was finished so long after its moment counts as written later, whoever says so or not."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a note said and when it was of, until `by` changed that at `t_ns`.

    After the session's end only the time of day tells when: `utc_ns`, 0 for what was changed within it.
    """

    t_ns: int
    by: str
    text: str
    at_ns: int
    withdrawn: bool = False
    reason: str = ""
    utc_ns: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it reads now; `changes` keep what it was before each of them, oldest first.

    `end_ns` is when what it began was over, None while that lasts; `ended_by` nobody means the session's end.
    """

    id: str
    t_ns: int
    kind: str
    text: str
    by: str
    changes: tuple[Change, ...] = ()
    withdrawn: bool = False
    saved_t_ns: int | None = None
    tag: str = ""
    lasts: bool = False
    end_ns: int | None = None
    ended_by: str = ""
    late: bool = False
    escalation: bool = False

    @property
    def was(self) -> tuple[str, ...]:
        """Earlier wordings, oldest first."""
        return tuple(change.text for change in self.changes)

    @property
    def first_t_ns(self) -> int:
        """The moment it was of before any change."""
        return self.changes[0].at_ns if self.changes else self.t_ns

    @property
    def is_open(self) -> bool:
        """Whether what it began goes on."""
        return self.lasts and self.end_ns is None and not self.withdrawn


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note that somebody began to write and has not finished."""

    id: str
    t_ns: int
    text: str
    by: str
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """All notes in the order they were taken, and what is still being written."""

    notes: tuple[Note, ...] = ()
    drafts: tuple[NoteDraft, ...] = ()


def noted(so_far: Noted, t_ns: int, event: NoteEvent) -> Noted:
    """The notes after one more event. What is told twice, as by a save tried again, counts once."""
    match event:
        case NoteAdded():
            return _add(so_far, t_ns, event)
        case NoteAmended() | RecordAmended():
            notes = tuple(_amend(note, t_ns, event) for note in so_far.notes)
            drafts = (d for d in so_far.drafts if (d.corrects, d.by) != (event.note, event.by))
            return Noted(notes, tuple(drafts))
        case NoteEnded():
            return replace(so_far, notes=tuple(_end(note, t_ns, event) for note in so_far.notes))
        case NoteDrafted():
            return replace(so_far, drafts=_draft(so_far, event))


def all_ended(notes: tuple[Note, ...], t_ns: int) -> tuple[Note, ...]:
    """The notes when the session is over: nothing lasts longer than it."""
    return tuple(replace(note, end_ns=max(note.t_ns, t_ns)) if note.is_open else note for note in notes)


def _add(so_far: Noted, t_ns: int, event: NoteAdded) -> Noted:
    drafts = tuple(draft for draft in so_far.drafts if draft.id != event.note)
    if any(note.id == event.note for note in so_far.notes):
        return Noted(so_far.notes, drafts)
    note = Note(
        event.note,
        t_ns,
        event.kind,
        event.text,
        event.by,
        saved_t_ns=event.saved_t_ns,
        tag=event.tag,
        lasts=event.lasts,
        late=event.late or event.saved_t_ns - t_ns > LATE_NS,
        escalation=event.escalation,
    )
    return Noted((*so_far.notes, note), drafts)


def _amend(note: Note, t_ns: int, event: NoteAmended | RecordAmended) -> Note:
    if note.id != event.note:
        return note
    at_ns = note.t_ns if event.at_ns is None else event.at_ns
    if (note.text, note.t_ns, note.withdrawn) == (event.text, at_ns, event.withdrawn):
        return note
    utc_ns = event.utc_ns if isinstance(event, RecordAmended) else 0
    change = Change(t_ns, event.by, note.text, note.t_ns, note.withdrawn, event.reason, utc_ns)
    changes = (*note.changes, change)
    return replace(note, text=event.text, t_ns=at_ns, withdrawn=event.withdrawn, changes=changes)


def _end(note: Note, t_ns: int, event: NoteEnded) -> Note:
    if note.id != event.note or not note.lasts:
        return note
    if event.undone:
        return replace(note, end_ns=None, ended_by="")
    if note.end_ns is not None:
        return note
    return replace(note, end_ns=max(t_ns, note.t_ns), ended_by=event.by)


def _draft(so_far: Noted, event: NoteDrafted) -> tuple[NoteDraft, ...]:
    others = tuple(draft for draft in so_far.drafts if draft.id != event.note)
    if not event.text or any(note.id == event.note for note in so_far.notes):
        return others
    return (*others, NoteDraft(event.note, event.begun_t_ns, event.text, event.by, event.corrects))
