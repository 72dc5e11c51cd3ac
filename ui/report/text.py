"""Text on paper: measured and drawn so that it can be searched and copied out of the file again.

The screen's tabular digits and contextual forms are glyphs of their own, which a PDF cannot name: a reader
would find no numbers. So the report does without both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from ui import fonts
from ui.painting import CENTRE, LEFT, RIGHT

_BLANK: Final = re.compile(r"[^\S \u00a0\u202f]")
"""White space of any other kind than a space; those that hold words together stay."""
_OFF: Final = tuple(QFont.Tag(name) for name in ("tnum", "calt", "case", "ccmp"))


@lru_cache(maxsize=64)
def font(px: int, weight: int) -> QFont:
    """The typeface without glyphs that have no character. Shared: copy it before changing it."""
    made = QFont(fonts.font(px, weight))
    for feature in _OFF:
        made.setFeature(feature, 0)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@lru_cache(maxsize=64)
def _metrics(px: int, weight: int) -> QFontMetricsF:
    return QFontMetricsF(font(px, weight))


def width(text: str, px: int, weight: int = fonts.MEDIUM) -> float:
    """How wide a text is."""
    return _metrics(px, weight).horizontalAdvance(text)


def line(
    painter: QPainter,
    x: float,
    baseline: float,
    text: str,
    ink: QColor,
    px: int,
    weight: int = fonts.MEDIUM,
    *,
    room: float = math.inf,
    align: Qt.AlignmentFlag = LEFT,
    smallest: int = 0,
) -> float:
    """Draw one line and return its width; first shrinks to `smallest`, then ends in an ellipsis."""
    text, size = _spaced(text), px
    while smallest and size > smallest and width(text, size, weight) > room:
        size -= 1
    shown, wide = text, width(text, size, weight)
    if wide > room:
        shown = _metrics(size, weight).elidedText(text, Qt.TextElideMode.ElideRight, room)
        wide = width(shown, size, weight)
    left = x - wide if align == RIGHT else x - wide / 2 if align == CENTRE else x
    painter.setFont(font(size, weight))
    painter.setPen(ink)
    painter.drawText(QPointF(left, baseline), shown)
    return wide


def wrapped(text: str, px: int, room: float, weight: int) -> list[str]:
    """The text in lines that fit; a word that is too long for one is parted."""
    found: list[str] = []
    for paragraph in text.splitlines() or [""]:
        found.append("")
        for word in _spaced(paragraph).split(" "):
            longer = f"{found[-1]} {word}" if found[-1] else word
            if width(longer, px, weight) <= room:
                found[-1] = longer
                continue
            parts = [*_parted(word, px, room, weight)]
            found[-1:] = [found[-1], *parts] if found[-1] else parts
    return found


def _spaced(text: str) -> str:
    """With plain spaces for tabs and the like: Qt draws a tab wider than it measures it."""
    return _BLANK.sub(" ", text)


def _parted(word: str, px: int, room: float, weight: int) -> Iterator[str]:
    while len(word) > 1 and (wide := width(word, px, weight)) > room:
        end = max(1, int(len(word) * room / wide))
        while end > 1 and width(word[:end], px, weight) > room:
            end -= 1
        yield word[:end]
        word = word[end:]
    yield word
