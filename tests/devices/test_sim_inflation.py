"""The pressure curve that simulated cuffs share."""

import pytest

from devices.sim.faults import fault_incidents
from devices.sim.inflation import Outcome, inflate
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside

S = 1_000_000_000


def bedside(systolic=120, fault=None):
    traits = Traits(systolic=systolic, diastolic=76, rises=(0, 0, 0), anxiety=0, dips=False)
    return Bedside(Patient(4, traits), fault_incidents(fault, 0) if fault else ())


@pytest.mark.parametrize(("systolic", "target"), [(90, 160.0), (120, 140.0), (200, 100.0), (250, 160.0)])
def test_it_goes_above_the_systolic_pressure_and_ends_empty(systolic, target):
    found = inflate(bedside(systolic), "dinamap", 20 * S, target)
    curve = [found.pressure(20 * S + n * S // 4) for n in range(600)]
    assert found.outcome is Outcome.GOOD
    assert max(curve) >= min(found.systolic + 15, 270)
    assert min(curve) >= 0
    assert 15 * S < found.end_ns - found.start_ns < 120 * S
    assert found.pressure(found.end_ns) == 0
    assert found.pressure(19 * S) == 0, "a device whose clock is late asks for the time before"
    assert found.diastolic < found.mean < found.systolic


@pytest.mark.parametrize(("fault", "outcome"), [("leak", Outcome.LEAK), ("motion", Outcome.MOTION)])
def test_what_goes_wrong_at_the_bedside_decides_the_outcome(fault, outcome):
    found = inflate(bedside(fault=fault), "maibobo", 20 * S)
    assert found.outcome is outcome
    assert found.pressure(found.end_ns) == 0
