"""The worst-case signals in the files of other programs, and those programs doing the nearest job on them.

Each task runs in a process of its own, so that its peak memory is its own.
"""

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from worst_case import FS, NUMERICS, SAMPLES, SECOND, T0_NS, WAVES, numerics_of

HOURS = float(os.environ.get("KAP_BENCH_HOURS", "8"))
WIDTH = 1250
SEEKS = 50
SEEK_S = 10
LIBRARIES = {"vital": "vitaldb", "edf": "edfio", "wfdb": "wfdb", "h5": "h5py"}
"""Kinds of files and what makes and opens them."""


def absent(kind: str) -> bool:
    """Whether the library for a kind of file is not installed here."""
    return importlib.util.find_spec(LIBRARIES[kind]) is None


def in_process(script: str, task: str, folder: Path) -> dict[str, float]:
    """What a task of a script found out, in a process of its own."""
    done = subprocess.run(
        [sys.executable, script, task, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    if done.returncode:
        raise RuntimeError(f"{task} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    here = Path(__file__).parent
    paths = [str(here), str(here.parent / "helpers"), str(here.parents[1])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONWARNINGS": "ignore",
        "QT_QPA_PLATFORM": "offscreen",
    }


def answer(tasks: dict[str, object]) -> None:
    """Do the task this process was started for."""
    found = tasks[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.write(json.dumps(found) + "\n")


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


def _table() -> np.ndarray:
    """All numerics, shape (seconds, channels)."""
    return np.array([[row.value for row in numerics_of(second)] for second in range(round(HOURS * 3600))])


def make_edf(folder: Path) -> dict[str, float]:
    import edfio

    signals = [
        edfio.EdfSignal.from_digital(tiled(i), FS, physical_range=(-32768, 32767), label=f"W{i}")
        for i in range(4)
    ]
    table = _table()
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
    for i, column in enumerate(_table().T.tolist()):
        file.add_track(f"M/N{i}", [{"dt": t0 + s, "val": value} for s, value in enumerate(column)])
    file.to_vital(str(folder / "worst.vital"), compresslevel=1)  # as it is opened, only written sooner
    return {}


def make_wfdb(folder: Path) -> dict[str, float]:
    import wfdb

    waves = np.stack([tiled(i) for i in range(4)], axis=1)
    names = [f"W{i}" for i in range(4)]
    wfdb.wrsamp(
        "worst",
        FS,
        ["NU"] * 4,
        names,
        d_signal=waves.astype(np.int64),
        fmt=["16"] * 4,
        adc_gain=[1.0] * 4,
        baseline=[0] * 4,
        write_dir=str(folder),
    )
    return {}


def make_h5(folder: Path) -> dict[str, float]:
    import h5py

    with h5py.File(folder / "worst.h5", "w") as file:
        for i in range(4):
            file.create_dataset(f"W{i}", data=tiled(i), chunks=(10 * FS,))
        file.create_dataset("N", data=_table().T, chunks=(1, 60))
    return {}


def open_edf(folder: Path) -> dict[str, float]:
    import edfio

    began = time.perf_counter()
    edf = edfio.read_edf(folder / "worst.edf", lazy_load_data=False)
    for signal in edf.signals:
        drawn(signal.data)
    return _found(began, lambda at: [signal.data[at : at + SEEK_S * FS] for signal in edf.signals[:4]])


def open_vital(folder: Path) -> dict[str, float]:
    import vitaldb

    began = time.perf_counter()
    file = vitaldb.VitalFile(str(folder / "worst.vital"))
    waves = [np.concatenate([rec["val"] for rec in file.trks[f"M/W{i}"].recs]) for i, _ in enumerate(WAVES)]
    for wave in waves:
        drawn(wave)
    for i, _ in enumerate(NUMERICS):
        drawn(np.array([rec["val"] for rec in file.trks[f"M/N{i}"].recs]))
    return _found(began, lambda at: [wave[at : at + SEEK_S * FS] for wave in waves])


def open_wfdb(folder: Path) -> dict[str, float]:
    """Waves alone, as a WFDB record has one rate."""
    import wfdb

    name = str(folder / "worst")
    began = time.perf_counter()
    waves = wfdb.rdrecord(name).p_signal
    for i in range(4):
        drawn(waves[:, i])
    return _found(began, lambda at: wfdb.rdrecord(name, sampfrom=at, sampto=at + SEEK_S * FS).p_signal)


def open_h5(folder: Path) -> dict[str, float]:
    import h5py

    began = time.perf_counter()
    file = h5py.File(folder / "worst.h5")
    for i in range(4):
        drawn(file[f"W{i}"][:])
    for row in file["N"][:]:
        drawn(row)
    return _found(began, lambda at: [file[f"W{i}"][at : at + SEEK_S * FS] for i in range(4)])


def _found(began: float, read) -> dict[str, float]:
    """How long it took to open, peak memory until then, and the median of ten-second windows at random."""
    seconds, rss = time.perf_counter() - began, peak_rss()
    times = []
    for at in np.random.default_rng(5).integers(0, round(HOURS * 3600 - SEEK_S) * FS, SEEKS).tolist():
        start = time.perf_counter()
        read(at)
        times.append((time.perf_counter() - start) * 1e3)
    return {"seconds": seconds, "rss": rss, "seek_ms": float(np.median(times))}


TASKS = {
    name: task for name, task in globals().items() if name.startswith(("make_", "open_")) and callable(task)
}

if __name__ == "__main__":
    answer(TASKS)
