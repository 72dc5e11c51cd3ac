"""Every word of the emergency card, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Emergency card"
PHONES: Final = "Call"
NO_PHONES: Final = "No numbers are kept here: settings, [emergency] phones"
VITALS: Final = "Last values"
GIVEN: Final = "Given"
NOTHING: Final = "no dose is charted"
NEVER: Final = "no value yet"
MEAN: Final = "mean {value}"
LOOK: Final = "Look at the person and at the bedside monitor first."
KEYS: Final = "F1 or Esc close · F12 acknowledges"
