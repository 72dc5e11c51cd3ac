"""The panel's first line: its title, and opposite what is to be known or pressed now."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QPainter

from ui import fonts, painting
from ui.theme import Theme, colour

HEAD: Final = 50
TITLE_PX: Final = 22
WORD_PX: Final = 17
LEAST_PX: Final = 14
SIDE: Final = 18


def paint_head(
    painter: QPainter,
    theme: Theme,
    width: float,
    title: str,
    words: str,
    *,
    wrong: bool,
    present: str = "",
) -> None:
    """Words shrink a little before they are cut; what is `wrong` has another colour.

    `present`, who is there, stands beside the title in a quarter of the width at most.
    """
    palette = theme.palette
    px = theme.text_px(TITLE_PX)
    base = painting.middle_baseline(theme.px(27), fonts.metrics(px))
    left, right = theme.px(SIDE), width - theme.px(SIDE)
    used = painting.line(painter, left, base, title, colour(palette.secondary), px, fonts.SEMIBOLD)
    if present:
        small, ink, gap = theme.text_px(LEAST_PX), colour(palette.text), theme.px(10)
        used += gap + painting.line(
            painter, left + used + gap, base, present, ink, small, fonts.SEMIBOLD, room=width * 0.25
        )
    painting.line(
        painter,
        right,
        base,
        words,
        colour(palette.medium if wrong else palette.notes),
        theme.text_px(WORD_PX),
        fonts.SEMIBOLD,
        room=right - left - used - theme.px(12),
        align=painting.RIGHT,
        smallest=theme.text_px(LEAST_PX),
    )
