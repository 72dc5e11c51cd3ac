"""A recording program killed at any moment: what it acknowledged is there, and all waves until then."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from record_fixtures import wave_of

from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify

pytestmark = pytest.mark.realtime

PROGRAM = Path(__file__).parents[2] / "helpers" / "record_until_killed.py"
ROUNDS = 20
TOGETHER = 4


def killed_record(path: Path, processes: list) -> None:
    log = path.with_suffix(".log")
    with log.open("wb") as out:
        processes.append((path, log, subprocess.Popen([sys.executable, str(PROGRAM), str(path)], stdout=out)))


def check(path: Path, log: str) -> None:
    kept = {int(seq): text for seq, text in re.findall(r"^kept (\d+) (note \d+)$", log, re.MULTILINE)}
    verdict = verify(path)
    assert verdict.kind == "interrupted", verdict
    assert verdict.missing[0].startswith("the end: the record was not closed")
    with RecordReader(path) as reader:
        events = {row.seq: row.stamped.event for row in reader.events()}
        samples = np.concatenate([np.empty(0, np.int16), *(chunk.samples for chunk in reader.waves(2))])
    for seq, text in kept.items():
        assert events[seq].text == text
    assert np.array_equal(samples, wave_of(2, 0, len(samples)))
    # What had been put before the last note that was kept, three times a second, must be there.
    before, kept_one, _ = log.rpartition("kept ")
    puts = re.findall(r"^put (\d+) \d+$", before, re.MULTILINE)
    assert kept_one
    assert len(samples) >= int(puts[-1])


@pytest.mark.timeout(300)
def test_killed_at_any_moment(tmp_path):
    rng = random.Random(20)
    for first in range(0, ROUNDS, TOGETHER):
        processes: list = []
        for number in range(first, first + TOGETHER):
            killed_record(tmp_path / f"{number}.kap", processes)
        for _, log, _ in processes:
            end = time.monotonic() + 60
            while b"kept" not in log.read_bytes():
                assert time.monotonic() < end, "it never began"
                time.sleep(0.05)
        for path, log, process in sorted(processes, key=lambda _: rng.random()):
            time.sleep(rng.uniform(0.05, 0.8))
            process.kill()
            process.wait()
            check(path, log.read_text())
