"""Whose record it is, and whether of the person asked for: by what is recorded, never by a file's name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kapmonitor.errors import RecordDamaged
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.care_events import PersonIdentified
from kapmonitor.session.events import SessionStarted
from kapmonitor.whose import Person, whose


class Why(StrEnum):
    """Why a record is not among the sessions of a course."""

    NO_NUMBER = "no-number"
    OTHER_PERSON = "other-person"
    OTHER_BIRTH = "other-birth"
    OTHER_INITIALS = "other-initials"
    OTHER_KIND = "other-kind"
    SEVERAL = "several"
    """Two people have its number, and it does not tell which of them it is of."""
    COPY = "copy"
    LOCKED = "locked"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a record says of itself without being read whole; `entries` is how far it goes."""

    path: Path
    session: str
    person: Person
    utc_ns: int
    is_closed: bool
    entries: int

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Of several copies of one session the greatest has the most in it."""
        return self.is_closed, self.entries, self.path.name


def identity_of(path: Path) -> Identity:
    """RecordError where it cannot be read here."""
    with RecordReader(path) as reader:
        started = next((row.stamped.event for row in reader.events_of(SessionStarted.TYPE)), None)
        if not isinstance(started, SessionStarted):
            raise RecordDamaged(str(path), "its beginning cannot be read")
        said = [row.stamped.event for row in reader.events_of(PersonIdentified.TYPE)]
        with reader.reading() as connection:
            (entries,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
        return Identity(
            path, started.session, whose(started, said), started.utc_ns, reader.is_closed(), entries
        )


def why_not(person: Person, other: Person) -> Why | None:
    """Why a record of `other` is not one of this person; None if it is.

    The record number must be the same. Where both have a date of birth that decides, else the initials.
    """
    if not other.number:
        return Why.NO_NUMBER
    if other.number.casefold() != person.number.strip().casefold():
        return Why.OTHER_PERSON
    second = None
    if not same(person, other):
        by_birth = person.birth_date and other.birth_date
        second = Why.OTHER_BIRTH if by_birth else Why.OTHER_INITIALS
    if second is None and person.mode != other.mode:
        return Why.OTHER_KIND
    return second


def same(person: Person, other: Person) -> bool:
    """Whether nothing but the number tells two apart: dates of birth if both have one, else initials."""
    if person.birth_date and other.birth_date:
        return person.birth_date == other.birth_date
    ours, theirs = letters(person.initials), letters(other.initials)
    return not ours or not theirs or ours == theirs


def letters(initials: str) -> str:
    """Initials however they are written: `M.K.` as `mk`."""
    return "".join(each for each in initials.casefold() if each.isalpha())
