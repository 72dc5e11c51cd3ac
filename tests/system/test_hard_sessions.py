"""Sessions that are killed, cut off from power and left without room: the soak commands, small."""

import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[1] / "soak"

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def soaked(name, *words):
    command = [sys.executable, str(SOAK / name), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    print(done.stdout)
    return done.returncode, done.stdout + done.stderr


def test_nothing_answered_is_lost_in_kills():
    status, said = soaked("kill_recordings.py", 4, 3)
    assert status == 0, said


def test_nothing_answered_is_lost_in_power_cuts():
    status, said = soaked("cut_power.py", 2, 3)
    if "not done" in said:
        pytest.skip(said.strip())
    assert status == 0, said


def test_a_full_disk_stops_nothing_and_loses_nothing():
    status, said = soaked("fill_disk.py", 8, 3)
    if "not done" in said:
        pytest.skip(said.strip())
    assert status == 0, said
