"""What needs a PIN is done once it was given; without a list of people nobody is asked for one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from PySide6.QtCore import QObject

from kapmonitor.commands import Chart, Command
from kapmonitor.session.keys_events import PinTried
from ui.main_window import MainWindow
from ui.notes.author import Author
from ui.people import wording
from ui.people.atkeys import AtKeys
from ui.people.form import PinForm
from ui.people.page import PinPage
from ui.people.ports import Door


class Gate(QObject):
    """`keys` says who is at the keys, `door` knows PINs; each try goes on record through `ask`."""

    def __init__(
        self,
        window: MainWindow,
        keys: AtKeys,
        door: Door | None,
        ask: Callable[[Command], None],
        now_ns: Callable[[], int],
    ) -> None:
        super().__init__(window)
        self.window = window
        self.ask = ask
        self._now_ns = now_ns
        self.keys = keys
        self.door = door

    @property
    def guards(self) -> bool:
        """Whether the clinic has people with PINs."""
        return self.door is not None and bool(self.keys.people)

    def through(self, purpose: str, act: Callable[[], object], roles: Collection[str] = ()) -> None:
        """Do it, after the PIN of somebody of these roles where that is still to be given."""
        if not self.guards or self.keys.proved(roles):
            act()
            return
        if self.window.close_if_open(PinPage):
            return
        form = self.form(purpose, roles)
        form.given.connect(lambda author: self._given(author, act))
        form.left.connect(self.window.close_over_trends)
        self.window.open_over_trends(PinPage(form, wording.PURPOSES[purpose], self.window.theme))

    def form(self, purpose: str, roles: Collection[str] = (), *, short: bool = False) -> PinForm:
        """A form whose tries go on record; a `short` one shows initials and roles, no names."""
        if self.door is None:
            raise ValueError("nobody has a PIN here")
        shown = tuple(replace(each, name="") if short else each for each in self.keys.people)
        keys = wording.LOCK_KEYS if short else wording.PICK_KEYS
        form = PinForm(self.door, self.window.theme, shown, self.keys.last, roles, keys)
        form.tried.connect(lambda author, right: self._tried(author, purpose, right=right))
        return form

    def _tried(self, author: Author, purpose: str, *, right: bool) -> None:
        self.ask(Chart(self._now_ns(), PinTried(author.initials, purpose, right)))

    def _given(self, author: Author, act: Callable[[], object]) -> None:
        self.window.close_over_trends()
        self.keys.prove(author.initials)
        act()
