"""Eight hours in the real review window: opening, 200 random windows of 2 s to 8 h, and memory, beside peers.

Each program runs in a process of its own. The peers hold the same waves and numerics. What pyqtgraph draws,
six curves with their scales, is drawn from the record alone too, and held to a third of its time; the trends
and the whole window, which also have cuffs, doses, notes, music, limits and gaps, are held to one frame.
`KAP_BENCH_HOURS=1` makes it a quick look.
"""

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import bench_open
import numpy as np
import peer_files
from bench_table import Row
from peer_files import HOURS, LIBRARIES, absent, answer, in_process, peak_rss
from worst_case import FS, SECOND, quantile
from worst_session import make_worst_session

ROUNDS = 3
SEEKS = 200
SHORTEST_S = 2.0
FRAME_MS = 16.7
SIZE = (868, 834)
"""Of the trends in a window of 1920 x 1080; the peer's curves get the same room."""

CLASSES_S = ((2, 10), (10, 60), (60, 600), (600, 3600), (3600, 8 * 3600))
OPEN_LEAST = {"vital": 100.0, "edf": 8.0}


def run() -> list[Row]:
    """The rows of this benchmark."""
    print(f"load average {os.getloadavg()}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_worst_session(folder / "worst.kap", HOURS)
        make_worst_session(folder / "short.kap", min(1.0, HOURS / 2))
        kinds = [kind for kind in LIBRARIES if not absent(kind)]
        for kind in kinds:
            in_process(peer_files.__file__, f"make_{kind}", folder)
        found: dict[str, list[dict[str, float]]] = {name: [] for name in ("kap", "window", *kinds)}
        for _ in range(ROUNDS):
            for kind, results in found.items():
                script = __file__ if kind in {"kap", "window"} else peer_files.__file__
                results.append(in_process(script, f"open_{kind}", folder))
        curves, pane, peer, window, short = (
            in_process(__file__, task, folder)
            for task in ("scrub_curves", "scrub_pane", "scrub_pg", "scrub_kap", "scrub_short")
        )
    medians = {
        kind: {key: median(r[key] for r in results) for key in results[0]} for kind, results in found.items()
    }
    print(f"load average {os.getloadavg()}", file=sys.stderr)
    return [
        *_opened(medians),
        *_remembered(medians, window, peer, short),
        *_scrubbed("the six curves", curves, peer, least=3.0),
        *_scrubbed("trends and waves", pane, peer),
        *_scrubbed("the whole window", window, peer)[:2],
    ]


def _median(results: list[dict[str, float]]) -> dict[str, float]:
    return {key: median(result[key] for result in results) for key in results[0]}


def _opened(medians: dict[str, dict[str, float]]) -> list[Row]:
    """Opening and the overview, beside each peer; and the whole window, which no peer has."""
    ours, window = medians["kap"], medians["window"]
    rows = []
    for kind, library in LIBRARIES.items():
        what = f"open {HOURS:g} h and its overview, beside {library}"
        if kind not in medians:
            rows.append(Row(what, f"{ours['seconds'] * 1e3:.1f} ms", "-", "-", f"no {library} here", ok=True))
            continue
        ratio, least = medians[kind]["seconds"] / ours["seconds"], OPEN_LEAST.get(kind)
        rows.append(
            Row(
                what,
                f"{ours['seconds'] * 1e3:.1f} ms",
                f"{medians[kind]['seconds'] * 1e3:.0f} ms",
                f"1/{ratio:.0f}",
                f"<= 1/{least:.0f}" if least else "-",
                least is None or ratio >= least,
            )
        )
        rows.append(
            Row(
                f"10 s of four waves at random, beside {library}",
                f"{ours['seek_ms']:.2f} ms",
                f"{medians[kind]['seek_ms']:.2f} ms",
                f"1/{medians[kind]['seek_ms'] / ours['seek_ms']:.1f}",
                "-",
                ok=True,
            )
        )
    checked = f"verify {window['verify']:.2f} s, window {window['dress']:.2f} s"
    rows.append(
        Row(
            f"open {HOURS:g} h to the first paint of the window",
            f"{window['seconds']:.2f} s",
            "-",
            "-",
            checked,
            ok=True,
        )
    )
    return rows


def _remembered(
    medians: dict[str, dict[str, float]],
    ours: dict[str, float],
    peer: dict[str, float],
    short: dict[str, float],
) -> list[Row]:
    """Peak memory of opening, of the window after all its seeks, and how that follows the length."""
    rows = []
    for kind, library in LIBRARIES.items():
        if kind in medians:
            ratio = medians[kind]["rss"] / medians["kap"]["rss"]
            target = "<= 1/5" if kind == "vital" else "-"
            rows.append(
                Row(
                    f"peak memory of opening, beside {library}",
                    f"{medians['kap']['rss'] / 1e6:.0f} MB",
                    f"{medians[kind]['rss'] / 1e6:.0f} MB",
                    f"1/{ratio:.1f}",
                    target,
                    kind != "vital" or ratio >= 5,
                )
            )
    vital = medians.get("vital", peer)["rss"]
    whose = "vitaldb" if "vital" in medians else "pyqtgraph"
    rows.append(
        Row(
            f"peak memory of the whole window after {SEEKS} windows, beside {whose} without one",
            f"{ours['rss'] / 1e6:.0f} MB",
            f"{vital / 1e6:.0f} MB",
            f"1/{vital / ours['rss']:.1f}",
            "<= 1/3",
            vital >= 3 * ours["rss"],
        )
    )
    more = (ours["rss"] - short["rss"]) / 1e6
    rows.append(
        Row(
            "the same of a record an eighth as long: memory that follows the length",
            f"{more:+.0f} MB",
            f"{short['rss'] / 1e6:.0f} MB",
            f"{ours['rss'] / short['rss']:.2f}x",
            "<= 1.25x",
            ours["rss"] <= 1.25 * short["rss"],
        )
    )
    return rows


def _scrubbed(whose: str, ours: dict[str, float], peer: dict[str, float], least: float = 0.0) -> list[Row]:
    """Time from asking for a window to its picture, beside pyqtgraph with everything in memory."""
    rows = []
    for name in ("all", *(_class_name(*bounds) for bounds in CLASSES_S)):
        if f"p50 {name}" not in ours:
            continue
        third = f"<= 1/{least:g} of pyqtgraph" if least else "-"
        for part, target in (("p50", third), ("p99", f"<= {FRAME_MS} ms")):
            mine, theirs = ours[f"{part} {name}"], peer[f"{part} {name}"]
            what = "any window" if name == "all" else name
            cpu = f"{ours[f'cpu {part} {name}']:.1f} beside {peer[f'cpu {part} {name}']:.1f} ms"
            rows.append(
                Row(
                    f"{whose}, {what} painted, {part} (CPU alone {cpu})",
                    f"{mine:.1f} ms",
                    f"{theirs:.1f} ms",
                    f"1/{theirs / mine:.1f}",
                    target,
                    theirs >= least * mine if part == "p50" else mine <= FRAME_MS,
                )
            )
    return rows


def open_kap(folder: Path) -> dict[str, float]:
    """Everything in columns, as the peers do it; no Qt."""
    from kapmonitor.record.view import RecordView

    found = bench_open.open_kap(folder)
    view = RecordView(folder / "worst.kap")
    first, last = view.span()
    times = []
    for at_ns in np.random.default_rng(5).integers(first, last - 10 * SECOND, peer_files.SEEKS).tolist():
        start = time.perf_counter()
        for key in view.wave_keys():
            view.wave_samples(key, at_ns, at_ns + 10 * SECOND)
        times.append((time.perf_counter() - start) * 1e3)
    return {**found, "seek_ms": float(np.median(times))}


def open_window(folder: Path) -> dict[str, float]:
    """From a path to the painted window, libraries loaded, as `kapmonitor replay` goes about it."""
    from PySide6.QtWidgets import QApplication
    from show_lens import open_review

    import ui.replay
    import ui.trends  # noqa: F401  # loads pyqtgraph
    from kapmonitor.record.verify import verify

    application = QApplication([])
    path = folder / "worst.kap"
    began = time.perf_counter()
    verdict = verify(path)
    verified = time.perf_counter() - began
    shell, *_ = open_review(path, verdict)
    shell.resize(1920, 1080)
    shell.grab()
    application.processEvents()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "verify": verified, "dress": seconds - verified, "rss": peak_rss()}


def windows() -> list[tuple[float, float]]:
    """Where each window begins and how long it is, in seconds; lengths spread evenly over the scale."""
    rng = np.random.default_rng(11)
    lengths = np.exp(rng.uniform(np.log(SHORTEST_S), np.log(HOURS * 3600), SEEKS))
    return [(float(rng.uniform(0, HOURS * 3600 - length)), float(length)) for length in lengths]


def _class_name(low_s: float, high_s: float) -> str:
    return f"windows of {low_s:g} to {high_s:g} s"


def _summed_up(lengths: list[float], wall: list[float], cpu: list[float]) -> dict[str, float]:
    found: dict[str, float] = {}
    groups = {"all": range(len(lengths))}
    for low, high in CLASSES_S:
        groups[_class_name(low, high)] = [i for i, length in enumerate(lengths) if low <= length < high]
    for name, members in groups.items():
        if len(members):
            for part, share in (("p50", 0.5), ("p99", 0.99)):
                found[f"{part} {name}"] = quantile([wall[i] for i in members], share)
                found[f"cpu {part} {name}"] = quantile([cpu[i] for i in members], share)
    return found


def _timed(view, show: Callable[[float, float], None]) -> dict[str, float]:
    """Each window from asking for it to the end of the paint of `view`, a QWidget."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    class Painted(QObject):
        done = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
            self.done = self.done or event.type() == QEvent.Type.Paint
            return False

    painted = Painted()
    view.installEventFilter(painted)
    gc.freeze()  # as the review does; for the peer, too
    wall, cpu, asked = [], [], windows()
    for t0_s, length_s in asked:
        for _ in range(5):
            QApplication.processEvents()
        painted.done = False
        began, began_cpu = time.perf_counter(), time.process_time()
        show(t0_s, length_s)
        while not painted.done:
            view.update()  # a window as long as the record is the same again
            QApplication.processEvents()
        wall.append((time.perf_counter() - began) * 1e3)
        cpu.append((time.process_time() - began_cpu) * 1e3)
    view.removeEventFilter(painted)
    return {**_summed_up([length for _, length in asked], wall, cpu), "rss": peak_rss()}


def scrub_kap(folder: Path, name: str = "worst.kap") -> dict[str, float]:
    """The whole real window, numbers and lists and all, its waves shown whatever the length."""
    from PySide6.QtWidgets import QApplication
    from show_lens import open_review

    from kapmonitor.record.verify import verify
    from ui.trends import TrendsPane

    application = QApplication([])
    path = folder / name
    shell, window, review, _ = open_review(path, verify(path))
    shell.resize(1920, 1080)
    application.processEvents()
    return _scrubbed_pane(window.findChild(TrendsPane), review)


def scrub_pane(folder: Path) -> dict[str, float]:
    """The trends and waves alone: what the peer's curves are."""
    from PySide6.QtWidgets import QApplication

    from kapmonitor.record.verify import verify
    from kapmonitor.review import Review as RecordReview
    from ui.theme import Theme
    from ui.trends import Review, TrendsPane

    application = QApplication([])
    path = folder / "worst.kap"
    review = RecordReview(path, verify(path))
    pane = TrendsPane(review, Theme(), Review(review.whole, review.seek, review.close_up()))
    pane.resize(*SIZE)
    pane.show()
    application.processEvents()
    return _scrubbed_pane(pane, review)


def _scrubbed_pane(pane, review) -> dict[str, float]:
    pane.refresh()
    pane.looking.toggle_waves()
    first, last = review.span()
    share = (last - first) / (HOURS * 3600 * SECOND)

    def show(t0_s: float, length_s: float) -> None:
        t0_ns, length_s = first + round(t0_s * share * SECOND), length_s * share
        looking = pane.looking
        looking.zoom(length_s * SECOND / (looking.span_shown.t1_ns - looking.span_shown.t0_ns), t0_ns)
        looking.pan(t0_ns - looking.span_shown.t0_ns)
        review.seek(t0_ns + round(length_s * SECOND / 2))
        pane.refresh()

    return _timed(pane._canvas.view.viewport(), show)


def scrub_curves(folder: Path) -> dict[str, float]:
    """What the peer draws and no more: six curves with their scales and a time grid, read from the record."""
    from PySide6.QtGui import QPainter, QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    from kapmonitor.record.closeup import RecordCloseUp
    from kapmonitor.record.view import RecordView
    from kapmonitor.view import Role
    from ui.theme import Theme, colour
    from ui.trends import wavelane
    from ui.trends.frame import Frame, axis_words
    from ui.trends.scale import TimeScale, ValueScale
    from ui.trends.strokes import draw_trace
    from ui.trends.ticks import Origin, time_ticks
    from ui.trends.traces import trace
    from ui.trends.window import Span

    application = QApplication([])
    view = RecordView(folder / "worst.kap")
    record, theme, left, first = RecordCloseUp(view), Theme(), 60.0, view.span()[0]
    columns = round((SIZE[0] - left) * 2)

    class Curves(QWidget):
        def look(self, t0_ns: int, t1_ns: int) -> None:
            self.span = Span(t0_ns, t1_ns)
            self.waves = wavelane.gather_waves(record, self.span, columns)
            self.traces = [trace(view.trend(r, t0_ns, t1_ns, columns), t1_ns) for r in (Role.HR, Role.SPO2)]
            self.update()

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
            time = TimeScale(self.span.t0_ns, self.span.t1_ns, left, self.width() - left)
            frame = Frame(theme, self.width(), self.height() * 2 / 3, time)
            grid = tuple(tick.t_ns for tick in time_ticks(self.span, Origin(None, 0), 9))
            painter = QPainter(self)
            painter.fillRect(self.rect(), colour(theme.palette.panel))
            wavelane.draw_body(painter, frame, self.waves, grid)
            for number, shown in enumerate(self.waves):
                scale = wavelane.strip_scale(frame, number, len(self.waves), shown)
                axis_words(painter, frame, [(scale.y(v), f"{v:g}") for v in (shown.low, shown.high)])
            for number, drawn in enumerate(self.traces):
                tall = self.height() / 6
                scale = ValueScale(60, 110, tall * (4 + number), tall * (5 + number))
                draw_trace(painter, drawn, frame, scale, columns, theme.palette.hr)
            painter.end()

    curves = Curves()
    curves.resize(*SIZE)
    curves.look(first, first + SECOND)
    curves.show()
    application.processEvents()

    def show(t0_s: float, length_s: float) -> None:
        curves.look(first + round(t0_s * SECOND), first + round((t0_s + length_s) * SECOND))

    return _timed(curves, show)


def scrub_short(folder: Path) -> dict[str, float]:
    """The same over the short record, for its memory."""
    return scrub_kap(folder, "short.kap")


def scrub_pg(folder: Path) -> dict[str, float]:
    """pyqtgraph's own curves with everything in memory, clipped and downsampled."""
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    plots = pg.GraphicsLayoutWidget()
    plots.resize(*SIZE)
    first = None
    count = round(HOURS * 3600)
    times = np.arange(count * FS) / FS
    table = [(times, peer_files.tiled(i).astype(np.float32)) for i in range(4)]
    slow = np.arange(count, dtype=float)
    table += [(slow, (78 + 4 * np.sin(slow / 40 + i)).astype(np.float32)) for i in range(2)]
    for row, (x, y) in enumerate(table):
        plot = plots.addPlot(row, 0)
        curve = plot.plot(x, y, pen=pg.mkPen("#25A35A", width=1))
        curve.setDownsampling(auto=True, method="peak")
        curve.setClipToView(True)
        plot.setYRange(float(y.min()), float(y.max()))
        if first is not None:
            plot.setXLink(first)
        first = first or plot
    plots.show()
    application.processEvents()
    return _timed(plots.viewport(), lambda t0, length: first.setXRange(t0, t0 + length, padding=0))


ALL = (open_kap, open_window, scrub_kap, scrub_pane, scrub_curves, scrub_short, scrub_pg)
TASKS = {task.__name__: task for task in ALL}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        answer(TASKS)
    else:
        for line in run():
            sys.stdout.write(f"{line}\n")
