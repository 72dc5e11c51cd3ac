"""Who a session is for, as last said; pure."""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.session.state import SessionState

COURSE = "course"
"""The line of the card that names the course and which of its sessions this is."""


@dataclass(frozen=True, slots=True)
class Who:
    """Record number and initials, and the session's place in its course in words; empty while unknown."""

    record_number: str = ""
    initials: str = ""
    course: str = ""


def who(state: SessionState) -> Who:
    """What was said on opening the session, else what the console was started with."""
    person, started = state.care.person, state.started
    number = person.record_number if person is not None else started.person if started else ""
    initials = person.initials if person is not None else started.initials if started else ""
    return Who(number, initials, state.care.on_card(COURSE))
