"""First paint of the dashboard's window, in processes of their own, beside a bare window and pyqtgraph's."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from bench_table import Row

ROUNDS = 7
ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pyqtgraph", "pandas", "scipy", "vitaldb", "wfdb", "bumble", "bleak", "soundfile")

_PAINTED = """
import sys, time
start = time.perf_counter()
sys.path[:0] = [{root!r}, {helpers!r}]
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow():
            QTimer.singleShot(0, painted)
        return False
def painted():
    print(time.perf_counter() - start, [m for m in {heavy!r} if m in sys.modules], flush=True)
    import os
    os._exit(0)
watch = Watch()
{body}
window.installEventFilter(watch)
window.resize(1280, 800)
window.show()
application.exec()
"""
BODIES = {
    "shell": "from ui.shell import Shell\nwindow = Shell()\n",
    "dashboard": """
from fake_session import FakeSession
from ui.main_window import MainWindow
window = MainWindow(FakeSession("quiet"))
""",
    "bare": "window = QWidget()\n",
    "pyqtgraph": """
import numpy as np, pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout
window = QWidget()
plots = pg.GraphicsLayoutWidget()
QVBoxLayout(window).addWidget(plots)
for row in range(4):
    plots.addPlot(row=row, col=0).plot(np.sin(np.arange(5000) / 80.0))
""",
}


def first_paint_s(name: str) -> tuple[float, str]:
    """Seconds from the first line to the first paint of the window, and the heavy modules by then."""
    code = _PAINTED.format(
        root=str(ROOT), helpers=str(ROOT / "tests" / "helpers"), heavy=HEAVY, body=BODIES[name]
    )
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    seconds, _, heavy = done.stdout.strip().partition(" ")
    return float(seconds), heavy


def run() -> list[Row]:
    """Interleaved rounds, medians."""
    times: dict[str, list[float]] = {name: [] for name in BODIES}
    loaded: set[str] = set()
    for _ in range(ROUNDS):
        for name in BODIES:
            seconds, heavy = first_paint_s(name)
            times[name].append(seconds)
            if name in {"shell", "dashboard"} and heavy != "[]":
                loaded.add(heavy)
    ms = {name: 1000 * statistics.median(values) for name, values in times.items()}
    return [
        _row("first paint / four pyqtgraph plots", ms["shell"], ms["pyqtgraph"], 1 / 4),
        _row("first paint / bare QtWidgets window", ms["shell"], ms["bare"], 1.3),
        _row("dashboard with numbers / four pyqtgraph plots", ms["dashboard"], ms["pyqtgraph"], 1 / 2),
        Row("heavy modules at either paint", " ".join(loaded) or "none", "-", "-", "none", not loaded),
    ]


def _row(what: str, ours: float, peer: float, target: float) -> Row:
    ratio = ours / peer
    said = f"1/{1 / ratio:.1f}" if target < 1 else f"{ratio:.2f}x"
    wanted = f"<= 1/{1 / target:.0f}" if target < 1 else f"<= {target}x"
    return Row(what, f"{ours:.0f} ms", f"{peer:.0f} ms", said, wanted, ratio <= target)


if __name__ == "__main__":
    for row in run():
        sys.stdout.write(f"{row}\n")
