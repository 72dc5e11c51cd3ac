"""The program behind `make faults`: a good row is ok, a wrong value and a crash are flagged."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from devices.sim.faults import FAULTS
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.sim.serve import SIMULATORS

pytestmark = [pytest.mark.system, pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")]
PATH = Path(__file__).parents[1] / "soak" / "every_fault.py"


@pytest.fixture(scope="module")
def program():
    spec = importlib.util.spec_from_file_location("every_fault", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_every_device_and_every_fault_has_a_row(program):
    rows = program.pairs([], [])
    assert {driver for driver, _ in rows} >= set(SIMULATORS)
    assert {fault for _, fault in rows} == {*FAULTS, "none"}
    assert program.pairs(["masimo"], ["leak"]) == []
    assert program.pairs(["masimo"], ["stall", "none"]) == [("masimo", "none"), ("masimo", "stall")]


def test_a_filter_that_leaves_nothing_is_wrong_use(program, capsys):
    with pytest.raises(SystemExit) as refused:
        program.main(["--driver", "masimo", "--fault", "leak"])
    assert refused.value.code == 2
    assert "no such device" in capsys.readouterr().err


def test_a_short_row_of_a_good_device_is_ok(program, tmp_path, capsys):
    out = tmp_path / "table.md"
    assert program.main(["--driver", "masimo", "--fault", "none", "--seconds", "5", "--out", str(out)]) == 0
    line = out.read_text().splitlines()[2]
    assert line.startswith("| masimo | none | ")
    assert "live" in line
    assert "intact; links live > off" in line
    assert line.endswith("| 0 | nothing | ok |")
    assert "1 rows, 0 flagged" in capsys.readouterr().out


def test_values_that_the_patient_does_not_have_are_flagged(program, monkeypatch):
    other = Bedside(Patient(4, Traits(pulse=150, spo2=85, dips=False)))
    monkeypatch.setattr(program, "bedside", lambda *_: other)
    row = program.look_at("masimo", "none", 5)
    (flag,) = row.flags
    assert "MDC_PULS_OXIM_SAT_O2" in flag
    assert "the patient did not have" in flag
    assert "FLAG" in row.cells[-1]


def test_a_program_that_cannot_run_is_flagged(program):
    row = program.look_at("masimo", "no-such-fault", 3)
    assert row.flags


def test_what_was_said_is_put_together_in_spans(program):
    lines = [
        "00:00:01  oximeter connecting  HR ---  SpO2 ---  BP ---/---  recording",
        "00:00:02  oximeter live  HR 72  SpO2 97  BP ---/---  recording",
        "00:00:03  oximeter live  HR 72  SpO2 97  BP 120/80  recording",
        "00:00:04  oximeter live (sensor off)  HR ---  SpO2 ---  BP 120/80  recording",
        "closed record.kap",
    ]
    assert program._spans(lines) == ["connecting 1-1", "live 2-3", "live (sensor off) 4-4"]
