"""The simulated Contec oximeter, against frames written by hand, and with the real driver."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_parts import KeepingSink

from devices.drivers.contec import DRIVER
from devices.drivers.contec.protocol import Contec as Driver
from devices.sim.contec import FORMATS, Contec, Finger, new_frame, old_frame, packed, recording
from devices.sim.fastforward import FastForward, Joined
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind
from devices.testing import run
from kapmonitor.model import Absent, AlertKind, DeviceAlert, DeviceIdentified, Fault, Observation

S = 1_000_000_000
TRAITS = Traits(pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)
START, STOP, CONNECTED = (bytes.fromhex(f"7D81{c}808080808080") for c in ("A1", "A2", "AF"))


def oximeter(form="new", *incidents, traits=TRAITS, same_arm=False):
    return Contec(Bedside(Patient(4, traits), incidents, same_arm=same_arm), form)


def test_frames_written_by_hand_are_what_the_encoder_writes():
    assert new_frame(Finger(72, 97), 0x52, 4, True).hex().upper() == "01E0C4D29AC8E1FFFF"
    assert new_frame(Finger(145, 95, 350), 0x30, 5, False)[5:].hex().upper() == "91DFDE81"
    assert new_frame(Finger(None, None, out=True), 0x40, 0, False).hex().upper() == "01E980C098FFFFFFFF"
    assert old_frame(Finger(72, 97), 0x3F, 6, False).hex().upper() == "863F074861"
    assert old_frame(Finger(145, 95), 0x20, 5, False).hex().upper() == "852044115F"
    assert old_frame(Finger(None, None, out=True, too_long=True), 0, 0, False).hex() == "9000100000"
    assert packed(0x0C).hex() == "0c80"


def test_the_new_one_is_silent_until_asked_and_when_nobody_listens():
    sim = oximeter()
    sim.advance(0)
    assert sim.advance(5 * S) == b""
    sim.receive(b"\xf5\xf5" + START[:4], 5 * S)
    assert sim.advance(6 * S) == b""
    sim.receive(START[4:], 6 * S)
    assert len(sim.advance(7 * S)) == 60 * 9
    sim.receive(CONNECTED, 12 * S)
    assert len(sim.advance(60 * S)) == 15 * 60 * 9, "until 10 s after the last sign"
    sim.receive(CONNECTED, 60 * S)
    assert sim.advance(61 * S) == b""
    sim.receive(START + STOP, 61 * S)
    assert sim.advance(62 * S).hex() == "0c80"
    sim.receive(bytes.fromhex("7D83B8808080808080"), 62 * S)
    assert sim.advance(62 * S).hex() == "0b81b885"


def test_the_old_one_streams_by_itself():
    sim = oximeter("old")
    sim.advance(60 * S)
    data = sim.advance(61 * S)
    assert len(data) == 300
    assert all((data[i] >= 128) == (i % 5 == 0) for i in range(300))
    assert len(set(data[1::5])) > 20


def drive(sim, until_s):
    sink = KeepingSink()
    FastForward([Joined("ox", sim, Driver({}))], sink, 0).run(0, until_s * S, lambda t: None)
    return sink.events


def values(events, ref):
    return [e.reading for e in events if isinstance(e, Observation) and e.metric.ref == ref]


@pytest.mark.parametrize("form", FORMATS)
@settings(deadline=None, max_examples=6)
@given(st.integers(45, 170), st.integers(70, 99))
def test_the_real_driver_reads_what_the_patient_has(form, pulse, spo2):
    traits = Traits(pulse=pulse, spo2=spo2, rises=(0, 0, 0), anxiety=0, dips=False)
    events = drive(oximeter(form, traits=traits), 30)
    rates, percents = values(events, "MDC_PULS_OXIM_PULS_RATE"), values(events, "MDC_PULS_OXIM_SAT_O2")
    assert len(rates) >= 24
    assert all(abs(r.value - pulse) < 12 for r in rates)
    assert all(abs(p.value - spo2) < 3 for p in percents)
    assert not [e for e in events if isinstance(e, Fault)]
    assert [e.model for e in events if isinstance(e, DeviceIdentified)] == ["CMS50D+"] * (form == "new")


fingers = st.builds(
    Finger,
    rate=st.none() | st.integers(1, 254),
    spo2=st.none() | st.integers(1, 100),
    pi=st.none() | st.integers(0, 2200),
    searching=st.booleans(),
    too_long=st.booleans(),
)


@given(fingers, st.integers(0, 127), st.integers(0, 8), st.booleans(), st.sampled_from(FORMATS))
def test_every_value_and_every_sentinel_comes_back(finger, pleth, signal, beat, form):
    frame = (new_frame if form == "new" else old_frame)(finger, pleth, signal, beat)
    events = run(DRIVER, [frame * 4])
    spo2, rate = values(events, "MDC_PULS_OXIM_SAT_O2")[0], values(events, "MDC_PULS_OXIM_PULS_RATE")[0]
    for reading, sent, low in ((spo2, finger.spo2, 40), (rate, finger.rate, 20)):
        if sent is None or sent < low:
            assert isinstance(reading, Absent)
        else:
            assert reading.value == sent
    if form == "new":
        pi = values(events, "MDC_PULS_OXIM_PERF_REL")[0]
        assert isinstance(pi, Absent) if finger.pi is None else pi.value == finger.pi / 100
    searching = DeviceAlert(AlertKind.NO_PULSE, True, events[0].t_ns) in events
    assert searching == (finger.searching or finger.too_long)


@pytest.mark.parametrize("form", FORMATS)
def test_a_finger_that_slips_out_is_told_and_comes_back(form):
    events = drive(oximeter(form, Incident(IncidentKind.FINGER_OFF, 20, 20)), 60)
    assert [e.present for e in events if isinstance(e, DeviceAlert) and e.kind is AlertKind.NO_CONTACT] == [
        True,
        False,
    ]
    during = [
        e.reading
        for e in events
        if isinstance(e, Observation) and 21 * S < e.t_ns < 40 * S and "SAT" in e.metric.ref
    ]
    assert during
    assert all(isinstance(r, Absent) for r in during)


def test_a_cuff_on_the_same_arm_takes_the_pulse():
    sim = oximeter(same_arm=True)
    sim._bedside.cuff_mmhg = 200
    events = drive(sim, 20)
    assert AlertKind.NO_PULSE in {e.kind for e in events if isinstance(e, DeviceAlert)}
    assert isinstance(values(events, "MDC_PULS_OXIM_SAT_O2")[-1], Absent)


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="new, old"):
        oximeter("v7")


def test_a_recording_written_by_hand():
    rows = [(0, 0)] * 76 + [(68, 95), (67, 95), (145, 95), (84, 95)]
    data = recording(rows)
    assert data[:12].hex() == "f28000" * 3 + "808170", "80 rows are 240 bytes"
    assert data[12:15].hex() == "f08000"
    assert data[-12:].hex() == "f0c45ff0c35ff1915ff0d45f"


def test_the_old_one_sends_its_recording_and_comes_back():
    sim = oximeter("old")
    sim.advance(100 * S)
    sim.receive(b"\xf5", 100 * S)
    sim.receive(b"\xf5", 100 * S)
    data = sim.advance(110 * S)
    assert len(data) == 12 + 3 * 60, "and no live frames"
    events = run(DRIVER, [data])
    stored = [e for e in events if isinstance(e, Observation)]
    assert len(stored) == 120
    assert all(e.stored and not isinstance(e.reading, Absent) for e in stored)
    sim.receive(b"\xf6\xf6\xf6", 110 * S)
    assert len(sim.advance(111 * S)) == 300


def test_an_old_one_left_in_its_recording_is_brought_back_by_the_driver():
    sim = oximeter("old")
    sim.advance(60 * S)
    sim.receive(b"\xf5\xf5", 60 * S)
    sink = KeepingSink()
    FastForward([Joined("ox", sim, Driver({}))], sink, 0).run(60 * S, 90 * S, lambda t: None)
    live = [e for e in sink.events if isinstance(e, Observation) and not e.stored]
    assert live[0].t_ns < 70 * S
    assert live[-1].t_ns > 89 * S
    assert any(isinstance(e, Observation) and e.stored for e in sink.events)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("AB", "058080f5f3e5f2b0b1"),
        ("AC", "0e8080"),
        ("AD", "108081"),
        ("B1", "0b81b180"),
        ("B8", "0b81b885"),
    ],
)
def test_what_the_new_one_answers(command, answer):
    sim = oximeter()
    sim.advance(0)
    sim.receive(bytes.fromhex(f"7D81{command}808080808080"), 0)
    assert sim.advance(1).hex() == answer


def test_the_name_can_be_chosen():
    sim = Contec(Bedside(Patient(4, TRAITS)), "new", "CMS50F")
    assert [e.model for e in drive(sim, 5) if isinstance(e, DeviceIdentified)] == ["CMS50F"]
