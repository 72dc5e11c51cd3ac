"""Every word of the page of limits, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.baseline import Wanting
from ui.strings import PHASES, REFUSALS

TITLE: Final = "Limits {place} / {count}"
SIGNED_ON: Final = "signed by {who} on {on}"
EXAMPLE: Final = "AN EXAMPLE, not a recommendation"
NONE: Final = "no limits are set"

LOCKED: Final = "read only"
UNLOCKED: Final = "open for {role} {by}"
HOLDING: Final = "keep holding Enter"

BASELINE: Final = "Baseline {values}"
SET_BY: Final = "set by {who} at {at}"
NO_BASELINE: Final = "NO BASELINE"
PROPOSED: Final = "{values} from {count} readings — T sets it"
WANTING: Final = {
    Wanting.NOTHING: "",
    Wanting.THIRD: "a third reading would be better",
    Wanting.READING: "a cuff reading is wanted, 2 to 5 min after the last one",
    Wanting.AGREEMENT: "the readings differ by more than 10: another one is wanted",
    Wanting.GIVEN_UP: REFUSALS["given-up"],
}

NO_NUMBER: Final = "—"
AFTER: Final = "after {length}"
EACH_READING: Final = "each reading"
AT_ONCE: Final = "at once from {value}"
OFF: Final = "off, back in {left}"
NOT_NOW: Final = "not in this phase"
ONLY_IN: Final = "only in {phases}"
SHOWN_WITHIN: Final = "shown at most 1 s later; the device's own averaging comes on top"
WHO_OFF: Final = "switched off by {by}, {role}: {reason}"
PHASE_NAMES: Final = {phase.value: word.lower() for phase, word in PHASES.items()}

KEYS_READ: Final = "↑ ↓ choose     hold Enter unlock     T baseline     O on again     Esc close"
KEYS_OPEN: Final = "↑ ↓ choose     Enter change     O off or on     T baseline     Esc lock"
KEYS_ENTRY: Final = "Enter go on     Esc back"
KEYS_SURE: Final = "Enter yes     Esc no"

ASK_ROLE: Final = "Who are you? prescriber or supervisor"
ASK_NAME: Final = "Your name or initials"
ASK_NUMBER: Final = "{name}, now {old}. New number"
ASK_REASON: Final = "{name}: off for which reason?"
ASK_MINUTES: Final = "{name}: off for how many minutes? At most {most:g}"
SURE_NUMBER: Final = "{name}: {old} → {new}"
SURE_OFF: Final = "{name}: OFF for {minutes:g} min"
SURE_BASELINE: Final = "Baseline {values}: limits follow it from now on"

WRONG_ROLE: Final = "Only a prescriber or a supervisor may change limits."
NAME_NEEDED: Final = "A name is needed."
NUMBER_NEEDED: Final = "A number from {low:g} to {high:g}."
SAME_NUMBER: Final = "It is {old} already."
REASON_NEEDED: Final = "A reason is needed; it goes on record."
MINUTES_NEEDED: Final = "A number of minutes up to {most:g}; it comes back by itself."
LOCKED_FIRST: Final = "Read only: hold Enter to unlock first."
NAME_FIRST: Final = "A name is needed: hold Enter to unlock, or start the console with --author."
NO_PROPOSAL: Final = "There is no baseline to set yet: {why}"
