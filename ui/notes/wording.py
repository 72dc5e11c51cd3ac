"""Every word of the notes panel, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.session.events import NoteKind, Route
from kapmonitor.session.state import Dose
from ui import format as fmt
from ui import strings
from ui.notes.book import Row, Saving

TAGS: Final = ("calm", "tearful", "anxious", "speaking", "moving", "nausea", "hand held", "support", "other")
"""The tags of a clinic that has not chosen its own, in the order of the keys 1 to 9."""

TITLE: Final = "Notes"
KEYS: Final = "J mark   N write"
UNDO: Final = "Backspace takes it back"
NOT_SAVED: Final = "{n} not saved · click to try again"
NO_NOTES: Final = "no notes yet"
MARK: Final = "mark"
SAVING: Final = "saving"
FAILED: Final = "not saved"
WITHDRAWN: Final = "taken back"
WAS: Final = "was: {text}"
DOSE: Final = "▼ {drug} {amount} mg {route}{site}"

IDLE: Final = "N  write a note"
EMPTY: Final = "time is taken at the first letter"
DRAFT: Final = "draft"
CORRECTS: Final = "corrects"
TYPING_KEYS: Final = "Enter saves · Esc keeps"


def row_text(row: Row) -> str:
    """What stands in a row of the list."""
    if row.dose is not None:
        return dose_text(row.dose)
    return row.text or (MARK if row.kind == NoteKind.MARK else "")


def dose_text(dose: Dose) -> str:
    """A dose in the list: `▼ ketamine 70 mg IM, left deltoid`."""
    route = strings.ROUTES.get(Route(dose.route), dose.route) if dose.route in set(Route) else dose.route
    site = f", {dose.site}" if dose.site else ""
    return DOSE.format(drug=dose.drug, amount=fmt.amount(dose.amount_mg), route=route, site=site)


def row_end(row: Row) -> str:
    """What stands at a row's right end: how its saving goes, or who wrote it."""
    match row.saving:
        case Saving.SAVING:
            return SAVING
        case Saving.FAILED:
            return FAILED
        case Saving.SAVED:
            return WITHDRAWN if row.withdrawn else row.by
