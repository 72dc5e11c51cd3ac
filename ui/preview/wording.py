"""Every word of the preview, in one place."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Report"
PAGE: Final = "Report · page {number} of {count}"
MAKING: Final = "Making the report · {share}"
PRINTING: Final = "Printing on {printer} · {share}"
LOOKING: Final = "Looking for printers"
SAVING: Final = "Saving {name} · {share}"
STOPPED: Final = "Stopped. Nothing was made, and nothing was kept."
PRINTED: Final = "Sent to {printer}."
SAVED: Final = "Saved as {place}"
NO_PRINTER: Final = "No printer is set up on this computer. S saves the report as a PDF instead."
NOT_SHOWN: Final = "The report was made and cannot be shown."
WHICH_PRINTER: Final = "Which printer?"
WHERE: Final = "Save the PDF as"
KEYS: Final = "PgUp, PgDn page · Z zoom · arrows move · P print · S save as PDF · Esc close"
WAIT_KEYS: Final = "Esc stops it"
CHOOSE_KEYS: Final = "↑ ↓ choose · Enter prints · Esc back"
WHERE_KEYS: Final = "Enter saves · Esc back"
FAILED_KEYS: Final = "Esc close"
