"""Takes an amendment from its key to the record, by way of a PIN where the clinic has people."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from kapmonitor.errors import KapError
from kapmonitor.people.user import About
from kapmonitor.record.amend import Amended, Amendment
from kapmonitor.session.notes import Change, Note
from ui import format as fmt
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.people.form import PinForm
from ui.people.members import members
from ui.people.page import PinPage
from ui.replay import wording
from ui.replay.amending import Amending, AmendPage
from ui.replay.bar import ReplayBar
from ui.replay.moments import MomentsPanel
from ui.strings import ENDED_FIRST

if TYPE_CHECKING:
    from ui.reviewing import Reviewed


def wire_amending(window: MainWindow, bar: ReplayBar, moments: MomentsPanel, reviewed: Reviewed) -> None:
    """The key that amends the note that was reached last."""
    desk = AmendDesk(window, bar, moments, reviewed)
    window.on(Action.REPLAY_AMEND, lambda _press: desk.open())


class _Door:
    """The PIN form's answer to a PIN: whoever's it is has amended the note, or could not."""

    def __init__(self, amending: Amending, wanted: Amendment, people: tuple[About, ...]) -> None:
        self._amending = amending
        self._wanted = wanted
        self._people = {about.id: about for about in people}
        self.done: Amended | None = None

    def unlock(self, user: str, pin: str) -> Future[About]:
        """Resolves once the amendment is on disk."""
        told: Future[About] = Future()

        def tell(done: Future[Amended]) -> None:
            error = None if done.cancelled() else done.exception()
            if done.cancelled():
                told.cancel()
            elif error is not None:
                told.set_exception(error)
            else:
                self.done = done.result()
                told.set_result(self._people[user])

        self._amending.amend(self._wanted, "", user, pin).add_done_callback(tell)
        return told


class AmendDesk(QObject):
    """One page at a time; what was typed stays until it is in the record or somebody leaves it."""

    _told = Signal(object)

    def __init__(self, window: MainWindow, bar: ReplayBar, moments: MomentsPanel, reviewed: Reviewed) -> None:
        super().__init__(window)
        self._window = window
        self._bar = bar
        self._moments = moments
        self._reviewed = reviewed
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def open(self) -> None:
        """The page for the note that the playhead has reached last; the key closes it, too."""
        if self._window.close_if_open(AmendPage) or self._window.close_if_open(PinPage):
            return
        amending, notes = self._reviewed.amending, self._notes()
        if amending is None or not notes:
            self._bar.say(wording.NO_NOTES if amending is not None else wording.NO_AMENDING)
            return
        now_ns = self._reviewed.port.now_ns()
        reached = sum(note.t_ns <= now_ns for note in notes)
        try:
            self._show(amending, notes, max(0, reached - 1), amending.people())
        except KapError as why:
            self._bar.say(str(why))

    def _notes(self) -> tuple[Note, ...]:
        return tuple(sorted(self._reviewed.state().notes, key=lambda note: note.t_ns))

    def _show(
        self, amending: Amending, notes: tuple[Note, ...], at: int, people: tuple[About, ...]
    ) -> AmendPage:
        page = AmendPage(
            notes, at, self._bar.time_text, self._changed, self._window.theme, asks_who=not people
        )
        page.left.connect(self._window.close_over_trends)
        page.ready.connect(lambda wanted, by: self._ready(amending, page, wanted, by, people))
        self._window.open_over_trends(page)
        return page

    def _ready(
        self, amending: Amending, page: AmendPage, wanted: Amendment, by: str, people: tuple[About, ...]
    ) -> None:
        if people:
            self._ask_pin(amending, page, wanted, people)
            return
        page.say(wording.AMEND_WRITING, busy=True)
        amending.amend(wanted, by).add_done_callback(self._tell)

    def _tell(self, done: Future[Amended]) -> None:
        """Runs on the thread that wrote it."""
        if shiboken6.isValid(self):
            self._told.emit(done)

    def _take(self, done: Future[Amended]) -> None:
        page = self._window.over_trends
        error = None if done.cancelled() else done.exception()
        if not done.cancelled() and error is None:
            self._finish(done.result())
        elif isinstance(error, KapError | None):
            why = ENDED_FIRST if error is None else str(error)
            if isinstance(page, AmendPage):
                page.say(why, wrong=True)
            else:
                self._bar.say(why)
        else:
            raise error

    def _ask_pin(
        self, amending: Amending, page: AmendPage, wanted: Amendment, people: tuple[About, ...]
    ) -> None:
        door, notes = _Door(amending, wanted, people), self._notes()
        at = next(number for number, note in enumerate(notes) if note.id == wanted.note)
        text, why = page.text.text(), page.why.text()
        form = PinForm(door, self._window.theme, members(people), page.note.by)

        def back() -> None:
            again = self._show(amending, notes, at, people)
            again.text.setText(text)
            again.why.setText(why)

        def given(_author: object) -> None:
            if door.done is not None:
                self._finish(door.done)

        form.left.connect(back)
        form.given.connect(given)
        self._window.open_over_trends(PinPage(form, wording.PIN_TO_AMEND, self._window.theme))

    def _finish(self, amended: Amended) -> None:
        self._reviewed.reread(amended)
        self._moments.show_signatures(amended.signatures)
        self._window.close_over_trends()
        said = wording.AMENDED if not amended.problems else wording.AMENDED_NO_HEAD
        self._bar.say(said.format(seq=amended.seq, why="; ".join(amended.problems)))

    def _changed(self, change: Change) -> str:
        when = self._bar.time_text(change.t_ns)
        if change.utc_ns:
            when = self._day(change.utc_ns)
        by = change.by or wording.NOBODY
        said = wording.CHANGED_BY.format(when=when, by=by)
        return f"{said}: {change.reason}" if change.reason else said

    def _day(self, utc_ns: int) -> str:
        started = self._reviewed.state().started
        offset = timedelta(minutes=started.utc_offset_min if started is not None else 0)
        try:
            local = datetime.fromtimestamp(utc_ns // fmt.SECOND_NS, UTC) + offset
        except (OverflowError, ValueError, OSError):
            return ""
        return f"{local:%Y-%m-%d %H:%M}"
