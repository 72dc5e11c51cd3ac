"""A record of the folder in words, for the list and for the strip of those that are open. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kapmonitor.model import GenerationMode
from kapmonitor.shelf import Shelved
from ui import format as fmt
from ui.replay import wording


@dataclass(frozen=True, slots=True)
class Row:
    """When it began, whose it is, which session, and what state it is in."""

    when: str
    who: str
    session: str
    state: str


def row(record: Shelved, *, is_open: bool) -> Row:
    """One line; a record that tells nothing is called by its file."""
    state = wording.STANDINGS[record.standing.value]
    known = record.utc_ns > 0
    return Row(
        day(record) if known else "",
        person(record) if known else record.path.name,
        session(record),
        wording.IS_OPEN if is_open else state,
    )


def label(record: Shelved) -> str:
    """For the strip: `M.K. 4471 · session 3 of 6 · 2026-11-22`."""
    date = day(record).partition(" ")[0]
    parts = (person(record), session(record), date) if record.utc_ns else (record.path.name,)
    return " · ".join(part for part in parts if part)


def person(record: Shelved) -> str:
    """Initials and number."""
    return " ".join(part for part in (record.initials, record.person) if part) or wording.NOBODYS


def session(record: Shelved) -> str:
    """Which of how many, and that it was no real one."""
    parts = [wording.SESSION_OF.format(number=record.number, of=record.of)] if record.number else []
    if record.mode not in {"", GenerationMode.REAL.value}:
        parts.append(wording.NOT_REAL.get(record.mode, record.mode.lower()))
    return " · ".join(parts)


def day(record: Shelved) -> str:
    """Date and time as the clock on the wall showed them; empty for a time that no calendar holds."""
    try:
        began = datetime.fromtimestamp(record.utc_ns // fmt.SECOND_NS, UTC)
        return f"{began + timedelta(minutes=record.utc_offset_min):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):
        return ""
