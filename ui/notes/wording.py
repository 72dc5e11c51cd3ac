"""Every word of the notes panel, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.session.events import NoteKind, Route
from kapmonitor.session.state import Dose
from ui import format as fmt
from ui import strings
from ui.notes.modes import Mode
from ui.notes.rows import Row, Saving
from ui.notes.tagset import DEFAULT

TAGS: Final = tuple(tag.short for tag in DEFAULT)
"""The tags of a clinic that has not chosen its own, in the order of the keys 1 to 9."""

TITLE: Final = "Notes"
KEYS: Final = {
    Mode.REST: "J mark  N write  E earlier  W who",
    Mode.WRITING: "Enter saves · Esc keeps",
    Mode.REVISING: "Enter saves · Tab why · Esc",
    Mode.WHY: "Enter saves · Tab words · Esc",
    Mode.TAKING_BACK: "Enter takes it back · Esc",
    Mode.LOOKING: "Enter change · Space was · Del · Esc",
    Mode.CHOOSING: "number or Enter · Esc",
}
ALARM: Final = "F12 acknowledges · Enter · Esc"
UNDO: Final = "Backspace undoes · ← 30 s earlier"
MOVED: Final = "{time}, was {was} · ← again"
AT_START: Final = "already at the session’s start"
NOT_SAVED: Final = "{n} not saved · trying again"
NOT_YET: Final = "{n} not on disk yet"
NOT_KEPT: Final = "draft not kept · trying again"
TELL: Final = "{tag} noted · tell who is responsible"
NO_SUCH_TIME: Final = "{time} is no time of this session"
NO_NOTES: Final = "no notes yet"
MARK: Final = "mark"
SAVING: Final = "saving"
FAILED: Final = "not saved"
WITHDRAWN: Final = "taken back"
WAS: Final = "was: {text}"
WAS_AT: Final = "was {time}"
WRITTEN: Final = "written {time}"
CHANGED: Final = "{by}, changed"
LATE: Final = "{by}, late"
DRAFT_BY: Final = "draft, {by}"
NOBODY_ELSE: Final = "nobody else is known here"
NOBODY: Final = "no name"
DOSE: Final = "▼ {drug} {amount} mg {route}{site}"
ESCALATION: Final = "↑"
LASTED: Final = "{text}, {length}"
LASTS: Final = "{text}, {length} so far"

CHANGE: Final = "{time} {by}: {what}{reason}"
TAKEN_BACK: Final = "taken back"
STANDS_AGAIN: Final = "stands again"
FROM_TEXT: Final = "“{text}”"
CHANGED_FROM: Final = "was {what}"
BECAUSE: Final = " ({reason})"

IDLE: Final = "N  write a note"
EMPTY: Final = "first letter is the time; @14:05 another"
WHY_EMPTY: Final = "a reason, if you like"
DRAFT: Final = "draft"
CORRECTS: Final = "corrects"
WHY: Final = "why"
TAKES_BACK: Final = "takes back"
LATE_LEAD: Final = "for"
WHO: Final = "W who?"
WHO_WRITES: Final = "Who writes?"


def row_text(row: Row) -> str:
    """What stands in a row of the list."""
    if row.dose is not None:
        return dose_text(row.dose)
    text = row.text or (MARK if row.kind == NoteKind.MARK else "")
    return f"{ESCALATION} {text}" if row.escalation else text


def lasting(row: Row, text: str, now_ns: int) -> str:
    """How long it lasted, or lasts by now."""
    if not row.lasts or row.withdrawn:
        return text
    pattern, end_ns = (LASTS, now_ns) if row.end_ns is None else (LASTED, row.end_ns)
    return pattern.format(text=text, length=fmt.duration(end_ns - row.t_ns))


def dose_text(dose: Dose) -> str:
    """A dose in the list: `▼ ketamine 70 mg IM, left deltoid`."""
    route = strings.ROUTES.get(Route(dose.route), dose.route) if dose.route in set(Route) else dose.route
    site = f", {dose.site}" if dose.site else ""
    return DOSE.format(drug=dose.drug, amount=fmt.amount(dose.amount_mg), route=route, site=site)


def row_end(row: Row) -> str:
    """What stands at a row's right end: how its saving goes, or who wrote it and what became of it."""
    by = row.by or NOBODY
    if row.draft is not None:
        return DRAFT_BY.format(by=by)
    if row.saving is not Saving.SAVED:
        return SAVING if row.saving is Saving.SAVING else FAILED
    if row.withdrawn:
        return WITHDRAWN
    if row.dose.changes if row.dose is not None else row.is_changed:
        return CHANGED.format(by=by)
    return LATE.format(by=by) if row.late else by
