"""The page of limits: each beside where it came from; read-only until somebody unlocks it."""

from ui.limits.page import LimitsPage as LimitsPage
