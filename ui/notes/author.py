"""Who is at the keys. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who takes notes; `initials` stand beside each of them.

    `id` is theirs among the people of the clinic, empty for somebody it does not know.
    """

    initials: str
    name: str = ""
    role: str = ""
    id: str = ""


def everybody(known: Sequence[Author], now: str) -> tuple[Author, ...]:
    """All who can be chosen: those known, after whoever is at the keys without being one of them."""
    if not now or any(author.initials == now for author in known):
        return tuple(known)
    return (Author(now), *known)
