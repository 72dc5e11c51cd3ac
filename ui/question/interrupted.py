"""The question about a session whose record ended before the session did. Pure."""

from __future__ import annotations

from typing import Final

from ui import strings
from ui.question import wording
from ui.question.asked import Choice, Question

GO_ON: Final = "go-on"
NEW: Final = "new"


def interrupted_question(
    *, at: str, since_s: float, record: str, initials: str = "", number: int = 0, of: int = 0
) -> Question:
    """Go on or begin anew; `at` is its local time as read, `record` the file's name, `of` 0 unknown."""
    visit = strings.SESSION_OF.format(number=number, of=of)
    parts = (
        visit[:1].upper() + visit[1:] if of > 1 else "",
        initials,
        wording.RECORD.format(name=record),
    )
    return Question(
        wording.INTERRUPTED.format(at=at),
        (" · ".join(part for part in parts if part), wording.NOT_SINCE),
        (
            Choice(GO_ON, "G", wording.GO_ON, wording.GO_ON_DETAIL),
            Choice(NEW, "N", wording.NEW, wording.NEW_DETAIL),
        ),
        since_s,
    )
