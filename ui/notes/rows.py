"""The lines of the notes' list: what the session holds, with what is on its way to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.commands import AddNote, AmendNote, EndNote
from kapmonitor.session.events import NoteKind
from kapmonitor.session.notes import Change, Note, Noted, noted
from kapmonitor.session.state import Dose, SessionState

FORMERLY_OPEN: Final = " …"
"""How the words of a lasting tag ended while it did, in records of earlier versions; no correction."""

NoteChange = AddNote | AmendNote | EndNote


class Saving(StrEnum):
    """Where a note is on its way to disk."""

    SAVING = "saving"
    SAVED = "saved"
    FAILED = "not saved"


@dataclass(frozen=True, slots=True)
class Sent:
    """A command this panel gave at `asked_ns`, how it fares, and why it failed if it did.

    `saved_ns` is when it was known to be on disk.
    """

    command: NoteChange
    asked_ns: int = 0
    saving: Saving = Saving.SAVING
    why: str = ""
    saved_ns: int | None = None

    @property
    def note(self) -> str:
        return self.command.note.note


@dataclass(frozen=True, slots=True)
class Draft:
    """A note being written, by whom; `t_ns` is its first keystroke, `corrects` the earlier note it changes.

    `why` is the reason for a change; one that `withdraws` has nothing else.
    """

    id: str = ""
    by: str = ""
    text: str = ""
    t_ns: int | None = None
    corrects: str = ""
    why: str = ""
    withdraws: bool = False
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: a note, a dose, or somebody's draft."""

    t_ns: int
    text: str
    by: str
    note: str = ""
    kind: str = NoteKind.TEXT
    changes: tuple[Change, ...] = ()
    withdrawn: bool = False
    saving: Saving = Saving.SAVED
    why: str = ""
    dose: Dose | None = None
    draft: Draft | None = None
    tag: str = ""
    lasts: bool = False
    end_ns: int | None = None
    ended_by: str = ""
    saved_t_ns: int | None = None
    late: bool = False
    escalation: bool = False

    @property
    def was(self) -> str:
        """The last wording that was another one; empty if there was none."""
        earlier = (change.text for change in reversed(self.changes))
        return next((t for t in earlier if t != self.text and not t.endswith(FORMERLY_OPEN)), "")

    @property
    def was_t_ns(self) -> int | None:
        """The moment it was of before any change, if that was another one."""
        first_ns = self.changes[0].at_ns if self.changes else self.t_ns
        return None if first_ns == self.t_ns else first_ns

    @property
    def is_changed(self) -> bool:
        """Whether its words or its moment were others."""
        return bool(self.was) or self.was_t_ns is not None

    @property
    def is_open(self) -> bool:
        """Whether what it began goes on."""
        return self.lasts and self.end_ns is None and not self.withdrawn


def effective(sent: Sequence[Sent], state: SessionState) -> tuple[Note, ...]:
    """The notes in the order they were taken, as they will be once what was asked is done.

    A failed addition is among them, lest it be lost from sight; a failed change is not.
    """
    so_far = Noted(state.notes)
    latest = {one.note: one for one in sent if one.saving is not Saving.FAILED}
    for one in sent:
        adds = isinstance(one.command, AddNote)
        if one.saving is Saving.SAVED and latest.get(one.note) is not one and not adds:
            continue
        if one.saving is not Saving.FAILED or adds:
            so_far = noted(so_far, _t_ns(one), one.command.note)
    return so_far.notes


def rows(sent: Sequence[Sent], state: SessionState, drafts: Iterable[Draft] = ()) -> tuple[Row, ...]:
    """Notes, doses and drafts, newest first, each with where it stands; withdrawn ones stay, marked so."""
    listed = [_standing(_note_row(note), sent) for note in effective(sent, state)]
    listed += [Row(dose.t_ns, "", dose.by, dose=dose) for dose in state.doses]
    listed += [Row(d.t_ns, "", d.by, dose=d, withdrawn=True) for d in state.doses_withdrawn]
    listed += [
        Row(draft.t_ns, draft.text, draft.by, draft.id, draft=draft)
        for draft in drafts
        if draft.t_ns is not None and draft.text
    ]
    return tuple(sorted(listed, key=lambda row: row.t_ns, reverse=True))


def _t_ns(sent: Sent) -> int:
    return sent.asked_ns if isinstance(sent.command, AmendNote) else sent.command.t_ns


def _note_row(note: Note) -> Row:
    return Row(
        note.t_ns,
        note.text,
        note.by,
        note.id,
        note.kind,
        note.changes,
        note.withdrawn,
        tag=note.tag,
        lasts=note.lasts,
        end_ns=note.end_ns,
        ended_by=note.ended_by,
        saved_t_ns=note.saved_t_ns,
        late=note.late,
        escalation=note.escalation,
    )


def _standing(row: Row, sent: Sequence[Sent]) -> Row:
    own = [one for one in sent if one.note == row.note]
    failed = next((one for one in own if one.saving is Saving.FAILED), None)
    if failed is not None:
        return replace(row, saving=Saving.FAILED, why=failed.why)
    if any(one.saving is Saving.SAVING for one in own):
        return replace(row, saving=Saving.SAVING)
    return row
