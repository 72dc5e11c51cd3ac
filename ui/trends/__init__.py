"""The trends, notes and music of a session over time. Importing this package loads numpy and pyqtgraph."""

from ui.trends.content import Coming
from ui.trends.keys import wire_lens
from ui.trends.looking import Review
from ui.trends.pane import TrendsPane

__all__ = ["Coming", "Review", "TrendsPane", "wire_lens"]
