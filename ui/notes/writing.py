"""The written side of notes: from a key to the next mode, and what becomes of the words on the line."""

from __future__ import annotations

from dataclasses import replace

from ui.notes import wording
from ui.notes.book import Act, Did
from ui.notes.desk import NoteDesk
from ui.notes.drafts import finished
from ui.notes.line import Line, line
from ui.notes.modes import TYPED, Cue, Mode, Step, step
from ui.notes.moment import Clock, Named, named
from ui.notes.rows import Draft, Row

MIN_NS = 60_000_000_000


class Writing:
    """What the keyboard is for, and the line that is written; the desk gives and keeps."""

    def __init__(self, desk: NoteDesk) -> None:
        self._desk = desk
        self.mode = Mode.REST

    def cue(self, cue: Cue, row: Row | None = None) -> Step:
        """Somebody pressed something, with this row chosen; what is to be shown for it."""
        mode, what = step(self.mode, cue)
        if what is Step.NOTHING or not self._can(what, row):
            return Step.NOTHING
        self.mode = mode
        self._do(what, row)
        self._desk.changed.emit()
        return what

    def typed(self, text: str) -> None:
        """The line's text changed."""
        if self.mode not in TYPED:
            return
        book, now_ns = self._desk.book, self._desk.port.now_ns()
        reason = self.mode in {Mode.WHY, Mode.TAKING_BACK}
        self._desk.book = book.typed_why(text) if reason else book.typed(text, now_ns)
        self._desk.changed.emit()

    @property
    def line(self) -> Line:
        """The line as it is to be shown."""
        draft = self._desk.book.draft
        return line(self.mode, draft, self._said(draft), self._desk.author, self._desk.time_text)

    def let_go(self, draft: Draft) -> None:
        """Somebody wants no more of this draft."""
        self._desk.book = self._desk.book.put(draft).drop().rest(self._desk.author)
        self._desk.keep()
        self._desk.changed.emit()

    def _said(self, draft: Draft) -> Named:
        snapshot, now_ns = self._desk.port.snapshot(), self._desk.port.now_ns()
        wall = snapshot.utc_ns + snapshot.utc_offset_min * MIN_NS - snapshot.t_ns
        session = snapshot.session
        return named(draft.text, Clock(session.started_t_ns, now_ns, session.dose_t_ns, wall))

    def _can(self, what: Step, row: Row | None) -> bool:
        if what is Step.SAVE:
            said = self._said(self._desk.book.draft)
            if said.is_wrong:
                words = wording.NO_SUCH_TIME.format(time=said.time)
                self._desk.say(words, self._desk.port.now_ns())
            return not said.is_wrong
        if what is Step.REVISE:
            return row is not None and bool(row.note) and (row.draft is None or bool(row.draft.corrects))
        if what is Step.TAKE_UP:
            return row is not None and row.draft is not None
        if what is Step.WITHDRAW:
            return row is not None and bool(row.note) and row.draft is None and not row.withdrawn
        return True

    def _do(self, what: Step, row: Row | None) -> None:
        desk = self._desk
        match what:
            case Step.OPEN:
                own = desk.book.own(desk.author)
                desk.book = desk.book.put(own or Draft(desk.ids(), desk.author))
            case Step.REVISE | Step.TAKE_UP | Step.WITHDRAW if row is not None:
                desk.book = desk.book.put(self._about(row, withdraws=what is Step.WITHDRAW))
            case Step.SAVE:
                self._save()
            case Step.KEEP:
                desk.book = desk.book.rest(desk.author)
                desk.keep()
            case Step.LET_GO:
                desk.book = desk.book.drop().rest(desk.author)
                desk.keep()
            case _:
                """The panel shows it."""

    def _about(self, row: Row, *, withdraws: bool) -> Draft:
        """A draft that changes an earlier note: one begun before, or one with the note's own words."""
        if row.draft is not None:
            return row.draft
        desk = self._desk
        begun = (
            d for d in desk.book.drafts if (d.corrects, d.by, d.withdraws) == (row.note, desk.author, False)
        )
        new = Draft(desk.ids(), desk.author, "" if withdraws else row.text, row.t_ns, row.note)
        return replace(new, withdraws=True) if withdraws else next(begun, new)

    def _save(self) -> None:
        desk = self._desk
        draft, now_ns = desk.book.draft, desk.port.now_ns()
        row = desk.row(draft.corrects) if draft.corrects else None
        command = finished(draft, self._said(draft), row, desk.author, now_ns)
        # A note takes its draft's place in the session, and a change that of its author's draft of it.
        replaced = command is not None and (row is None or draft.by == desk.author)
        desk.book = (desk.book.take() if replaced else desk.book.drop()).rest(desk.author)
        if command is None:
            desk.keep()
            return
        did = Did.ADDED if row is None else Did.CHANGED
        desk.book = desk.book.did(Act(did, command.note.note, now_ns, row))
        desk.send(command)
