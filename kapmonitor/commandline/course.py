"""`kapmonitor course`: the sessions of one person side by side."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kapmonitor.commandline.progress import Progress
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.commandline.window import run_console
from kapmonitor.course.asjson import as_json
from kapmonitor.course.gather import Course, Found, beside, gather, look_at, person_of, records_in, several
from kapmonitor.course.person import letters
from kapmonitor.display import no_display
from kapmonitor.errors import RecordError
from kapmonitor.places import heads_ledger
from kapmonitor.viewing import NOT_SAID, note_views
from kapmonitor.whose import Person
from ui.course import wording

if TYPE_CHECKING:
    from ui.shell import Shell

AFTER_S: Final = 1.0
"""Long enough for the page to be painted before the picture is taken."""


def run(arguments: argparse.Namespace) -> int:
    """0 with a session or more, 1 with none; RecordError where it is not clear whose they are to be."""
    asked = [Path(text) for text in arguments.record]
    with Progress("Looking at the records") as progress:
        found = look_at(_paths(asked), progress.tell)
    person = _person(_Wanted(arguments.person, arguments.born, arguments.initials), asked, found)
    with Progress(f"Reading {person.number}") as progress:
        course = gather(found, person, heads_ledger(), progress.tell)
    if trouble := note_views(course, arguments.user, arguments.purpose or NOT_SAID):
        print(f"kapmonitor: {trouble}", file=sys.stderr)
    if arguments.screenshot:
        return _picture(course, arguments)
    if arguments.json:
        print(json.dumps(as_json(course), indent=2))
    else:
        _print(course)
    return 0 if course.sessions else 1


def _paths(asked: list[Path]) -> list[Path]:
    """One record stands for its folder, several for themselves."""
    if len(asked) == 1 and not asked[0].is_dir():
        return list(beside(record_to_read(str(asked[0]))))
    paths: list[Path] = []
    for each in asked:
        paths += records_in(each) if each.is_dir() else [record_to_read(str(each))]
    return paths


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whose sessions were asked for, as far as it was said."""

    number: str
    born: str
    initials: str

    def means(self, person: Person) -> bool:
        """Whether nothing that was said is otherwise of this person."""
        return (
            (not self.number or person.number.casefold() == self.number.strip().casefold())
            and (not self.born or person.birth_date == self.born.strip())
            and (not self.initials or letters(person.initials) == letters(self.initials))
        )


def _person(wanted: _Wanted, asked: list[Path], found: Found) -> Person:
    anything = wanted.number or wanted.born or wanted.initials
    if not anything and not asked[0].is_dir():
        return person_of(asked[0], found)
    people = found.people()
    named = [person for person in people if wanted.means(person)]
    if len(named) == 1:
        return named[0]
    numbers = dict.fromkeys(person.number for person in named)
    if len(numbers) == 1:
        raise RecordError(str(asked[0]), f"{several(*numbers)}; say which with --born or --initials")
    if anything and not named:
        raise RecordError(str(asked[0]), f"no record here is of {_said(wanted)}")
    known = ", ".join(numbers) or "none has a record number"
    raise RecordError(str(asked[0]), f"say whose sessions with --person ({known})")


def _said(wanted: _Wanted) -> str:
    number = f"the person {wanted.number}" if wanted.number else "a person"
    initials = f" with the initials {wanted.initials}" if wanted.initials else ""
    return f"{number}{initials}{f' born {wanted.born}' if wanted.born else ''}"


def _picture(course: Course, arguments: argparse.Namespace) -> int:
    trouble = no_display(os.environ)
    if trouble:
        print(f"kapmonitor: {trouble}; QT_QPA_PLATFORM=offscreen works", file=sys.stderr)
        return 1
    from ui.console import Console, wanted_picture
    from ui.course.page import CoursePage
    from ui.theme import SESSION, Theme

    picture = wanted_picture(arguments.screenshot, arguments.size, AFTER_S)
    console = Console(picture)
    console.show()

    def dress(shell: Shell) -> Callable[[], None]:
        page = CoursePage(lambda _tell: course, Theme(SESSION, shell.theme.scale))
        shell.hold(page)
        return lambda: None

    console.prepare(lambda _progress: dress)
    return run_console(console, picture)


def _print(course: Course) -> None:
    person = course.person
    named = " ".join(filter(None, (person.number, person.initials)))
    count = len(course.sessions)
    print(f"{named}: {count} session{'' if count == 1 else 's'}")
    table = [wording.COLUMNS, *wording.rows(course)]
    widths = [max(len(row[i]) for row in table) for i in range(len(wording.COLUMNS))]
    if course.sessions:
        for row in table:
            print("  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())
        print(wording.HOW_COUNTED)
    if words := wording.not_counted(course):
        print(f"{words[0].upper()}{words[1:]}.")
    if course.out:
        print("Not among them:")
    for out in course.out:
        print(f"  {out.path.name}: {wording.out_words(out)}")
    if words := wording.others_words(course.others):
        print(f"{words}.")
