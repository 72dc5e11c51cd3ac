"""Who is in the room and who hands over to whom: what each key does. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.session.care import Presence
from kapmonitor.session.care_events import HandedOver, PresenceSaid
from ui.notes.author import Author
from ui.people import wording

MOST: Final = 9


class Step(StrEnum):
    """Where it stands."""

    LIST = "list"
    TAKER = "taker"


class Cue(StrEnum):
    """What can happen; DIGIT comes with a place."""

    DIGIT = "digit"
    ENTER = "enter"
    HAND = "hand"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Room:
    """`at` is the place that Enter is about, `giver` the place of who hands over."""

    people: tuple[Author, ...]
    present: tuple[Presence, ...] = ()
    at: int = 0
    step: Step = Step.LIST
    giver: int = 0
    trouble: str = ""


Event = PresenceSaid | HandedOver
Done = tuple[Room, Event | None]


def listed(people: Sequence[Author], present: Sequence[Presence]) -> tuple[Author, ...]:
    """Everybody who can be chosen, and who is there without being one of them."""
    known = {one.initials for one in people}
    others = (Author(each.person, "", each.role) for each in present if each.person not in known)
    return (*people, *others)


def begin(people: Sequence[Author], present: Sequence[Presence], now: str) -> Room:
    """Whoever is at the keys is chosen."""
    everybody = listed(people, present)
    at = next((place for place, one in enumerate(everybody) if one.initials == now), 0)
    return Room(everybody, tuple(present), at)


def there(room: Room, place: int) -> Presence | None:
    """Since when somebody is in the room; None if they are not."""
    who = room.people[place].initials
    return next((each for each in room.present if each.person == who), None)


def role_of(room: Room, place: int) -> str:
    """What somebody is in this room, or is elsewhere."""
    present = there(room, place)
    return present.role if present is not None else room.people[place].role


def moved(room: Room, by: int) -> Room:
    """The one above or below, round the ends."""
    if not room.people:
        return room
    return replace(room, at=(room.at + by) % len(room.people), trouble="")


def after(room: Room, cue: Cue, by: str, place: int = -1) -> Done:
    """The next step, and what goes on record in the name of `by`."""
    room = replace(room, trouble="")
    if cue is Cue.BACK:
        return replace(room, step=Step.LIST, at=room.giver if room.step is Step.TAKER else room.at), None
    place = place if cue is Cue.DIGIT else room.at
    if not 0 <= place < len(room.people):
        return room, None
    if cue is Cue.HAND:
        return _begin_handing(room), None
    room = replace(room, at=place)
    return _take(room, place) if room.step is Step.TAKER else (room, _said(room, place, by))


def _said(room: Room, place: int, by: str) -> PresenceSaid:
    is_there = there(room, place) is not None
    return PresenceSaid(room.people[place].initials, role_of(room, place), not is_there, by)


def _begin_handing(room: Room) -> Room:
    if room.step is Step.TAKER:
        return room
    who = room.people[room.at].initials
    if not role_of(room, room.at):
        return replace(room, trouble=wording.NO_ROLE.format(who=who))
    if len(room.people) < 2:
        return replace(room, trouble=wording.NOBODY_TAKES)
    return replace(room, step=Step.TAKER, giver=room.at, at=(room.at + 1) % len(room.people))


def _take(room: Room, place: int) -> Done:
    giver, taker = room.people[room.giver].initials, room.people[place].initials
    if place == room.giver:
        return replace(room, trouble=wording.TO_ANOTHER.format(who=giver)), None
    return replace(room, step=Step.LIST), HandedOver(role_of(room, room.giver), giver, taker)
