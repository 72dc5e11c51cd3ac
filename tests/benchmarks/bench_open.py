"""Opening eight hours and drawing them, beside vitaldb and edfio; then scrubbing through them.

Each program runs in a process of its own, so that its peak memory is its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from bench_table import Row
from worst_case import FS, NUMERICS, SAMPLES, SECOND, T0_NS, WAVES, make_worst_case, numerics_of, quantile

HOURS = float(os.environ.get("KAP_BENCH_HOURS", "8"))
WIDTH = 1250
SPANS_S = (10, 60, 79, 600, 1200, 3600, 3.4 * 3600, 8 * 3600)
SCRUBS = 150
ROUNDS = 3


def run() -> list[Row]:
    """Files are made here; each is opened three times by each program, in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_worst_case(folder / "worst.kap", HOURS)
        _in_process("make_edf", folder)
        _in_process("make_vital", folder)
        found: dict[str, list[dict[str, float]]] = {"kap": [], "edf": [], "vital": []}
        for _ in range(ROUNDS):
            for kind, results in found.items():
                results.append(_in_process(f"open_{kind}", folder))
        scrubbed = _in_process("scrub", folder)
    return [*_compared(found), *_scrubbing(scrubbed)]


def _in_process(task: str, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, task, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    return json.loads(done.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    here = Path(__file__).parent
    paths = [str(here), str(here.parent / "helpers"), str(here.parents[1])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "ignore"}


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


def peak_rss() -> float:
    """Bytes, of this process since it was started (getrusage would count its parent's at the fork)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) * 1024
    return float("nan")


def drawn(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the other programs do with the samples: minimum and maximum per column."""
    starts = np.linspace(0, len(samples), WIDTH, endpoint=False).astype(int)
    return np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts)


def tiled(wave: int) -> np.ndarray:
    """One wave over all hours."""
    return np.tile(SAMPLES[wave], int(HOURS * 60))


def make_edf(folder: Path) -> dict[str, float]:
    import edfio

    signals = [
        edfio.EdfSignal.from_digital(tiled(i), FS, physical_range=(-32768, 32767), label=f"W{i}")
        for i in range(4)
    ]
    table = np.array([[row.value for row in numerics_of(second)] for second in range(round(HOURS * 3600))])
    signals += [
        edfio.EdfSignal(table[:, i], 1, physical_range=(0, 300), label=f"N{i}") for i in range(table.shape[1])
    ]
    edfio.Edf(signals).write(folder / "worst.edf")
    return {}


def make_vital(folder: Path) -> dict[str, float]:
    import vitaldb

    file = vitaldb.VitalFile()
    t0 = T0_NS / SECOND + 1.7e9
    for i, _ in enumerate(WAVES):
        samples = tiled(i).astype(np.float32)
        recs = [{"dt": t0 + s, "val": samples[s * FS : (s + 1) * FS]} for s in range(round(HOURS * 3600))]
        file.add_track(f"M/W{i}", recs, srate=FS, mindisp=-2000, maxdisp=2000)
    table = [[row.value for row in numerics_of(second)] for second in range(round(HOURS * 3600))]
    for i, _ in enumerate(NUMERICS):
        file.add_track(f"M/N{i}", [{"dt": t0 + s, "val": row[i]} for s, row in enumerate(table)])
    file.to_vital(str(folder / "worst.vital"), compresslevel=1)  # as it is opened, only written sooner
    return {}


def open_edf(folder: Path) -> dict[str, float]:
    import edfio

    began = time.perf_counter()
    edf = edfio.read_edf(folder / "worst.edf", lazy_load_data=False)
    for signal in edf.signals:
        drawn(signal.data)
    return {"seconds": time.perf_counter() - began, "rss": peak_rss()}


def open_vital(folder: Path) -> dict[str, float]:
    import vitaldb

    began = time.perf_counter()
    file = vitaldb.VitalFile(str(folder / "worst.vital"))
    for i, _ in enumerate(WAVES):
        drawn(np.concatenate([rec["val"] for rec in file.trks[f"M/W{i}"].recs]))
    for i, _ in enumerate(NUMERICS):
        drawn(np.array([rec["val"] for rec in file.trks[f"M/N{i}"].recs]))
    return {"seconds": time.perf_counter() - began, "rss": peak_rss()}


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
        task = globals()[sys.argv[1]]
        sys.stdout.write(json.dumps(task(Path(sys.argv[2]))) + "\n")
    else:
        for line in run():
            sys.stdout.write(f"{line}\n")
