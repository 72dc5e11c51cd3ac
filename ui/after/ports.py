"""What the page needs of the program to sign a session off and close it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from kapmonitor.people.user import About
from kapmonitor.session.care_events import CareEvent
from kapmonitor.signoff import Closed, SignOff, Stage


class ClosingPort(Protocol):
    """The end of one session. Every method returns at once; the work is done on another thread."""

    @property
    def people(self) -> tuple[About, ...]:
        """Those who may sign; nobody where the clinic has no list of people."""
        ...

    @property
    def trouble(self) -> str:
        """Why they are not known; empty if they are."""
        ...

    def sign_off(self, off: SignOff, pin: str, events: Sequence[CareEvent]) -> Future[None]:
        """Look at the PIN and put all of it on record; fails with a KapError and changes nothing else."""
        ...

    def close(self, told: Callable[[Stage], None]) -> Future[Closed]:
        """End the session that was signed off and sign its record; `told` is called on another thread."""
        ...
