"""What people note down: notes, their corrections, how long something lasted, and what is being written.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """A note. The event's own t_ns is the moment it is about, `saved_t_ns` when it was finished.

    That moment is the key press or first keystroke; `late` says that an earlier one was named afterwards.
    `tag` is the short name of a one-key note; one that `lasts` begins here and ends with NoteEnded.
    """

    TYPE: ClassVar[str] = "note.added"
    VERSION: ClassVar[int] = 2
    note: str
    kind: str
    text: str
    by: str
    saved_t_ns: int
    tag: str = ""
    lasts: bool = False
    late: bool = False
    escalation: bool = False


@dataclass(frozen=True, slots=True)
class NoteAmended:
    """Another text or time for an earlier note, or its withdrawal; the original stays in the record.

    `at_ns` is the moment the note is about from now on, None where that stays.
    """

    TYPE: ClassVar[str] = "note.amended"
    VERSION: ClassVar[int] = 2
    note: str
    text: str
    withdrawn: bool
    by: str
    at_ns: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NoteEnded:
    """What a note began is over, at the event's own t_ns; `undone` takes back that it is."""

    TYPE: ClassVar[str] = "note.ended"
    VERSION: ClassVar[int] = 1
    note: str
    by: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class NoteDrafted:
    """A note that is being written, kept lest it be lost; an empty text lets go of it.

    `note` is the id it will have, `corrects` the earlier note it is to change. `begun_t_ns` is its first
    keystroke.
    """

    TYPE: ClassVar[str] = "note.drafted"
    VERSION: ClassVar[int] = 1
    note: str
    begun_t_ns: int
    text: str
    by: str
    corrects: str = ""
