"""Review of a record: the bar that moves through it, and the list of its moments."""

from ui.replay.bar import ReplayBar
from ui.replay.listed import lines, reached, what_lasted
from ui.replay.moments import MomentsPanel

__all__ = ["MomentsPanel", "ReplayBar", "lines", "reached", "what_lasted"]
