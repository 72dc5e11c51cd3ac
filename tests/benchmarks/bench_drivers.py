"""How much faster than the line each serial driver decodes, in reads of 32 bytes as USB adapters give."""

from __future__ import annotations

import statistics
import time

from bench_table import Row
from nonin_frames import df1, df2, df7, packet, slow_bytes

from devices.protocol import DriverSpec, SerialLink
from devices.registry import load
from devices.testing import run as decode

READ_BYTES = 32
SIZE = 300_000
ROUNDS = 5
TARGET = 200
WAVE = [(i * 7) % 200 + 20 for i in range(25)]
DETERMINATION = (
    "3E044F6F" + "3E058E002F" * 200 + "3E044B73" + "3E1873004A001E01000000000000310755005800000000E9"
)


def run() -> list[Row]:
    """One row for each format; rounds of all formats are interleaved."""
    registry = load()
    nonin, suntech = registry.get("nonin"), registry.get("suntech")
    cases = [
        ("nonin DF2", nonin, b"".join(packet(df2, WAVE, slow_bytes()))),
        ("nonin DF7", nonin, b"".join(packet(df7, WAVE, slow_bytes()))),
        ("nonin DF1", nonin, df1(72, 97)),
        ("nonin text", nonin, b"SPO2=097 HR=072\r\n"),
        ("suntech determination", suntech, bytes.fromhex(DETERMINATION)),
    ]
    rates: dict[str, list[float]] = {name: [] for name, _, _ in cases}
    for _ in range(ROUNDS):
        for name, spec, unit in cases:
            rates[name].append(_bytes_per_s(spec, unit * (SIZE // len(unit))))
    return [_row(name, spec, statistics.median(rates[name])) for name, spec, _ in cases]


def _bytes_per_s(spec: DriverSpec, data: bytes) -> float:
    pieces = [data[place : place + READ_BYTES] for place in range(0, len(data), READ_BYTES)]
    began = time.perf_counter()
    decode(spec, pieces)
    return len(data) / (time.perf_counter() - began)


def _row(name: str, spec: DriverSpec, rate: float) -> Row:
    assert isinstance(spec.link, SerialLink)
    line = spec.link.baud / 10
    ratio = rate / line
    return Row(
        f"decode {name}",
        f"{rate / 1e6:.2f} MB/s",
        f"line {line:.0f} B/s",
        f"{ratio:.0f} x",
        f">= {TARGET} x",
        ratio >= TARGET,
    )
