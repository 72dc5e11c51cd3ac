"""The sound check's words."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Sound check"
DONE: Final = "done"
TO_DO: Final = "{count} still to do"
NO_OUTPUTS: Final = "no output for alarms: nothing to check"
KEYS: Final = "↑ ↓ choose     Enter plays, or confirms     J heard it     X not heard     Esc close"

NAMES: Final = {
    "staff": "1   Tone on the staff output",
    "room": "2   Tone on the room speaker",
    "music": "3   Music, and no alarm tone with it",
    "bedside": "4   Alarm of the bedside monitor",
}
DETAILS: Final = {
    "staff": "Listen where you will be during the session.",
    "room": "Listen from the person’s place: it must be heard in the whole room.",
    "music": "Put the headphones on, or listen where the music plays. Enter plays the alarm tones: "
    "the music is to be heard there, and none of them.",
    "bedside": "The bedside monitor stays the primary alarm. Look at it: its alarm is on, and loud enough.",
}
NOT_CHOSEN: Final = {
    "staff": "no output is chosen: --staff-output names one",
    "room": "no output is chosen: --room-output names one",
}
OF_MUSIC: Final = "Alarms are never heard where the music plays: choose another output for one of them."
PLAYING: Final = "now: {title}"
NO_MUSIC: Final = "no music plays: M starts it"
NO_TONE: Final = "no output of alarms works"
LOOK: Final = "its sound is not known here"

PLAY: Final = "Enter: play the tone"
PLAY_BOTH: Final = "Enter: play the alarm tones"
CONFIRM: Final = "Enter: yes, it is on"
ANSWER: Final = {
    "staff": "J heard it     X not heard",
    "room": "J heard it     X not heard",
    "music": "J music, no tone     X not right",
}
CANNOT: Final = "cannot be checked now"
ANSWERED: Final = "{said}"
SAID: Final = "{who} {at}"
NO_NAME: Final = "no name"
BEFORE: Final = "before: {what}, {said}"
OTHER_OUTPUT: Final = "check again: {what} on {name}, {said}"
AGAIN: Final = "Enter plays it again."
AGAIN_BEDSIDE: Final = "Enter confirms it again."

GOOD: Final = {"staff": "heard", "room": "heard", "music": "music, no tone", "bedside": "on"}
BAD: Final = {"staff": "NOT HEARD", "room": "NOT HEARD", "music": "NOT RIGHT", "bedside": ""}
