"""Every word of the review's own parts, in one place."""

from __future__ import annotations

from typing import Final

PLAY: Final = "play"
PAUSE: Final = "pause"
SPEED: Final = "{speed}×"
NO_RECORD: Final = "nothing in this record"
NONE_LATER: Final = "no later {kind}"
NONE_EARLIER: Final = "no earlier {kind}"
MOMENTS: Final = "Moments"
NO_MOMENTS: Final = "no notes, doses or alarms in this record"
MARK: Final = "mark"
WITHDRAWN: Final = "taken back: {text}"
DOSE: Final = "{drug} {amount} mg {route}"
ALARM: Final = "{name} {value} {side} {limit}"
LASTED: Final = "{what}, {length}"
TECHNICAL: Final = {
    "link": "{what}: link lost",
    "sensor": "{what}: sensor off or no pulse",
    "cuff": "{what}: no reading",
    "record": "record not saved",
    "clock": "the computer's clock was changed",
}
"""Technical alarms, by the first word of their name; what they concern is a device."""

KINDS: Final = {"note": "note", "dose": "dose", "alarm": "alarm"}
