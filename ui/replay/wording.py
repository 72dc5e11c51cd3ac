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
    "broken signature": "broken signatures",
}
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
    "reading": "reading beyond its limit",
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
