"""The trends, notes and music of a session over time. Importing this package loads numpy and pyqtgraph."""

from ui.trends.content import Coming
from ui.trends.pane import Review, TrendsPane

__all__ = ["Coming", "Review", "TrendsPane"]
