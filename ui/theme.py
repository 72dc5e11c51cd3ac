"""Colours and sizes of everything on screen. Widgets are handed a Theme and replace it when told to.

The contracts with the core are named for type checkers only: this module is part of the first paint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from PySide6.QtGui import QColor

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication, QPalette

    from kapmonitor.snapshot import Priority

DESIGN_WIDTH: Final = 1920
DESIGN_HEIGHT: Final = 1080
SMALLEST_TEXT_PX: Final = 12
"""Below this a cap height falls under 16 minutes of arc at an arm's length on a small laptop."""


@dataclass(frozen=True, slots=True)
class Palette:
    """One set of colours, as #RRGGBB. `on_x` is text upon a block filled with x."""

    name: str
    window: str
    panel: str
    field: str
    edge: str
    """Meaningful outlines: fields, buttons."""
    grid: str
    """Decorative lines: panel outlines, trend grids."""
    text: str
    secondary: str
    faint: str
    """What is not yet of interest, such as phases to come; also a value too old to rely on."""
    hr: str
    spo2: str
    nibp: str
    hr_band: str
    nibp_band: str
    music: str
    music_fill: str
    music_now: str
    notes: str
    on_notes: str
    rec: str
    good: str
    high: str
    on_high: str
    medium: str
    on_medium: str
    low: str
    on_low: str


SESSION: Final = Palette(
    name="session",
    window="#000000",
    panel="#06080A",
    field="#0B0F12",
    edge="#2A333A",
    grid="#1A2126",
    text="#B9BEC2",
    secondary="#7B868E",
    faint="#5A666F",
    hr="#25A35A",
    spo2="#2399AB",
    nibp="#B9BEC2",
    hr_band="#0C2116",
    nibp_band="#202327",
    music="#8F7BD6",
    music_fill="#322C4D",
    music_now="#524686",
    notes="#C98A3A",
    on_notes="#000000",
    rec="#C1121F",
    good="#25A35A",
    high="#C1121F",
    on_high="#FFFFFF",
    medium="#C9A800",
    on_medium="#000000",
    low="#0097A7",
    on_low="#000000",
)
"""For the dark room; black, 3.4:1 or better everywhere, 5.6:1 for all text that must be read."""

DAY: Final = replace(
    SESSION,
    name="day",
    window="#0B0F12",
    panel="#10161A",
    field="#171E23",
    edge="#5A666F",
    grid="#2A333A",
    text="#E6E9EB",
    secondary="#9AA5AD",
    faint="#7B868E",
    hr="#33E07A",
    spo2="#35D0E6",
    nibp="#F2F4F5",
    hr_band="#123323",
    nibp_band="#2B3136",
    music="#B39DFF",
    music_fill="#3E3763",
    music_now="#6555A6",
    notes="#FFB454",
    rec="#FF4D5E",
    good="#33E07A",
    high="#D5001F",
    medium="#FFD400",
    low="#00C2D9",
)
"""For a lit room: set-up, talk, review."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours and one scale; `scale` is 1 on a 1920 x 1080 window."""

    palette: Palette = SESSION
    scale: float = 1.0

    def px(self, length: float) -> int:
        """A length of the 1920 x 1080 design on this window, at least one pixel."""
        return max(1, round(length * self.scale))

    def text_px(self, size: float) -> int:
        """A text size of the design on this window; shrinks more slowly and never below what can be read."""
        shrunk = size * (self.scale if self.scale >= 1 else 0.35 + 0.65 * self.scale)
        return max(SMALLEST_TEXT_PX, round(shrunk))

    def fill(self, priority: Priority) -> QColor:
        """The block colour of an alarm priority."""
        p = self.palette
        return colour({"high": p.high, "medium": p.medium, "low": p.low}[priority.value])

    def on_fill(self, priority: Priority) -> QColor:
        """Text upon that block."""
        p = self.palette
        return colour({"high": p.on_high, "medium": p.on_medium, "low": p.on_low}[priority.value])


@runtime_checkable
class Themed(Protocol):
    """A widget that follows the window's theme; the main window calls this on each part put into it."""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours and sizes from now on."""
        ...


def scale_for(width: int, height: int) -> float:
    """The scale of a window of this size, within what stays readable and sane."""
    return min(3.0, max(0.6, min(width / DESIGN_WIDTH, height / DESIGN_HEIGHT)))


@lru_cache(maxsize=256)
def colour(name: str, alpha: float = 1.0) -> QColor:
    """The colour for #RRGGBB; do not modify what is returned, it is shared."""
    made = QColor(name)
    made.setAlphaF(alpha)
    return made


@lru_cache(maxsize=256)
def mix(one: str, other: str, share: float) -> QColor:
    """`share` of `other` in `one`, opaque; shared like colour()."""
    a, b = QColor(one), QColor(other)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )


def qt_palette(palette: Palette) -> QPalette:
    """The same colours for Qt's own widgets, so that none of them is default grey."""
    from PySide6.QtGui import QPalette

    made = QPalette()
    roles = QPalette.ColorRole
    for role, name in (
        (roles.Window, palette.window),
        (roles.Base, palette.field),
        (roles.AlternateBase, palette.panel),
        (roles.Button, palette.field),
        (roles.ToolTipBase, palette.field),
        (roles.WindowText, palette.text),
        (roles.Text, palette.text),
        (roles.ButtonText, palette.text),
        (roles.ToolTipText, palette.text),
        (roles.BrightText, palette.on_high),
        (roles.PlaceholderText, palette.faint),
        (roles.Highlight, palette.notes),
        (roles.HighlightedText, palette.on_notes),
        (roles.Accent, palette.notes),
        (roles.Link, palette.music),
        (roles.Light, palette.edge),
        (roles.Mid, palette.edge),
        (roles.Dark, palette.grid),
        (roles.Shadow, palette.window),
    ):
        made.setColor(role, QColor(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.faint))
    return made


def not_live(palette: Palette) -> Palette:
    """Another background than a live session's, so that even a corner of the screen tells."""
    return replace(
        palette,
        name=f"{palette.name}-not-live",
        window=mix(palette.window, palette.music, 0.20).name(),
        panel=mix(palette.panel, palette.music, 0.07).name(),
        grid=mix(palette.grid, palette.music, 0.22).name(),
    )


def style_sheet(theme: Theme) -> str:
    """Rules for Qt's own widgets: flat dark fields and buttons, a thick amber frame on the field in use."""
    p, px = theme.palette, theme.px
    return f"""
QToolTip {{ background: {p.field}; color: {p.text}; border: 1px solid {p.edge}; padding: {px(6)}px; }}
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
    background: {p.field}; color: {p.text}; border: 1px solid {p.edge}; border-radius: {px(6)}px;
    padding: {px(6)}px {px(12)}px; selection-background-color: {p.notes};
    selection-color: {p.on_notes}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus {{ border: {max(2, px(3))}px solid {p.notes};
    padding: {px(4)}px {px(10)}px; }}
QComboBox::drop-down {{ border: none; width: {px(28)}px; }}
QComboBox QAbstractItemView, QMenu {{ background: {p.field}; color: {p.text}; border: 1px solid {p.edge};
    selection-background-color: {p.edge}; selection-color: {p.text}; outline: none; }}
QMenu::item {{ padding: {px(6)}px {px(20)}px; }}
QPushButton, QToolButton {{ background: {p.field}; color: {p.text}; border: 1px solid {p.edge};
    border-radius: {px(8)}px; padding: {px(8)}px {px(18)}px; min-height: {max(24, px(28))}px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {p.secondary}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {p.grid}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {p.notes}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {p.faint}; border-color: {p.grid}; }}
QPushButton:default {{ border-color: {p.notes}; color: {p.notes}; }}
QDialog {{ background: {p.panel}; border: 1px solid {p.edge}; }}
QGroupBox {{ border: 1px solid {p.grid}; border-radius: {px(8)}px; margin-top: {px(14)}px; }}
QGroupBox::title {{ color: {p.secondary}; subcontrol-origin: margin; left: {px(12)}px; }}
QTableView, QTreeView, QListView {{ background: {p.panel}; alternate-background-color: {p.field};
    color: {p.text}; border: 1px solid {p.grid}; gridline-color: {p.grid};
    selection-background-color: {p.edge}; selection-color: {p.text}; outline: none; }}
QHeaderView::section {{ background: {p.panel}; color: {p.secondary}; border: none;
    border-bottom: 1px solid {p.edge}; padding: {px(6)}px; }}
QCheckBox, QRadioButton {{ color: {p.text}; spacing: {px(8)}px; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: {px(18)}px; height: {px(18)}px;
    border: 1px solid {p.edge}; background: {p.field}; border-radius: {px(4)}px; }}
QRadioButton::indicator {{ border-radius: {px(9)}px; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked {{ background: {p.notes}; }}
QProgressBar {{ background: {p.grid}; border: none; border-radius: {px(3)}px; color: {p.text}; }}
QProgressBar::chunk {{ background: {p.music}; border-radius: {px(3)}px; }}
QSlider::groove:horizontal {{ background: {p.grid}; height: {px(6)}px; border-radius: {px(3)}px; }}
QSlider::sub-page:horizontal {{ background: {p.music}; height: {px(6)}px; border-radius: {px(3)}px; }}
QSlider::handle:horizontal {{ background: {p.text}; width: {max(12, px(16))}px; margin: -{px(5)}px 0;
    border-radius: {px(8)}px; }}
QScrollBar:vertical {{ background: transparent; width: {px(10)}px; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}px; }}
QScrollBar::handle {{ background: {p.edge}; border-radius: {px(5)}px; min-height: {px(28)}px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; width: 0; height: 0; }}
"""


def apply_colours(application: QGuiApplication, palette: Palette) -> None:
    """Give Qt's own widgets these colours, whatever the desktop's own scheme is."""
    application.setPalette(qt_palette(palette))
