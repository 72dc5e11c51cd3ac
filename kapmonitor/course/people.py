"""Who the records of one number are of: a number may be two people's, and then nothing of theirs is mixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kapmonitor.course.person import letters, same, why_not
from kapmonitor.model import GenerationMode
from kapmonitor.whose import Person


def people_of(persons: Iterable[Person]) -> tuple[Person, ...]:
    """Each person once, with all that is known of them; real ones before demonstrations, then by number.

    Of a number that is real, demonstrations are not told. What has neither a date of birth nor initials, or
    only such as several have, is nobody's of its own.
    """
    found: list[Person] = []
    numbers: dict[str, list[Person]] = {}
    for person in sorted((each for each in persons if each.number), key=_order):
        numbers.setdefault(person.number.casefold(), []).append(person)
    for listed in numbers.values():
        found += _of_number([each for each in listed if each.mode == listed[0].mode])
    return tuple(sorted(found, key=_order))


def could_be(person: Person, people: Iterable[Person]) -> tuple[Person, ...]:
    """Those of the people who may be this one, by all that is known of both."""
    return tuple(each for each in people if why_not(each, person) is None)


def is_clear(person: Person, persons: Iterable[Person]) -> bool:
    """Whether nobody else with this number, and of this kind, may be meant as well."""
    return len(could_be(person, _of_number(_alike(person, persons)))) <= 1


def _alike(person: Person, persons: Iterable[Person]) -> list[Person]:
    number = person.number.strip().casefold()
    return [each for each in persons if each.number.casefold() == number and each.mode == person.mode]


def _of_number(listed: Sequence[Person]) -> list[Person]:
    """By date of birth; then by initials those that are none of these; one without either if all are."""
    people: list[Person] = []
    for person in sorted(listed, key=_knows, reverse=True):
        mine = [place for place, each in enumerate(people) if same(each, person)]
        if not mine and (person.birth_date or letters(person.initials) or not people):
            people.append(person)
        elif len(mine) == 1 and not people[mine[0]].initials:
            people[mine[0]] = replace(people[mine[0]], initials=person.initials)
    return people


def _knows(person: Person) -> tuple[bool, bool]:
    return bool(person.birth_date), bool(letters(person.initials))


def _order(person: Person) -> tuple[bool, str, str, str]:
    return person.mode != GenerationMode.REAL, person.number, person.birth_date, person.initials
