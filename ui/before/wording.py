"""Every word of the page on which a session is opened, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.baseline import Wanting
from kapmonitor.preflight import Own

PERSON: Final = "Person"
DEVICES: Final = "Devices"
CHECKS: Final = "Before the first dose"
LIMITS: Final = "Limits for this session"
LOOK: Final = "C find and adopt"
ALL_LIMITS: Final = "L all limits"
DONE_OF: Final = "{done} of {count} done"
READ_ONLY: Final = "read only"

FIELDS: Final = {
    "record-number": "Record number",
    "birth-date": "Date of birth",
    "initials": "Initials",
    "course": "Course and session",
    "weight": "Weight, kg",
    "escort": "Escort home",
    "intention": "Intention, in their words",
    "touch": "Touch",
    "talk": "Talk",
    "light": "Light",
    "medications": "Medications",
    "screening": "Screening",
}
HINTS: Final = {
    "birth-date": "year-month-day",
    "touch": "hand held?",
    "talk": "who speaks first?",
    "light": "how dark?",
    "escort": "who, and when",
}
SAVED: Final = "saved"
SAVING: Final = "saving"
NOT_SAVED: Final = "not saved: {why}"
NOT_SAVED_MORE: Final = "Not saved: {why}"
YEARS: Final = "{years} years · saved"
WRONG_DATE: Final = "year-month-day"
WRONG_WEIGHT: Final = "a number, 20 to 400"
ANOTHER_PERSON: Final = "born {born} is kept"
ANOTHER_PERSON_MORE: Final = (
    "This record is of somebody born {born}. Another birth date is another person, who needs a new session."
)

NO_DEVICES: Final = "Nothing is adopted yet: C finds what is plugged in or in range."
NO_PULSE: Final = "No oximeter and no heart strap yet"
NO_CUFF: Final = "No cuff yet"
MORE_DEVICES: Final = "{count} more: C shows them"

TEXTS: Final = {
    Own.IDENTITY: "Who it is, by two identifiers",
    Own.DEVICES: "Devices adopted and live",
    Own.CUFF: "A first cuff reading",
    Own.BASELINE: "Baseline, readings within 10",
    Own.STAFF_TONE: "Alarm tone heard in the staff ear",
    Own.ROOM_TONE: "Alarm tone heard from the room speaker",
    Own.MUSIC_HEARD: "Music heard, no alarm with it",
    Own.BEDSIDE: "Bedside monitor’s own alarm is on",
}
CLOCKS: Final = "Clocks: {clocks}"
NO_CLOCKS: Final = "Clocks: no device tells its own"
CLOCK_FAST: Final = "{device} {seconds} s fast"
CLOCK_SLOW: Final = "{device} {seconds} s slow"
CLOCK_RIGHT: Final = "{device} right"
CLOCKS_KEPT: Final = "kept beside our own"
DISK: Final = "Record: {free} free, written and read back"
DISK_UNKNOWN: Final = "Record: the disk"
DISK_WRONG: Final = "Record: this disk will not do"
DISK_WHY: Final = "{free} free; another folder is named with --out"
LOOKING: Final = "being looked at"
BATTERY: Final = "Battery {percent} %, {mains}"
MAINS: Final = "mains connected"
NO_MAINS: Final = "no mains"
MAINS_UNKNOWN: Final = "mains not known"
NO_BATTERY: Final = "Power: no battery, mains only"
PLUG_IN: Final = "connect the mains"
AWAKE: Final = "Sleep of this computer held off"
AWAKE_WRONG: Final = "Sleep of this computer is not held off"
ENCRYPTED: Final = "Record encrypted"
NOT_ENCRYPTED: Final = "Record is not encrypted"
SET_VAULT_UP: Final = "an admin sets that up, once"
UNTIL_CLOSED: Final = "until the session is closed"
SWITCH_OFF_SLEEP: Final = "switch it off in the system’s settings"

SAID: Final = "{who} {at}"
NO_NAME: Final = "no name"
SAID_NO: Final = "no — {said}"
NOT_HEARD: Final = "not heard — {said}"
WITHOUT: Final = "without: {reason} — {said}"
OPTIONAL: Final = "may stay open"
BORN: Final = "{record} · born {born}"
TYPE_BOTH: Final = "Enter: record number and date of birth"
NOT_KNOWN: Final = "not known yet"
NOT_SO: Final = "not so"
NO_OUTPUT: Final = "no output chosen in the settings"
BOTH_NEEDED: Final = "No session is opened without two identifiers."
WRITE_IT: Final = "Enter: write it above"
WRITTEN: Final = "{value} — {said}"
WANTING: Final = {
    Wanting.NOTHING: "",
    Wanting.THIRD: "a third reading would be better",
    Wanting.READING: "a reading, 2 to 5 min after the last",
    Wanting.AGREEMENT: "readings differ by over 10: one more",
    Wanting.GIVEN_UP: "no agreement: fixed limits stay",
}
TO_DEVICES: Final = "C: find and adopt"
DEVICE_TROUBLE: Final = "{device}: {trouble}"
NO_SIGNAL: Final = "no pulse or saturation yet"
HOLD_B: Final = "hold B to start the cuff"
START_CUFF: Final = "start it on the cuff"
SET_IT: Final = "Enter sets {values}"
PLAY: Final = "Enter plays it"
ANSWER: Final = "heard?   J yes   X no"
TO_SOUND_CHECK: Final = "T: sound check"
LOOK_THEN: Final = "look, then Enter"
ASKED: Final = "Enter yes   X no"

NOT_HERE: Final = "Nothing to answer here. W goes on without it, for a reason."
CUFF_HOW: Final = "Hold B for half a second to start the cuff, or start it on the device."
PLAY_FIRST: Final = "Enter plays the tone first."
NO_TONE: Final = "This output does not work now: T shows why."
DONE_ALREADY: Final = "This one is done already."
NO_BASELINE: Final = "There is no baseline to set yet: {why}"

ASK_NAME: Final = "Your name or initials"
ASK_REASON: Final = "Go on without “{check}” — for which reason?"
ASK_REASON_NAME: Final = "Who says so? Name or initials"
ASK_GO_NAME: Final = "Go or no-go: who says go? Name or initials"
ASK_GO_ROLE: Final = "{by}, as what? nurse, therapist, prescriber or supervisor"
SURE_GO: Final = "{by}, {role}: go"
SURE_WITHOUT: Final = "{by}, {role}: go, without {count}"
ONE_CHECK: Final = "1 check"
MANY_CHECKS: Final = "{count} checks"
NAME_NEEDED: Final = "A name is needed."
REASON_NEEDED: Final = "A reason is needed; it goes on record."
WRONG_ROLE: Final = "One of: nurse, therapist, prescriber, supervisor."
KEYS_ENTRY: Final = "Enter go on   Esc back"
KEYS_SURE: Final = "Enter go   Esc not yet"
KEYS_FIELDS: Final = "Tab, Enter or ↑ ↓ to the next field   Esc undo, then not today"
KEYS_CHECKS: Final = "↑ ↓ ← → choose   Enter yes   J heard   X no   W go on without   Del take back"
KEYS_GO: Final = "Enter, or Ctrl+Enter from anywhere"
KEYS_OPENED: Final = "Shift+O or Esc close"

ASK_LEAVE: Final = "Not today? The record is closed as it is, and the console with it."
KEYS_LEAVE: Final = "Enter close it   Esc stay"
HOW_TO: Final = "The record has begun. The session is opened when somebody says go."
NOT_TODAY: Final = "Esc not today"
CLOSE: Final = "Esc close"
ONE_LEFT: Final = "1 check left to open"
MANY_LEFT: Final = "{count} checks left to open"
OPEN: Final = "Open the session"
OPENED_BUTTON: Final = "Opened"
OPENED: Final = "Opened {at} — {who}"
DOSED_UNOPENED: Final = "A dose was given before the session was opened."

MEDIUM: Final = "medium"
HIGH: Final = "high"
NO_LIMITS: Final = "No limits are set."
NO_NUMBER: Final = "no baseline yet"
ABOVE: Final = "> {limit}"
BELOW: Final = "< {limit}"
FOR: Final = " for {length}"
AT_ONCE_ABOVE: Final = ", ≥ {limit} at once"
AT_ONCE_BELOW: Final = ", ≤ {limit} at once"
NEXT_CUFF: Final = "Next cuff in {left}, then every {every}"
NEXT_CUFF_ONCE: Final = "Next cuff in {left}"
NO_PLAN: Final = "No cuff is planned."
