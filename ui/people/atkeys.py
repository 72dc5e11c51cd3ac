"""Who is at the keys: everything is asked for in their name from then on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from ui.notes.author import Author
from ui.people.members import member

LOCKED_BY: Final = "nobody (locked)"
PROVED_NS: Final = 300_000_000_000
"""So long a PIN that was given holds, while nobody else takes the keys and the screen is not locked."""


class AtKeys(QObject):
    """`people` are those of the clinic, each with an id; `by` is what goes on record."""

    changed = Signal()

    def __init__(
        self,
        by: str,
        people: Sequence[Author],
        now_ns: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._by = by
        self._now_ns = now_ns
        self._proved_ns: int | None = None
        self.people = tuple(each for each in people if each.id)
        self.locked = False

    @property
    def by(self) -> str:
        """In whose name something is asked for now."""
        return LOCKED_BY if self.locked else self._by

    @property
    def last(self) -> str:
        """Who was at the keys last, also while the screen is locked."""
        return self._by

    @property
    def person(self) -> Author | None:
        """Who of the clinic is at the keys; None for somebody it does not know, and while it is locked."""
        return None if self.locked else member(self.people, self._by)

    def proved(self, roles: Collection[str] = ()) -> bool:
        """Whether whoever is at the keys gave their PIN lately, and has one of the roles that are named."""
        person, given_ns = self.person, self._proved_ns
        if person is None or given_ns is None or self._now_ns() - given_ns > PROVED_NS:
            return False
        return not roles or person.role in roles

    def take(self, by: str) -> None:
        """Somebody else is at the keys; a PIN that was given before is not theirs."""
        if by != self._by:
            self._by, self._proved_ns = by, None
            self.changed.emit()

    def prove(self, by: str) -> None:
        """This one gave their PIN."""
        self._by, self._proved_ns = by, self._now_ns()
        self.changed.emit()

    def lock(self, *, locked: bool) -> None:
        """Nobody is at the keys, or somebody again; what was proved before no longer is."""
        if locked:
            self._proved_ns = None
        if locked != self.locked:
            self.locked = locked
            self.changed.emit()
