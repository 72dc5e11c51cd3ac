"""Whole programs: a recording that is killed, then decoded, alarmed and rehearsed once more."""

import time
from contextlib import ExitStack

import pytest
from programs import Program, run

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

DRIVERS = ("nonin", "contec", "masimo")


@pytest.fixture
def devices(tmp_path):
    with ExitStack() as programs:
        arguments = []
        for driver in DRIVERS:
            program = programs.enter_context(
                Program("simulate", driver, "--port", f"pty:{tmp_path / driver}")
            )
            arguments += ["--device", program.first_line()]
        yield arguments


@pytest.mark.parametrize("killed", [False, True])
def test_what_was_recorded_is_made_again(tmp_path, devices, killed):
    path = tmp_path / "a.kap"
    with Program("record", *devices, "--out", path) as recorder:
        for label in ("oximeter live", "oximeter 2 live", "oximeter 3 live"):
            recorder.wait_for(lambda line, label=label: label in line.lower(), 60)
        time.sleep(6)
        if killed:
            recorder.kill()
        else:
            assert recorder.end() == 0
    status, said, errors = run("rerun", path)
    assert status == 0, said + errors
    assert said.startswith(f"{path}: identical")
    assert ("interrupted" in said) == killed
    assert said.count("numbers: identical") == len(DRIVERS)
    assert "alarms: identical" in said
    status, said, errors = run("rehearse", path, "--limits", "example")
    assert status == 0, said + errors
