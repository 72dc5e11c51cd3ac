"""Faults by name: each does what it says, and the same with the same seed; every one on every device."""

import math
from functools import cache

import pytest
from driver_samples import UNCHECKED
from virtual_faults import BEGIN_S, CUFF_RATE, DIA, MEAN, SPO2, SYS, run, untrue

from devices.sim.faults import FAULTS, afflict, check_fault, fault_incidents, faults_of, with_fault
from devices.sim.nonin import Nonin
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.sim.serve import SIMULATORS, build
from kapmonitor.errors import ConfigError
from kapmonitor.model import Absent, DeviceAlert, Observation, WaveformBlock
from kapmonitor.plausible import RANGES

S = 1_000_000_000
LINE_FAULTS = ("bitflip", "gap", "duplicate", "truncate", "stall", "wrong-speed", "clock-skew")


class Counter:
    """A device that sends one burst of 100 numbered bytes a second."""

    def __init__(self):
        self._next = 0
        self.heard = b""

    def receive(self, data, t_ns):
        self.heard += data

    def advance(self, t_ns):
        out = b""
        while self._next <= t_ns // S:
            out += bytes(range(100))
            self._next += 1
        return out

    def plugged(self, t_ns):
        return True


def faulty(device, name, seed=1):
    return with_fault(device, name, seed, "nonin", Bedside(Patient(4, Traits())))


def bursts(name, seconds=300, seed=1):
    device = faulty(Counter(), name, seed)
    return [device.advance(t * S) for t in range(seconds)]


@pytest.mark.parametrize("name", LINE_FAULTS)
def test_a_fault_of_the_line_is_the_same_each_time(name):
    assert bursts(name) == bursts(name)
    assert bursts(name) != [bytes(range(100))] * 300


def test_bits_flip_now_and_then():
    wrong = sum(a != b for burst in bursts("bitflip") for a, b in zip(burst, range(100), strict=True))
    assert 50 < wrong < 200


def test_gaps_duplicates_and_breaks_change_lengths():
    assert {len(b) for b in bursts("duplicate")} == {100, 200}
    assert 0 < sum(len(b) < 100 for b in bursts("gap")) < 40
    assert 0 < sum(len(b) < 100 for b in bursts("truncate")) < 80


def test_a_stall_is_twenty_silent_seconds_in_each_minute():
    silent = [t for t, burst in enumerate(bursts("stall", 120)) if not burst]
    assert silent == [*range(10, 30), *range(70, 90)]


def test_a_slow_clock_sends_less_in_the_same_time():
    assert sum(map(len, bursts("clock-skew", 300))) == pytest.approx(0.98 * 30_000, abs=200)


def test_the_wrong_speed_leaves_nothing_right():
    sim = Nonin(Bedside(Patient(4, Traits())))
    device = faulty(sim, "wrong-speed")
    device.advance(60 * S)
    data = device.advance(65 * S)
    assert 600 < len(data) < 1300
    assert not any(data[i] == 1 and sum(data[i : i + 4]) % 256 == data[i + 4] for i in range(len(data) - 5))


def test_bytes_of_the_host_get_through_a_faulty_device():
    for name in LINE_FAULTS:
        inner = Counter()
        faulty(inner, name).receive(b"stop", S)
        assert inner.heard == b"stop"


def test_a_pulled_cable_comes_back_each_minute():
    room = Bedside(Patient(4, Traits()), fault_incidents("disconnect", 100))
    device = build("nonin", room)
    out = [t for t in range(100, 240) if not device.plugged(t * S)]
    assert out == [*range(110, 130), *range(170, 190), *range(230, 240)]


def test_every_fault_is_either_of_the_line_or_at_the_bedside():
    others = {"stuck-value", "stored-readings-first"}
    for name in set(FAULTS) - others:
        assert (name in LINE_FAULTS) != bool(fault_incidents(name, 0)), name


def test_all_faults_that_were_promised_are_there():
    promised = "bitflip gap stall duplicate truncate wrong-speed sensor-off no-finger leak motion clock-skew"
    assert set(FAULTS) == {*promised.split(), "stuck-value", "stored-readings-first", "disconnect"}


def test_a_fault_that_makes_no_sense_says_which_do():
    with pytest.raises(ConfigError, match="sensor-off") as caught:
        check_fault("leak", "nonin")
    assert "leak," not in caught.value.allowed
    check_fault("leak", "suntech")


@pytest.mark.parametrize(
    ("driver", "refused"),
    [
        ("nonin", {"leak", "stored-readings-first"}),
        ("masimo", {"leak", "stored-readings-first"}),
        ("nellcor", {"leak", "stored-readings-first"}),
        ("contec", {"leak", "motion"}),
        ("suntech", {"sensor-off", "no-finger", "stuck-value", "stored-readings-first"}),
        ("dinamap", {"sensor-off", "no-finger", "stuck-value"}),
        ("par-nibp2020", {"sensor-off", "no-finger", "stuck-value"}),
        ("maibobo", {"sensor-off", "no-finger", "stuck-value"}),
        ("ivy-450c", set()),
        ("berry-pm6750", set()),
        ("ge-dri", set()),
        ("intellivue", set()),
    ],
)
def test_which_faults_make_no_sense_for_which_device(driver, refused):
    assert set(FAULTS) - set(faults_of(driver)) == refused


# Every fault on every device: bytes, driver, values

DEVICES = [f"{d}?format={form}" if form else d for d, forms in SIMULATORS.items() for form in forms or ("",)]
PAIRS = [(driver, fault) for driver in DEVICES for fault in faults_of(driver)]
SPOILING = {"bitflip", "gap", "truncate", "duplicate", "wrong-speed"}
AT_THE_FINGER = {"sensor-off", "no-finger", "motion"}
"""What the sensor then sends as a wave is not the patient's."""


SAYS_NOTHING = {"nonin ascii", "ge-dri s5", "ivy-450c"}
"""Their numbers go and no word says why."""
ANYTHING = (-math.inf, math.inf)


def bare(driver):
    return driver.replace("?format=", " ")


@cache
def clean(driver, seed=7):
    return run(driver, None, seed=seed, options=options_of(driver))


def options_of(driver):
    return {"format": "pro-1000"} if driver.endswith("pro-1000") else {}


@pytest.mark.parametrize("driver", DEVICES)
def test_without_a_fault_every_value_is_the_patients(driver):
    found = clean(driver)
    assert found.readings() or found.waves()
    assert found.faults == 0
    assert untrue(found, found.ranges()) == []


@pytest.mark.parametrize(("driver", "fault"), PAIRS)
def test_a_fault_brings_no_value_that_the_patient_does_not_have(driver, fault):
    found = run(driver, fault, options=options_of(driver))
    wrong = untrue(found, clean(driver).ranges(), waves=fault not in AT_THE_FINGER)
    if fault in SPOILING and bare(driver) in UNCHECKED:
        # Nothing in these bytes tells a wrong digit; what is left is that no value is impossible.
        for _, event, value in found.readings():
            low, high = RANGES.get(event.metric.ref, ANYTHING)
            assert low <= value <= high
        assert len(wrong) <= len(found.events) // 20
    else:
        assert wrong == []


@pytest.mark.parametrize(("driver", "fault"), [pair for pair in PAIRS if pair[1] != "stored-readings-first"])
def test_a_fault_changes_what_is_heard(driver, fault):
    """In a few minutes at least; of some devices' few bytes a rare fault finds none in one."""
    assert any(
        bytes_and_times(run(driver, fault, seed=seed, options=options_of(driver)))
        != bytes_and_times(clean(driver, seed))
        for seed in range(7, 13)
    )


def bytes_and_times(found):
    return found.heard, [t_s for t_s, _ in found.events]


@pytest.mark.parametrize("driver", [d for d, fault in PAIRS if fault == "stored-readings-first"])
def test_readings_from_before_the_connection_are_told_as_stored(driver):
    found = run(driver, "stored-readings-first")
    stored = [event for _, event in found.events if isinstance(event, Observation) and event.stored]
    assert stored
    refs = {event.metric.ref for event in stored}
    assert refs & ({SPO2} if driver.startswith("contec") else {SYS})
    before_s = BEGIN_S + 1
    early = [
        e for t, e, _ in found.readings() if t < before_s and e.metric.ref in {SYS, DIA, MEAN, CUFF_RATE}
    ]
    assert all(event.stored for event in early)


@pytest.mark.parametrize("driver", [d for d, fault in PAIRS if fault in {"sensor-off", "no-finger"}])
@pytest.mark.parametrize("fault", ["sensor-off", "no-finger"])
def test_without_a_sensor_there_is_no_oxygen_and_it_is_said(driver, fault):
    found = run(driver, fault)
    off_s = [t - BEGIN_S for t, e in found.events if is_absent(e)]
    assert 10 <= min(off_s) < 20
    assert max(off_s) < 40
    shown = [t - BEGIN_S for t, e, _ in found.readings() if e.metric.ref == SPO2]
    assert not [s for s in shown if 20 < s < 30]
    assert [s for s in shown if s > 45]
    told = any(isinstance(e, DeviceAlert) and e.present for _, e in found.events)
    assert told == (bare(driver) not in SAYS_NOTHING)


def is_absent(event):
    return isinstance(event, Observation) and event.metric.ref == SPO2 and isinstance(event.reading, Absent)


@pytest.mark.parametrize("driver", [d for d, fault in PAIRS if fault == "stuck-value"])
def test_a_frozen_device_repeats_numbers_and_waves_stand_still(driver):
    found = run(driver, "stuck-value")
    late = [(e, v) for t, e, v in found.readings() if t > BEGIN_S + 25 and "PRESS" not in e.metric.ref]
    for ref in {event.metric.ref for event, _ in late}:
        assert len({value for event, value in late if event.metric.ref == ref}) == 1, ref
    waves = [e for t, e in found.events if isinstance(e, WaveformBlock) and t > BEGIN_S + 25]
    for ref in {wave.metric.ref for wave in waves}:
        samples = {s for wave in waves if wave.metric.ref == ref for s in wave.samples.tolist()}
        assert len(samples) <= 1, ref
    assert len(late) > 20


@pytest.mark.parametrize("driver", DEVICES)
def test_a_pulled_cable_is_two_connections_with_nothing_between(driver):
    found = run(driver, "disconnect", options=options_of(driver))
    assert found.opened == 2
    times_s = [t - BEGIN_S for t, _ in found.events]
    assert not [t_s for t_s in times_s if 10.1 < t_s < 29.9]


def test_a_held_patient_shows_one_moment():
    room = Bedside(Patient(4, Traits()))
    afflict(room, "stuck-value", 100.0)
    patient = room.patient
    assert patient.vitals(111.0) == patient.vitals(500.0)
    assert patient.vitals(105.0) != patient.vitals(111.0)
    assert patient.cuff_reading(111.0) == patient.cuff_reading(500.0)
