"""Every word of what comes after a session, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.formfill import FormState, Missing
from kapmonitor.signoff import Stage

TITLE: Final = "After"
LEAVING: Final = "Ready to leave"
FORM: Final = "Form"
SIGN: Final = "Sign off"
LEFT_OF: Final = "{count} left"

SINCE_FIRST: Final = "since the dose"
SINCE_FIRST_OF_MANY: Final = "since the first dose"
UNTIL_LEFT: Final = "from the dose until they left"
SINCE_LAST: Final = "since the last dose"
LEAST_LEFT: Final = "left of at least {least}"
LEAST_OVER: Final = "of observation: over"
NO_LEAST: Final = "No least observation is set."
NO_DOSE: Final = "No dose was given: there is nothing to observe."
MAY_CLOSE: Final = "The session can be signed off and closed."
NO_CHECKS: Final = "No protocol asks anything before they leave."

LEAST: Final = "Observed for at least {least}"
TO_GO: Final = "{left} to go, until {at}"
OVER_SINCE: Final = "since {at}"
READING: Final = "{pressure} at {at}"
BACK_SINCE: Final = "{reading}, back since {at}"
NOT_BACK: Final = "{reading}, not back"
NO_BASELINE: Final = "not known: no baseline was set"
NO_READING: Final = "not known: no reading since the dose, or too old"
SCORE: Final = "{score} at {at}"
NO_SCORE: Final = "not known: no score since the dose"
IS_SO: Final = "yes"
IS_NOT_SO: Final = "no"
NOT_KNOWN: Final = "not known"
SAID: Final = "{what} — {who} {at}"
WITHOUT: Final = "without: {reason}"
OPTIONAL: Final = "may stay open"
NO_NAME: Final = "no name"
ANSWER: Final = "Y yes   X no"
WRITE: Final = "Enter: write it"
UNIT: Final = "{value} {unit}"

LEAVE_NOW: Final = "They leave now"
LEFT_AT: Final = "They left at {at}"
STAYED: Final = "Del: they are still here"
LEAVE_OPEN: Final = "{count} to do first"
LEAVE_KEY: Final = "Enter"

MEASURED: Final = "measured {at}, {offset}"
COUNTED: Final = "from {begin} to {end}"
CHARTED: Final = "charted {at}"
MISSING: Final = {
    Missing.NONE: "",
    Missing.ANSWER: "",
    Missing.PRESSURE_BEFORE: "MISSING: no reading before the dose",
    Missing.PRESSURE_NEAR: "MISSING: no reading near that time",
    Missing.PRESSURE_LEAVING: "MISSING: no reading since the last dose",
    Missing.LOT: "MISSING: no lot was charted with the dose",
    Missing.NOT_READY: "MISSING: not everything is met",
    Missing.NOT_LEFT: "MISSING: they have not left yet",
}
LEFT_OUT: Final = "left out: {reason}"
NO_FORM: Final = {
    FormState.FORM: "",
    FormState.NO_DOSE: "No dose was given, so there is no form.",
    FormState.NO_PROTOCOL: "No protocol is on record, so there is no form.",
    FormState.NO_FORM: "The protocol has no form.",
    FormState.OTHER_ROUTE: "The protocol has no form for this route.",
}
DUE: Final = "{name} — within {days} days"

GONE: Final = "They left at {at}"
NOT_GONE: Final = "They have not left yet"
NO_DOSE_GIVEN: Final = "No dose was given"
FORM_DONE: Final = "The form is complete"
FORM_OPEN: Final = "The form: {count} missing"
NO_FORM_HERE: Final = "No form to fill"
TO_LEAVING: Final = "Enter: ready to leave"
TO_FORM: Final = "Enter: the form"
SIGN_AND_CLOSE: Final = "Sign off and close the session"
NOT_KEPT: Final = "Nothing is kept of this session, so nothing is signed."
WITH_PIN: Final = "Signed with the PIN of {people}"
TYPED: Final = (
    "No people are set up on this computer: the name is typed, and is not a cryptographic signature."
)
PEOPLE_UNKNOWN: Final = "The clinic’s people cannot be read, so no PIN is asked for. {why}"

ASK_NAME: Final = "Your name or initials"
ASK_VALUE: Final = "{text}"
ASK_DETAIL: Final = "{text}: yes — what was it?"
ASK_REASON: Final = "Go on without “{text}” — for which reason?"
ASK_REASON_FIELD: Final = "Leave “{text}” out — for which reason?"
SURE_LEAVE: Final = "They go home now. Monitoring ends for the form at this minute."
SURE_LEAVE_WITHOUT: Final = "They go home now, without {count} of the checks."
ASK_WHO: Final = "Who signs? One of: {people}"
ASK_WHO_TYPED: Final = "Who signs off? The whole name"
ASK_ROLE: Final = "{name}, as what? nurse, therapist, prescriber or supervisor"
ASK_MEANING: Final = "{name}, {role}, signs as: author, reviewer or witness"
ASK_PIN: Final = "{name}, {role}, as {meaning}. The PIN signs and closes the session"
SURE_SIGN: Final = "{name}, {role}, as {meaning}. Typed, not a cryptographic signature"
CHECKING: Final = "One moment: checking the PIN and writing the form"

NAME_NEEDED: Final = "A name is needed."
TEXT_NEEDED: Final = "Something has to be written, or Esc."
REASON_NEEDED: Final = "A reason is needed; it goes on record."
WRONG_NUMBER: Final = "A number{within}."
WITHIN: Final = " from {low} to {high}"
NOBODY: Final = "Nobody of that name is set up here: {people}."
WRONG_ROLE: Final = "One of: nurse, therapist, prescriber, supervisor."
WRONG_MEANING: Final = "One of: author, reviewer, witness."
PIN_NEEDED: Final = "The PIN is needed."
NOT_HERE: Final = "The console finds this out. R goes on without it, for a reason."
OF_RECORD: Final = "This comes from the record and is not typed. R leaves it out, for a reason."
DONE_ALREADY: Final = "This one is done already."
FIRST: Final = "First: {what}."
REFUSED: Final = "Not signed, the session goes on: {why}"

KEYS_LIST: Final = "↑ ↓ choose   Y yes   X no   R reason   Del take back   Tab next step   Esc close"
KEYS_ENTRY: Final = "Enter go on   Esc back"
KEYS_SURE: Final = "Enter yes   Esc not yet"
KEYS_WAIT: Final = "The session goes on until the PIN was right."
KEYS_SIGN: Final = "↑ ↓ choose   Enter   Tab next step   Esc close"

CLOSING: Final = "The session is being closed"
CLOSED: Final = "The session is closed"
CLOSED_UNSIGNED: Final = "The session is closed, and not signed"
STAGES: Final = {
    Stage.CLOSING: "Devices are let go, the record is finished",
    Stage.SIGNING: "The record is checked and signed",
    Stage.COPYING: "The record is copied",
}
KEEP_ON: Final = "Please leave the computer on."
ENDED: Final = "Nothing is monitored or alarmed here any more."
NOT_SIGNED: Final = "Not signed: {why}"
SIGNED_BY: Final = "Signed: {name}, {role}, as {meaning}"
TYPED_BY: Final = "Signed off: {name}, {role}, as {meaning}"
NO_SIGNATURE: Final = "A typed name is not a cryptographic signature."
SIGN_LATER: Final = "It can be signed later: kapmonitor sign"
RECORD: Final = "Record"
COPY: Final = "Copy"
NO_COPY: Final = "no second folder is set"
HEADS: Final = "Fingerprint kept"
NOT_THERE: Final = "NOT KEPT: {where}: {why}"
HEAD: Final = "The record’s fingerprint, entry {seq}"
HEAD_MORE: Final = "Write it down or scan it: it shows later that nothing was changed or cut off."
NOT_CLOSED: Final = "The record could not be finished: {why}"
LEAVE: Final = "Close kapmonitor"
LEAVE_KEYS: Final = "Enter"
REPORT: Final = "The report, to print or save"
REPORT_KEYS: Final = "P"

UNSIGNED: Final = "The session isn’t signed"
UNSIGNED_MORE: Final = "Without a sign-off the record is closed as it is. It can be signed later."
CLOSE_WITHOUT: Final = "Close without"
CLOSE_WITHOUT_MORE: Final = "The record is kept, nobody has signed it."
GO_ON: Final = "Go on"
GO_ON_MORE: Final = "Nothing is closed; monitoring never stopped."
SIGN_NOW: Final = "Sign off"
SIGN_NOW_MORE: Final = "Opens the step for it."
