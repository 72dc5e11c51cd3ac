"""What staff chart about the person and their care: who it is, checks, scales, who is in the room, the form.

Part of kapmonitor.session.events, whose rules hold here. Ids of cards, checks, scales and fields are those of
the clinic's protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ProtocolSet:
    """The clinic's protocol of the session, and who signed it; `toml` is its text."""

    TYPE: ClassVar[str] = "protocol.set"
    VERSION: ClassVar[int] = 1
    name: str
    signed_by: str
    signed_on: str
    example: bool
    toml: str


@dataclass(frozen=True, slots=True)
class PersonIdentified:
    """Who the session is for, by two identifiers; `birth_date` is an ISO date."""

    TYPE: ClassVar[str] = "person.identified"
    VERSION: ClassVar[int] = 1
    record_number: str
    birth_date: str
    initials: str
    by: str


@dataclass(frozen=True, slots=True)
class CardFilled:
    """One line of the person's card: intention, boundaries, medications, escort, weight. The newest holds."""

    TYPE: ClassVar[str] = "card.filled"
    VERSION: ClassVar[int] = 1
    field: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class CheckAnswered:
    """A person's answer to a check: 'yes', 'no', or '' to take it back; `text` is what they said to it."""

    TYPE: ClassVar[str] = "check.answered"
    VERSION: ClassVar[int] = 1
    check: str
    answer: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class CheckOverridden:
    """Somebody goes on without a check, for a reason; without one they take that back."""

    TYPE: ClassVar[str] = "check.overridden"
    VERSION: ClassVar[int] = 1
    check: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """Somebody said go. `overridden` are the checks that were gone on without."""

    TYPE: ClassVar[str] = "session.opened"
    VERSION: ClassVar[int] = 1
    by: str
    role: str
    overridden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScaleScored:
    """A score on a scale; `due_t_ns` is when the protocol wanted it, 0 where it did not.

    `items` are the answers it is the sum of, in the protocol's order; `replaces_t_ns` is the time of
    an earlier score that it puts right, 0 for none.
    """

    TYPE: ClassVar[str] = "scale.scored"
    VERSION: ClassVar[int] = 2
    scale: str
    score: int
    due_t_ns: int
    by: str
    items: tuple[int, ...] = ()
    replaces_t_ns: int = 0


@dataclass(frozen=True, slots=True)
class PresenceSaid:
    """Somebody of the staff came into the room or left it; `role` is theirs."""

    TYPE: ClassVar[str] = "presence.said"
    VERSION: ClassVar[int] = 1
    person: str
    role: str
    present: bool
    by: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One of the staff handed a role to another."""

    TYPE: ClassVar[str] = "presence.handed-over"
    VERSION: ClassVar[int] = 1
    role: str
    giver: str
    taker: str


@dataclass(frozen=True, slots=True)
class FormFilled:
    """One field of the form after the session; `readings` are the times of the readings it was made of."""

    TYPE: ClassVar[str] = "form.filled"
    VERSION: ClassVar[int] = 1
    field: str
    answer: str
    readings: tuple[int, ...]
    by: str


@dataclass(frozen=True, slots=True)
class FieldLeftOut:
    """A field of the form stays empty, for a reason; without one somebody takes that back."""

    TYPE: ClassVar[str] = "form.left-out"
    VERSION: ClassVar[int] = 1
    field: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """The person went home, or did not after all. `without` are the checks that were gone on without."""

    TYPE: ClassVar[str] = "person.left"
    VERSION: ClassVar[int] = 1
    left: bool
    without: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class SessionSignedOff:
    """Who answers for the session, as what, and what they say by it.

    `user` is their id on this computer, whose signature follows in an entry of its own; it is empty where the
    clinic has no list of people and the name was only typed.
    """

    TYPE: ClassVar[str] = "session.signed-off"
    VERSION: ClassVar[int] = 1
    name: str
    role: str
    meaning: str
    user: str
    by: str


CareEvent = (
    ProtocolSet
    | PersonIdentified
    | CardFilled
    | CheckAnswered
    | CheckOverridden
    | SessionOpened
    | ScaleScored
    | PresenceSaid
    | HandedOver
    | FormFilled
    | FieldLeftOut
    | PersonLeft
    | SessionSignedOff
)
