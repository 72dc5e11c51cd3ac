"""Every word of the page of cuffs that were not taken. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.protocol.cuffdues import Became

TITLE: Final = "Blood pressure that was due and not taken"
NONE: Final = "Every reading that was due was taken."
REASONS: Final = (
    "asleep, not disturbed",
    "did not want it",
    "moving too much",
    "cuff off",
    "at a moment not to be disturbed",
)
WHY: Final = "why?"
BECAME: Final = {
    Became.FAILED: "the cuff failed",
    Became.HELD: "put off",
    Became.NOT_RUNNING: "the console was not running",
}
KEYS: Final = "↑ ↓ which     1–5 why     T other words     Del takes it back     Esc leave"
TYPING: Final = "Enter save     Esc leave it"
WHO: Final = "Who says so? W in the notes says who is at the keys."
EXPLAINED: Final = "{reason} · {by}"
