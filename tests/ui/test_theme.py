import dataclasses

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPushButton, QVBoxLayout
from shell_parts import pixels

from kapmonitor.snapshot import Priority
from ui import fonts
from ui.theme import DAY, SESSION, Theme, apply_colours, scale_for, style_sheet

PALETTES = pytest.mark.parametrize("palette", [DAY, SESSION], ids=lambda p: p.name)


def luminance(name):
    def linear(c):
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    c = QColor(name)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@PALETTES
@pytest.mark.parametrize("ink", ["hr", "spo2", "nibp", "text", "secondary", "music", "notes"])
def test_what_must_be_read_has_contrast(palette, ink):
    for behind in (palette.window, palette.panel, palette.field):
        assert contrast(getattr(palette, ink), behind) >= 4.5


@PALETTES
def test_large_faint_text_and_alarm_blocks_stand_out(palette):
    assert contrast(palette.faint, palette.panel) >= 3.0
    for block, on in ((palette.high, palette.on_high), (palette.medium, palette.on_medium)):
        assert contrast(block, palette.window) >= 3.0
        assert contrast(on, block) >= 4.5
    assert contrast(palette.on_low, palette.low) >= 4.5


@PALETTES
def test_every_colour_is_a_colour(palette):
    for field in dataclasses.fields(palette):
        assert field.name == "name" or QColor(getattr(palette, field.name)).isValid()


def test_the_scale_follows_the_tighter_side_within_bounds():
    assert scale_for(1920, 1080) == 1.0
    assert scale_for(1366, 768) == pytest.approx(0.711, abs=0.001)
    assert scale_for(3840, 2160) == 2.0
    assert scale_for(320, 200) == 0.6


def test_text_shrinks_slower_than_boxes_and_stays_readable():
    small = Theme(SESSION, 0.71)
    assert small.text_px(20) > small.px(20)
    assert small.text_px(10) == 12
    assert Theme(SESSION, 2.0).text_px(20) == 40


def test_priorities_have_their_own_blocks():
    theme = Theme(SESSION)
    assert len({theme.fill(priority).name() for priority in Priority}) == 3


def test_digits_have_one_width_in_every_weight(qapp):
    for weight in (fonts.REGULAR, fonts.MEDIUM, fonts.SEMIBOLD, fonts.BOLD):
        assert len({round(fonts.width(digit * 3, 60, weight), 3) for digit in "0123456789"}) == 1


def test_weights_differ_and_the_typeface_is_the_bundled_one(qapp):
    assert fonts.load() == "Inter"
    assert fonts.width("Peak", 60, fonts.BOLD) > fonts.width("Peak", 60, fonts.REGULAR)


@pytest.mark.parametrize("glyph", list("₂−—·★▼→←↵✓×≥"))
def test_the_typeface_has_the_signs_we_write(qapp, glyph):
    assert fonts.metrics(20).inFontUcs4(ord(glyph))


def test_fitting_shrinks_only_as_far_as_needed(qapp):
    room = fonts.width("BP 162/98 — systolic above 154", 30)
    assert fonts.fitting("BP 162/98 — systolic above 154", room, 30) == 30
    smaller = fonts.fitting("BP 162/98 — systolic above 154", room / 2, 30)
    assert fonts.width("BP 162/98 — systolic above 154", smaller) <= room / 2
    assert fonts.fitting("x" * 500, 10, 30, smallest=14) == 14


@PALETTES
def test_no_widget_of_qts_own_is_light(qtbot, palette):
    apply_colours(QApplication.instance(), palette)
    QApplication.instance().setStyleSheet(style_sheet(Theme(palette)))
    dialog = QDialog()
    layout = QVBoxLayout(dialog)
    for widget in (QLineEdit("text"), QPushButton("press"), QComboBox()):
        layout.addWidget(widget)
    qtbot.addWidget(dialog)
    dialog.resize(400, 300)
    shown = pixels(dialog.grab().toImage()).mean(axis=2)
    assert (shown > 100).mean() < 0.05
