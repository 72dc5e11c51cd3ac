"""The page on which doses are charted and corrected."""

from ui.dose.page import DosePage as DosePage
