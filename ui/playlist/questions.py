"""What the editor asks before something would be lost. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ui.playlist import wording
from ui.question.asked import Choice, Question

KEEP: Final = "keep"
SAVE: Final = "save"
DISCARD: Final = "discard"
ANOTHER: Final = "another"
OVER: Final = "over"


def unsaved(title: str, *, has_file: bool) -> Question:
    """Something was changed, and somebody wants to leave it."""
    since = wording.SINCE_OPENED if has_file else wording.SINCE_BEGUN
    return Question(
        wording.UNSAVED_TITLE,
        (wording.UNSAVED_LINE.format(title=title, since=since),),
        (
            Choice(SAVE, "S", wording.SAVE),
            Choice(KEEP, "K", wording.KEEP),
            Choice(DISCARD, "X", wording.DISCARD, wording.DISCARD_MORE),
        ),
    )


def clash(path: Path, *, own: bool) -> Question:
    """The file at the path holds something else; `own` if it is the one the list was opened from."""
    title, line = (
        (wording.CHANGED_TITLE, wording.CHANGED_LINE) if own else (wording.EXISTS_TITLE, wording.EXISTS_LINE)
    )
    return Question(
        title,
        (line.format(path=path),),
        (
            Choice(ANOTHER, "A", wording.ANOTHER_NAME, wording.ANOTHER_NAME_MORE),
            Choice(KEEP, "K", wording.KEEP),
            Choice(OVER, "W", wording.OVER, wording.OVER_MORE),
        ),
    )
