"""From what was written to what is asked for, and what of it the session keeps meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kapmonitor.commands import AddNote, AmendNote
from kapmonitor.session.events import NoteAdded, NoteAmended, NoteDrafted, NoteKind
from kapmonitor.session.notes import NoteDraft
from kapmonitor.session.state import SessionState
from ui.notes.book import Book
from ui.notes.moment import Named
from ui.notes.rows import Draft, Row


def finished(draft: Draft, said: Named, row: Row | None, by: str, now_ns: int) -> AddNote | AmendNote | None:
    """The command for what stands on the line; None where it says nothing, or nothing new.

    `row` is the earlier note it is about, `said` its text taken apart.
    """
    words = " ".join(said.words.split())
    if row is not None and draft.withdraws:
        reason = " ".join(draft.why.split())
        return AmendNote(NoteAmended(row.note, row.text, withdrawn=True, by=by, reason=reason))
    if draft.corrects:
        return None if row is None else _amended(draft, words or row.text, said.t_ns, row, by)
    if not words or draft.t_ns is None:
        return None
    at_ns = draft.t_ns if said.t_ns is None else said.t_ns
    late = said.t_ns is not None
    return AddNote(at_ns, NoteAdded(draft.id, NoteKind.TEXT, words, by, now_ns, late=late))


def _amended(draft: Draft, words: str, at_ns: int | None, row: Row, by: str) -> AmendNote | None:
    at_ns = None if at_ns == row.t_ns else at_ns
    if (words, at_ns, row.withdrawn) == (row.text, None, False):
        return None
    reason = " ".join(draft.why.split())
    return AmendNote(NoteAmended(row.note, words, withdrawn=False, by=by, at_ns=at_ns, reason=reason))


def recalled(state: SessionState) -> tuple[Draft, ...]:
    """What the session holds of notes that were being written when the program ended."""
    return tuple(
        Draft(kept.id, kept.by, kept.text, kept.t_ns, kept.corrects, touched=True) for kept in state.drafts
    )


def to_keep(book: Book, state: SessionState) -> Iterator[NoteDrafted]:
    """What the session does not hold yet of what is written, and what it still holds and need not."""
    held = {kept.id: kept for kept in state.drafts}
    for draft in book.drafts:
        if draft.text and draft.t_ns is not None and draft.touched:
            now = NoteDraft(draft.id, draft.t_ns, draft.text, draft.by, draft.corrects)
            if held.get(draft.id) != now:
                yield NoteDrafted(now.id, now.t_ns, now.text, now.by, now.corrects)
        elif draft.id in held:
            yield _let_go(held[draft.id])
    alive = {draft.id for draft in book.drafts}
    yield from (_let_go(held[gone]) for gone in book.gone if gone in held and gone not in alive)


def _let_go(kept: NoteDraft) -> NoteDrafted:
    return NoteDrafted(kept.id, kept.t_ns, "", kept.by, kept.corrects)
