"""A program that records in real time until somebody kills it; says what was acknowledged, line by line."""

import sys
import time
from pathlib import Path

from record_fixtures import CHANNELS, STARTED, wave_of

from kapmonitor.clock import SystemClock
from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import NoteAdded, Stamped

SLICE = 50
PERIOD_S = 0.1


def say(line: str) -> None:
    """To whoever is going to kill us."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(path: str) -> None:
    """Waves in slices of a tenth of a second, a durable note four times a second."""
    clock = SystemClock()
    t0_ns = clock.now_ns()
    writer = RecordWriter.create(Path(path), Stamped(t0_ns, STARTED), clock)
    for channel in CHANNELS:
        writer.put(Stamped(t0_ns, channel))
    say(f"begun {t0_ns}")
    at = 0
    while True:
        due_s = t0_ns / 1e9 + (at + 1) * PERIOD_S
        time.sleep(max(0.0, due_s - time.monotonic()))
        t_ns = t0_ns + round(at * PERIOD_S * 1e9)
        writer.put(WaveSlice(t_ns, 2, SLICE / PERIOD_S, wave_of(2, at * SLICE, SLICE)))
        writer.put(NumericRow(t_ns, 11, 97.0, Validity.VALID))
        say(f"put {(at + 1) * SLICE} {clock.now_ns()}")
        if at % 3 == 0:
            note = NoteAdded(f"n{at}", "text", f"note {at}", "AB", t_ns)
            seq = writer.put_durable(Stamped(t_ns, note)).result()
            say(f"kept {seq} note {at}")
        at += 1


if __name__ == "__main__":
    main(sys.argv[1])
