"""Every word of the pages on people and of the lock, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

PURPOSES: Final = {
    "opening": "Your PIN, to open the session",
    "dose": "Your PIN, to chart a dose",
    "limits": "Your PIN, to change limits",
    "sign-off": "Your PIN, to finish the session",
}
NOBODY_MAY: Final = "Nobody in the clinic’s list may do this. An admin adds people: kapmonitor people"
NOBODY_BY: Final = "Nobody goes by {letter}."
PIN_OF: Final = "PIN of {name}"
CHECKING: Final = "looking at the PIN"
PICK_KEYS: Final = "letters or ↑ ↓ choose · digits PIN · Enter for a PIN with letters · Esc leave"
LOCK_KEYS: Final = "letters or ↑ ↓ choose · digits PIN · Enter for a PIN with letters"
PIN_KEYS: Final = "Enter go on · Backspace another person · Esc back"

ROOM: Final = "In the room"
NO_ROLE: Final = "No role of {who} is known. Roles are in the clinic’s list: kapmonitor people"
NOBODY_TAKES: Final = "Nobody else is known who could take over."
TO_ANOTHER: Final = "{who} hands over: choose somebody else."
HANDING: Final = "{who} hands over “{role}” to whom?"
IN_SINCE: Final = "{role} · in the room since {time}"
OUT: Final = "{role} · not in the room"
ROOM_KEYS: Final = "number in or out · H hand over · ↑ ↓ Enter · Esc close"
HAND_KEYS: Final = "number or Enter takes over · Esc back"
