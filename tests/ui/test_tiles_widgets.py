"""The tiles as painted: ink, alarm blocks, no jumps, the pleth, the keys of the cuff."""

import numpy as np
import pytest
from fake_session import FakeSession
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication
from shell_parts import LAPTOP, open_window, picture, pixels, shows

from ui import fonts, painting
from ui.theme import SESSION


def box_of(tile):
    return tile.geometry()


@pytest.mark.parametrize(("tile", "ink"), [("hr", SESSION.hr), ("spo2", SESSION.spo2), ("bp", SESSION.nibp)])
@pytest.mark.parametrize("variant", ["quiet", "medium", "high", "low", "many"])
def test_digits_keep_their_parameters_colour_whatever_alarms(qtbot, tile, ink, variant):
    window = open_window(qtbot, variant)
    part = box_of(getattr(window.numbers, tile))
    assert shows(picture(window), part, ink, 6) > 4000


@pytest.mark.parametrize("tile", ["hr", "spo2"])
@pytest.mark.parametrize("variant", ["stale", "waiting", "empty"])
def test_without_a_value_there_is_no_ink_of_the_parameter(qtbot, tile, variant):
    window = open_window(qtbot, variant)
    widget = getattr(window.numbers, tile)
    ink = getattr(SESSION, tile)
    assert shows(picture(window), box_of(widget), ink, 6) < 40
    assert shows(picture(window), box_of(widget), SESSION.faint, 8) > 300
    assert "---" in widget.accessibleName()


def test_a_lost_pleth_is_not_left_standing(qtbot):
    window = open_window(qtbot, "lost")
    assert not window.numbers.spo2.sweep.isVisible()
    assert open_window(qtbot, "quiet").numbers.spo2.sweep.isVisible()


def test_the_pleth_moves(qtbot):
    session = FakeSession("quiet")
    window = open_window(qtbot, session)
    sweep = window.numbers.spo2.sweep
    qtbot.waitUntil(lambda: bool(sweep._strips), timeout=10_000)
    window.numbers.advance()
    before = sweep.grab().toImage()
    session.advance(1.0)
    window.numbers.advance()
    assert sweep.grab().toImage() != before


@pytest.mark.parametrize(("variant", "block"), [("high", SESSION.high), ("medium", SESSION.medium)])
def test_the_alarmed_tile_has_a_filled_header_and_border(qtbot, variant, block):
    window = open_window(qtbot, variant)
    shot = picture(window)
    box = box_of(window.numbers.bp)
    header = QRect(box.x() + 200, box.y() + 4, 150, 40)
    left = QRect(box.x() + 1, box.y() + 100, 4, 100)
    assert shows(shot, header, block) == header.width() * header.height()
    assert shows(shot, left, block) == left.width() * left.height()
    for other in (window.numbers.hr, window.numbers.spo2):
        assert shows(shot, box_of(other), block) == 0


def digits_box(window, tile, ink):
    away = np.abs(pixels(picture(window), box_of(tile)) - [int(ink[i : i + 2], 16) for i in (1, 3, 5)]).max(
        axis=2
    )
    rows, columns = np.nonzero(away < 6)
    tall = [r for r in range(away.shape[0]) if (away[r] < 6).sum() > 10]
    return tall[0], columns.max(), rows.min()


def test_digits_do_not_jump_as_they_change(qtbot):
    seen = set()
    for value in (71.0, 84.0, 88.0, 111.0, 188.0):
        session = FakeSession("quiet")
        window = open_window(qtbot, session)
        from dataclasses import replace

        from kapmonitor.model import Measured

        shot = session.snapshot()
        session._frozen = replace(shot, hr=replace(shot.hr, reading=Measured(value)))
        window.refresh()
        top, right, _ = digits_box(window, window.numbers.hr, SESSION.hr)
        seen.add((round(top / 6), round(right / 10)))
    assert len({top for top, _ in seen}) <= 2
    assert max(right for _, right in seen) - min(right for _, right in seen) <= 2


def test_the_largest_values_fit_their_tiles(qtbot):
    window = open_window(qtbot, "extremes")
    shot = picture(window)
    for tile in (window.numbers.hr, window.numbers.spo2, window.numbers.bp):
        box = box_of(tile)
        for edge in (QRect(box.x() + 2, box.y() + 60, 12, box.height() - 70),):
            assert shows(shot, edge, SESSION.panel, 6) == edge.width() * edge.height()


def test_the_keys_of_the_cuff(qtbot):
    window = open_window(qtbot, "quiet")
    bp, asked = window.numbers.bp, []
    window.cuff_start_asked.connect(lambda: asked.append("start"))
    window.cuff_stop_asked.connect(lambda: asked.append("stop"))
    window.cuff_hold_asked.connect(lambda release: asked.append(f"hold {release}"))
    qtbot.mouseClick(bp.start_key, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bp.hold_key, Qt.MouseButton.LeftButton)
    measuring = open_window(qtbot, "measuring")
    measuring.cuff_stop_asked.connect(lambda: asked.append("stop"))
    qtbot.mouseClick(measuring.numbers.bp.start_key, Qt.MouseButton.LeftButton)
    assert asked == ["start", "hold False", "stop"]
    assert not measuring.numbers.bp.hold_key.isVisible()
    assert not open_window(qtbot, "asleep").numbers.bp.start_key.isVisible()


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_targets_are_large_enough_and_do_not_overlap(qtbot, size):
    window = open_window(qtbot, "medium")
    window.resize(*size)
    QApplication.processEvents()
    bp = window.numbers.bp
    for key in (bp.start_key, bp.hold_key, window.alarm.key):
        assert key.height() >= 24
        assert key.width() >= 24
    assert not bp.start_key.geometry().intersects(bp.hold_key.geometry())
    assert bp.rect().contains(bp.hold_key.geometry())


def test_what_a_tile_says_is_there_for_a_screen_reader(qtbot):
    window = open_window(qtbot, "quiet")
    assert window.numbers.hr.accessibleName() == "HR 84 /min, now · ECG strap"
    assert window.numbers.bp.accessibleName().startswith("BP 141/88 mmHg, 14:45 · 2:17 ago")


@pytest.mark.parametrize("height", [330, 260, 214, 190])
def test_the_slash_of_a_pressure_stands_clear_of_its_limits(qtbot, monkeypatch, height):
    """In a review on a laptop it is 214 high, and the words beside the mean do not shrink with it."""
    drawn = {}
    plain = painting.line

    def line(painter, x, baseline, text, ink, px, weight=fonts.MEDIUM, **more):
        drawn[text] = baseline, px, weight
        return plain(painter, x, baseline, text, ink, px, weight, **more)

    monkeypatch.setattr(painting, "line", line)
    window = open_window(qtbot, "high", LAPTOP)
    tile = window.numbers.bp
    tile.resize(tile.width(), height)
    tile.grab()
    digits = next(text for text in drawn if "/" in text and text.replace("/", "").isdigit())
    limits = next(text for text in drawn if text.startswith("limits"))
    (base, px, weight), (words, small, _) = drawn[digits], drawn[limits]
    slash = base + fonts.metrics(px, weight).tightBoundingRect("/").bottom()
    assert slash < words - fonts.metrics(small).capHeight()
