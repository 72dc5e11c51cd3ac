"""Every word of the lock, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

NAME: Final = "Locked"
TITLE: Final = "Locked"
HIDDEN: Final = "Names, notes and music are hidden. Vitals and alarms go on."
WITH_PIN: Final = "Initials, PIN and Enter unlock."
WITHOUT_PIN: Final = "Enter unlocks."
NO_LIST: Final = "The clinic has no list of people here, so no PIN is asked for."
KEYS: Final = "F acknowledges · B stops the cuff · F1 emergency"
HOW: Final = "Locked: {how}"
