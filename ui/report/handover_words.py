"""Every word of the hand-over that the report does not have."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Hand-over for integration"
COURSE: Final = "Course of the session"
LENGTH: Final = "length"
PHASE: Final = "phase: {phase}"
GAP: Final = "not monitored for {length}"
VITALS: Final = "Vital signs"
LEFT_OUT: Final = "Without {what}."
ALWAYS_OUT: Final = ("record number", "dates", "times of day")
KEPT: Final = "With {what}, as somebody chose."
NO_VITALS: Final = "Without vital signs."
WITH_VITALS: Final = "With vital signs, as somebody chose."
NO_WORDS: Final = "Without the words of notes."
WITH_WORDS: Final = (
    "With the words of notes, as somebody chose: read them first, they may tell who the person is."
)
