"""Drivers that can start a cuff on their simulated devices: what the patient has is what is told, once."""

import pytest
from cuff_line import MS, S, faults, numbers
from drivers import load
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_parts import KeepingSink

from devices.sim.catalogue import build
from devices.sim.fastforward import FastForward, Joined
from devices.sim.faults import fault_incidents, with_fault
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind
from devices.testing import defaults
from kapmonitor.model import CuffFailed, Fault, Observation

STEADY = Traits(systolic=120, diastolic=76, pulse=72, rises=(0, 0, 0), anxiety=0, dips=False)
FAILURES = {
    "suntech": {"leak": ("cuff-loose", 87), "motion": ("motion", 2)},
    "berry-pm6750": {"leak": ("cuff-loose", 4), "motion": ("motion", 7)},
    "dinamap": {"leak": ("unknown", 4), "motion": ("unknown", 4)},
    "par-nibp2020": {"leak": ("air-leak", 7), "motion": ("motion", 11)},
    "maibobo": {"leak": ("air-leak", 2), "motion": ("weak-signal", 6)},
}
CUFFS = {name: load().get(name) for name in FAILURES}
DETERMINED = ("NIBP sys", "NIBP dia", "NIBP mean", "Pulse (cuff)")


def drive(name, room, cuffs_s, until_s, own_key_s=None, fault="", seed=0):
    sink, spec = KeepingSink(), CUFFS[name]
    device = build(name, room, own_key_s)
    device = with_fault(device, fault, seed, name, room) if fault else device
    joined = Joined("cuff", device, spec.protocol(defaults(spec)))
    FastForward([joined], sink, 0).run(0, until_s * S, lambda t: None, [(t * S, "cuff") for t in cuffs_s])
    return sink.events


def determined(events, *, stored=False):
    return [(label, value) for label, value in numbers(events, stored) if label in DETERMINED]


def labels(name):
    return [metric.label for metric in CUFFS[name].metrics if metric.label in DETERMINED]


@pytest.mark.parametrize("name", CUFFS)
@settings(deadline=None, max_examples=8)
@given(st.integers(85, 220), st.integers(40, 110), st.integers(45, 150))
def test_what_the_patient_has_is_read(name, systolic, pulse_pressure, pulse):
    diastolic = max(40, systolic - pulse_pressure)
    traits = Traits(
        systolic=systolic, diastolic=diastolic, pulse=pulse, rises=(0, 0, 0), anxiety=0, dips=False
    )
    patient = Patient(8, traits)
    events = drive(name, Bedside(patient), [5, 150], 300)
    found = determined(events)
    assert [label for label, _ in found] == labels(name) * 2
    truth = patient.vitals(70)
    true = dict(zip(DETERMINED, (truth.systolic, truth.diastolic, truth.mean, truth.pulse), strict=True))
    assert all(abs(value - true[label]) < 20 for label, value in found)
    assert faults(events) == []
    cuff = [
        e.reading.value for e in events if isinstance(e, Observation) and e.metric.label == "Cuff pressure"
    ]
    assert not cuff or max(cuff) > truth.systolic


@pytest.mark.parametrize("name", CUFFS)
def test_the_numbers_of_a_determination_have_one_time(name):
    events = drive(name, Bedside(Patient(4, STEADY)), [5], 90)
    times = {e.t_ns for e in events if isinstance(e, Observation) and e.metric.label in DETERMINED}
    assert len(times) == 1


@pytest.mark.parametrize("name", sorted(set(CUFFS) - {"berry-pm6750"}))
def test_the_devices_own_key_gives_readings_without_a_start(name):
    events = drive(name, Bedside(Patient(4, STEADY)), [], 170, own_key_s=90)
    assert [label for label, _ in determined(events)] == labels(name) * 2


@pytest.mark.parametrize("fault", ["leak", "motion"])
@pytest.mark.parametrize("name", CUFFS)
def test_a_leak_and_movement_become_failures_without_numbers(name, fault):
    events = drive(name, Bedside(Patient(4, STEADY), fault_incidents(fault, 0)), [20], 150)
    failed = [(e.failure.value, e.raw) for e in events if isinstance(e, CuffFailed)]
    assert failed == [FAILURES[name][fault]]
    assert determined(events) == []


@pytest.mark.parametrize("name", CUFFS)
def test_a_pulled_cable_does_not_bring_a_reading_again(name):
    room = Bedside(Patient(4, STEADY), (Incident(IncidentKind.CABLE_OUT, 80, 20, name),))
    events = drive(name, room, [5], 140)
    assert [label for label, _ in determined(events)] == labels(name)
    assert determined(events, stored=True) == []


@pytest.mark.parametrize("fault", ["bitflip", "gap", "duplicate", "truncate", "clock-skew", "wrong-speed"])
@pytest.mark.parametrize("name", CUFFS)
def test_a_bad_line_makes_no_wild_numbers_and_no_reading_twice(name, fault):
    true = dict(zip(DETERMINED, (120, 76, 91, 72), strict=True))
    for seed in range(2):
        room = Bedside(Patient(4, STEADY))
        found = determined(drive(name, room, [5, 140], 280, fault=fault, seed=seed))
        assert all(abs(value - true[label]) < 20 for label, value in found if value is not None)
        assert len(found) <= 2 * len(labels(name))
        assert fault not in {"duplicate", "clock-skew"} or len(found) == 2 * len(labels(name))


@pytest.mark.parametrize("name", CUFFS)
@given(chunks=st.lists(st.binary(max_size=12), max_size=12))
@settings(deadline=None, max_examples=30)
def test_a_simulated_device_survives_any_bytes_and_what_it_says_is_whole(name, chunks):
    device, spec = build(name, Bedside(Patient(4, STEADY))), CUFFS[name]
    said = device.advance(0)
    for number, chunk in enumerate(chunks):
        device.receive(chunk, number * 100 * MS)
        said += device.advance(number * 100 * MS)
    protocol = spec.protocol(defaults(spec))
    protocol.opened(0)
    events = protocol.receive(said, S) + protocol.closed(2 * S)
    assert not [e for e in events if isinstance(e, Fault)]
