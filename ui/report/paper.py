"""The paper: A4 at 150 points to the inch, its margins, colours and text sizes."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor

WIDTH, HEIGHT = 1240, 1754
DPI: Final = 150
LEFT, RIGHT = 80.0, 1160.0
ROOM: Final = RIGHT - LEFT
GUTTER: Final = 40.0
LEFT_COLUMN, RIGHT_COLUMN = 600.0, 440.0
BOTTOM: Final = 1562.0
"""Where the foot of a page begins."""

TITLE, BIG, HEADING, BODY, SMALL, TINY = 33, 28, 19, 16, 15, 14
LINE: Final = 24.0

INK: Final = QColor("#111416")
SECONDARY: Final = QColor("#57616A")
FAINT: Final = QColor("#E3E6E8")
EDGE: Final = QColor("#C9CED2")
BLOCK: Final = QColor("#E9EBEC")
HR: Final = QColor("#15803D")
HR_BAND: Final = QColor("#E3F1E7")
BP_BAND: Final = QColor("#ECEEEF")
SPO2: Final = QColor("#0E7490")
WARN: Final = QColor("#8A6D00")
NOTE: Final = QColor("#92530E")
MUSIC: Final = QColor("#443A86")
MUSIC_FILL: Final = QColor("#E7E4F4")
ALERT: Final = QColor("#A30D18")
