"""The trends of eight hours: our lanes beside pyqtgraph's own curves of the same readings.

Heart rate and saturation once a second, 28 800 each, in 868 x 906. A frame is new data and one whole paint.
Ours draws all that the lanes hold (limits, bands, 97 cuffs, notes, words), the peer two curves and two axes.
`python bench_trends.py --measure` is the process that measures.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench_table import Row

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 868, 906
HOURS, ROUNDS, SLOW_ROUNDS = 8, 15, 2


def run() -> list[Row]:
    """The rows of this benchmark."""
    command = [sys.executable, __file__, "--measure"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    ours = found["ours"]
    return [
        _row("8 h trends, same look (pyqtgraph pen 2, antialiased)", ours, found["pen2aa"], 20.0),
        _row("8 h trends, pyqtgraph pen 2", ours, found["pen2"], 3.0),
        _row("8 h trends, bare curves, pen 1, clipped and downsampled", ours, found["down"], 1.0),
    ]


def _row(what: str, ours: float, peer: float, least: float) -> Row:
    ratio = peer / ours
    return Row(what, f"{ours:.1f} ms", f"{peer:.1f} ms", f"{ratio:.1f}x", f">= {least:g}x", ratio >= least)


def _measure() -> dict[str, float]:
    """Median milliseconds of a frame for each scene; rounds are interleaved."""
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    scenes = {
        "ours": _ours(),
        "pen2aa": _curves(2, antialias=True),
        "pen2": _curves(2),
        "down": _curves(1, downsample=True),
    }
    times: dict[str, list[float]] = {name: [] for name in scenes}
    for turn in range(ROUNDS + 2):
        for name, frame in scenes.items():
            if name == "pen2aa" and turn > SLOW_ROUNDS:
                continue  # seconds a frame
            start = time.perf_counter()
            frame()
            if turn >= 2 or name == "pen2aa":
                times[name].append((time.perf_counter() - start) * 1000)
    application.processEvents()
    return {name: statistics.median(values) for name, values in times.items()}


def _readings():
    import numpy as np

    t = np.arange(HOURS * 3600)
    noise = np.random.default_rng(3)
    hr = 80 + 8 * np.sin(t / 900) + noise.normal(0, 2, len(t))
    spo2 = 97 + np.sin(t / 300) + noise.normal(0, 0.4, len(t))
    return t, hr.astype(np.float32), spo2.astype(np.float32)


class ArrayView:
    """Readings in memory as a SignalView; columns are made anew at each call."""

    def __init__(self, start_ns: int) -> None:
        from kapmonitor.view import Role

        _, hr, spo2 = _readings()
        self._start_ns = start_ns
        self._data = {Role.HR: hr, Role.SPO2: spo2}

    def span(self):
        return self._start_ns, self._start_ns + HOURS * 3600 * 10**9

    def trend(self, role, t0_ns, t1_ns, width):
        import numpy as np

        from kapmonitor.model import Columns

        lo = np.full(width, np.nan, np.float32)
        hi = lo.copy()
        values = self._data[role]
        edges = np.linspace((t0_ns - self._start_ns) / 1e9, (t1_ns - self._start_ns) / 1e9, width + 1)
        starts = np.clip(edges[:-1].astype(int), 0, len(values))
        stops = np.clip(edges[1:].astype(int), 0, len(values))
        full = stops > starts
        lo[full] = np.minimum.reduceat(values, starts[full])
        hi[full] = np.maximum.reduceat(values, starts[full])
        return Columns(t0_ns, t1_ns, lo, hi)

    def cuffs(self, t0_ns, t1_ns):
        from kapmonitor.model import CuffReading, Measured

        times = range(self._start_ns, self._start_ns + HOURS * 3600 * 10**9, 300 * 10**9)
        return tuple(
            CuffReading(t, "cuff", Measured(142.0), Measured(86.0), Measured(105.0), Measured(80.0))
            for t in times
            if t0_ns <= t <= t1_ns
        )


def _ours() -> Callable[[], None]:
    import fake_session as fs
    from PySide6.QtWidgets import QApplication

    from ui.theme import Theme
    from ui.trends import TrendsPane

    session = fs.FakeSession("quiet", now_ns=fs.OPENED_NS + HOURS * 3600 * fs.S)
    view = ArrayView(fs.OPENED_NS)
    session.view = lambda: view
    pane = TrendsPane(session, Theme())
    pane.resize(WIDTH, HEIGHT)
    pane.show()
    pane.whole()
    QApplication.processEvents()

    def frame() -> None:
        pane.refresh()
        pane.grab()

    return frame


def _curves(width: int, *, antialias: bool = False, downsample: bool = False) -> Callable[[], None]:
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication

    pg.setConfigOptions(antialias=antialias)
    t, hr, spo2 = _readings()
    plots = pg.GraphicsLayoutWidget()
    curves = []
    for row, (values, name) in enumerate(((hr, "#25A35A"), (spo2, "#2399AB"))):
        plot = plots.addPlot(row, 0)
        curve = plot.plot(pen=pg.mkPen(name, width=width), antialias=antialias)
        if downsample:
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
        plot.setXRange(0, len(t), padding=0)
        curves.append((curve, values))
    plots.resize(WIDTH, HEIGHT)
    plots.show()
    QApplication.processEvents()

    def frame() -> None:
        for curve, values in curves:
            curve.setData(t, values)
        plots.grab()

    return frame


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]
    sys.stdout.write(json.dumps(_measure()))
