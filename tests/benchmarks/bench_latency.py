"""From a byte on the wire to a painted pixel, beside the same program on a timer and with a naive reader."""

from __future__ import annotations

import json
import os
import pty
import statistics
import subprocess
import sys
import tty
from pathlib import Path

from bench_table import Row

ROUNDS = 5
SECONDS = 6.0
PROGRAM = Path(__file__).with_name("latency_program.py")
MODES = ("console", "timer", "read256", "busy")


def measure(mode: str) -> dict[str, float]:
    """One run of the program: p50 and p99 in ms, frames lost, share of a core."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    words = [sys.executable, str(PROGRAM), "console", mode, os.ttyname(slave), str(SECONDS + 2.5)]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    assert program.stdout is not None
    program.stdout.readline()
    words = [sys.executable, str(PROGRAM), "sender", str(master), str(SECONDS)]
    subprocess.run(words, pass_fds=[master], check=True, timeout=120)
    answer = json.loads(program.communicate(timeout=120)[0])
    os.close(master)
    os.close(slave)
    delays = sorted(answer["delays"])
    return {
        "p50": statistics.median(delays),
        "p99": delays[int(len(delays) * 0.99)],
        "lost": SECONDS * 50 - answer["sent"],
        "cpu": answer["cpu"],
    }


def run() -> list[Row]:
    """Interleaved rounds, medians of the rounds' percentiles."""
    rounds: dict[str, list[dict[str, float]]] = {mode: [] for mode in MODES}
    for _ in range(ROUNDS):
        for mode in MODES:
            rounds[mode].append(measure(mode))

    def median(mode: str, what: str) -> float:
        return statistics.median(one[what] for one in rounds[mode])

    rows = []
    for what in ("p50", "p99"):
        own, peer = median("console", what), median("timer", what)
        rows.append(_row(f"byte to painted {what} / 60 Hz timer", own, peer, 1 / 5))
    own, peer = median("console", "p50"), median("read256", "p50")
    rows.append(_row("byte to painted p50 / read(256)", own, peer, 1 / 20))
    busy, lost = median("busy", "p99"), sum(one["lost"] for one in rounds["console"])
    rows.append(
        Row("byte to painted p99, busy thread beside", f"{busy:.1f} ms", "-", "-", "<= 20 ms", busy <= 20)
    )
    rows.append(Row("frames lost", f"{lost:.0f}", "-", "-", "0", lost == 0))
    return rows


def _row(what: str, own: float, peer: float, target: float) -> Row:
    return Row(
        what,
        f"{own:.2f} ms",
        f"{peer:.2f} ms",
        f"1/{peer / own:.1f}",
        f"<= 1/{1 / target:.0f}",
        own <= target * peer,
    )
