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
LASTED: Final = "{what}, {length}"
KINDS: Final = {"note": "note", "dose": "dose", "alarm": "alarm"}
