"""The sweep against a wave we know: where ink is, what gets repainted, gaps, jumps, calm scale."""

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from shell_parts import pixels, shows

from kapmonitor.model import NO_SAMPLE
from ui.sweep import ERASE_PX, Lane, Scale, Sweep, column_lines, robust_scale
from ui.theme import SESSION, Theme

INK = "#25A35A"
WIDTH, HEIGHT = 400, 100


class Tap:
    """A wave whose head the test moves."""

    fs, resolution, offset = 100.0, 1.0, 0.0

    def __init__(self, samples):
        self.samples = np.asarray(samples, dtype=np.int16)
        self.n = 0
        self.asked: list[int] = []

    def head(self):
        return self.n

    def read(self, start, stop):
        self.asked.append(stop - start)
        return self.samples[start:stop]


class Watched(Sweep):
    """Notes which parts were painted."""

    painted: list[QRect]

    def paintEvent(self, event):  # noqa: N802 - Qt's name
        self.painted.append(event.rect())
        super().paintEvent(event)


def sine(count):
    return 1000 * np.sin(np.arange(count) * 2 * np.pi / 100)


def make(qtbot, tap, seconds=8.0, lanes=1):
    sweep = Watched(Theme(SESSION))
    sweep.painted = []
    qtbot.addWidget(sweep)
    sweep.resize(WIDTH, HEIGHT)
    sweep.set_lanes(tuple(Lane(tap, INK, seconds) for _ in range(lanes)))
    with qtbot.waitExposed(sweep):
        sweep.show()
    QApplication.processEvents()
    return sweep


def run(sweep, tap, to, step=10):
    while tap.n < to:
        tap.n = min(to, tap.n + step)
        sweep.advance()
        QApplication.processEvents()


def image(sweep):
    return sweep.grab().toImage()


def columns_with_ink(sweep):
    away = np.abs(pixels(image(sweep)) - [0x25, 0xA3, 0x5A]).max(axis=2)
    return (away < 40).any(axis=0)


def test_samples_land_where_their_number_says(qtbot):
    tap = Tap(sine(5000))
    sweep = make(qtbot, tap)
    run(sweep, tap, 400)
    inked = columns_with_ink(sweep)
    assert inked[5:195].all()
    assert not inked[205:].any()


def test_a_new_sample_repaints_a_narrow_strip_only(qtbot):
    tap = Tap(sine(5000))
    sweep = make(qtbot, tap)
    run(sweep, tap, 300)
    sweep.painted.clear()
    tap.asked.clear()
    run(sweep, tap, 400, step=10)
    assert len(sweep.painted) >= 5
    assert max(part.width() for part in sweep.painted) <= ERASE_PX + 16
    assert max(tap.asked) <= 10
    assert sweep.painted[-1].x() > sweep.painted[0].x()


def test_nothing_is_repainted_while_nothing_comes(qtbot):
    tap = Tap(sine(5000))
    sweep = make(qtbot, tap)
    run(sweep, tap, 100)
    sweep.painted.clear()
    for _ in range(5):
        sweep.advance()
        QApplication.processEvents()
    assert not sweep.painted


def test_the_erase_bar_runs_ahead_and_the_last_pass_stays_dimmer_behind_it(qtbot):
    tap = Tap(sine(5000))
    sweep = make(qtbot, tap)
    run(sweep, tap, 1200)
    inked = columns_with_ink(sweep)
    assert inked[5:195].all()
    assert not inked[202 : 202 + ERASE_PX - 4].any()
    old = QRect(230, 0, 150, HEIGHT)
    brightest_old = pixels(image(sweep), old)[..., 1].max()
    brightest_new = pixels(image(sweep), QRect(20, 0, 150, HEIGHT))[..., 1].max()
    assert 40 < brightest_old < 0.75 * brightest_new


def test_missing_samples_leave_a_gap(qtbot):
    samples = sine(2000).astype(np.int16)
    samples[200:300] = NO_SAMPLE
    tap = Tap(samples)
    sweep = make(qtbot, tap)
    run(sweep, tap, 500)
    inked = columns_with_ink(sweep)
    assert inked[10:95].all()
    assert not inked[103:147].any()
    assert inked[155:245].all()


@pytest.mark.parametrize("dense", [False, True])
def test_a_redraw_looks_like_what_was_drawn_step_by_step(qtbot, dense):
    tap = Tap(sine(30_000))
    sweep = make(qtbot, tap, seconds=20.0 if dense else 8.0)
    run(sweep, tap, 600)
    stepwise = pixels(image(sweep))[..., 1]
    tap.n = 599
    sweep.advance()
    tap.n = 600
    sweep.advance()
    redrawn = pixels(image(sweep))[..., 1]
    assert np.abs((stepwise > 60).any(axis=0) ^ (redrawn > 60).any(axis=0)).mean() < 0.03
    assert abs((stepwise > 60).mean() - (redrawn > 60).mean()) < 0.02


def test_a_jump_back_draws_the_earlier_wave(qtbot):
    tap = Tap(np.concatenate((np.zeros(800), sine(4000))))
    sweep = make(qtbot, tap)
    run(sweep, tap, 2000)
    tap.n = 850
    sweep.advance()
    assert columns_with_ink(sweep)[2:20].all()
    assert not columns_with_ink(sweep)[27:30].any()


def test_a_flat_line_is_visible(qtbot):
    tap = Tap(np.full(3000, 700))
    sweep = make(qtbot, tap)
    run(sweep, tap, 500)
    assert columns_with_ink(sweep)[5:240].all()
    tap.n = 499
    sweep.advance()
    assert columns_with_ink(sweep)[5:240].all()


def test_an_outlier_does_not_move_the_scale():
    samples = sine(800).astype(np.int16)
    plain = robust_scale(samples)
    samples[400] = 32000
    spiked = robust_scale(samples)
    assert plain is not None
    assert spiked is not None
    assert spiked.high < 1.1 * plain.high


def test_the_scale_eases_and_jumps_only_when_it_must():
    now = Scale(0.0, 100.0)
    assert now.eased(Scale(0.0, 120.0)) == Scale(0.0, 110.0)
    assert now.eased(Scale(0.0, 400.0)) == Scale(0.0, 400.0)
    assert now.eased(Scale(0.0, 10.0)) == Scale(0.0, 10.0)


def test_no_samples_have_no_scale():
    assert robust_scale(np.full(10, NO_SAMPLE, dtype=np.int16)) is None


def test_dense_columns_keep_extremes_and_gaps():
    samples = np.zeros(1000, dtype=np.int16)
    samples[555] = 900
    samples[300:400] = NO_SAMPLE
    bars = column_lines(samples, 0.0, 0.1)
    assert bars[:, [1, 3]].max() == 900
    assert not ((bars[:, 0] > 30.6) & (bars[:, 0] < 39.4)).any()


def test_several_strips_stay_in_their_bands(qtbot):
    tap = Tap(32000 * np.sign(sine(5000)))
    sweep = make(qtbot, tap, lanes=2)
    run(sweep, tap, 600)
    for top in (0, HEIGHT // 2):
        assert shows(image(sweep), QRect(0, top, 250, HEIGHT // 2), INK, 60) > 200


def test_without_a_wave_the_strip_is_dark(qtbot):
    tap = Tap(sine(100))
    sweep = make(qtbot, tap)
    sweep.set_lanes(())
    sweep.advance()
    assert not columns_with_ink(sweep).any()


def test_a_new_wave_is_scaled_again_once_it_has_been_watched(qtbot):
    samples = np.concatenate((np.full(100, 3.0), sine(4000)))
    tap = Tap(samples)
    sweep = make(qtbot, tap)
    run(sweep, tap, 330)
    inked = (pixels(image(sweep))[..., 1] > 90).any(axis=1)
    assert inked[: HEIGHT // 4].any()
    assert inked[-HEIGHT // 4 :].any()
