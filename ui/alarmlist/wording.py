"""Every word of the alarm list, in one place."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Alarms {shown} of {count}"
NONE: Final = "no alarm in this session yet"
NONE_SUCH: Final = "no such alarm in this session"
STILL: Final = "still there"
STILL_FOR: Final = "still {length}"
LASTED: Final = "lasted {length}"
NOT_SEEN: Final = "not acknowledged"
SEEN: Final = "{who} after {length}"
NOBODY: Final = "somebody"
FROM_TO: Final = "{start} to {end}, {length}"
SINCE: Final = "since {start}, {length}"
SEEN_AT: Final = "acknowledged by {who} at {at}"

ALL: Final = "all"
PERSON: Final = "person"
EQUIPMENT: Final = "equipment"
KIND_KEY: Final = "← →"
PRIORITY_KEY: Final = "space"
KEYS: Final = "↑ ↓ choose     ← → which kind     space which priority     Esc close"
KEYS_REVIEW: Final = "↑ ↓ choose     Enter go there     ← → which kind     space which priority     Esc close"
