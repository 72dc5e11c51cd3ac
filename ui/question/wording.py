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
