"""Every word of the alarm line. It names numbers and limits and never says what to do about a patient."""

from __future__ import annotations

from typing import Final

from ui.strings import LOOK_AT_MONITOR

AT_LIMIT: Final = "at the limit of"
FROM_BASELINE: Final = "baseline {what}"
NO_BASELINE_LIMIT: Final = "no baseline"
REPEAT: Final = "repeat BP"
REMINDER: Final = "reminder in {left}"
SEEN: Final = "F seen"
ACKNOWLEDGED: Final = "acknowledged"
WAS: Final = "was"
WAS_CHIP: Final = "{what}, {ago}, lasted {length}"

TECHNICAL: Final = {
    "link": "{what}: link lost — " + LOOK_AT_MONITOR,
    "changed": "{what}: another device answers — C to look, " + LOOK_AT_MONITOR,
    "sensor": "{what}: sensor off or no pulse — " + LOOK_AT_MONITOR,
    "signal": "{what}: no valid value — " + LOOK_AT_MONITOR,
    "stuck": "{what}: signal frozen? It repeats itself — " + LOOK_AT_MONITOR,
    "errors": "{what}: many damaged bytes on the line",
    "cuff": "cuff failed: {what}",
    "overdue": "BP overdue: the planned reading has not come",
    "record": "NOT SAVED: {what}",
    "disk": "little room on the disk: {what} left",
    "battery": "battery of this computer: {what} left — plug it in",
    "display": "this screen is late — " + LOOK_AT_MONITOR,
    "audio": "{what}",
    "baseline-high": "baseline systolic {what}: limits made from it are wide",
    "sleep": "the computer slept: nothing was monitored for {what} — " + LOOK_AT_MONITOR,
    "clock": "the computer's clock was changed; session times are not affected",
}

NO_BASELINE: Final = "NO BASELINE: fixed limits only"
SET_BASELINE: Final = "L, then T sets it"
LIMIT_OFF: Final = "OFF: {what}, back in {left}"
STILL_THERE: Final = "Still there? Any key answers"

SOUND_PAUSED: Final = "sound paused {left}, P ends it"
NO_SOUND: Final = "no alarm sound — look at the bedside monitor"
ON_SCREEN_ONLY: Final = "alarms on screen only — the bedside monitor sounds"
SOUND_BOTH: Final = "alarm sound: staff ear, then room"
SOUND_STAFF: Final = "alarm sound: staff ear only"
SOUND_ROOM: Final = "alarm sound: room speaker"
STAFF_EAR: Final = "Staff ear"
ROOM_SPEAKER: Final = "Room speaker"
ALARM_SOUND: Final = "Alarm sound"
PAUSED: Final = "paused"
NOT_HEARD: Final = "none"
STAFF_LOST: Final = "staff ear lost"
