"""Every word of the review's own parts, in one place."""

from __future__ import annotations

from typing import Final

PLAY: Final = "play"
PAUSE: Final = "pause"
SPEED: Final = "{speed}×"
NO_RECORD: Final = "nothing in this record"
NONE_LATER: Final = "no later {kind}"
NONE_EARLIER: Final = "no earlier {kind}"
MOMENTS: Final = "Moments"
SEARCH_HINT: Final = "/ search   F filter"
SEARCHING: Final = "Search the moments"
SEARCH_FIELD: Final = "words in the notes"
FOUND: Final = "{at} of {count}"
WORDS: Final = "“{words}”"
ONLY: Final = "only {what}"
ALL_AGAIN: Final = "Backspace shows all"
NOTHING_FOUND: Final = "nothing found"
NOTHING_CHOSEN: Final = "no moment passes this filter"
NO_SEARCH: Final = "search or filter first: / or F"
NO_HIT: Final = "nothing of what is looked for"
HIT: Final = "{at} of {count}: {text}"
FROM_START: Final = "from the start: "
FROM_END: Final = "from the end: "
IS_NOW: Final = "now: {text}"
FILTER: Final = "Filter of the moments"
FILTER_COUNT: Final = "{shown} of {count} shown"
FILTER_KEYS: Final = "← → ↑ ↓ choose     Space on or off     Backspace all     Enter close"
NONE_OF_GROUP: Final = "none"
GROUPS: Final = {"kind": "Kind", "tag": "Tag", "author": "By", "priority": "Alarm"}
VALUES: Final = {
    "note": "notes",
    "draft": "drafts",
    "dose": "doses",
    "alarm": "alarms",
    "phase": "phases",
    "reading": "readings",
    "interruption": "not monitored",
    "signature": "signatures",
    "lost": "damage",
    "broken signature": "broken signatures",
}
AMEND: Final = "Amend a note"
AMEND_FIELDS: Final = ("It is to say", "Why", "Your initials")
AMEND_OF: Final = "{time}, written by {by}"
AMEND_NOW: Final = "It says"
AMEND_WAS: Final = "It said"
AMEND_MORE: Final = "{count} before"
AMEND_UNTIL: Final = "“{text}” until {when}"
AMEND_KEEPS: Final = "The original and both times stay in the record, and what was signed stays signed."
AMEND_EMPTY: Final = "A note with nothing on its line is taken back; it stays readable."
AMEND_PIN: Final = "Enter asks for your PIN."
AMEND_KEYS: Final = "Tab next line     ↑ ↓ another note     Enter go on     Esc leave it as it is"
AMEND_BEGUN: Final = "Enter writes this change, Esc leaves it; then another note can be chosen."
AMEND_SAME: Final = "It says that already."
AMEND_WHY: Final = "Say why: whoever reads both has to know."
AMEND_WHO: Final = "Say who you are."
AMEND_WRITING: Final = "Being written into the record"
AMENDED: Final = "amended: entry {seq}"
AMENDED_NO_HEAD: Final = "amended: entry {seq}; its head is not kept: {why}"
NO_NOTES: Final = "there is no note to amend"
NO_AMENDING: Final = "this record cannot be amended here"
PIN_TO_AMEND: Final = "Your PIN, to amend the note"
NOBODY: Final = "nobody named"
CHANGED_BY: Final = "{when}, {by}"
TABS_KEYS: Final = "Ctrl PgUp PgDn another record   Ctrl W close"
RECORDS: Final = "Open another record"
RECORDS_KEYS: Final = "↑ ↓ choose     Enter open     Esc close"
READING_FOLDER: Final = "Looking at the records of this computer"
NO_RECORDS: Final = "There are no records in the folder of this computer"
OPENING: Final = "{name} is being checked and opened"
IS_OPEN: Final = "open"
ONLY_RECORD: Final = "this is the only record that is open"
NO_LIBRARY: Final = "no other records can be opened here"
NOBODYS: Final = "no name"
SESSION_OF: Final = "session {number} of {of}"
NOT_REAL: Final = {"Demo": "demonstration", "Test": "test"}
STANDINGS: Final = {
    "closed": "closed",
    "interrupted": "interrupted",
    "being written": "being written",
    "locked": "locked",
    "of a newer version": "of a newer version",
    "cannot be read": "cannot be read",
}
LOST: Final = "{what} that cannot be read"
ALTERED: Final = "entries that are not what was written: {count}"
NO_MOMENTS: Final = "nothing was noted in this record"
MARK: Final = "mark"
NOT_MONITORED: Final = "not monitored {length}"
WITHDRAWN: Final = "taken back: {text}"
DOSE: Final = "{drug} {amount} mg {route}"
ESCALATION: Final = "↑"
GOES_ON: Final = "no end on record"
DRAFT: Final = "draft: {text}"
WAS: Final = "was: {text}"
WAS_AT: Final = "was {time}"
WRITTEN: Final = "written {time}"
LASTED: Final = "{what}, {length}"
HOLDING: Final = "signature holds: {by}"
NOT_HOLDING: Final = "signature does not hold: {by}"
KEY_UNKNOWN: Final = "key not known here: {by}"
SIGNED_BY: Final = "{name}, {meaning}"
UNREADABLE: Final = "cannot be read"
KINDS: Final = {
    "note": "note",
    "dose": "dose",
    "alarm": "alarm",
    "phase": "phase",
    "reading": "reading",
}
REACHED: Final = "{kind}: {text}"
PHASE: Final = "phase {name}"

REHEARSAL: Final = "Rehearsal: this session under other limits"
WHICH_LIMITS: Final = "Limits file, or its path:"
CHOOSE_KEYS: Final = "↑ ↓ choose     Enter rehearse     Esc close"
RUN_KEYS: Final = "Esc stop"
LIST_KEYS: Final = "↑ ↓ choose     Enter go there     Backspace other limits     Esc close"
REHEARSING: Final = "rehearsing with {name}: {share}"
STOPPED: Final = "stopped"
NO_REHEARSAL: Final = "no alarm, neither then nor with these limits"
RATE: Final = "{n} {priority} ({rate} an hour)"
WOULD: Final = "With these limits: {rates}"
THEN: Final = "Then: {then}.  New {new}, missed {missed}, with a lower priority only {lower}"
HEARD: Final = "In the staff’s ear {staff}, in the room {room}; had nobody acknowledged, {alone} in the room"
HOUR: Final = "hour {n}"
SHIPPED: Final = "{name} (comes with the program)"
