"""One room, the whole path in one process: bytes on a pty, driver, engine, record, alarms, painted waves.

The peer is the plain pyqtgraph example alone, with four waves in memory: no port, no driver, no record.
"""

import statistics

from bench_latency import measure
from bench_table import Row
from bench_waves import child

ROUNDS = 3


def run():
    """CPU shares of one core, interleaved."""
    ours, peers = [], []
    for _ in range(ROUNDS):
        ours.append(100 * measure("whole")["cpu"])
        peers.append(child("plot", "share")["share"])
    share, peer = statistics.median(ours), statistics.median(peers)
    return [
        Row(
            "whole path of one room, 4 waves at 500 Hz, recorded / pyqtgraph alone",
            f"{share:.1f} % of a core",
            f"{peer:.1f} %",
            f"1/{peer / share:.1f}",
            "<= 1/4",
            share <= peer / 4,
        )
    ]
