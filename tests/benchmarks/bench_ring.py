"""The ring beside numpy-ringbuffer: ingest, windows, torn reads, memory."""

import threading
import tracemalloc
import warnings
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
from bench_table import Row
from numpy_ringbuffer import RingBuffer

from kapmonitor.ring import Ring
from kapmonitor.trend import TrendSeries

CHANNELS = 4
CHUNK = 10
TEN_SECONDS = 5_000
FIVE_MINUTES = 150_000
ROUNDS = 41
READS = 5_000


def run() -> list[Row]:
    """Ratios of this machine, now."""
    warnings.simplefilter("ignore", DeprecationWarning)  # the peer's, of numpy 2
    return [
        ingest(),
        window(TEN_SECONDS, "10 s", 15),
        window(FIVE_MINUTES, "5 min", 60),
        torn(),
        memory(),
        trend(),
    ]


def both(
    ours: Callable[[], object], peer: Callable[[], object], calls: int, peer_calls: int
) -> tuple[float, float]:
    """Median seconds per call of each, in alternating rounds."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for kept, work, count in ((times[0], ours, calls), (times[1], peer, peer_calls)):
            began = perf_counter()
            for _ in range(count):
                work()
            kept.append((perf_counter() - began) / count)
    return median(times[0]), median(times[1])


def row(what: str, ours: float, peer: float, least: float) -> Row:
    ratio = peer / ours
    return Row(
        what, f"{ours * 1e9:.0f} ns", f"{peer * 1e9:.0f} ns", f"{ratio:.0f}x", f">= {least}x", ratio >= least
    )


def ingest() -> Row:
    ring = Ring(CHANNELS, TEN_SECONDS)
    frames = np.arange(CHANNELS * CHUNK, dtype=np.int16)
    peers = [RingBuffer(TEN_SECONDS, dtype=np.float32) for _ in range(CHANNELS)]
    chunk = np.zeros(CHUNK, np.float32)
    write, extends = ring.write, [peer.extend for peer in peers]
    calls, peer_calls = 20_000, 2_000

    def ours() -> None:
        for _ in range(calls):
            write(frames)

    def peer() -> None:
        for _ in range(peer_calls):
            for extend in extends:
                extend(chunk)

    ours_s, peer_s = both(ours, peer, 1, 1)
    return row("ring: 10 frames of 4 channels in", ours_s / calls, peer_s / peer_calls, 30)


def window(frames: int, name: str, least: float) -> Row:
    ring = Ring(1, frames)
    peer = RingBuffer(frames, dtype=np.float32)
    for _ in range(frames // 1000 + 3):
        ring.write(np.zeros(1000, np.int16))
        peer.extend(np.zeros(1000, np.float32))
    measured = both(lambda: ring.window(frames), lambda: np.array(peer), 5_000, 50)
    return row(f"ring: window of {name} out", *measured, least)


def torn() -> Row:
    """Every read compared with what must be there, while a thread writes without a pause."""
    ring = Ring(CHANNELS, 1_000)
    period = 30_000
    ramp = np.repeat(np.arange(2 * period, dtype=np.int32) % period, CHANNELS).astype(np.int16)
    steps = [ramp[at * CHANNELS : (at + CHUNK) * CHANNELS] for at in range(0, period, CHUNK)]
    done = threading.Event()

    def hammer() -> None:
        at = 0
        while not done.is_set():
            ring.write(steps[at])
            at = (at + 1) % len(steps)

    writer = threading.Thread(target=hammer)
    writer.start()
    bad = 0
    for _ in range(READS):
        start = max(0, ring.head - 1_000)
        words = ring.read(start, start + 1_000)[:, 0]
        there = words != -32768
        bad += int(not np.array_equal(words[there], ((start + np.arange(1_000)) % period)[there]))
    done.set()
    writer.join()
    return Row(f"ring: torn windows of {READS} under a hammering writer", str(bad), "-", "-", "0", bad == 0)


def memory() -> Row:
    ring = Ring(CHANNELS, TEN_SECONDS)
    frames = np.zeros(CHANNELS * CHUNK, np.int16)
    ring.write(frames)
    tracemalloc.start()
    ring.write(frames)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(20_000):
        ring.write(frames)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return Row("ring: bytes kept by 20 000 writes", str(grown), "-", "-", "< 512", grown < 512)


def trend() -> Row:
    series = TrendSeries(5_000_000_000)
    for second in range(8 * 3600):
        series.append(second * 1_000_000_000, 60.0 + second % 7)
    values = series.readings().span()[1]
    columns, plain = both(
        lambda: series.columns(0, 8 * 3600 * 1_000_000_000, 900), lambda: [min(values), max(values)], 100, 1
    )
    return Row(
        "trend: 900 columns of 8 h at 1 Hz",
        f"{columns * 1e6:.0f} us",
        f"{plain * 1e6:.0f} us (a loop)",
        f"{plain / columns:.0f}x",
        "< 1 ms",
        columns < 1e-3,
    )


if __name__ == "__main__":
    for line in run():
        print(line)
