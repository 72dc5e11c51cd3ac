"""The records of a folder that belong to one person, read into the sessions of their course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kapmonitor.course.people import is_clear, people_of
from kapmonitor.course.person import Identity, Why, identity_of, why_not
from kapmonitor.course.reading import Session, Tell, session_of
from kapmonitor.errors import RecordDamaged, RecordError, RecordLocked
from kapmonitor.whose import Person


@dataclass(frozen=True, slots=True)
class Out:
    """A record that is not among the sessions, and why; `detail` says more where there is more."""

    path: Path
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Who the records are of, before any is read whole."""

    identities: tuple[Identity, ...]
    out: tuple[Out, ...]

    def people(self) -> tuple[Person, ...]:
        """Each person once, real sessions before demonstrations, then by number."""
        return people_of(each.person for each in self.identities)

    def why_not(self, person: Person, identity: Identity) -> Why | None:
        """Why a record is not one of this person, also where it may be of somebody else with the number."""
        why = why_not(person, identity.person)
        known = (person, *(each.person for each in self.identities))
        if why is not None or (is_clear(person, known) and is_clear(identity.person, known)):
            return why
        return Why.SEVERAL


@dataclass(frozen=True, slots=True)
class Course:
    """One person's sessions, oldest first, and the records that are not among them.

    Records of other people are only counted, as their names may tell who they are.
    """

    person: Person
    sessions: tuple[Session, ...]
    out: tuple[Out, ...]
    others: int = 0


def records_in(folder: Path) -> tuple[Path, ...]:
    """The records of a folder, by name; RecordError if it cannot be listed."""
    try:
        return tuple(sorted(path for path in folder.glob("*.kap") if path.is_file()))
    except OSError as why:
        raise RecordError(str(folder), f"the folder cannot be read ({why.strerror})") from why


def beside(record: Path) -> tuple[Path, ...]:
    """A record, and the others of its folder."""
    return tuple(dict.fromkeys((record, *(each for each in records_in(record.parent) if each != record))))


def look_at(paths: Iterable[Path], tell: Tell) -> Found:
    """Whose each record is; those that cannot be read here are told apart."""
    listed = tuple(dict.fromkeys(paths))
    known: list[Identity] = []
    out: list[Out] = []
    for place, path in enumerate(listed):
        tell(place / max(1, len(listed)))
        try:
            known.append(identity_of(path))
        except RecordError as why:
            out.append(_unread(path, why))
    return Found(tuple(known), tuple(out))


def gather(found: Found, person: Person, ledger: Path | None, tell: Tell) -> Course:
    """Read this person's sessions; a record that is damaged is left out and listed."""
    out = list(found.out)
    mine: list[Identity] = []
    for each in found.identities:
        why = found.why_not(person, each)
        if why is None:
            mine.append(each)
        else:
            out.append(Out(each.path, why, each.person.mode if why is Why.OTHER_KIND else ""))
    newest, copies = _once(mine)
    sessions: list[Session] = []
    for place, each in enumerate(newest):
        try:
            sessions.append(session_of(each.path, ledger, part(tell, place, len(newest))))
        except RecordError as why:
            out.append(_unread(each.path, why))
    others = sum(1 for each in out if each.why is Why.OTHER_PERSON)
    listed = (each for each in (*out, *copies) if each.why is not Why.OTHER_PERSON)
    ordered = sorted(sessions, key=lambda session: (session.utc_ns, session.started.session))
    by_name = sorted(listed, key=lambda each: (each.path.name, str(each.path)))
    return Course(person, tuple(ordered), tuple(by_name), others)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of this computer's records, for the session that is running and the people in it.

    `noted` puts on file that sessions were looked at.
    """

    folder: Path
    ledger: Path | None
    noted: Callable[[Course], object]

    def count(self, person: Person, but: str, tell: Tell) -> int:
        """How many sessions of this person there are, beside the one with this id; none is read whole."""
        found = self._found(but, tell)
        mine = [each for each in found.identities if found.why_not(person, each) is None]
        return len({each.session for each in mine})

    def read(self, person: Person, but: str, tell: Tell) -> Course:
        """Those sessions."""
        course = gather(self._found(but, part(tell, 0, 2)), person, self.ledger, part(tell, 1, 2))
        self.noted(course)
        return course

    def _found(self, but: str, tell: Tell) -> Found:
        found = look_at(records_in(self.folder), tell)
        return Found(tuple(each for each in found.identities if each.session != but), found.out)


def person_of(record: Path, found: Found) -> Person:
    """Whose record this one is; RecordError where it does not tell, or does not tell two people apart."""
    unread = next((each.detail for each in found.out if each.path == record), "")
    identity = next((each for each in found.identities if each.path == record), None)
    if identity is None:
        raise RecordError(str(record), unread or "cannot be read")
    if not identity.person.number:
        raise RecordError(str(record), "no record number is in it, so that it belongs to no course")
    if not is_clear(identity.person, (each.person for each in found.identities)):
        raise RecordError(str(record), f"{several(identity.person.number)}, and it does not tell whose it is")
    return identity.person


def several(number: str) -> str:
    """Said where one number is not one person; who they are is not told."""
    return f"several people have the record number {number}"


def _once(mine: Sequence[Identity]) -> tuple[list[Identity], list[Out]]:
    """Each session once, from the copy that has the most in it, whatever the order of files."""
    best: dict[str, Identity] = {}
    for each in mine:
        known = best.get(each.session)
        if known is None or each.rank > known.rank:
            best[each.session] = each
    copies = [
        Out(each.path, Why.COPY, best[each.session].path.name)
        for each in mine
        if best[each.session] is not each
    ]
    return list(best.values()), copies


def _unread(path: Path, why: RecordError) -> Out:
    kind = Why.UNREADABLE
    if isinstance(why, RecordLocked):
        kind = Why.LOCKED
    elif isinstance(why, RecordDamaged):
        kind = Why.DAMAGED
    return Out(path, kind, why.reason)


def part(tell: Tell, place: int, count: int) -> Tell:
    """Told of one of several equal parts, it tells of the whole."""
    return lambda share: tell((place + share) / count)
