"""The simulated PM6750, against frames written by hand, and with the real driver."""

import pytest
from driver_events import readings
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_parts import KeepingSink

from devices.drivers.berry_pm6750 import DRIVER
from devices.drivers.berry_pm6750.protocol import Berry as Driver
from devices.sim.berry_pm6750 import Berry, frame, leads
from devices.sim.fastforward import FastForward, Joined
from devices.sim.faults import fault_incidents
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind
from devices.testing import run
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    Fault,
    NibpFailure,
    Observation,
    WaveformBlock,
)

S = 1_000_000_000
TRAITS = Traits(systolic=120, diastolic=76, pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)
SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{which}" for which in ("SYS", "DIA", "MEAN"))


def module(*incidents, traits=TRAITS, same_arm=False):
    return Berry(Bedside(Patient(4, traits), incidents, same_arm=same_arm))


def test_frames_written_by_hand_are_what_the_encoder_writes():
    assert frame(1, *[0x80] * 7).hex().upper() == "55AA0A018080808080808074"
    assert frame(3, 0, 0, 0x7C, 0x5D, 0x4E).hex().upper() == "55AA080300007C5D4ECD"
    assert frame(4, 0, 97, 72).hex().upper() == "55AA06040061484C"
    assert frame(0x30).hex() == "55aa0330cc"


def told(sim, *commands, t_s=0.0):
    for command in commands:
        sim.receive(bytes.fromhex(command), int(t_s * S))


def test_it_is_silent_until_asked_and_sends_what_was_asked_for():
    sim = module()
    sim.advance(0)
    assert sim.advance(5 * S) == b""
    told(sim, "55AA0403", "01F7", t_s=5)
    data = sim.advance(15 * S)
    assert {data[i + 3] for i in range(len(data) - 3) if data[i : i + 2] == b"\x55\xaa"} == {4, 0x31}
    told(sim, "55AA040300F8", "55AA040101F8", t_s=15)
    assert sim.advance(20 * S) == b"", "a wrong check is no command"
    told(sim, "55AA040101F9", t_s=20)
    data = sim.advance(30 * S)
    assert data.count(b"\x55\xaa\x0a\x01") == 2500
    assert data.count(b"\x55\xaa\x08\x02") == 10
    assert data.count(b"\x55\xaa\x03\x30") == pytest.approx(12, abs=2)


def test_the_leads_fit_together():
    import numpy as np

    table = np.frombuffer(leads(np.arange(250) / 250), np.uint8).reshape(250, 7).astype(float) - 128
    one, two, three, avr, avl, avf, _ = table.T
    assert abs(two - one - three).max() <= 2
    assert abs(avr + (one + two) / 2).max() <= 1.5
    assert abs(avl - (one - three) / 2).max() <= 2
    assert abs(avf - (two + three) / 2).max() <= 1.5
    assert two.max() > 70


def drive(sim, cuffs_s, until_s):
    sink = KeepingSink()
    FastForward([Joined("pm", sim, Driver({}))], sink, 0).run(
        0, until_s * S, lambda t: None, [(t * S, "pm") for t in cuffs_s]
    )
    return sink.events


@settings(deadline=None, max_examples=8)
@given(st.integers(85, 220), st.integers(40, 110), st.integers(45, 150), st.integers(75, 99))
def test_the_real_driver_reads_what_the_patient_has(systolic, pulse_pressure, pulse, spo2):
    diastolic = max(40, systolic - pulse_pressure)
    traits = Traits(
        systolic=systolic, diastolic=diastolic, pulse=pulse, spo2=spo2, rises=(0, 0, 0), anxiety=0, dips=False
    )
    events = drive(module(traits=traits), [5, 120], 230)
    measured = readings(events, SYS)
    assert len(measured) == 2
    assert all(abs(r.value - min(systolic, 255)) < 16 for r in measured)
    assert len(readings(events, DIA)) == 2
    for ref, true, spread in (
        ("MDC_PULS_OXIM_SAT_O2", spo2, 3),
        ("MDC_PULS_OXIM_PULS_RATE", pulse, 12),
        ("MDC_ECG_HEART_RATE", pulse, 12),
        ("MDC_RESP_RATE", 14, 1),
        ("MDC_TEMP_BODY", 36.6, 0.01),
    ):
        found = readings(events, ref)
        assert len(found) > 180, ref
        assert all(abs(r.value - true) < spread for r in found), ref
    assert not [e for e in events if isinstance(e, Fault | CuffFailed)]


def test_waves_come_at_their_rates():
    events = drive(module(), [], 60)
    counts = {}
    for event in events:
        if isinstance(event, WaveformBlock):
            counts[event.metric.ref] = counts.get(event.metric.ref, 0) + len(event.samples)
    ecg = [n for ref, n in counts.items() if ref.startswith("KAP_ECG")]
    assert len(ecg) == 7
    assert all(n == pytest.approx(250 * 59, rel=0.03) for n in ecg)
    assert counts["MDC_PULS_OXIM_PLETH"] == pytest.approx(50 * 59, rel=0.05)
    assert counts["MDC_RESP"] == pytest.approx(50 * 59, rel=0.05)


@pytest.mark.parametrize(
    ("fault", "failure"), [("leak", NibpFailure.CUFF_LOOSE), ("motion", NibpFailure.MOTION)]
)
def test_a_leak_and_movement_become_failures_without_numbers(fault, failure):
    events = drive(module(*fault_incidents(fault, 0)), [20], 140)
    assert [e.failure for e in events if isinstance(e, CuffFailed)] == [failure]
    assert readings(events, SYS) == []
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [CuffState.MEASURING, CuffState.IDLE]


def test_a_stop_opens_the_valve():
    sim, driver = module(), Driver({})
    sim.advance(0)
    driver.opened(0)
    driver.start_cuff(0)
    events, t_ns = [], 0
    while t_ns < 20 * S:
        t_ns += S // 50
        if t_ns == 10 * S:
            assert sim._bedside.cuff_mmhg > 50
            driver.stop_cuff(t_ns)
        if driver.deadline_ns <= t_ns:
            events += driver.on_deadline(t_ns)
        sim.receive(driver.data_to_send(), t_ns)
        events += driver.receive(sim.advance(t_ns), t_ns)
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [
        CuffState.MEASURING, CuffState.ABORTED, CuffState.IDLE,
    ]  # fmt: skip
    assert sim._bedside.cuff_mmhg == 0
    assert not [e for e in events if isinstance(e, CuffFailed)]


@pytest.mark.parametrize(
    ("incident", "alert"),
    [(IncidentKind.FINGER_OFF, AlertKind.NO_CONTACT), (IncidentKind.SENSOR_OFF, AlertKind.SENSOR_OFF)],
)
def test_a_sensor_that_comes_off_is_told(incident, alert):
    events = drive(module(Incident(incident, 20, 20)), [], 60)
    assert [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)] == [
        (alert, True),
        (alert, False),
    ]
    during = [
        e.reading
        for e in events
        if isinstance(e, Observation) and 22 * S < e.t_ns < 40 * S and "SAT" in e.metric.ref
    ]
    assert during
    assert all(isinstance(r, Absent) for r in during)


def test_the_cuffs_own_arm_loses_its_pulse():
    events = drive(module(same_arm=True), [10], 100)
    assert AlertKind.NO_PULSE in {e.kind for e in events if isinstance(e, DeviceAlert)}
    assert readings(events, SYS)


BYTES = st.integers(0, 255)


@given(st.integers(0, 4), BYTES, BYTES, st.integers(0, 3), BYTES, BYTES, st.integers(-128, 127))
def test_every_number_and_every_sentinel_comes_back(status, spo2, rate, ecg_status, heart, breaths, st_raw):
    events = run(
        DRIVER, [frame(4, status, spo2, rate) + frame(2, ecg_status, heart, breaths, st_raw % 256, 1)]
    )
    off, lead_off = status in (1, 2), bool(ecg_status & 2)
    for ref, sent, none, low, high, gone in (
        ("MDC_PULS_OXIM_SAT_O2", spo2, 127, 40, 100, off),
        ("MDC_PULS_OXIM_PULS_RATE", rate, 255, 20, 254, off),
        ("MDC_ECG_HEART_RATE", heart, 0, 20, 250, lead_off),
        ("MDC_RESP_RATE", breaths, 0, 1, 250, lead_off),
    ):
        reading = readings(events, ref)[0]
        if gone or sent == none or not low <= sent <= high:
            assert isinstance(reading, Absent)
            assert reading.raw == sent
        else:
            assert reading.value == sent
    st_mv = readings(events, "MDC_ECG_AMPL_ST")[0]
    assert isinstance(st_mv, Absent) if lead_off else st_mv.value == st_raw / 100


@given(st.integers(0, 3), BYTES, BYTES, BYTES, BYTES)
def test_every_temperature_comes_back_or_is_absent(status, whole_1, tenths_1, whole_2, tenths_2):
    events = run(DRIVER, [frame(5, status, whole_1, tenths_1, whole_2, tenths_2)])
    for ref, bit, whole, tenths in (
        ("MDC_TEMP_BODY", 1, whole_1, tenths_1),
        ("MDC_TEMP", 2, whole_2, tenths_2),
    ):
        reading, sent = readings(events, ref)[0], round(whole + tenths / 10, 1)
        if status & bit or tenths > 9 or not 25 <= sent <= 45:
            assert isinstance(reading, Absent)
        else:
            assert reading.value == sent


@given(BYTES, BYTES, BYTES, BYTES)
def test_every_result_comes_back_or_is_absent(half_mmhg, systolic, mean, diastolic):
    measuring, ended = frame(3, 1 << 2, half_mmhg, 0, 0, 0), frame(3, 0, 0, systolic, mean, diastolic)
    events = run(DRIVER, [measuring + ended])
    pressure = readings(events, "MDC_PRESS_CUFF")[0]
    assert pressure.value == 2 * half_mmhg if half_mmhg <= 175 else pressure.raw == 2 * half_mmhg
    pair = systolic >= 40 and 20 <= diastolic <= 220 and systolic - diastolic >= 10
    between = pair and 25 <= mean <= 240 and diastolic < mean < systolic
    for ref, sent, good in ((SYS, systolic, pair), (DIA, diastolic, pair), (MEAN, mean, between)):
        found = readings(events, ref)
        if not (systolic or mean or diastolic):
            assert found == []
        else:
            assert found[0].value == sent if good else found[0].raw == sent


@given(st.lists(st.binary(max_size=12), max_size=20))
def test_any_bytes_are_survived(chunks):
    sim = module()
    for number, chunk in enumerate(chunks):
        sim.receive(chunk, number * S)
        sim.advance(number * S)
    assert len(sim._heard) <= 6
