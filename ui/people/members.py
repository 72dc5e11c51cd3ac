"""The people of the clinic as the screen knows them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kapmonitor.people.user import About
from ui.notes.author import Author


def members(people: Sequence[About]) -> tuple[Author, ...]:
    """Everybody under their initials; who shares these with somebody goes by their id instead."""
    shared = {text for text, count in Counter(each.initials for each in people).items() if count > 1}
    return tuple(
        Author(each.id if each.initials in shared else each.initials, each.name, each.role.value, each.id)
        for each in people
    )


def member(people: Sequence[Author], by: str) -> Author | None:
    """Who goes by this; None if nobody of the clinic does."""
    return next((each for each in people if each.id and each.initials == by), None)
