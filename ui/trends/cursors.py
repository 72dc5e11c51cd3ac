"""Two cursors upon a record, A and B: where they stand and which of them the keys move. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Which(StrEnum):
    """A cursor's name, as it stands on screen."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Cursors:
    """Times of the cursors, None for one that is away; `active` is the one that is moved."""

    a_ns: int | None = None
    b_ns: int | None = None
    active: Which = Which.A

    def at(self, which: Which) -> int | None:
        return self.a_ns if which is Which.A else self.b_ns

    @property
    def both(self) -> bool:
        return self.a_ns is not None and self.b_ns is not None

    @property
    def active_ns(self) -> int | None:
        return self.at(self.active)


AWAY: Final = Cursors()


def put(cursors: Cursors, which: Which, t_ns: int) -> Cursors:
    """One of them at a time; it is the active one from then on."""
    if which is Which.A:
        return replace(cursors, a_ns=t_ns, active=which)
    return replace(cursors, b_ns=t_ns, active=which)


def asked(cursors: Cursors, t_ns: int) -> Cursors:
    """What one key does: first A comes, then B, and then the other one becomes the active one."""
    if cursors.a_ns is None:
        return put(cursors, Which.A, t_ns)
    if cursors.b_ns is None:
        return put(cursors, Which.B, t_ns)
    return replace(cursors, active=Which.B if cursors.active is Which.A else Which.A)


def moved(cursors: Cursors, by_ns: int, first_ns: int, last_ns: int) -> Cursors:
    """The active one moved, within the record."""
    t_ns = cursors.active_ns
    if t_ns is None:
        return cursors
    return put(cursors, cursors.active, min(max(t_ns + by_ns, first_ns), last_ns))


def nearest(cursors: Cursors, t_ns: int) -> Which | None:
    """The cursor that stands closer to a time."""
    standing = [(abs(at - t_ns), which) for which in Which if (at := cursors.at(which)) is not None]
    return min(standing, default=(0, None))[1]
