"""What stands on the text line: before the words, in their place, and whether it can be meant. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.notes import wording
from ui.notes.modes import TYPED, Mode
from ui.notes.moment import Named
from ui.notes.rows import Draft


@dataclass(frozen=True, slots=True)
class Line:
    """The text line as it is to be shown."""

    lead: str = ""
    text: str = ""
    hint: str = wording.IDLE
    in_use: bool = False
    wrong: bool = False


def line(mode: Mode, draft: Draft, said: Named, author: str, time_text: Callable[[int], str]) -> Line:
    """The line in a mode, with a draft whose text is taken apart as `said`."""
    in_use = mode in TYPED
    if mode in {Mode.WHY, Mode.TAKING_BACK}:
        time = "" if draft.t_ns is None else time_text(draft.t_ns)
        lead = wording.WHY if mode is Mode.WHY else f"{wording.TAKES_BACK} {time}"
        return Line(lead, draft.why, "" if draft.why else wording.WHY_EMPTY, in_use)
    hint = "" if draft.text else wording.EMPTY if in_use else wording.IDLE
    return Line(_lead(draft, said, author, time_text, in_use=in_use), draft.text, hint, in_use, said.is_wrong)


def _lead(draft: Draft, said: Named, author: str, time_text: Callable[[int], str], *, in_use: bool) -> str:
    if draft.t_ns is None:
        return ""
    words = []
    if draft.corrects:
        words.append(wording.CORRECTS)
    elif not in_use or draft.by != author:
        words.append(wording.DRAFT)
    if draft.by != author:
        words.append(draft.by or wording.NOBODY)
    if said.t_ns is not None:
        words.append(wording.LATE_LEAD)
    words.append(time_text(draft.t_ns if said.t_ns is None else said.t_ns))
    return " ".join(words)
