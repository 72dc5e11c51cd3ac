"""The one typeface: Inter, bundled, with digits of equal width.

Weights are set on the variable font's own axis, as Qt's style sheets and QFont.setWeight() would only
embolden its regular cut. So text is given a font from here, never a font in a style sheet.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

REGULAR: Final = 400
MEDIUM: Final = 500
SEMIBOLD: Final = 600
BOLD: Final = 700

_TABULAR: Final = QFont.Tag("tnum")
_WEIGHT: Final = QFont.Tag("wght")
_OPTICAL_SIZE: Final = QFont.Tag("opsz")
_DISPLAY_FROM_PX: Final = 28
_TEXT_CUT: Final = 14.0
_DISPLAY_CUT: Final = 32.0


@lru_cache(maxsize=1)
def load() -> str:
    """Load the typeface once per process and return its family; a QGuiApplication must exist."""
    import fontpkg_inter

    path = fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf"
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    return families[0] if families else QFont().family()


@lru_cache(maxsize=128)
def font(px: int, weight: int = MEDIUM) -> QFont:
    """The typeface at `px` pixels and a weight of 400 to 700. Shared: copy it before changing it."""
    made = QFont(load())
    made.setPixelSize(max(1, px))
    made.setVariableAxis(_WEIGHT, float(weight))
    made.setVariableAxis(_OPTICAL_SIZE, _DISPLAY_CUT if px >= _DISPLAY_FROM_PX else _TEXT_CUT)
    made.setFeature(_TABULAR, 1)
    return made


@lru_cache(maxsize=128)
def metrics(px: int, weight: int = MEDIUM) -> QFontMetricsF:
    """Measures of that font."""
    return QFontMetricsF(font(px, weight))


@lru_cache(maxsize=4096)
def width(text: str, px: int, weight: int = MEDIUM) -> float:
    """How wide a text is, in pixels."""
    return metrics(px, weight).horizontalAdvance(text)


def fitting(text: str, room: float, px: int, weight: int = MEDIUM, smallest: int = 12) -> int:
    """The largest size up to `px` at which `text` fits into `room` pixels, at least `smallest`."""
    needed = width(text, px, weight)
    if needed <= room:
        return px
    size = max(smallest, int(px * room / needed))
    while size > smallest and width(text, size, weight) > room:
        size -= 1
    return size
