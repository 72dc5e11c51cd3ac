"""What the dashboard needs of the people of this computer."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from kapmonitor.people.user import About


class Door(Protocol):
    """Knows PINs. Returns at once; may be called at any time."""

    def unlock(self, user: str, pin: str) -> Future[About]:
        """Who it is, if the PIN is theirs; fails with a KapError that says why not."""
        ...
