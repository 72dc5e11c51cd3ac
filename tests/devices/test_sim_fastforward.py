"""Whole stretches of a session in virtual time, through the real drivers."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_parts import KeepingSink

from devices.drivers.nonin import DRIVER as NONIN
from devices.drivers.suntech import DRIVER as SUNTECH
from devices.sim.fastforward import STEP_NS, FastForward, Joined
from devices.sim.faults import FAULTS, fault_incidents, with_fault
from devices.sim.nonin import Nonin
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, bedside
from devices.sim.suntech import SunTech
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceAlert,
    Direction,
    Fault,
    LinkState,
    Measured,
    Observation,
    WaveformBlock,
)

S = 1_000_000_000
ORIGIN = 77 * S
TRAITS = Traits(rises=(0, 0, 0), anxiety=0, dips=False)


def run(joined, seconds, cuffs_s=(), tick=lambda t: None, from_s=0):
    sink = KeepingSink()
    cuffs = [(ORIGIN + t * S, "cuff") for t in cuffs_s]
    FastForward(joined, sink, ORIGIN).run(ORIGIN + from_s * S, ORIGIN + (from_s + seconds) * S, tick, cuffs)
    return sink


def oximeter(room, form="df2", fault=None):
    sim = Nonin(room, form)
    return Joined("spo2", with_fault(sim, fault, 3, "nonin", room) if fault else sim, NONIN.protocol({}))


def numbers(sink, ref):
    found = [e for e in sink.events if isinstance(e, Observation) and e.metric.ref == ref]
    return [e.reading.value for e in found if isinstance(e.reading, Measured)]


def samples(sink):
    return np.concatenate([e.samples for e in sink.events if isinstance(e, WaveformBlock)])


def test_an_hour_with_both_devices_takes_seconds_and_loses_nothing():
    room = bedside("quiet", 7, 600)
    ticks = []
    began = time.process_time()
    sink = run(
        [oximeter(room), Joined("cuff", SunTech(room), SUNTECH.protocol({}))],
        3600,
        range(60, 3500, 600),
        ticks.append,
    )
    assert time.process_time() - began < 15
    assert ticks == list(range(ORIGIN, ORIGIN + 3600 * S + 1, STEP_NS))
    assert not [e for e in sink.events if isinstance(e, Fault)]
    assert len(samples(sink)) == pytest.approx(3600 * 75, abs=75)
    systolic = numbers(sink, "MDC_PRESS_BLD_NONINV_SYS")
    assert len(systolic) == 6
    truth = [room.patient.vitals(t).systolic for t in range(60, 3500, 600)]
    assert systolic == pytest.approx(truth, abs=9)
    times = [chunk.t_ns for chunk in sink.wire]
    assert times == sorted(times)
    assert {chunk.direction for chunk in sink.wire} == set(Direction)
    assert sink.states() == [("connecting", "none")] * 2 + [("live", "none")] * 2 + [("off", "none")] * 2


@settings(deadline=None, max_examples=10)
@given(
    pulse=st.integers(45, 170),
    spo2=st.integers(75, 100),
    form=st.sampled_from(["df2", "df7", "df1", "ascii"]),
)
def test_the_real_driver_reads_the_numbers_of_the_patient(pulse, spo2, form):
    traits = Traits(pulse=pulse, spo2=spo2, rises=(0, 0, 0), anxiety=0, dips=False)
    patient = Patient(3, traits)
    sink = run([oximeter(Bedside(patient), form)], 40, from_s=60)
    rates, saturations = numbers(sink, "MDC_PULS_OXIM_PULS_RATE"), numbers(sink, "MDC_PULS_OXIM_SAT_O2")
    assert np.median(rates) == pytest.approx(float(np.mean(patient.pulse(np.arange(60, 100)))), abs=4)
    assert np.median(saturations) == pytest.approx(float(np.mean(patient.spo2(np.arange(60, 100)))), abs=1.1)


def test_both_wave_formats_bring_the_same_wave():
    room = Bedside(Patient(3, TRAITS))
    two = samples(run([oximeter(room, "df2")], 30)).astype(float)[-1500:]
    seven = samples(run([oximeter(room, "df7")], 30)).astype(float)[-1500:]
    assert np.corrcoef(two, seven)[0, 1] > 0.999


def test_a_pulled_cable_is_a_loss_and_a_return():
    room = Bedside(Patient(3, TRAITS), fault_incidents("disconnect", 0))
    sink = run([oximeter(room)], 50)
    assert sink.states() == [
        ("connecting", "none"),
        ("live", "none"),
        ("waiting", "lost"),
        ("connecting", "none"),
        ("live", "none"),
        ("off", "none"),
    ]
    away = [e.t_ns for e in sink.events if isinstance(e, Observation) if 11 < (e.t_ns - ORIGIN) / S < 29]
    assert away == []


@pytest.mark.parametrize(
    ("fault", "alerts"),
    [("sensor-off", {AlertKind.SENSOR_OFF}), ("no-finger", {AlertKind.NO_CONTACT, AlertKind.NO_PULSE})],
)
def test_no_finger_means_no_numbers_and_the_device_says_so(fault, alerts):
    room = Bedside(Patient(3, TRAITS), fault_incidents(fault, 0))
    sink = run([oximeter(room)], 50)
    during = [e for e in sink.events if 15 < (e.t_ns - ORIGIN) / S < 29]
    readings = [e.reading for e in during if isinstance(e, Observation)]
    assert readings
    assert all(isinstance(reading, Absent) for reading in readings)
    raised = {e.kind for e in sink.events if isinstance(e, DeviceAlert) and e.present}
    assert raised & alerts
    withdrawn = {e.kind for e in sink.events if isinstance(e, DeviceAlert) and not e.present}
    assert raised <= withdrawn


@pytest.mark.parametrize("fault", ["bitflip", "gap", "duplicate", "truncate", "wrong-speed"])
def test_a_spoiled_line_makes_faults_but_no_wild_numbers(fault):
    room = Bedside(Patient(3, TRAITS))
    sink = run([oximeter(room, fault=fault)], 300)
    truth = room.patient.vitals(100)
    assert [e for e in sink.events if isinstance(e, Fault)] or fault == "duplicate"
    assert numbers(sink, "MDC_PULS_OXIM_PULS_RATE") == pytest.approx(
        [truth.pulse] * len(numbers(sink, "MDC_PULS_OXIM_PULS_RATE")), abs=16
    )
    if fault == "wrong-speed":
        assert not [e for e in sink.events if not isinstance(e, Fault)]
        assert sink.links[-2].state is LinkState.CONNECTING
    else:
        assert len(numbers(sink, "MDC_PULS_OXIM_SAT_O2")) > 50


@pytest.mark.parametrize("fault", [name for name, info in FAULTS.items() if info.drivers != ("nonin",)])
def test_the_cuff_survives_every_fault(fault):
    room = Bedside(Patient(3, TRAITS), fault_incidents(fault, 0))
    sim = with_fault(SunTech(room), fault, 3, "suntech", room)
    sink = run([Joined("cuff", sim, SUNTECH.protocol({}))], 400, [5, 205])
    truth = room.patient.vitals(100).systolic
    systolic = numbers(sink, "MDC_PRESS_BLD_NONINV_SYS")
    assert systolic == pytest.approx([truth] * len(systolic), abs=16)


def test_a_cuff_on_the_same_arm_takes_the_oximeters_pulse():
    room = Bedside(Patient(3, TRAITS), same_arm=True)
    joined = [Joined("cuff", SunTech(room), SUNTECH.protocol({})), oximeter(room)]
    sink = run(joined, 120, [30])
    absent = [
        (e.t_ns - ORIGIN) / S
        for e in sink.events
        if isinstance(e, Observation) and isinstance(e.reading, Absent) and "OXIM" in e.metric.ref
    ]
    assert absent
    assert min(absent) > 33
    assert max(absent) < 80
