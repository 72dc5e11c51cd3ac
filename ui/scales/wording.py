"""Every word on scales, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Scales"
NONE: Final = "This session’s protocol has no scales."
RANGE: Final = "Allowed are {low} to {high}."
FROM_TO: Final = "{low} to {high}"
ITEMS: Final = "{count} answers of 0 to {high}, added up"

DUE: Final = "due now"
DUE_BEFORE: Final = "due before the dose"
OVERDUE: Final = "overdue {length}"
NEXT: Final = "next {time}"
NOTHING_DUE: Final = "nothing due"
MISSED: Final = "{time} missed"
BEFORE: Final = "before"
SCORED: Final = "{time} {score}"

ASK: Final = "{name}"
ASK_ITEM: Final = "{name}, question {code}"
ITEM_OF: Final = "answer {place} of {count}, so far {sum}"
AGAIN: Final = "again, in place of {score}"
SAVED: Final = "{name} {score} at {time}. Backspace to put it right."
KEYS: Final = "digits score     ↑ ↓ choose     Backspace back     Esc close"
KEYS_MORE: Final = "another digit, or Enter     Backspace back     Esc drop"
KEYS_ITEMS: Final = "digits answer     Backspace one answer back     Esc drop"

WANTED: Final = "{names} due · Q"
WANTED_OVERDUE: Final = "{names} overdue · Q"
