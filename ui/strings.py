"""Every word the dashboard's shell shows, in one place. Plain, short, no exclamation marks."""

from __future__ import annotations

from typing import Final

from kapmonitor.model import AlertKind, GenerationMode, LinkProblem, LinkState, NibpFailure
from kapmonitor.session.events import Phase, Route

LOOK_AT_MONITOR: Final = "LOOK AT THE BEDSIDE MONITOR"
STOPPED: Final = "CONSOLE STOPPED — LOOK AT THE BEDSIDE MONITOR"
STOPPED_WHY: Final = "Nothing new has reached this screen for {age}. What it shows is old."

NO_ALARMS: Final = "No active alarms"
NO_LIMITS: Final = "no limits set yet"
LIMITS_FROM: Final = "limits from {name}"
SIGNED_BY: Final = "signed by {who}"
UNSIGNED: Final = "not signed"
AN_EXAMPLE: Final = "an example, not signed"
ACKNOWLEDGE: Final = "F acknowledge"
MORE_ALARMS: Final = "+{n} more"

PHASES: Final = {
    Phase.PREPARATION: "Prepare",
    Phase.BASELINE: "Baseline",
    Phase.DOSING: "Dose",
    Phase.ONSET: "Onset",
    Phase.PEAK: "Peak",
    Phase.RETURN: "Return",
    Phase.INTEGRATION: "Integrate",
    Phase.DISCHARGE: "Leave",
}
PHASES_NAME: Final = "Phase of the session"
ROUTES: Final = {Route.IV: "IV", Route.IM: "IM", Route.IN: "IN", Route.SL: "SL", Route.PO: "PO"}

TAKEN_UP: Final = "Recovered to {t0}, {kept}. Nothing was monitored until {t1} ({length})"
NO_NOTE_LOST: Final = "no saved note lost"
WAVES_LOST: Final = "{seconds} s of waves lost"
PUT_AWAY: Final = "Esc puts this away"

NO_PERSON: Final = "No name yet"
SESSION_OF: Final = "session {number} of {of}"
NO_DOSE: Final = "no dose yet"
BEFORE_DOSE: Final = "open for"

RECORDING: Final = "REC"
RECORD_TROUBLE: Final = "NOT SAVED"
RECORD_LATE: Final = "REC late"
RECORD_MOVED: Final = "second folder"
NO_RECORD: Final = "no record"
FROM_RECORD: Final = "from the record"

WATERMARKS: Final = {
    GenerationMode.DEMO: "DEMO",
    GenerationMode.TEST: "REPLAY",
    GenerationMode.IMPORTED: "IMPORTED",
}

LINK_STATES: Final = {
    LinkState.OFF: "off",
    LinkState.CONNECTING: "connecting",
    LinkState.LIVE: "",
    LinkState.STALE: "silent",
    LinkState.WAITING: "waiting",
}
LINK_PROBLEMS: Final = {
    LinkProblem.NONE: "",
    LinkProblem.NOT_FOUND: "not found",
    LinkProblem.BUSY: "in use elsewhere",
    LinkProblem.DENIED: "not allowed",
    LinkProblem.LOST: "lost",
    LinkProblem.SILENT: "silent",
    LinkProblem.GARBLED: "garbled",
    LinkProblem.NO_RADIO: "Bluetooth is off",
    LinkProblem.REFUSED: "refused",
    LinkProblem.ENDED: "ended",
}
ANOTHER_DEVICE: Final = "another device"
RETRY_IN: Final = "again in {age}"

ALERTS: Final = {
    AlertKind.SENSOR_OFF: "sensor off",
    AlertKind.NO_CONTACT: "no skin contact",
    AlertKind.NO_PULSE: "no pulse found",
    AlertKind.ARTEFACT: "unsteady signal",
    AlertKind.LOW_PERFUSION: "weak pulse signal",
    AlertKind.MARGINAL_PERFUSION: "pulse signal is poor",
    AlertKind.SENSOR_FAULT: "sensor faulty",
    AlertKind.LOW_BATTERY: "battery low",
    AlertKind.MOVEMENT: "movement",
    AlertKind.CUFF_LOOSE: "cuff loose",
    AlertKind.IRREGULAR_PULSE: "pulse irregular",
    AlertKind.PULSE_OUT_OF_RANGE: "pulse out of range",
    AlertKind.POSITION: "arm position",
    AlertKind.DEVICE_FAULT: "device fault",
    AlertKind.SIMULATED: "demonstration values",
    AlertKind.DEVICE_ALARM: "alarm on the device",
    AlertKind.DEVICE_MESSAGE: "message on the device",
    AlertKind.ALARM_SILENCED: "alarm silenced on the device",
    AlertKind.LEAD_OFF: "ECG electrode off",
}
CUFF_FAILURES: Final = {
    NibpFailure.WEAK_SIGNAL: "pulse too weak",
    NibpFailure.MOTION: "movement",
    NibpFailure.CUFF_LOOSE: "cuff loose",
    NibpFailure.AIR_LEAK: "air leak",
    NibpFailure.BLOCKAGE: "hose blocked",
    NibpFailure.OVERPRESSURE: "pressure too high in the cuff",
    NibpFailure.TIMEOUT: "took too long",
    NibpFailure.OUT_OF_RANGE: "outside what it can measure",
    NibpFailure.CUFF_TYPE: "wrong cuff or hose",
    NibpFailure.MODULE_FAULT: "device fault",
    NibpFailure.CANCELLED: "stopped",
    NibpFailure.UNKNOWN: "reason unknown",
}

HR: Final = "HR"
SPO2: Final = "SpO₂"
BP: Final = "BP"
PER_MINUTE: Final = "/min"
PERCENT: Final = "%"
MMHG: Final = "mmHg"
NOW: Final = "now"
WAITING: Final = "waiting for the first value"
NO_VALUE_FOR: Final = "no value for {age}"
MORE_SOURCES: Final = " (+{count})"
UNCONFIRMED: Final = "another device — C to look"
NO_VALID: Final = "no valid reading"
SILENT: Final = "nothing is arriving"
PERFUSION: Final = "perfusion {value}"
NO_SENSOR: Final = "no value yet"
UNREAD: Final = "cannot be read here"
LINK_LOST: Final = "link lost"

NO_CUFF_YET: Final = "no reading yet"
LIMITS: Final = "limits {sys} / {dia}"
OVERDUE: Final = "overdue"
LOWER_LIMIT: Final = "lower limit {sys}"
NOT_ARMED: Final = "not armed now"
WITHOUT_BASELINE: Final = "no baseline"
BASELINE: Final = "baseline {value}"
FIXED: Final = "fixed limits"
NEXT_IN: Final = "next in {age}"
NEXT_DUE: Final = "due {age}"
AGAIN_IN: Final = "again in {age}, the last {why}"
AGAIN_DUE: Final = "again due {age}, the last {why}"
AGAIN_WHY: Final = {"high": "was high", "failed": "failed"}
MISSED: Final = "Y why none at {times}"
NO_NEXT: Final = "no cuff planned"
HELD: Final = "held"
MEASURING: Final = "measuring"
CUFF_AT: Final = "cuff {value}"
ASLEEP: Final = "cuff asleep"
ATTEMPT_FAILED: Final = "cuff failed: {why}"
FROM_MEMORY: Final = "from the cuff's memory"
TOO_OLD: Final = "last reading {age}"
TOO_HIGH: Final = "{parts} too high to measure"
START: Final = "B start"
STOP: Final = "B stop"
HOLD: Final = "hold"
RELEASE: Final = "release"
KEEP_PRESSING: Final = "keep pressing"

REFUSALS: Final = {
    "locked": "the screen is locked",
    "off": "cuff not started from here",
    "no-link": "no link to the cuff",
    "cuff-unknown": "what the cuff does is unknown",
    "cuff-busy": "cuff is measuring",
    "resting": "arm is resting",
    "missed": "planned cuff missed",
    "nothing-planned": "no cuff is planned",
    "already-held": "already held",
    "not-held": "not held",
    "no-value": "it shows no value to compare yet",
    "not-there": "it is no longer there",
    "not-adopted": "it is not in the session",
    "not-changed": "nothing was asked about it",
    "no-cuff": "there is no cuff that can be started",
    "no-such-dose": "there is no such dose",
    "held-enough": "put off for as long as may be",
    "no-such-limit": "there is no such limit",
    "audio-not-on": "there is no sound to pause",
    "audio-resting": "sound stays on for a minute after a pause",
    "audio-high": "a high alarm is not acknowledged: the pause is not prolonged",
    "audio-paused-enough": "paused often enough: sound stays on for a minute",
    "audio-not-preparing": "only while the session is prepared",
    "no-alarm-sound": "this session sounds no alarms",
    "output-not-working": "this output does not work now",
    "reading": "a cuff reading is needed, 2 to 5 minutes after the last one",
    "agreement": "the readings differ: another one is needed",
    "given-up": "five readings and no agreement: fixed limits stay",
}
ENDED_FIRST: Final = "the session ended first"
NOT_DONE: Final = "not done — {why}"

ABOVE: Final = "above"
BELOW: Final = "below"
ROLE_NAMES: Final = {
    "hr": "HR",
    "spo2": "SpO₂",
    "nibp-sys": "BP",
    "nibp-dia": "BP",
    "nibp-mean": "BP",
}
PRESSURE_PARTS: Final = {"nibp-sys": "systolic", "nibp-dia": "diastolic", "nibp-mean": "mean"}

TRENDS_COME: Final = "Trends"
NOTES_COME: Final = "Notes"
MUSIC_COME: Final = "Music"
REVIEW_KEYS_HINT: Final = (
    "space play  ← → step   N note  D dose  A alarm  P phase  H high"
    "   / search  F filter  E amend  O records  Ctrl+P report   C course  W waves  X cursors"
)
KEYS_HINT: Final = (
    "F acknowledge   P sound   L limits   A alarms   J mark   N note   Q scales   B cuff   C devices"
    "   O after   T sound check   [ ] window   F1 emergency"
)
