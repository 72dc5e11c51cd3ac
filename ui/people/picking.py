"""Choosing one of the staff by letters, then their PIN: what each key does to it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ui.notes.author import Author
from ui.people import wording


class Step(StrEnum):
    """Where it stands."""

    PICK = "pick"
    PIN = "pin"
    CHECK = "check"


class Cue(StrEnum):
    """What can happen."""

    DIGIT = "digit"
    ENTER = "enter"
    BACK = "back"
    REFUSED = "refused"


TABLE: Final[dict[tuple[Step, Cue], Step]] = {
    (Step.PICK, Cue.DIGIT): Step.PIN,
    (Step.PICK, Cue.ENTER): Step.PIN,
    (Step.PIN, Cue.ENTER): Step.CHECK,
    (Step.PIN, Cue.BACK): Step.PICK,
    (Step.CHECK, Cue.REFUSED): Step.PIN,
}
"""What is not in it changes nothing; while a PIN is looked at only the answer counts."""


@dataclass(frozen=True, slots=True)
class Picking:
    """`at` is who is chosen, `typed` the letters that chose them."""

    people: tuple[Author, ...]
    at: int = 0
    typed: str = ""
    step: Step = Step.PICK
    trouble: str = ""

    @property
    def chosen(self) -> Author | None:
        """Whose PIN is asked for."""
        return self.people[self.at] if self.people else None


def begin(people: Sequence[Author], now: str, roles: Collection[str] = ()) -> Picking:
    """Those who may, whoever is at the keys now chosen first."""
    able = tuple(each for each in people if each.id and (not roles or each.role in roles))
    at = next((number for number, each in enumerate(able) if each.initials == now), 0)
    return Picking(able, at, trouble="" if able else wording.NOBODY_MAY)


def after(now: Picking, cue: Cue, why: str = "") -> Picking:
    """After a key, or an answer that says why not."""
    step = TABLE.get((now.step, cue))
    if step is None or now.chosen is None:
        return now
    return replace(now, step=step, typed="", trouble=why)


def moved(now: Picking, by: int) -> Picking:
    """The one above or below, round the ends."""
    if now.step is not Step.PICK or not now.people:
        return now
    return replace(now, at=(now.at + by) % len(now.people), typed="", trouble="")


def lettered(now: Picking, letter: str) -> Picking:
    """Who goes by these letters; the same letter again goes to the next one."""
    if now.step is not Step.PICK:
        return now
    for typed in (now.typed + letter, letter):
        found = [number for number, one in enumerate(now.people) if _goes_by(one, typed)]
        if found:
            stays = now.at in found and (len(typed) > 1 or not now.typed)
            later = [number for number in found if number > now.at and now.at in found]
            at = now.at if stays else (later or found)[0]
            return replace(now, at=at, typed=typed, trouble="")
    return replace(now, typed="", trouble=wording.NOBODY_BY.format(letter=letter.upper()))


def _goes_by(one: Author, typed: str) -> bool:
    low = typed.lower()
    return one.initials.lower().startswith(low) or one.name.lower().startswith(low)
