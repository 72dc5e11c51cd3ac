"""Live waves: our sweep beside pyqtgraph's usual scrolling plot, and beside a bare copy of the same pixels.

Four waves of ten seconds at 500 Hz in 1280 x 800, eight or nine new samples a frame. Each scene runs in a
process of its own; `python bench_waves.py SCENE MODE` is that process.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench_table import Row

ROOT = Path(__file__).parents[2]
FS, SECONDS, ROUNDS = 500, 10, 3
WARM_UP, FRAMES = 120, 600
"""Frames before and while measuring; 600 are one whole pass of the sweep, its turn included."""
SHARE_S = 4.0
FRAME_MS = 16
BLIT_PX = 30


def _signal():
    import numpy as np

    t = np.arange(FS * 600) / FS
    wave = np.exp(-(((t * 1.2) % 1 - 0.2) ** 2) / 0.002) + 0.3 * np.sin(t * 2.1) + 0.02 * np.sin(t * 311)
    return (wave * 8000).astype(np.int16)


class Feed:
    """A wave that grows by `step` samples a frame; ui.sweep reads it as a WaveTap."""

    fs, resolution, offset = float(FS), 1.0, 0.0

    def __init__(self, samples) -> None:
        self.samples = samples
        self.n = FS * SECONDS + 1

    def head(self) -> int:
        return self.n

    def read(self, start: int, stop: int):
        return self.samples[start:stop]


def _scene_sweep(rooms: int = 1):
    from PySide6.QtWidgets import QGridLayout, QWidget

    from ui.sweep import Lane, Sweep
    from ui.theme import Theme

    samples = _signal()
    window = QWidget()
    grid = QGridLayout(window)
    feeds, sweeps = [], []
    for room in range(rooms):
        own = [Feed(samples) for _ in range(4)]
        sweep = Sweep(Theme())
        sweep.set_lanes(tuple(Lane(feed, "#25A35A", SECONDS) for feed in own))
        grid.addWidget(sweep, room // 4, room % 4)
        feeds += own
        sweeps.append(sweep)

    def step(new: int) -> None:
        for feed in feeds:
            feed.n = feed.n + new if feed.n + new < len(feed.samples) else FS * SECONDS + 1
        for sweep in sweeps:
            sweep.advance()

    return window, step


def _scene_plot(rooms: int = 1):
    import numpy as np
    import pyqtgraph as pg
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    samples = _signal()
    window = QWidget()
    plots = pg.GraphicsLayoutWidget()
    QVBoxLayout(window).addWidget(plots)
    data, curves = [], []
    wide = 1 if rooms == 1 else 4
    for i in range(4 * rooms):
        data.append(samples[: FS * SECONDS].astype(np.float32))
        curves.append(plots.addPlot(row=i // wide, col=i % wide).plot())
    at = [FS * SECONDS]

    def step(new: int) -> None:
        fresh = samples[at[0] : at[0] + new]
        at[0] = at[0] + new if at[0] + 2 * new < len(samples) else FS * SECONDS
        for shown, curve in zip(data, curves, strict=True):
            shown[:-new] = shown[new:]
            shown[-new:] = fresh
            curve.setData(shown)

    return window, step


def _scene_blit(rooms: int = 1):
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter, QPixmap
    from PySide6.QtWidgets import QWidget

    class Blit(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.strips = [QPixmap(1280, 200) for _ in range(4)]
            self.x = 0

        def move_on(self) -> None:
            self.x = (self.x + 2) % 1240
            for i in range(4):
                self.update(QRect(self.x, 200 * i, BLIT_PX, 200))

        def paintEvent(self, event) -> None:  # noqa: N802 - Qt's name
            painter = QPainter(self)
            for i, strip in enumerate(self.strips):
                part = QRect(self.x, 200 * i, BLIT_PX, 200)
                painter.drawPixmap(part, strip, QRect(self.x, 0, BLIT_PX, 200))
            painter.end()

    window = Blit()
    return window, lambda _new: window.move_on()


def _scene_room(rooms: int = 1):
    """The whole window over a made-up session: numbers, alarms, pleth. Without engine, record and devices."""
    from fake_session import FakeSession

    from ui.bridge import Bridge
    from ui.main_window import MainWindow

    session, bridge = FakeSession("quiet"), Bridge()
    window = MainWindow(session, bridge)
    bridge.setParent(window)

    def step(_new: int) -> None:
        session.advance(1 / 60)
        bridge.wake()

    return window, step


SCENES: dict[str, Callable[..., tuple[object, Callable[[int], None]]]] = {
    "sweep": _scene_sweep,
    "plot": _scene_plot,
    "blit": _scene_blit,
    "room": _scene_room,
}


def _measure(scene: str, mode: str, rooms: int) -> dict[str, float]:
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    window, step = SCENES[scene](rooms)
    window.resize(*((1280, 800) if rooms == 1 else (1920, 1080)))
    window.show()
    for i in range(WARM_UP):
        step(8 + i % 2)
        application.processEvents()
    start, frames = time.process_time(), 0
    if mode == "frame":
        for i in range(FRAMES):
            step(8 + i % 2)
            application.processEvents()
        return {"ms": 1000 * (time.process_time() - start) / FRAMES}
    gaps: list[float] = []
    last = began = time.perf_counter()

    def tick() -> None:
        nonlocal frames, last
        frames += 1
        step(8 + frames % 2)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(FRAME_MS)
    QTimer.singleShot(int(SHARE_S * 1000), application.quit)
    application.exec()
    wall = time.perf_counter() - began
    return {
        "share": 100 * (time.process_time() - start) / wall,
        "fps": frames / wall,
        "worst": 1000 * max(gaps),
    }


def child(scene: str, mode: str, rooms: int = 1, *, xvfb: bool = False) -> dict[str, float]:
    command = [sys.executable, __file__, scene, mode, str(rooms)]
    environment = os.environ | {"QT_QPA_PLATFORM": "xcb" if xvfb else "offscreen"}
    if xvfb:
        command = ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24", *command]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def _shares(ours: str, peer: str, rooms: int = 1, *, xvfb: bool = False) -> tuple[float, float]:
    """Median shares of one core, rounds interleaved."""
    measured: dict[str, list[float]] = {ours: [], peer: []}
    for _ in range(ROUNDS):
        for scene, values in measured.items():
            values.append(child(scene, "share", rooms, xvfb=xvfb)["share"])
    return statistics.median(measured[ours]), statistics.median(measured[peer])


def _row(what: str, ours: float, peer: float, unit: str, target: float) -> Row:
    ratio = ours / peer
    said = f"1/{1 / ratio:.1f}" if ratio < 1 else f"{ratio:.1f}x"
    wanted = f"<= 1/{1 / target:.0f}" if target < 1 else f"<= {target:.0f}x"
    return Row(what, f"{ours:.3g} {unit}", f"{peer:.3g} {unit}", said, wanted, ratio <= target)


def run() -> list[Row]:
    """CPU of a frame, and shares of one core at 60 frames a second."""
    frame = {scene: [] for scene in ("sweep", "plot", "blit")}
    for _ in range(ROUNDS):
        for scene, values in frame.items():
            values.append(child(scene, "frame")["ms"])
    ms = {scene: statistics.median(values) for scene, values in frame.items()}
    rows = [
        _row("4 waves, CPU per frame / pyqtgraph", ms["sweep"], ms["plot"], "ms", 1 / 12),
        _row("4 waves, CPU per frame / bare strip blit", ms["sweep"], ms["blit"], "ms", 5),
    ]
    if shutil.which("xvfb-run"):
        ours, peer = _shares("sweep", "plot", xvfb=True)
        rows.append(_row("4 waves at 60 fps under Xvfb / pyqtgraph", ours, peer, "%", 1 / 6))
    ours, peer = _shares("sweep", "plot", rooms=8)
    rows.append(_row("8 rooms, 32 waves at 60 fps / pyqtgraph", ours, peer, "%", 1 / 4))
    ours, peer = _shares("room", "plot")
    rows.append(_row("one room's dashboard at 60 fps / pyqtgraph's 4 waves", ours, peer, "%", 1 / 4))
    return rows


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measured = _measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
        sys.stdout.write(json.dumps(measured) + "\n")
        sys.stdout.flush()
        os._exit(0)
    for row in run():
        sys.stdout.write(f"{row}\n")
