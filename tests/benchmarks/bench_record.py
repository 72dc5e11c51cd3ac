"""Recording: commits beside a plain append with fdatasync, what a kill costs, the size of eight hours."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from bench_table import Row
from worst_case import STARTED, T0_NS, items_of, make_worst_case, quantile

from kapmonitor.record.reader import RecordReader
from kapmonitor.record.store import Store, create_record
from kapmonitor.record.verify import verify

COMMITS = 1200
HOURS = float(os.environ.get("KAP_BENCH_HOURS", "8"))
KILLS = 6
PROGRAM = Path(__file__).parents[1] / "helpers" / "record_until_killed.py"


def run() -> list[Row]:
    """Everything on the disk that holds the system's temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        return [*commits(Path(folder)), killed(Path(folder)), *eight_hours(Path(folder))]


def commits(folder: Path) -> list[Row]:
    """A quarter of a second of the worst case per commit, each beside its bytes appended to a file.

    Folding and the checkpoint come after it, as in the writer: no entry waits for them to be acknowledged.
    """
    path = folder / "commits.kap"
    create_record(path, STARTED, T0_NS)
    store = Store(path)
    ours, plain, folds = [], [], []
    with (folder / "plain").open("wb", buffering=0) as file:
        for number in range(COMMITS):
            items = items_of(number)
            size = sum(getattr(getattr(item, "samples", None), "nbytes", 32) for _, item in items)
            ours.append(seconds_of(lambda items=items: store.commit(items)))
            if items[-1][0] >= store.fold_due_ns:
                folds.append(seconds_of(lambda items=items: store.fold(items[-1][0])))
                store.checkpoint()
            plain.append(seconds_of(lambda size=size: append(file, size)))
    store.abandon()
    return [
        beside("record: commit of 250 ms, p50", quantile(ours, 0.5), quantile(plain, 0.5), 5),
        beside("record: commit of 250 ms, p99", quantile(ours, 0.99), quantile(plain, 0.99), 3),
        Row("record: fold of 10 s, median", f"{quantile(folds, 0.5) * 1e3:.2f} ms", "-", "-", "-", ok=True),
    ]


def append(file: FileIO, size: int) -> None:
    """What a plain log would do with the same bytes."""
    file.write(bytes(size))
    os.fdatasync(file.fileno())


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def beside(what: str, ours_s: float, peer_s: float, most: int) -> Row:
    """A commit next to a plain append."""
    return Row(
        what,
        f"{ours_s * 1e3:.2f} ms",
        f"{peer_s * 1e3:.2f} ms (append + fdatasync)",
        f"{ours_s / peer_s:.1f}x",
        f"<= {most}x",
        ours_s <= most * peer_s,
    )


def killed(folder: Path) -> Row:
    """Durable notes acknowledged before SIGKILL and not in the record afterwards."""
    lost = waves_s = 0.0
    for number in range(KILLS):
        path = folder / f"killed{number}.kap"
        log = folder / f"killed{number}.log"
        with log.open("wb") as out:
            process = subprocess.Popen([sys.executable, str(PROGRAM), str(path)], stdout=out)
        end = time.monotonic() + 60
        while log.read_bytes().count(b"kept") < 2 and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.3 + 0.17 * number)
        process.kill()
        process.wait()
        text = log.read_text()
        kept = [int(seq) for seq in re.findall(r"^kept (\d+)", text, re.MULTILINE)]
        put = max((int(count) for count in re.findall(r"^put (\d+)", text, re.MULTILINE)), default=0)
        with RecordReader(path) as reader:
            there = {row.seq for row in reader.events()}
            samples = sum(len(chunk.samples) for chunk in reader.waves(2))
        lost += sum(seq not in there for seq in kept)
        waves_s = max(waves_s, (put - samples) / 500)
    return Row(
        f"record: acknowledged entries lost in {KILLS} SIGKILLs",
        f"{lost:.0f}, waves at most {waves_s:.2f} s",
        "-",
        "-",
        "0, <= 1 s",
        lost == 0 and waves_s <= 1.0,
    )


def eight_hours(folder: Path) -> list[Row]:
    """Four waves at 500 Hz and 20 numerics a second, through the same writer, unpaced."""
    path = folder / "worst.kap"
    began = time.perf_counter()
    make_worst_case(path, HOURS)
    made_s = time.perf_counter() - began
    raw = round(HOURS * 3600) * 4 * 500 * 2
    size = path.stat().st_size
    began = time.perf_counter()
    verdict = verify(path)
    verify_s = time.perf_counter() - began
    return [
        Row(
            f"record: size of {HOURS:g} h worst case, pyramid included",
            f"{size / 1e6:.1f} MB in {made_s:.0f} s",
            f"{raw / 1e6:.1f} MB (int16)",
            f"{size / raw:.2f}x",
            "<= 0.5x",
            size <= 0.5 * raw,
        ),
        Row(
            f"record: verify {HOURS:g} h",
            f"{verify_s:.2f} s, {verdict.kind}",
            "-",
            "-",
            "< 5 s, intact",
            verify_s < 5 and verdict.kind == "intact",
        ),
    ]


if __name__ == "__main__":
    for line in run():
        print(line)
