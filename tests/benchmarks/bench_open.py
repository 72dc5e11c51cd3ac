"""Opening eight hours and drawing them, beside vitaldb and edfio; then scrubbing through them.

Each program runs in a process of its own, so that its peak memory is its own.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import peer_files
from bench_table import Row
from peer_files import HOURS, WIDTH, answer, in_process, peak_rss
from worst_case import SECOND, make_worst_case, quantile

SPANS_S = (10, 60, 79, 600, 1200, 3600, 3.4 * 3600, 8 * 3600)
SCRUBS = 150
ROUNDS = 3


def run() -> list[Row]:
    """Files are made here; each is opened three times by each program, in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_worst_case(folder / "worst.kap", HOURS)
        in_process(peer_files.__file__, "make_edf", folder)
        in_process(peer_files.__file__, "make_vital", folder)
        found: dict[str, list[dict[str, float]]] = {"kap": [], "edf": [], "vital": []}
        for _ in range(ROUNDS):
            for kind, results in found.items():
                script = __file__ if kind == "kap" else peer_files.__file__
                results.append(in_process(script, f"open_{kind}", folder))
        scrubbed = in_process(__file__, "scrub", folder)
    return [*_compared(found), *_scrubbing(scrubbed)]


def _compared(found: dict[str, list[dict[str, float]]]) -> list[Row]:
    ours_s = median(result["seconds"] for result in found["kap"])
    ours_mb = median(result["rss"] for result in found["kap"]) / 1e6
    rows = []
    for kind, least in (("vital", 100), ("edf", 8)):
        peer_s = median(result["seconds"] for result in found[kind])
        rows.append(
            Row(
                f"open {HOURS:g} h and draw all of it, beside {'vitaldb' if kind == 'vital' else 'edfio'}",
                f"{ours_s * 1e3:.1f} ms",
                f"{peer_s * 1e3:.0f} ms",
                f"1/{peer_s / ours_s:.0f}",
                f"<= 1/{least}",
                peer_s >= least * ours_s,
            )
        )
    peer_mb = median(result["rss"] for result in found["vital"]) / 1e6
    rows.append(
        Row(
            "the same, peak memory beside vitaldb",
            f"{ours_mb:.0f} MB",
            f"{peer_mb:.0f} MB",
            f"1/{peer_mb / ours_mb:.1f}",
            "<= 1/5",
            peer_mb >= 5 * ours_mb,
        )
    )
    return rows


def _scrubbing(result: dict[str, float]) -> list[Row]:
    return [
        Row(f"scrub to any {name} s, p99", f"{value:.1f} ms", "-", "-", "<= 16.7 ms", value <= 16.7)
        for name, value in result.items()
    ]


def open_kap(folder: Path) -> dict[str, float]:
    from kapmonitor.record.view import RecordView

    began = time.perf_counter()
    view = RecordView(folder / "worst.kap")
    first, last = view.span()
    for key in view.wave_keys():
        view.wave(key, first, last, WIDTH)
    for key in view.numeric_keys():
        view.numeric(key, first, last, WIDTH)
    return {"seconds": time.perf_counter() - began, "rss": peak_rss()}


def scrub(folder: Path) -> dict[str, float]:
    """Random windows: four waves and five trends in columns."""
    from kapmonitor.record.view import RecordView

    view = RecordView(folder / "worst.kap")
    first, last = view.span()
    rng = np.random.default_rng(3)
    result = {}
    for span_s in SPANS_S:
        times = []
        for _ in range(SCRUBS):
            t0_ns = int(first + rng.uniform(0, max(1, last - first - span_s * SECOND)))
            t1_ns = t0_ns + int(span_s * SECOND)
            began = time.perf_counter()
            for key in view.wave_keys():
                view.wave(key, t0_ns, t1_ns, WIDTH)
            for key in view.numeric_keys()[:5]:
                view.numeric(key, t0_ns, t1_ns, WIDTH)
            times.append((time.perf_counter() - began) * 1e3)
        result[f"{span_s:g}"] = quantile(times, 0.99)
    return result


if __name__ == "__main__":
    if len(sys.argv) > 1:
        answer({"open_kap": open_kap, "scrub": scrub})
    else:
        for line in run():
            sys.stdout.write(f"{line}\n")
