"""The words of questions."""

from __future__ import annotations

from typing import Final

from ui.question.asked import AGO

KEYS: Final = "↑ ↓ choose     Enter takes the chosen one     {letters} take theirs at once"
ENTER: Final = "Enter"
AND: Final = " and "
MEANWHILE: Final = "Nothing is monitored here until you have chosen"

INTERRUPTED: Final = "A session was interrupted at {at}"
RECORD: Final = "record {name}"
NOT_SINCE: Final = f"Nothing has been monitored since, for {AGO}."
GO_ON: Final = "Go on with it"
GO_ON_DETAIL: Final = "The same person and record. Doses, notes and limits stay as they were."
NEW: Final = "Begin a new session"
NEW_DETAIL: Final = "With a record of its own. The interrupted one is kept as it is."

LOCKED_KEYS: Final = "Enter opens     Esc {without}"
MEANWHILE_SESSION: Final = "Nothing is monitored here until you have answered"
MEANWHILE_RECORD: Final = "The record is closed until its passphrase is given"
ANOTHER: Final = "That is another passphrase. Try again."
STATION_LOCKED: Final = "Passphrase of this computer"
STATION_LINES: Final = (
    "Records on this computer are encrypted. The passphrase opens earlier ones, "
    "and lets an interrupted session go on.",
    "New records are encrypted with or without it.",
)
WITHOUT_STATION: Final = "begins a session without it"
RECORD_LOCKED: Final = "Passphrase for {name}"
RECORD_LINES: Final = ("This record is encrypted with the passphrase of the computer that made it.",)
WITHOUT_RECORD: Final = "leaves it closed"
