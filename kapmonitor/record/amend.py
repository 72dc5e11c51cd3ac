"""Amending a note of a session that is over: one more entry, and where the clinic has people, a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kapmonitor.errors import RecordError
from kapmonitor.people.signature import Covered, Signer, signed
from kapmonitor.people.user import Meaning
from kapmonitor.record.appending import Adding, Appended, Outside, append
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.signatures import Signature
from kapmonitor.record.store import Afterwards, Store
from kapmonitor.session.events import RecordAmended
from kapmonitor.session.notes import Note
from kapmonitor.session.state import SessionState, fold


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a note is to say from now on, or that it is to stand no more, and why."""

    note: str
    text: str
    withdrawn: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Amended:
    """The entry of the amendment, why its head could not be kept, and what the record now tells of itself."""

    seq: int
    problems: tuple[str, ...]
    signatures: tuple[Signature, ...]
    amended: tuple[str, ...]


def amend(
    path: Path, wanted: Amendment, by: str, signer: Signer | None, utc_ns: int, outside: Outside
) -> Appended:
    """Add it, on disk before this returns; the original and all signatures before it stay as they are.

    `by` are initials; whoever gave their PIN is the `signer`, whose own initials then count. RecordError if
    the record is not one to be amended, or the note would stay as it is.
    """

    event = _event(wanted, by, signer, utc_ns)

    def make(end: Covered, store: Store) -> Sequence[Afterwards]:
        if signer is None:
            return [event]
        covered = Covered(end.session, *store.head_with([event]))
        return [event, signed(signer, Meaning.AMENDER, covered, utc_ns)]

    if signer is None and outside.staff.users:
        raise RecordError(str(path), "is amended by people of this computer, with their PIN")
    return append(path, Adding("amended", lambda _verdict: _check(path, event), make), utc_ns, outside)


def _event(wanted: Amendment, by: str, signer: Signer | None, utc_ns: int) -> RecordAmended:
    event = RecordAmended(
        wanted.note, wanted.text, wanted.withdrawn, by, "", "", utc_ns, reason=wanted.reason
    )
    if signer is None:
        return event
    about = signer.user.about
    return replace(event, by=about.initials, name=about.name, user=about.id)


def _check(path: Path, event: RecordAmended) -> None:
    with RecordReader(path) as reader:
        note = next((note for note in _notes(reader) if note.id == event.note), None)
    if note is None:
        raise RecordError(str(path), "has no such note")
    if (note.text, note.withdrawn) == (event.text, event.withdrawn):
        raise RecordError(str(path), "the note says that already; nothing was amended")


def _notes(reader: RecordReader) -> tuple[Note, ...]:
    state = SessionState()
    for row in reader.events():
        state = fold(state, row.stamped)
    return state.notes
