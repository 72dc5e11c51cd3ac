"""What the person's card says, in words for the dashboard; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.session.care import Care

TITLE: Final = "Card"
NOTHING: Final = "Nothing was written on the card."
BOUNDARIES: Final = (("touch", "touch"), ("talk", "talk"), ("light", "light"))
LINES: Final = (
    ("intention", "Intention"),
    ("touch", "Touch"),
    ("talk", "Talk"),
    ("light", "Light"),
    ("medications", "Medications"),
    ("screening", "Screening"),
    ("weight", "Weight, kg"),
    ("escort", "Escort home"),
    ("course", "Course and session"),
)


def boundaries(care: Care) -> str:
    """`touch: hand yes   talk: no   light: dim`, as far as something was agreed on."""
    said = ((label, care.on_card(field)) for field, label in BOUNDARIES)
    return "   ".join(f"{label}: {text}" for label, text in said if text)


def card_lines(care: Care) -> tuple[tuple[str, str], ...]:
    """Each line of the card that says something, with its label."""
    said = ((label, care.on_card(field)) for field, label in LINES)
    return tuple((label, text) for label, text in said if text)
