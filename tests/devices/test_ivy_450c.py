"""Ivy 450C: the published recording whole, frames cut, spoiled and made up, and the simulated monitor."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from driver_events import faults
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.drivers.ivy_450c import DRIVER
from devices.sim.faults import fault_incidents
from devices.sim.ivy_450c import Ivy450c, Screen, ecg, frame, text
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind
from devices.testing import run
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    DeviceAlert,
    FaultKind,
    Measured,
    Observation,
    Validity,
    WaveformBlock,
)

S = 1_000_000_000
CAPTURE = Path(__file__).parents[3] / "shared/captures/ivy450c_ansarb_first_8000_bytes.bin"
HR, RR, SPO2, PR = "MDC_ECG_HEART_RATE", "MDC_RESP_RATE", "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE"
CO2 = "MDC_AWAY_CO2_ET"
NIBP = [
    "MDC_PRESS_BLD_NONINV_SYS",
    "MDC_PRESS_BLD_NONINV_DIA",
    "MDC_PRESS_BLD_NONINV_MEAN",
    "MDC_PULS_RATE_NON_INV",
]
P1 = ["KAP_PRESS_1_SYS", "KAP_PRESS_1_DIA", "KAP_PRESS_1_MEAN"]
P2 = ["KAP_PRESS_2_SYS", "KAP_PRESS_2_DIA", "KAP_PRESS_2_MEAN"]
ECG, BREATHING, PLETH = "MDC_ECG_ELEC_POTL_II", "MDC_RESP", "MDC_PULS_OXIM_PLETH"
NONE = Absent(Validity.NOT_AVAILABLE)

PUBLISHED_TEXT = (
    b"HR=1;80;ECG-II-DIAG;|RR=1;35;APNEA: 20 SEC;|ETCO2=1;;;|SPO2=1;100;PR=80 ;|NIBP=4;121;75;92;80;;|"
    b"P1=3;111;73;88;;|P2=3;;;;NO TRANSDUCER;|T1=1;;;|T2=1;;;|"
).replace(b"|", b"\r")
WAVES = bytes([138, 134, 138, 142] * 50 + [109, 96] * 25 + [152, 149] * 25 + [103, 99] * 25 + [251] * 50)


def whole(words=PUBLISHED_TEXT, waves=WAVES):
    return b"\xffANSAR-B " + waves + words + b"\xfe"


def with_line(name, line):
    lines = [line if x.startswith(name + b"=") else x for x in PUBLISHED_TEXT.split(b"\r")]
    return whole(b"\r".join(x for x in lines if x is not None))


def events_of(data, options=None):
    if options is None:
        return run(DRIVER, [data])
    protocol = DRIVER.protocol(options)
    protocol.opened(0)
    return protocol.receive(data, 1) + protocol.closed(2)


def numbers(events, ref):
    return [
        e.reading.value if isinstance(e.reading, Measured) else e.reading
        for e in events
        if isinstance(e, Observation) and e.metric.ref == ref
    ]


def cuffs(events):
    """Whole determinations with whether they are stored."""
    told = [(e.t_ns, e.stored) for e in events if isinstance(e, Observation) and e.metric.ref == NIBP[0]]
    values = zip(*(numbers(events, ref) for ref in NIBP), strict=True)
    return [(row, stored) for row, (_, stored) in zip(values, told, strict=True)]


def wave(events, ref):
    return [int(s) for e in events if isinstance(e, WaveformBlock) and e.metric.ref == ref for s in e.samples]


# The recording


@pytest.fixture
def capture():
    if not CAPTURE.exists():
        pytest.skip("the recording is not part of the repository; see docs of the driver's evidence")
    return CAPTURE.read_bytes()


def test_the_recording_whole(capture):
    events = events_of(capture)
    assert faults(events) == [(FaultKind.NOISE, 252), (FaultKind.LENGTH, 256), (FaultKind.LENGTH, 186)]
    assert numbers(events, HR) == [80] * 13
    assert numbers(events, RR) == [35] * 13
    assert numbers(events, SPO2) == [100] * 13
    assert numbers(events, PR) == [80] * 13
    assert cuffs(events) == [((121, 75, 92, 80), True)]
    assert numbers(events, P1[0]) == [111] * 8 + [110] * 2 + [111] * 3
    assert numbers(events, P1[1]) == [73] * 13
    assert numbers(events, P1[2]) == [88] * 13
    assert [numbers(events, ref) for ref in (*P2, CO2)] == [[], [], [], []]
    assert [len(wave(events, r)) for r in (ECG, BREATHING, PLETH, "KAP_PRESS_1", "KAP_PRESS_2")] == [
        2600,
        650,
        650,
        650,
        0,
    ]
    assert not [e for e in events if isinstance(e, DeviceAlert)]


def test_the_first_samples_of_the_recording_are_those_in_print(capture):
    events = events_of(capture)
    (ecg_metric,) = {e.metric for e in events if isinstance(e, WaveformBlock) and e.metric.ref == ECG}
    millivolts = [s * ecg_metric.resolution + ecg_metric.offset for s in wave(events, ECG)]
    assert (ecg_metric.fs, ecg_metric.unit) == (200, "mV")
    assert millivolts[:4] == pytest.approx([0.76, 0.68, 0.76, 0.84])
    assert (min(millivolts), max(millivolts)) == pytest.approx((-0.06, 2.80))
    assert wave(events, BREATHING)[:6] == [109, 96, 84, 72, 61, 50]
    assert [s + 86 for s in wave(events, PLETH)[:6]] == [152, 149, 143, 137, 132, 129]
    assert wave(events, "KAP_PRESS_1")[:6] == [103, 99, 97, 97, 99, 100]


def test_the_pressure_wave_of_the_recording_is_in_mmhg(capture):
    events = events_of(capture)
    samples, systolic = wave(events, "KAP_PRESS_1"), numbers(events, P1[0])
    for second in range(13):
        part = samples[second * 50 : second * 50 + 50]
        assert min(part) == 73
        assert abs(max(part) - systolic[second]) <= 1


def test_the_recording_twice_over_is_one_cuff_result(capture):
    assert cuffs(events_of(capture[252:-442] * 2)) == [((121, 75, 92, 80), True)]


# Single frames


def test_the_frame_in_print():
    events = events_of(whole() * 2)
    assert [numbers(events, r)[0] for r in (HR, RR, SPO2, PR, *P1)] == [80, 35, 100, 80, 111, 73, 88]
    assert cuffs(events) == [((121, 75, 92, 80), True)]
    assert bytes.fromhex("4E4942503D343B3132313B37353B39323B38303B3B0D") in PUBLISHED_TEXT
    assert faults(events) == []


def test_no_finger_and_a_new_cuff_result():
    changed = PUBLISHED_TEXT.replace(b"SPO2=1;100;PR=80 ;", b"SPO2=1;;PR=;").replace(
        bytes.fromhex("4E4942503D343B3132313B37353B39323B38303B3B0D"),
        bytes.fromhex("4E4942503D343B3133383B38363B3130333B37383B3B0D"),
    )
    events = events_of(whole() * 2 + whole(changed) * 3)
    assert numbers(events, SPO2) == [100, 100, NONE, NONE, NONE]
    assert numbers(events, PR) == [80, 80, NONE, NONE, NONE]
    assert cuffs(events) == [((121, 75, 92, 80), True), ((138, 86, 103, 78), False)]


@pytest.mark.parametrize(
    ("name", "line", "ref", "told"),
    [
        (b"HR", b"HR=1;;ECG-II-DIAG;", HR, [NONE]),
        (b"HR", b"HR=1;0;ECG-II-DIAG;", HR, [Absent(Validity.INVALID, 0.0)]),
        (b"HR", b"HR=1;***;ECG-II-DIAG;", HR, [Absent(Validity.INVALID)]),
        (b"RR", b"RR=1;0;APNEA: 20 SEC;", RR, [0]),
        (b"RR", b"RR=1;;APNEA: OFF;", RR, [NONE]),
        (b"SPO2", b"SPO2=1;101;PR=80 ;", SPO2, [Absent(Validity.INVALID, 101.0)]),
        (b"SPO2", b"SPO2=1;97;;", PR, []),
        (b"P2", b"P2=3;20;8;12;CVP;", P2[0], [20]),
        (b"P2", b"P2=3;;;;NO TRANSDUCER;", P2[0], []),
    ],
)
def test_one_line_each(name, line, ref, told):
    events = events_of(with_line(name, line))
    assert numbers(events, ref) == told
    assert faults(events) == []


@pytest.mark.parametrize("line", [b"P2=3;;;;NO TRANSDUCER;", b"P2=3;;;;;NO TRANSDUCER"])
def test_an_input_that_nothing_is_plugged_into_has_no_wave_and_is_no_message(line):
    events = events_of(whole(with_line(b"P2", line)[9 + 400 : -1], WAVES[:350] + bytes([90] * 50)))
    assert wave(events, "KAP_PRESS_2") == []
    assert [e for e in events if isinstance(e, DeviceAlert)] == []
    used = events_of(whole(with_line(b"P2", b"P2=3;;;;CVP;")[9 + 400 : -1], WAVES[:350] + bytes([90] * 50)))
    assert wave(used, "KAP_PRESS_2") == [90] * 50


def test_a_line_that_ends_takes_its_messages_back():
    events = events_of(with_line(b"HR", b"HR=1;;ECG-II-DIAG;LEAD FAIL"))
    assert [e.present for e in events if isinstance(e, DeviceAlert)] == [True, False]


def test_a_pressure_that_was_there_and_is_gone_is_absent():
    used, unused = with_line(b"P2", b"P2=3;20;8;12;CVP;"), whole()
    assert numbers(events_of(unused + used + unused), P2[0]) == [20, NONE]


@pytest.mark.parametrize(
    ("unit", "told"),
    [("unknown", []), ("mmHg", [38]), ("kPa", [pytest.approx(285.0, abs=0.1)])],
)
def test_co2_counts_only_in_a_known_unit_and_takes_the_place_of_breathing(unit, told):
    data = with_line(b"ETCO2", b"ETCO2=1;38;;")
    events = events_of(data, {"co2_unit": unit})
    if unit == "kPa":
        assert numbers(events, CO2) == [Absent(Validity.INVALID, told[0])]
        data = with_line(b"ETCO2", b"ETCO2=1;5.0;;")
        assert numbers(events_of(data, {"co2_unit": unit}), CO2) == [pytest.approx(37.5031)]
    else:
        assert numbers(events, CO2) == told
    assert wave(events, BREATHING) == []
    assert len(wave(events, ECG)) == 200


@pytest.mark.parametrize(
    ("label", "ref"),
    [
        (b"ECG-I-MON", "MDC_ECG_ELEC_POTL_I"),
        (b"ECG-III-DIAG", "MDC_ECG_ELEC_POTL_III"),
        (b"ECG-AVF", "MDC_ECG_ELEC_POTL_AVF"),
        (b"ECG-V9-DIAG", "MDC_ECG_ELEC_POTL"),
        (b"SPO2", "MDC_ECG_ELEC_POTL"),
        (b"", "MDC_ECG_ELEC_POTL"),
    ],
)
def test_the_lead_is_the_one_the_monitor_names(label, ref):
    events = events_of(with_line(b"HR", b"HR=1;80;" + label + b";"))
    assert len(wave(events, ref)) == 200


def test_messages_are_passed_on_and_withdrawn():
    loud = with_line(b"HR", b"HR=1;;ECG-II-DIAG;LEAD FAIL")
    events = events_of(whole() + loud * 2 + whole())
    alerts = [(e.kind, e.present, e.detail) for e in events if isinstance(e, DeviceAlert)]
    assert alerts == [
        (AlertKind.DEVICE_MESSAGE, True, "HR LEAD FAIL"),
        (AlertKind.DEVICE_MESSAGE, False, ""),
    ]


# Cuff results


def cuff_line(*values):
    words = ";".join("" if v is None else str(v) for v in values)
    return with_line(b"NIBP", f"NIBP=4;{words};;".encode())


EMPTY = cuff_line(None, None, None, None)
A, B = (121, 75, 92, 80), (138, 86, 103, 78)


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ([A, A, A], [(A, True)]),
        ([A], [(A, True)]),
        ([A, B], [(B, True)]),
        ([A, A, B], [(A, True)]),
        ([EMPTY], []),
        ([EMPTY, EMPTY, A, A], [(A, False)]),
        ([A, A, B, A, A], [(A, True)]),
        ([A, A, B, B, A, A], [(A, True), (B, False), (A, False)]),
        ([A, A, EMPTY, A, A], [(A, True)]),
        ([A, A, EMPTY, EMPTY, A, A], [(A, True), (A, False)]),
        ([EMPTY] * 3, []),
    ],
)
def test_a_determination_is_told_once_when_two_frames_agree(frames, told):
    data = b"".join(f if isinstance(f, bytes) else cuff_line(*f) for f in frames)
    assert cuffs(events_of(data)) == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ((121, 75, None, 80), (121, 75, NONE, 80)),
        ((121, 75, 130, 80), (121, 75, Absent(Validity.INVALID, 130.0), 80)),
        ((80, 75, 77, 80), (*(Absent(Validity.INVALID, v) for v in (80.0, 75.0, 77.0)), 80)),
        (
            (121, None, 92, 5),
            (
                Absent(Validity.INVALID, 121.0),
                NONE,
                Absent(Validity.INVALID, 92.0),
                Absent(Validity.INVALID, 5.0),
            ),
        ),
        ((300, 75, 150, None), (*(Absent(Validity.INVALID, v) for v in (300.0, 75.0, 150.0)), NONE)),
    ],
)
def test_pressures_that_do_not_fit_together_are_no_values(line, told):
    assert cuffs(events_of(EMPTY * 2 + cuff_line(*line) * 2)) == [(told, False)]


# Damage


GOOD = whole()


@pytest.mark.parametrize(
    ("spoiled", "kind"),
    [
        (GOOD[:100] + GOOD[101:], FaultKind.CONTENT),
        (GOOD[:100] + b"\x41" + GOOD[100:], FaultKind.CONTENT),
        (GOOD[:100] + b"HR=1;99;;\r" + GOOD[100:], FaultKind.CONTENT),
        (GOOD[:389] + GOOD[409:], FaultKind.CONTENT),
        (GOOD[:300], FaultKind.LENGTH),
        (GOOD[:-1], FaultKind.LENGTH),
        (GOOD[:-1] + b"\rX=1;" * 200, FaultKind.LENGTH),
        (GOOD[:450] + b"\x00" + GOOD[451:], FaultKind.CONTENT),
        (b"\xffANSAR-C " + GOOD[9:], FaultKind.NOISE),
    ],
)
def test_a_damaged_frame_is_a_fault_and_a_second_without_samples(spoiled, kind):
    events = events_of(GOOD + spoiled + GOOD)
    assert numbers(events, HR) == [80, 80]
    assert (
        {k for k, _ in faults(events)} == {kind}
        if len(spoiled) < 256
        else kind in {k for k, _ in faults(events)}
    )
    assert sum(size for _, size in faults(events)) == len(spoiled)
    gap = [s for s in wave(events, ECG) if s == NO_SAMPLE]
    assert len(gap) == (0 if kind is FaultKind.NOISE else 200)


def test_a_line_that_is_not_understood_is_a_fault_and_the_others_stand():
    events = events_of(whole(PUBLISHED_TEXT.replace(b"SPO2=1;100", b"SPO2=1,100")))
    assert numbers(events, SPO2) == []
    assert numbers(events, HR) == [80]
    assert faults(events) == [(FaultKind.CONTENT, len("SPO2=1,100;PR=80 ;"))]


def test_the_end_byte_may_occur_in_the_waves():
    data = whole(waves=WAVES[:20] + b"\xfe\xff" + WAVES[22:])
    events = events_of(data)
    assert numbers(events, HR) == [80]
    assert wave(events, ECG)[20:22] == [154, 155]
    assert faults(events) == []


@settings(max_examples=100)
@given(place=st.integers(0, 2 * len(GOOD)), junk=st.binary(max_size=40), doubled=st.integers(0, 30))
def test_nothing_added_at_one_place_becomes_a_number_that_was_not_sent(place, junk, doubled):
    data = GOOD * 2
    junk = bytes(b for b in junk if not chr(b).isdigit()) + data[max(0, place - doubled) : place]
    events = events_of(GOOD + data[:place] + junk + data[place:] + GOOD)
    told = {e.reading.value for e in events if isinstance(e, Observation) and isinstance(e.reading, Measured)}
    halves = {value for sent in (80, 35, 100, 111, 73, 88, 121, 75, 92) for value in _repeats(str(sent))}
    assert told <= halves
    assert numbers(events, HR)[-1] == 80


def _repeats(word):
    """What a number of which a part came twice may look like."""
    for i in range(len(word) + 1):
        for j in range(i + 1):
            yield float(word[:i] + word[j:])


@settings(max_examples=100)
@given(place=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
def test_one_wrong_bit_is_never_a_cuff_result_and_spoils_one_second_at_most(place, bit):
    spoiled = bytearray(GOOD)
    spoiled[place] ^= 1 << bit
    events = events_of(GOOD * 2 + bytes(spoiled) + GOOD * 2)
    assert cuffs(events) == [(A, True)]
    for ref, value in ((HR, 80), (RR, 35), (SPO2, 100), (PR, 80)):
        told = numbers(events, ref)
        assert told[:2] == told[-2:] == [value] * 2
        assert len(told) in {4, 5}


# The simulated monitor


some = st.none() | st.integers(30, 180)
trio = st.none() | st.tuples(st.integers(100, 200), st.integers(30, 60), st.integers(65, 95))


@given(
    screen=st.builds(
        Screen,
        heart_rate=some,
        breaths=st.none() | st.integers(0, 60),
        co2=st.none() | st.integers(0, 90),
        spo2=st.none() | st.integers(40, 100),
        pulse=some,
        cuff=st.none()
        | st.tuples(st.integers(100, 200), st.integers(30, 60), st.integers(65, 95), st.integers(40, 150)),
        pressure_1=trio,
        pressure_2=trio,
    ),
    samples=st.binary(min_size=400, max_size=400),
)
def test_what_the_monitor_shows_is_what_the_driver_tells(screen, samples):
    samples = samples.replace(b"\xff", b"\x00")
    before = frame(samples, replace(screen, cuff=None))
    events = events_of(before * 2 + frame(samples, screen) * 2, {"co2_unit": "mmHg"})
    last = lambda ref: numbers(events, ref)[-1]  # noqa: E731
    for ref, value in (
        (HR, screen.heart_rate),
        (RR, screen.breaths),
        (SPO2, screen.spo2),
        (PR, screen.pulse),
    ):
        assert last(ref) == (NONE if value is None else value)
    assert numbers(events, CO2) == ([] if screen.co2 is None else [screen.co2] * 4)
    assert cuffs(events) == ([] if screen.cuff is None else [(screen.cuff, False)])
    for refs, values in ((P1, screen.pressure_1), (P2, screen.pressure_2)):
        assert [numbers(events, r)[-1:] for r in refs] == [[v] for v in values or ()] or values is None
    assert [s + 100 for s in wave(events, ECG)[-200:]] == list(samples[:200])
    assert [s + 86 for s in wave(events, PLETH)[-50:]] == list(samples[250:300])
    if screen.pressure_1 and any(b < 251 for b in samples[300:350]):
        expected = [b if b < 251 else NO_SAMPLE for b in samples[300:350]]
        assert wave(events, "KAP_PRESS_1")[-50:] == expected
    assert faults(events) == []


TRAITS = Traits(pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)


def monitor(*incidents, interval_s=60.0):
    return Ivy450c(Bedside(Patient(4, TRAITS), incidents), interval_s)


def heard(sim, t0_s, t1_s):
    sim.advance(int(t0_s * S))
    return events_of(sim.advance(int(t1_s * S)))


def test_the_simulated_frame_has_the_recorded_length():
    screen = Screen(80, 35, None, 100, 80, A, (111, 73, 88))
    assert text(screen) == PUBLISHED_TEXT
    assert len(frame(bytes(400), screen)) == 562


def test_two_minutes_at_the_simulated_bedside():
    sim = monitor()
    events = heard(sim, 30, 230)
    assert len(numbers(events, HR)) == 200
    assert all(60 < v < 84 for v in numbers(events, HR))
    assert all(95 <= v <= 99 for v in numbers(events, SPO2))
    assert set(numbers(events, RR)) == {14}
    results = cuffs(events)
    assert [stored for _, stored in results] == [False] * 4
    assert all(100 < row[0] < 135 and row[1] < row[2] < row[0] for row, _ in results)
    assert faults(events) == []
    r_waves = [v > 50 for v in wave(events, ECG)]
    beats = sum(b and not a for a, b in itertools.pairwise(r_waves))
    assert beats == pytest.approx(72 * 200 / 60, abs=8)


def test_without_a_finger_there_is_no_saturation_but_a_heart_rate():
    events = heard(monitor(Incident(IncidentKind.FINGER_OFF, 60, 30)), 58, 80)
    assert numbers(events, SPO2)[-1] == numbers(events, PR)[-1] == NONE
    assert isinstance(numbers(events, HR)[-1], float)


def test_a_leaking_cuff_brings_no_new_result():
    events = heard(monitor(*fault_incidents("leak", 0)), 60, 240)
    assert len(cuffs(events)) <= 1


@given(cuts=st.lists(st.integers(0, 6 * S), min_size=1, max_size=8))
@settings(max_examples=20)
def test_the_bytes_do_not_depend_on_how_often_it_is_asked(cuts):
    one, many = monitor(), monitor()
    one.advance(60 * S)
    many.advance(60 * S)
    parts = b"".join(many.advance(60 * S + t) for t in sorted(cuts))
    assert one.advance(60 * S + max(cuts)) == parts


def test_the_r_wave_stands_where_a_beat_begins():
    import numpy as np

    assert ecg(np.array([3.0]))[0] > 1 > ecg(np.array([3.5]))[0]
