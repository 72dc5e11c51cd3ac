"""Who is at this computer, and that sessions of a course were looked at: a line each in the ledger."""

from __future__ import annotations

import getpass
import time
from typing import Final

from kapmonitor.clock import utc_text
from kapmonitor.course.gather import Course
from kapmonitor.errors import ExportError
from kapmonitor.places import access_ledger
from kapmonitor.record.access import VIEW, Access, note_access

NOT_SAID: Final = "not said"
OWN_COURSE: Final = "the course of this person"


def who_is(user: str) -> str:
    """Who somebody says they are, else the name under which they logged in to this computer."""
    if user:
        return user
    try:
        return f"account {getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return NOT_SAID


def note_views(course: Course, user: str = "", purpose: str = OWN_COURSE) -> str:
    """Put on file that its sessions are looked at; why that could not be kept, empty if it was.

    They are shown all the same.
    """
    now = utc_text(time.time_ns())
    try:
        for session in course.sessions:
            access = Access(session.started.session, VIEW, who_is(user), purpose, now)
            note_access(access_ledger(), access)
    except ExportError as error:
        return str(error)
    return ""
