"""The records of this computer's folders: whose, when, the how many-th, and what state each is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kapmonitor.errors import RecordError, RecordInUse, RecordLocked, RecordTooNew
from kapmonitor.record.hold import Hold
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import PersonIdentified, SessionStarted
from kapmonitor.whose import whose

Tell = Callable[[float], None]


class Standing(StrEnum):
    """What can be done with a record as it lies there."""

    CLOSED = "closed"
    INTERRUPTED = "interrupted"
    WRITTEN = "being written"
    LOCKED = "locked"
    TOO_NEW = "of a newer version"
    UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True)
class Shelved:
    """A record: the person's number and initials, and the session's, where they can be read."""

    path: Path
    standing: Standing
    person: str = ""
    initials: str = ""
    number: int = 0
    of: int = 0
    mode: str = ""
    utc_ns: int = 0
    utc_offset_min: int = 0


def shelf(folders: Iterable[Path], tell: Tell) -> tuple[Shelved, ...]:
    """Every record there, the newest first; `tell` hears the share that is done and may raise to end it."""
    there = {path.resolve(): path for folder in folders for path in sorted(folder.glob("*.kap"))}
    found: list[Shelved] = []
    for number, path in enumerate(there.values()):
        tell(number / len(there))
        found.append(shelved(path))
    return tuple(sorted(found, key=lambda each: (-each.utc_ns, each.path.name)))


def same_person_first(records: Iterable[Shelved], person: str, initials: str) -> tuple[Shelved, ...]:
    """In their order, but those of one person before all others; where nobody is known, as they were."""
    who = (person, initials)
    known = any(who)
    return tuple(sorted(records, key=lambda each: not known or (each.person, each.initials) != who))


def shelved(path: Path) -> Shelved:
    """What one file tells; never fails."""
    try:
        with RecordReader(path) as reader:
            found = _of(path, reader)
    except RecordLocked:
        return Shelved(path, Standing.LOCKED)
    except RecordTooNew:
        return Shelved(path, Standing.TOO_NEW)
    except (RecordError, OSError):
        return Shelved(path, Standing.UNREADABLE)
    return found


def _of(path: Path, reader: RecordReader) -> Shelved:
    standing = Standing.CLOSED if reader.is_closed() else _open(path)
    begun = next((row.stamped.event for row in reader.events_of(SessionStarted.TYPE)), None)
    if not isinstance(begun, SessionStarted):
        return Shelved(path, Standing.UNREADABLE)
    person = whose(begun, [row.stamped.event for row in reader.events_of(PersonIdentified.TYPE)])
    return Shelved(
        path,
        standing,
        person.number,
        person.initials,
        begun.number,
        begun.of,
        begun.mode,
        begun.utc_ns,
        begun.utc_offset_min,
    )


def _open(path: Path) -> Standing:
    """Of a record that was not closed: whether a program is at it."""
    with suppress(OSError):
        try:
            Hold(path).release()
        except RecordInUse:
            return Standing.WRITTEN
    return Standing.INTERRUPTED
