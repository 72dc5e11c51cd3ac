"""The simulated GE monitor, and what the driver makes of all it can say."""

import itertools

import numpy as np
import pytest
from ge_bench import BASIC_5_S, START_ECG1, STOP_VALUES, STOP_WAVES, T0, Bench, S, numbers
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ge_dri import DRIVER, requests
from devices.sim import ge_records as records
from devices.sim.ge_dri import LEVELS, GeDri
from devices.sim.ge_records import NO, Group, Shown
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind
from devices.testing import run
from kapmonitor.model import (
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    Measured,
    Observation,
    WaveformBlock,
)

TRAITS = Traits(pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)
HR, SPO2, SYS = "MDC_ECG_HEART_RATE", "MDC_PULS_OXIM_SAT_O2", "MDC_PRESS_BLD_NONINV_SYS"


def monitor(*incidents, model="carescape", key_s=None, traits=TRAITS):
    return GeDri(Bedside(Patient(4, traits), incidents), key_s, model)


def together(sim, until_s, waves="usual", step_s=0.05, from_s=60.0):
    """Driver and monitor on one line for so long; all events."""
    protocol = DRIVER.protocol({"waves": waves})
    t_ns = int(from_s * S)
    protocol.opened(t_ns)
    sim.advance(t_ns)
    events = []
    while t_ns < (from_s + until_s) * S:
        t_ns += int(step_s * S)
        if protocol.deadline_ns is not None and t_ns >= protocol.deadline_ns:
            events += protocol.on_deadline(t_ns)
        sim.receive(protocol.data_to_send(), t_ns)
        events += protocol.receive(sim.advance(t_ns), t_ns)
    return events


def of(events, kind):
    return [e for e in events if isinstance(e, kind)]


def test_it_says_nothing_until_asked_and_stops_when_told():
    sim = monitor()
    sim.advance(0)
    assert sim.advance(20 * S) == b""
    sim.receive(bytes.fromhex(BASIC_5_S), 20 * S)
    first = sim.advance(21 * S)
    assert len(run(DRIVER, [first])) > 5
    assert sim.advance(24 * S) == b""
    assert sim.advance(31 * S).count(b"\x7e") == 4
    sim.receive(bytes.fromhex(STOP_VALUES), 31 * S)
    assert sim.advance(60 * S) == b""


def test_waves_come_four_times_a_second_until_they_are_stopped():
    sim = monitor()
    sim.advance(0)
    sim.receive(bytes.fromhex(START_ECG1), 0)
    data = sim.advance(2 * S)
    assert data.count(b"\x7e") == 16
    sim.receive(bytes.fromhex(STOP_WAVES), 2 * S)
    assert sim.advance(10 * S) == b""


def test_a_single_answer_comes_once_and_not_again_within_five_seconds():
    sim = monitor()
    sim.advance(0)
    once = requests.values(1, -1)
    sim.receive(once + once, 0)
    assert sim.advance(2 * S).count(b"\x7e") == 2
    sim.receive(once, 4 * S)
    assert sim.advance(6 * S) == b""
    sim.receive(once, 7 * S)
    assert sim.advance(30 * S).count(b"\x7e") == 2


@pytest.mark.parametrize("model", LEVELS)
def test_its_last_words_stop_the_monitor(model):
    sim = monitor(model=model, traits=Traits(pulse=72, spo2=84, rises=(0, 0, 0), dips=False))
    protocol = DRIVER.protocol({"waves": "all"})
    sim.advance(0)
    protocol.opened(0)
    for t_ns in range(0, 20 * S, S // 10):
        protocol.on_deadline(t_ns)
        sim.receive(protocol.data_to_send(), t_ns)
        protocol.receive(sim.advance(t_ns), t_ns)
    assert sim.advance(21 * S)
    sim.receive(protocol.last_words(), 21 * S)
    assert sim.advance(60 * S) == b""


def test_another_monitor_on_the_cable_is_noticed():
    told = []
    protocol = DRIVER.protocol({})
    protocol.opened(0)
    for serial in (41, 42):
        sim = GeDri(Bedside(Patient(4, TRAITS), ()), serial=serial)
        sim.advance(0)
        sim.receive(requests.values(1, 5), 0)
        told += of(protocol.receive(sim.advance(12 * S), 12 * S), DeviceIdentified)
    assert [said.serial for said in told] == ["sender 41", "sender 42"]


@pytest.mark.parametrize("mute", [False, True], ids=["waves", "no waves"])
@pytest.mark.parametrize("model", LEVELS)
def test_something_comes_at_least_every_three_seconds_even_without_waves(model, mute):
    sim, protocol = monitor(model=model), DRIVER.protocol({})
    sim.advance(0)
    protocol.opened(0)
    heard = [0]
    for t_ns in range(0, 60 * S, S // 20):
        if t_ns >= protocol.deadline_ns:
            protocol.on_deadline(t_ns)
        sim.receive(protocol.data_to_send(), t_ns)
        if mute:
            sim._wave_types = ()
        if said := sim.advance(t_ns):
            protocol.receive(said, t_ns)
            heard.append(t_ns)
    gaps = [b - a for a, b in itertools.pairwise([*heard, 60 * S])]
    assert max(gaps) <= DRIVER.link.silence_s * S


def test_a_damaged_request_gets_no_answer():
    sim = monitor()
    sim.advance(0)
    spoiled = bytearray(bytes.fromhex(BASIC_5_S))
    spoiled[45] ^= 4
    sim.receive(bytes(spoiled), 0)
    assert sim.advance(20 * S) == b""


@given(cuts=st.lists(st.integers(0, 12 * S), min_size=1, max_size=10))
def test_the_bytes_do_not_depend_on_how_often_it_is_asked(cuts):
    whole, parts = monitor(key_s=90.0), monitor(key_s=90.0)
    for sim in (whole, parts):
        sim.advance(60 * S)
        sim.receive(requests.values(1, 5) + requests.values(4, 5) + requests.waves((1, 8, 9, 15)), 60 * S)
    cut = b"".join(parts.advance(60 * S + t) for t in sorted(cuts))
    assert whole.advance(60 * S + max(cuts)) == cut


@pytest.mark.parametrize("model", LEVELS)
def test_a_session_with_the_driver_brings_values_waves_and_one_reading_for_each_key_press(model):
    events = together(monitor(model=model, key_s=90.0), 200, "all")
    found = numbers(events)
    assert found[HR] == pytest.approx(72, abs=6)
    assert found[SPO2] == pytest.approx(97, abs=1.5)
    assert ("MDC_CONC_AWAY_CO2_ET" in found) is (model == "carescape")
    assert not of(events, Fault)
    cuff = [e for e in of(events, Observation) if e.metric.ref == SYS]
    assert len(cuff) == 2
    assert all(isinstance(e.reading, Measured) and not e.stored and e.device_time for e in cuff)
    assert [e.state for e in of(events, CuffChanged)] == [
        CuffState.IDLE,
        *[CuffState.MEASURING, CuffState.IDLE] * 2,
        *[CuffState.MEASURING] * (of(events, CuffChanged)[-1].state is CuffState.MEASURING),
    ]
    labels = {e.metric.label for e in of(events, WaveformBlock)}
    assert labels == {"ECG II", "Pleth", "Breathing", "CO2"}


def test_every_sample_comes_across_and_the_ecg_beats_at_the_rate_shown():
    events = together(monitor(), 62)
    blocks = [e for e in of(events, WaveformBlock) if e.metric.label == "ECG II"]
    ecg = np.concatenate([b.samples for b in blocks])
    seconds = (blocks[-1].t_ns - blocks[0].t_ns) / S + 0.25
    assert ecg.size / seconds == pytest.approx(300, rel=0.01)
    above = ecg > 600
    beats = int(np.sum(above[1:] & ~above[:-1]))
    assert beats * 60 / seconds == pytest.approx(72, abs=5)


def test_a_sensor_that_is_off_takes_the_saturation_the_pleth_and_brings_a_message():
    events = together(monitor(Incident(IncidentKind.SENSOR_OFF, 70, 60)), 40)
    last = numbers(events)
    assert last[SPO2] == ("Inv", float(NO))
    assert last[HR] == pytest.approx(72, abs=6)
    pleth = [e for e in of(events, WaveformBlock) if e.metric.label == "Pleth"]
    assert set(pleth[-1].samples.tolist()) == {-32768}
    alerts = [(e.kind, e.present) for e in of(events, DeviceAlert)]
    assert alerts == [(AlertKind.DEVICE_MESSAGE, True)]


def test_a_low_saturation_brings_the_monitors_own_alarm():
    events = together(monitor(traits=Traits(pulse=72, spo2=84, rises=(0, 0, 0), dips=False)), 20)
    alerts = [(e.kind, e.detail) for e in of(events, DeviceAlert)]
    assert alerts == [(AlertKind.DEVICE_ALARM, "SpO2 LOW (red)")]


def test_a_leaking_cuff_fails():
    events = together(monitor(Incident(IncidentKind.CUFF_LEAK, 0, 1000), key_s=200.0), 60)
    assert len(of(events, CuffFailed)) == 1
    assert SYS not in numbers(events)


def test_a_motion_is_an_artefact():
    events = together(monitor(Incident(IncidentKind.MOTION, 70, 10)), 30)
    assert [(e.kind, e.present) for e in of(events, DeviceAlert)] == [
        (AlertKind.ARTEFACT, True),
        (AlertKind.ARTEFACT, False),
    ]


def test_a_cuff_on_the_arm_of_the_sensor_is_tight_while_it_measures():
    sim = monitor(key_s=300.0)
    sim.advance(0)
    tight = []
    for t_s in range(60):
        sim.advance(t_s * S)
        tight.append(sim._bedside.cuff_mmhg)
    assert max(tight) > 100
    assert tight[0] == tight[-1] == 0


def test_an_unknown_model_says_what_there_is():
    with pytest.raises(ValueError, match="carescape, s5"):
        monitor(model="b40")


# Round trip


WORDS = st.integers(-32768, 32767)
CODES = st.sampled_from([-32767, -32766, -32764, -32763, -32762, -32768, -32001])
VALIDITY = {-32767: "Inv", -32766: "NA", -32764: "Uflw", -32763: "Oflw", -32762: "Calib"}
ANY = st.one_of(WORDS, CODES, st.integers(0, 12000))
PULSE, BREATHS, CO2_END = "MDC_PULS_OXIM_PULS_RATE", "MDC_RESP_RATE", "MDC_CONC_AWAY_CO2_ET"
ASIDE = ("KAP_ECG_ST_1", "KAP_ECG_ST_2", "KAP_ECG_ST_3", "KAP_PULS_OXIM_AMPLITUDE", "MDC_CONC_AWAY_CO2_INSP")
GASES = [f"MDC_CONC_AWAY_{gas}_{end}" for gas in ("O2", "N2O", "AGENT") for end in ("ET", "INSP")]
PRESSURES = {1: "MDC_PRESS_BLD_ART", 2: "MDC_PRESS_BLD_VEN_CENT", 3: "MDC_PRESS_BLD_ART_PULM"}
PRESSURES |= {8: "MDC_PRESS_BLD_ART_ABP", 4: "MDC_PRESS_BLD", 22: "MDC_PRESS_BLD"}
PROBES = {1: "MDC_TEMP_BODY", 7: "MDC_TEMP_SKIN", 11: "MDC_TEMP"}


def expected(word, per_unit, low=float("-inf"), high=float("inf")):
    if word < -32000:
        return VALIDITY.get(word, "Inv"), float(word)
    value = word / per_unit
    return value if low <= value <= high else ("Inv", value)


@given(data=st.data())
def test_every_number_comes_back_as_it_was_sent(data):
    hr, breaths, *st_levels = data.draw(st.lists(ANY, min_size=5, max_size=5))
    sat, pulse, amplitude, end, inspired = data.draw(st.lists(ANY, min_size=5, max_size=5))
    gases = data.draw(st.lists(ANY, min_size=6, max_size=6))
    probes = dict(zip(PROBES, data.draw(st.lists(ANY, min_size=3, max_size=3)), strict=True))
    label = data.draw(st.sampled_from(sorted(PRESSURES)))
    pressure = data.draw(st.lists(ANY, min_size=3, max_size=3))
    shown = Shown(
        ecg=Group((hr, *st_levels, breaths), 0x0210, 1 << 3),
        spo2=Group((sat, pulse, amplitude, NO)),
        co2=Group((end, inspired, NO, 7600)),
        gases={n: Group(tuple(gases[2 * n : 2 * n + 2])) for n in range(3)},
        temperatures={n: Group((word,), site) for n, (site, word) in enumerate(probes.items())},
        pressures={data.draw(st.integers(0, 5)): Group((*pressure, NO), label, 0x08)},
    )
    wanted = {
        HR: expected(hr, 1, 20, 250),
        SPO2: expected(sat, 100, 40, 100),
        PULSE: expected(pulse, 1, 20, 300),
        BREATHS: expected(breaths, 1) if breaths >= 0 else ("Inv", float(NO)),
        CO2_END: expected(end, 100),
    }
    wanted |= {ref: expected(word, 100) for ref, word in zip(GASES, gases, strict=True)}
    for which, word in zip(("SYS", "DIA", "MEAN"), pressure, strict=True):
        wanted[f"{PRESSURES[label]}_{which}"] = expected(word, 100)
    for site, word in probes.items():
        wanted[PROBES[site]] = expected(word, 100, *((25, 45) if site == 1 else ()))
    for ref, word in zip(ASIDE, (*st_levels, amplitude, inspired), strict=True):
        if word >= -32000:
            wanted[ref] = expected(word, 10_000 if "AMPLITUDE" in ref else 100)
    assert numbers(Bench().show(shown, 1)) == wanted


@given(
    systolic=st.integers(4000, 28000),
    diastolic=st.integers(2000, 22000),
    mean=st.one_of(st.integers(2500, 24000), CODES),
    pulse=st.one_of(st.integers(0, 400), CODES),
)
def test_every_determination_comes_back_or_is_no_reading(systolic, diastolic, mean, pulse):
    bench = Bench()
    bench.show(Shown(nibp=Group((NO, NO, NO, NO), 0x20)), 1)
    found = numbers(bench.show(Shown(nibp=Group((systolic, diastolic, mean, pulse))), 36))
    assert found["MDC_PULS_RATE_NON_INV"] == expected(pulse, 1, 20, 300)
    whole = systolic / 100 - diastolic / 100 >= 10
    assert found[SYS] == (systolic / 100 if whole else ("Inv", systolic / 100))
    assert bool(of(bench.events, CuffFailed)) is not whole
    between = whole and diastolic < mean < systolic
    wanted = expected(mean, 100)
    if mean >= -32000 and not between:
        wanted = "Inv", mean / 100
    assert found["MDC_PRESS_BLD_NONINV_MEAN"] == wanted


@given(samples=st.lists(WORDS, min_size=1, max_size=200), kind=st.sampled_from([8, 9, 15, 39]))
def test_every_sample_comes_back_as_it_was_sent(samples, kind):
    (_, block) = Bench().wave(kind, samples, 1)
    assert block.samples.tolist() == [x if x > -32000 else -32768 for x in samples]


@given(samples=st.lists(WORDS, min_size=1, max_size=200), data=st.data())
def test_every_sample_of_an_ecg_and_of_a_pressure_comes_back_under_its_name(samples, data):
    bench = Bench()
    leads, labels = data.draw(st.permutations(range(1, 8))), data.draw(st.permutations([1, 2, 3, 8]))
    bench.show(
        Shown(
            ecg=Group((72, NO, NO, NO, 14), leads[0] << 8 | leads[1] << 4 | leads[2], 1 << 3),
            pressures={n: Group((1, 1, 1, 1), label) for n, label in enumerate(labels)},
        ),
        1,
    )
    names = ("I", "II", "III", "AVR", "AVL", "AVF", "V")
    expected = {kind: f"MDC_ECG_ELEC_POTL_{names[leads[kind - 1] - 1]}" for kind in (1, 2, 3)}
    expected |= {kind: PRESSURES[labels[kind - 4]] for kind in (4, 5, 6, 7)}
    for kind, ref in expected.items():
        (block,) = bench.wave(kind, samples, 2)
        assert block.metric.ref == ref
        assert block.samples.tolist() == [x if x > -32000 else -32768 for x in samples]


def test_the_monitors_clock_counts_from_its_epoch():
    assert records.EPOCH_S == T0
