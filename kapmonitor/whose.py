"""Whose record it is, as its own entries say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kapmonitor.session.care_events import PersonIdentified
from kapmonitor.session.events import SessionEvent, SessionStarted


@dataclass(frozen=True, slots=True)
class Person:
    """The identifiers of a person, empty while unknown; `mode` says whether the data are real."""

    number: str
    birth_date: str = ""
    initials: str = ""
    mode: str = "Real"


def whose(started: SessionStarted, said: Sequence[SessionEvent]) -> Person:
    """As last said when the session was opened, else what the console was started with."""
    last = said[-1] if said else None
    if isinstance(last, PersonIdentified):
        return Person(last.record_number.strip(), last.birth_date, last.initials, started.mode)
    return Person(started.person.strip(), "", started.initials, started.mode)
