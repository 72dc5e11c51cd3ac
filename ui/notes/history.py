"""What a note was before each change, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable

from kapmonitor.session.notes import Change
from ui.notes import wording
from ui.notes.rows import Row


def aside(row: Row, time_text: Callable[[int], str]) -> str:
    """What stands quietly beside a row's words: what they were, or the other of its two times."""
    if row.was:
        return wording.WAS.format(text=row.was)
    if row.was_t_ns is not None:
        return wording.WAS_AT.format(time=time_text(row.was_t_ns))
    if row.late and row.saved_t_ns is not None:
        return wording.WRITTEN.format(time=time_text(row.saved_t_ns))
    return ""


def lines(row: Row, time_text: Callable[[int], str]) -> tuple[str, ...]:
    """Every change of a note, newest first, and when it was written; one line each."""
    after = [*map(_stood, row.changes[1:]), _now(row)]
    steps = list(zip(row.changes, after, strict=False))
    told = [_told(change, after, time_text) for change, after in reversed(steps)]
    if row.saved_t_ns is None:
        return tuple(told)
    first = row.changes[0].at_ns if row.changes else row.t_ns
    written = wording.WRITTEN.format(time=time_text(row.saved_t_ns))
    if row.late:
        written = f"{written} {wording.LATE_LEAD} {time_text(first)}"
    return (*told, f"{written} {row.by or wording.NOBODY}")


Standing = tuple[str, int, bool]


def _stood(change: Change) -> Standing:
    return change.text, change.at_ns, change.withdrawn


def _now(row: Row) -> Standing:
    return row.text, row.t_ns, row.withdrawn


def _told(change: Change, after: Standing, time_text: Callable[[int], str]) -> str:
    text, at_ns, withdrawn = after
    parts = []
    if text != change.text:
        parts.append(wording.CHANGED_FROM.format(what=wording.FROM_TEXT.format(text=change.text)))
    if at_ns != change.at_ns:
        parts.append(wording.WAS_AT.format(time=time_text(change.at_ns)))
    if withdrawn != change.withdrawn:
        parts.append(wording.TAKEN_BACK if withdrawn else wording.STANDS_AGAIN)
    reason = wording.BECAUSE.format(reason=change.reason) if change.reason else ""
    by = change.by or wording.NOBODY
    what = ", ".join(parts)
    return wording.CHANGE.format(time=time_text(change.t_ns), by=by, what=what, reason=reason)
