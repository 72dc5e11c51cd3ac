"""Every word of the alarm line. It names numbers and limits and never says what to do about a patient."""

from __future__ import annotations

from typing import Final

from ui.strings import LOOK_AT_MONITOR

AT_LIMIT: Final = "at the limit of"
FROM_BASELINE: Final = "baseline {what}"
REPEAT: Final = "repeat BP"
REMINDER: Final = "reminder in {left}"
SEEN: Final = "F seen"
ACKNOWLEDGED: Final = "acknowledged"
WAS: Final = "was"
WAS_CHIP: Final = "{what}, {ago}, lasted {length}"

EQUIPMENT: Final = {
    "link": "{what}: link lost",
    "changed": "{what}: another device answers",
    "sensor": "{what}: sensor off or no pulse",
    "signal": "{what}: no valid value",
    "stuck": "{what}: signal frozen? It repeats itself",
    "errors": "{what}: many damaged bytes on the line",
    "cuff": "cuff failed: {what}",
    "console": "a part of this console failed ({what})",
    "overdue": "BP overdue: the planned reading has not come",
    "record": "NOT SAVED: {what}",
    "heads": "proof that the record is whole cannot be kept {what}",
    "moved": "the record goes on in the second folder, {what}",
    "disk": "little room on the disk: {what}",
    "battery": "battery of this computer: {what} — plug it in",
    "display": "this screen is late",
    "audio": "{what}",
    "baseline-high": "baseline systolic {what}: limits made from it are wide",
    "sleep": "the computer slept: nothing was monitored for {what}",
    "clock": "the computer's clock was changed; session times are not affected",
}
"""Conditions of the equipment, by the first word of their name."""
LOOK_THERE: Final = frozenset({"link", "sensor", "signal", "stuck", "display", "sleep", "console"})
"""Those that leave no vital sign to look at here."""
TECHNICAL: Final = {
    kind: f"{said} — {LOOK_AT_MONITOR}" if kind in LOOK_THERE else said for kind, said in EQUIPMENT.items()
} | {"changed": EQUIPMENT["changed"] + " — C to look, " + LOOK_AT_MONITOR}
PAST: Final = {
    "cuff": "{what}: cuff failed",
    "changed": "{what}: another device",
    "stuck": "{what}: signal frozen",
    "errors": "{what}: damaged bytes",
    "overdue": "BP overdue",
    "console": "a part of this console failed",
    "clock": "computer's clock changed",
    "sleep": "computer slept {what}",
    "record": "record not saved",
    "heads": "no proof that the record is whole",
    "moved": "record goes on in the second folder",
    "disk": "little room on the disk",
    "battery": "battery of this computer low",
    "audio": "alarm sound",
    "baseline-high": "high baseline",
}
"""The same in a list, where what the condition said then is not kept."""

NO_BASELINE: Final = "NO BASELINE: fixed limits only"
SET_BASELINE: Final = "L, then T sets it"
LIMIT_OFF: Final = "OFF: {what}, back in {left}"
SOUND_UNCHECKED: Final = "alarm sound not checked — T"
SOUND_UNHEARD: Final = "alarm sound NOT HEARD in the check — T"
CLOCK_LOOSE: Final = "time of day not set by the network"
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
