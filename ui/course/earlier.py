"""Earlier sessions of whoever is here, in a running session: said once, and their own band by a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer

from kapmonitor.course.gather import Course
from kapmonitor.session.state import SessionState
from kapmonitor.session.who import who
from kapmonitor.whose import Person
from ui.course import wording
from ui.course.faces import earlier_of
from ui.job import Job, Tell
from ui.trends.own import OwnBands

LOOK_MS: Final = 1000


class EarlierPort(Protocol):
    """Where this computer's records lie. Both are called on a thread of their own; KapError says why not."""

    def count(self, person: Person, but: str, tell: Tell) -> int:
        """How many sessions of a person there are, beside the one with this id."""
        ...

    def read(self, person: Person, but: str, tell: Tell) -> Course:
        """Those sessions."""
        ...


class EarlierSessions(QObject):
    """Looks whether it is known who is here; nothing of one person is ever shown for another."""

    def __init__(
        self,
        shelf: EarlierPort,
        session: Callable[[], SessionState],
        show: Callable[[OwnBands | None], object],
        say: Callable[[str], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shelf, self._session, self._show, self._say = shelf, session, show, say
        self._person = Person("")
        self._counting: Job[int] | None = None
        self._reading: Job[Course] | None = None
        self._is_shown = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def is_shown(self) -> bool:
        """Whether the own band is asked for and there."""
        return self._is_shown

    def look(self) -> None:
        """See who is here, and what has been found of them."""
        state = self._session()
        person = person_here(state)
        if person != self._person:
            self._begin(person, state)
        counting, reading = self._counting, self._reading
        if counting is not None and counting.is_over:
            self._counting = None
            if counting.result:
                self._say(wording.earlier_words(counting.result))
        if reading is not None and reading.is_over:
            self._reading = None
            self._take(reading)

    def toggle(self) -> None:
        """Read and show the own band, or take it away."""
        self.look()
        if self._is_shown:
            self._put_away()
            self._say(wording.BAND_OFF)
        elif not self._person.number:
            self._say(wording.NOBODY)
        elif self._reading is None:
            person, but = self._person, _id_of(self._session())
            self._reading = Job(
                lambda tell: self._shelf.read(person, but, tell), "kap-own-band", wording.STOPPED
            )
            self._say(wording.READING_EARLIER)

    def _begin(self, person: Person, state: SessionState) -> None:
        """Somebody else is here: what was under way for another person is let go."""
        self._person = person
        for job in (self._counting, self._reading):
            if job is not None:
                job.stop()
        self._counting = self._reading = None
        self._put_away()
        if person.number:
            but = _id_of(state)
            self._counting = Job(
                lambda tell: self._shelf.count(person, but, tell), "kap-earlier", wording.STOPPED
            )

    def _take(self, reading: Job[Course]) -> None:
        if reading.result is None:
            self._say(reading.trouble)
            return
        earlier = earlier_of(reading.result.sessions)
        if not earlier:
            self._say(wording.NO_EARLIER)
            return
        self._is_shown = True
        self._show(OwnBands(earlier))

    def _put_away(self) -> None:
        self._is_shown = False
        self._show(None)


def person_here(state: SessionState) -> Person:
    """Whose session it is, as far as it was said."""
    known = who(state)
    said, started = state.care.person, state.started
    birth_date = said.birth_date if said is not None else ""
    mode = started.mode if started is not None else Person("").mode
    return Person(known.record_number.strip(), birth_date, known.initials, mode)


def _id_of(state: SessionState) -> str:
    return state.started.session if state.started is not None else ""
