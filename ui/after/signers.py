"""Who signs, as what, and what they say by it, from a few typed letters; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kapmonitor.people.user import OF_SESSIONS, About, Meaning

ROLES: Final = ("nurse", "therapist", "prescriber", "supervisor")


def matching(text: str, people: Sequence[About]) -> About | None:
    """The one whose id or initials these are, or whose name alone begins so."""
    typed = text.strip().casefold()
    exact = [each for each in people if typed in (each.id, each.initials.casefold(), each.name.casefold())]
    begins = [each for each in people if each.name.casefold().startswith(typed)]
    found = exact or begins
    return found[0] if typed and len(found) == 1 else None


def role_of(text: str) -> str:
    """The role that begins so; empty if none does."""
    typed = text.strip().lower()
    return next((role for role in ROLES if typed and role.startswith(typed)), "")


def meaning_of(text: str) -> Meaning | None:
    """What is said by signing, from its first letters."""
    typed = text.strip().lower()
    return next((meaning for meaning in OF_SESSIONS if typed and meaning.value.startswith(typed)), None)
