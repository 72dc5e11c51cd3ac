"""Every word of the pages on people and of the lock, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

PURPOSES: Final = {
    "dose": "Your PIN, to chart a dose",
    "limits": "Your PIN, to change limits",
    "unlock": "Locked",
    "sign-off": "Your PIN, to finish the session",
}
NOBODY_MAY: Final = "Nobody in the clinic’s list may do this. An admin adds people: kapmonitor people"
NOBODY_BY: Final = "Nobody goes by {letter}."
PIN_OF: Final = "PIN of {name}"
CHECKING: Final = "looking at the PIN"
PICK_KEYS: Final = "letters or ↑ ↓ choose     digits PIN     Enter PIN with letters     Esc leave"
PIN_KEYS: Final = "Enter go on     Backspace another person     Esc back"
ALARM_KEYS: Final = "F12 acknowledges     Enter go on     Esc back"
ENDED: Final = "the session ended first"
