"""The care of one session as charted so far: the fold of its care events; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kapmonitor.session.care_events import (
    CardFilled,
    CareEvent,
    CheckAnswered,
    CheckOverridden,
    FieldLeftOut,
    FormFilled,
    HandedOver,
    PersonIdentified,
    PersonLeft,
    PresenceSaid,
    ProtocolSet,
    ScaleScored,
    SessionOpened,
    SessionSignedOff,
)
from kapmonitor.session.keys_events import KeysEvent, ScreenLocked, ScreenUnlocked

Afterwards = FormFilled | FieldLeftOut | PersonLeft | SessionSignedOff | KeysEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """What was last written under an id, by whom and when; `because` is a reason where there is one."""

    t_ns: int
    id: str
    text: str
    by: str
    because: str = ""
    readings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """One score on a scale."""

    t_ns: int
    scale: str
    score: int
    due_t_ns: int
    by: str
    items: tuple[int, ...] = ()
    replaces_t_ns: int = 0


@dataclass(frozen=True, slots=True)
class Presence:
    """One of the staff who is in the room, since when."""

    person: str
    role: str
    since_t_ns: int


@dataclass(frozen=True, slots=True)
class Care:
    """`opened_t_ns` is None until somebody said go; `answers` and `card` hold the newest of each id.

    `locked` says that the screen hides names and notes.
    """

    protocol: ProtocolSet | None = None
    person: PersonIdentified | None = None
    card: tuple[Entry, ...] = ()
    answers: tuple[Entry, ...] = ()
    overrides: tuple[Entry, ...] = ()
    opened_t_ns: int | None = None
    opened_by: str = ""
    opened_role: str = ""
    scores: tuple[Score, ...] = ()
    present: tuple[Presence, ...] = ()
    form: tuple[Entry, ...] = ()
    left_out: tuple[Entry, ...] = ()
    left_t_ns: int | None = None
    """When the person went home; None while they are here."""
    left_by: str = ""
    signed_off: SessionSignedOff | None = None
    locked: bool = False

    def on_card(self, field: str) -> str:
        """What the card says; empty if nothing."""
        return next((entry.text for entry in self.card if entry.id == field), "")

    def answer(self, check: str) -> Entry | None:
        """The newest answer to a check, None if it was never given or was taken back."""
        return next((entry for entry in self.answers if entry.id == check and entry.text), None)

    def override(self, check: str) -> Entry | None:
        """Who went on without a check, and why; None if nobody did or it was taken back."""
        return next((entry for entry in self.overrides if entry.id == check and entry.because), None)

    def filled(self, field: str) -> Entry | None:
        """The newest answer in a field of the form, None if it was never given or was taken back."""
        return next((entry for entry in self.form if entry.id == field and entry.text), None)

    def without(self, field: str) -> Entry | None:
        """Who left a field of the form empty, and why; None if nobody did or it was taken back."""
        return next((entry for entry in self.left_out if entry.id == field and entry.because), None)

    def latest(self, scale: str) -> Score | None:
        """The newest score on a scale."""
        scores = [score for score in self.scores if score.scale == scale]
        return max(scores, key=lambda score: score.t_ns, default=None)


def charted(care: Care, t_ns: int, event: CareEvent | KeysEvent) -> Care:
    """The care after one more event."""
    match event:
        case ProtocolSet():
            return replace(care, protocol=event)
        case PersonIdentified():
            return replace(care, person=event)
        case CardFilled():
            return replace(care, card=_put(care.card, Entry(t_ns, event.field, event.text, event.by)))
        case CheckAnswered():
            entry = Entry(t_ns, event.check, event.answer, event.by, event.text)
            return replace(care, answers=_put(care.answers, entry))
        case CheckOverridden():
            entry = Entry(t_ns, event.check, "", event.by, event.reason)
            return replace(care, overrides=_put(care.overrides, entry))
        case SessionOpened():
            return replace(care, opened_t_ns=t_ns, opened_by=event.by, opened_role=event.role)
        case ScaleScored():
            score = Score(
                t_ns, event.scale, event.score, event.due_t_ns, event.by, event.items, event.replaces_t_ns
            )
            return replace(care, scores=(*care.scores, score))
        case PresenceSaid() | HandedOver():
            return replace(care, present=_present(care.present, t_ns, event))
        case _:
            return _afterwards(care, t_ns, event)


def _afterwards(care: Care, t_ns: int, event: Afterwards) -> Care:
    match event:
        case FormFilled():
            entry = Entry(t_ns, event.field, event.answer, event.by, readings=event.readings)
            return replace(care, form=_put(care.form, entry))
        case FieldLeftOut():
            entry = Entry(t_ns, event.field, "", event.by, event.reason)
            return replace(care, left_out=_put(care.left_out, entry))
        case PersonLeft():
            left_t_ns, by = (t_ns, event.by) if event.left else (None, "")
            return replace(care, left_t_ns=left_t_ns, left_by=by)
        case SessionSignedOff():
            return replace(care, signed_off=event)
        case _:
            return _locked(care, event)


def _locked(care: Care, event: KeysEvent) -> Care:
    if isinstance(event, ScreenLocked | ScreenUnlocked):
        return replace(care, locked=isinstance(event, ScreenLocked))
    return care


def _put(entries: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    return (*(each for each in entries if each.id != entry.id), entry)


def _present(
    present: tuple[Presence, ...], t_ns: int, event: PresenceSaid | HandedOver
) -> tuple[Presence, ...]:
    if isinstance(event, HandedOver):
        others = tuple(each for each in present if each.person not in (event.giver, event.taker))
        return (*others, Presence(event.taker, event.role, t_ns))
    others = tuple(each for each in present if each.person != event.person)
    return (*others, Presence(event.person, event.role, t_ns)) if event.present else others
