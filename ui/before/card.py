"""The fields about the person: what was typed, whether it will do, and how far saving it is; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from kapmonitor.session.care_events import CardFilled, PersonIdentified
from kapmonitor.session.state import SessionState
from ui.before import wording

MOST_KG, LEAST_KG = 400.0, 20.0
EARLIEST: Final = date(1900, 1, 1)


class Field(StrEnum):
    """The fields, in the order of the keyboard; each word but the first three is the card's own."""

    RECORD = "record-number"
    BIRTH = "birth-date"
    INITIALS = "initials"
    COURSE = "course"
    WEIGHT = "weight"
    ESCORT = "escort"
    INTENTION = "intention"
    TOUCH = "touch"
    TALK = "talk"
    LIGHT = "light"
    MEDICATIONS = "medications"
    SCREENING = "screening"


F = Field
ROWS: Final[tuple[tuple[tuple[Field, float], ...], ...]] = (
    ((F.RECORD, 3), (F.BIRTH, 4), (F.INITIALS, 2.2)),
    ((F.COURSE, 4.4), (F.WEIGHT, 2), (F.ESCORT, 3.4)),
    ((F.INTENTION, 1),),
    ((F.TOUCH, 1), (F.TALK, 1), (F.LIGHT, 1)),
    ((F.MEDICATIONS, 1), (F.SCREENING, 1)),
)
"""Which stand beside each other, each with its share of the width."""
IDENTITY: Final = frozenset({F.RECORD, F.BIRTH, F.INITIALS})


class Saving(StrEnum):
    """What became of a field that was left."""

    UNDERWAY = "underway"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that was left and is not on disk: `why` says what is wrong."""

    saving: Saving
    why: str = ""


@dataclass(frozen=True, slots=True)
class FieldFace:
    """One field beside what was typed: its label, and on the right how it is."""

    label: str
    hint: str
    note: str
    troubled: bool = False


def recorded(field: Field, session: SessionState) -> str:
    """What the record says."""
    person = session.care.person
    if field not in IDENTITY:
        return session.care.on_card(field.value)
    if person is None:
        return ""
    said = {F.RECORD: person.record_number, F.BIRTH: person.birth_date, F.INITIALS: person.initials}
    return said[field]


def offered(field: Field, session: SessionState) -> str:
    """What stands in the field at first: what is on record, or what the console was started with."""
    started = session.started
    if session.care.person is None and started is not None:
        given = {F.RECORD: started.person, F.INITIALS: started.initials}
        return given.get(field, "")
    return recorded(field, session)


def plain(field: Field, text: str) -> str:
    """The text as it is kept; one that will not do stays as it is."""
    text = " ".join(text.split())
    if field is F.BIRTH:
        born = _date(text)
        return born.isoformat() if born is not None else text
    if field is F.WEIGHT:
        return text.lower().removesuffix("kg").strip().replace(",", ".")
    return text


def wrong(field: Field, text: str, utc_ns: int) -> str:
    """What is wrong with it; empty if it will do. Nothing typed is not wrong."""
    text = plain(field, text)
    if not text:
        return ""
    if field is F.BIRTH:
        born = _date(text)
        fits = born is not None and EARLIEST <= born <= _today(utc_ns)
        return "" if fits else wording.WRONG_DATE
    if field is F.WEIGHT and weight(text) is None:
        return wording.WRONG_WEIGHT
    return ""


def weight(text: str) -> float | None:
    """Kilograms; None where nobody weighed."""
    try:
        kg = float(plain(F.WEIGHT, text))
    except ValueError:
        return None
    return kg if LEAST_KG <= kg <= MOST_KG else None


def filled(
    field: Field, texts: Mapping[Field, str], session: SessionState, utc_ns: int, by: str
) -> PersonIdentified | CardFilled:
    """The event of a field that was left; of who it is, what cannot be read stays as the record has it."""
    if field not in IDENTITY:
        return CardFilled(field.value, plain(field, texts[field]), by)
    said = {
        each: recorded(each, session) if wrong(each, texts[each], utc_ns) else plain(each, texts[each])
        for each in IDENTITY
    }
    return PersonIdentified(said[F.RECORD], said[F.BIRTH], said[F.INITIALS], by)


def face(field: Field, text: str, session: SessionState, kept: Kept | None, utc_ns: int) -> FieldFace:
    """What stands above the field."""
    label, hint = wording.FIELDS[field.value], wording.HINTS.get(field.value, "")
    bad = wrong(field, text, utc_ns)
    if kept is not None and kept.saving is Saving.REFUSED:
        return FieldFace(label, hint, kept.why, troubled=True)
    if kept is not None:
        return FieldFace(label, hint, wording.SAVING)
    if bad:
        return FieldFace(label, hint, bad, troubled=True)
    on_record = bool(text) and plain(field, text) == recorded(field, session)
    if on_record and field is F.BIRTH:
        return FieldFace(label, hint, wording.YEARS.format(years=_years(text, utc_ns)))
    return FieldFace(label, hint, wording.SAVED if on_record else "")


def refusal(field: Field, reason: str, session: SessionState) -> tuple[str, str]:
    """Why a field was not saved, in few words and in a sentence."""
    if reason == "another-person":
        born = recorded(F.BIRTH, session)
        return wording.ANOTHER_PERSON.format(born=born), wording.ANOTHER_PERSON_MORE.format(born=born)
    return wording.NOT_SAVED.format(why=reason), wording.NOT_SAVED_MORE.format(why=reason)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _today(utc_ns: int) -> date:
    return datetime.fromtimestamp(utc_ns // 1_000_000_000, UTC).date()


def _years(text: str, utc_ns: int) -> int:
    """How old; a slip of the keyboard shows in it."""
    born, today = _date(text.strip()), _today(utc_ns)
    if born is None:
        return 0
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
