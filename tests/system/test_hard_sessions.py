"""Sessions that are killed, cut off from power and left without room: the soak commands, small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hard_session import Life, end
from programs import Program, run
from small_disk import SmallDisk, why_not

SOAK = Path(__file__).parents[1] / "soak"

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def soaked(name, *words):
    command = [sys.executable, str(SOAK / name), *map(str, words)]
    patient = {**os.environ, "KAPMONITOR_SOAK_PATIENCE": "6"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280, env=patient)
    print(done.stdout)
    return done.returncode, done.stdout + done.stderr


def test_nothing_answered_is_lost_in_kills():
    status, said = soaked("kill_recordings.py", 3, 3)
    assert status == 0, said


def test_nothing_answered_is_lost_in_power_cuts():
    status, said = soaked("cut_power.py", 2, 3)
    if "not done" in said:
        pytest.skip(said.strip())
    assert status == 0, said


def test_a_full_disk_stops_nothing_and_loses_nothing():
    status, said = soaked("fill_disk.py", 15, 3, 2)
    if "not done" in said:
        pytest.skip(said.strip())
    assert status == 0, said


def test_a_disk_that_is_full_after_a_power_cut_is_said_to_be_full(tmp_path):
    if why_not():
        pytest.skip(why_not())
    with (
        SmallDisk(tmp_path) as disk,
        Program("simulate", "nonin", "--port", f"pty:{tmp_path / 'nonin'}") as nonin,
    ):
        path, device = disk.folder / "a.kap", nonin.first_line()
        with Life(path, device) as life:
            life.until(lambda told: "live" in told)
            end(life)
        path.with_name("a.kap-shm").unlink()  # what a computer that starts anew does not find
        disk.fill()
        status, _, errors = run("record", "--out", path, "--for", 2)
        assert (status, "Make room" in errors) == (2, True), errors
        disk.make_room()
        assert run("record", "--out", path, "--for", 2)[0] == 0
        assert run("verify", path)[0] == 0
