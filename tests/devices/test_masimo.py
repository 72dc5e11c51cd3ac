"""Masimo ASCII 1: lines printed by real oximeters, damaged lines, and the simulated Rad-8."""

from datetime import datetime, timedelta

import pytest
from driver_events import faults, raised, readings
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.masimo import DRIVER
from devices.sim.masimo import Masimo, Shown, line
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind
from devices.testing import run
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceIdentified,
    FaultKind,
    Measured,
    Observation,
    Validity,
)

S = 1_000_000_000
SPO2, RATE, PI = "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE", "MDC_PULS_OXIM_PERF_REL"
NONE = Absent(Validity.NOT_AVAILABLE)
END = b"\r\n\r\n"

RAD8 = (
    b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% SPMET=--.-% DESAT=-- "
    b"PIDELTA=+-- ALARM=0000 EXC=000800"
)
RAD8_NO_SENSOR = (
    b"03/19/16 13:37:12 SN=0000093112 SPO2=---% BPM=--- DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000001"
)
RADICAL_COLOUR = (
    b"03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- "
    b"RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000C00 EXC1=00000000"
)
RADICAL_BLUE = (
    b"05/15/07 08:12:21 SN=0000070986 SPO2=---% BPM=--- PI=--.--% SPCO=--.-% SPMET=--.-% DESAT=-- "
    b"PIDELTA=+-- PVI=--- ALARM=0000 EXC=000000"
)
CONSTRUCTED = (
    b"01/31/24 12:34:56 SN=0000056661 SPO2=088% BPM=118 PI=00.40% SPCO=--.-% SPMET=--.-% DESAT=-- "
    b"PIDELTA=+-- ALARM=0012 EXC=000804"
)


def events_of(*lines):
    return run(DRIVER, [b"".join(text + END for text in lines)])


def refs(events):
    return [e.metric.ref for e in events if isinstance(e, Observation)]


def good(value):
    return Measured(float(value))


def doubtful(value):
    return Measured(float(value), Validity.QUESTIONABLE)


@pytest.mark.parametrize(
    ("text", "spo2", "rate", "perfusion", "alerts", "when"),
    [
        (RAD8, good(98), good(97), [good(3.6)], set(), "2016-02-22T22:47:45"),
        (RAD8_NO_SENSOR, NONE, NONE, [], {(AlertKind.SENSOR_OFF, "no sensor")}, "2016-03-19T13:37:12"),
        (
            RADICAL_COLOUR,
            doubtful(98),
            doubtful(123),
            [doubtful(0.55)],
            {(AlertKind.ARTEFACT, "low signal quality")},
            "2016-03-17T19:19:36",
        ),
        (RADICAL_BLUE, NONE, NONE, [], set(), "2007-05-15T08:12:21"),
        (
            CONSTRUCTED,
            good(88),
            good(118),
            [good(0.4)],
            {(AlertKind.LOW_PERFUSION, ""), (AlertKind.DEVICE_ALARM, "SpO2 low")},
            "2024-01-31T12:34:56",
        ),
    ],
)
def test_lines_in_print(text, spo2, rate, perfusion, alerts, when):
    events = events_of(text)
    assert readings(events, SPO2) == [spo2]
    assert readings(events, RATE) == [rate]
    assert readings(events, PI) == perfusion
    assert raised(events) == alerts
    assert {e.device_time for e in events if isinstance(e, Observation)} == {when}
    assert faults(events) == []


def test_the_serial_number_is_told_once_and_dashes_are_none():
    events = events_of(RAD8, RAD8, RADICAL_COLOUR, RAD8_NO_SENSOR)
    told = [e.serial for e in events if isinstance(e, DeviceIdentified)]
    assert told == ["0000056661", "0000093112"]


def test_measurements_of_a_rainbow_sensor():
    text = RADICAL_COLOUR.replace(b"SPHB=--.-", b"SPHB=12.4").replace(b"SPMET=--.-%", b"SPMET=01.1%")
    text = (
        text.replace(b"SPCO=--%", b"SPCO=3%").replace(b"SPOC=--", b"SPOC=17").replace(b"PVI=---", b"PVI=014")
    )
    events = events_of(RADICAL_COLOUR, text, RADICAL_COLOUR)
    for ref, value in (
        ("KAP_PULS_OXIM_HB", 12.4),
        ("KAP_PULS_OXIM_METHB", 1.1),
        ("KAP_PULS_OXIM_COHB", 3),
        ("KAP_PULS_OXIM_O2_CONTENT", 17),
        ("KAP_PULS_OXIM_PLETH_VARIABILITY", 14),
    ):
        assert readings(events, ref) == [doubtful(value), NONE]


@pytest.mark.parametrize(
    ("bits", "kind", "detail", "spo2"),
    [
        (0x001, AlertKind.SENSOR_OFF, "no sensor", None),
        (0x002, AlertKind.SENSOR_FAULT, "defective", None),
        (0x004, AlertKind.LOW_PERFUSION, "", good(98)),
        (0x008, AlertKind.NO_PULSE, "searching", good(98)),
        (0x010, AlertKind.ARTEFACT, "interference", good(98)),
        (0x020, AlertKind.SENSOR_OFF, "sensor off", None),
        (0x040, AlertKind.ARTEFACT, "light", good(98)),
        (0x080, AlertKind.SENSOR_FAULT, "not recognised", None),
        (0x400, AlertKind.ARTEFACT, "low signal quality", doubtful(98)),
        (0x410, AlertKind.ARTEFACT, "interference, low signal quality", doubtful(98)),
    ],
)
def test_every_exception_bit(bits, kind, detail, spo2):
    text = RAD8.replace(b"EXC=000800", b"EXC=%06X" % (0x800 | bits))
    events = events_of(RAD8, text, RAD8)
    assert raised(events) == {(kind, detail)}
    assert [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)] == [
        (kind, True),
        (kind, False),
    ]
    assert readings(events, SPO2) == [good(98), spo2 or Absent(Validity.INVALID, 98.0), good(98)]


@pytest.mark.parametrize("bits", [0x100, 0x200, 0x300])
def test_reserved_bits_mean_nothing(bits):
    assert raised(events_of(RAD8.replace(b"EXC=000800", b"EXC=%06X" % (0x800 | bits)))) == set()


@pytest.mark.parametrize(
    ("word", "alerts"),
    [
        (0x00, set()),
        (0x10, {(AlertKind.DEVICE_ALARM, "")}),
        (0x11, {(AlertKind.DEVICE_ALARM, "SpO2 high")}),
        (0x12, {(AlertKind.DEVICE_ALARM, "SpO2 low")}),
        (0x14, {(AlertKind.DEVICE_ALARM, "pulse high")}),
        (0x1A, {(AlertKind.DEVICE_ALARM, "pulse low, SpO2 low")}),
        (0x20, {(AlertKind.ALARM_SILENCED, "")}),
        (0x32, {(AlertKind.DEVICE_ALARM, "SpO2 low"), (AlertKind.ALARM_SILENCED, "")}),
    ],
)
def test_every_alarm_bit(word, alerts):
    assert raised(events_of(RAD8.replace(b"ALARM=0000", b"ALARM=%04X" % word))) == alerts


def test_what_cannot_be_a_vital_sign_is_absent():
    text = (
        RAD8.replace(b"SPO2=098%", b"SPO2=000%").replace(b"BPM=097", b"BPM=000").replace(b"03.60", b"99.99")
    )
    events = events_of(text)
    assert [readings(events, r) for r in (SPO2, RATE, PI)] == [
        [Absent(Validity.INVALID, 0.0)],
        [Absent(Validity.INVALID, 0.0)],
        [Absent(Validity.INVALID, 99.99)],
    ]


def test_a_clock_that_shows_no_time_is_left_out():
    (spo2,) = [e for e in events_of(b"00/00/00" + RAD8[8:]) if isinstance(e, Observation)][:1]
    assert spo2.device_time is None
    assert spo2.reading == good(98)


@pytest.mark.parametrize(
    "spoiled",
    [
        RAD8[5:],
        RAD8[:40],
        RAD8[:-12],
        RAD8[:-1],
        RAD8[:52] + RAD8,
        RAD8.replace(b"SPO2=098%", b"SPO2=98%"),
        RAD8.replace(b"SPO2=098%", b"SPO2=%"),
        RAD8.replace(b"SPO2=098%", b"SPO2=--x%"),
        RAD8.replace(b"BPM=097", b"BPM=09"),
        RAD8.replace(b"BPM=097", b"BPM="),
        RAD8.replace(b"BPM=097 ", b""),
        RAD8.replace(b"PI=03.60", b"PI=0360"),
        RAD8.replace(b"PI=03.60%", b"SPO2=099%"),
        RAD8.replace(b"EXC=000800", b"EXC=00080G"),
        RAD8.replace(b"22:47", b"22;47"),
        b"\x00" + RAD8,
        RAD8[:60] + b"\xff" + RAD8[60:],
        b"SPO2=097 HR=072",
    ],
)
def test_a_line_that_was_cut_or_changed_is_a_fault_and_no_value(spoiled):
    events = events_of(spoiled)
    assert refs(events) == []
    assert faults(events) == [(FaultKind.CONTENT, len(spoiled))]


def test_the_tail_at_the_start_and_the_head_at_the_end():
    events = run(DRIVER, [RAD8[30:] + END + RAD8 + END + RAD8[:30]])
    assert readings(events, SPO2) == [good(98)]
    assert faults(events) == [(FaultKind.CONTENT, len(RAD8) - 30), (FaultKind.LENGTH, 30)]


def test_a_line_without_end_is_given_up():
    events = run(DRIVER, [b"x" * 2000 + b"\n" + RAD8 + END])
    assert {k for k, _ in faults(events)} == {FaultKind.LENGTH, FaultKind.CONTENT}
    assert sum(size for _, size in faults(events)) == 2000
    assert readings(events, SPO2) == [good(98)]


@pytest.mark.parametrize("size", [1, 3, 64])
def test_lines_with_lf_alone_and_without_empty_lines_between(size):
    data = b"".join(text + b"\n" for text in (RAD8, CONSTRUCTED))
    events = run(DRIVER, [data[i : i + size] for i in range(0, len(data), size)])
    assert readings(events, SPO2) == [good(98), good(88)]
    assert faults(events) == []


@pytest.mark.parametrize("word", [b"-", b"--", b"---", b"0-8", b"--.-", b"-.--", b"+--", b"-1"])
def test_a_dash_anywhere_in_a_number_means_none(word):
    for key, before, ref in ((b"SPO2=", b"098", SPO2), (b"BPM=", b"097", RATE), (b"PI=", b"03.60", PI)):
        events = events_of(RAD8, RAD8.replace(key + before, key + word))
        assert readings(events, ref)[1:] == [NONE]
        assert sum(len(readings(events, r)) for r in (SPO2, RATE, PI)) == 6, "the other numbers stand"
        assert faults(events) == []


def test_keys_may_come_in_any_order_and_new_ones_are_passed_over():
    text = b"02/22/16 22:47:45 EXC=000c00 XYZ=abc PI=03.60 BPM=097 SPO2=098 ALARM=00001a SN=0000056661"
    events = events_of(text)
    assert [readings(events, r) for r in (SPO2, RATE, PI)] == [
        [doubtful(98)],
        [doubtful(97)],
        [doubtful(3.6)],
    ]
    assert (AlertKind.DEVICE_ALARM, "pulse low, SpO2 low") in raised(events)
    assert faults(events) == []


def test_the_manuals_sequence_from_no_finger_to_a_good_signal():
    words = [
        (b"---%", b"---", 0x820),
        (b"---%", b"---", 0x828),
        (b"097%", b"069", 0x800),
        (b"096%", b"074", 0xC00),
    ]
    lines = [
        RAD8.replace(b"098%", spo2).replace(b"BPM=097", b"BPM=" + pulse).replace(b"000800", b"%06X" % bits)
        for spo2, pulse, bits in (*words, words[2])
    ]
    events = events_of(*lines)
    assert readings(events, SPO2) == [NONE, NONE, good(97), doubtful(96), good(97)]
    assert readings(events, RATE) == [NONE, NONE, good(69), doubtful(74), good(69)]
    assert [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)] == [
        (AlertKind.SENSOR_OFF, True),
        (AlertKind.NO_PULSE, True),
        (AlertKind.SENSOR_OFF, False),
        (AlertKind.NO_PULSE, False),
        (AlertKind.ARTEFACT, True),
        (AlertKind.ARTEFACT, False),
    ]


def test_a_line_that_ends_takes_its_alerts_back():
    events = events_of(RAD8_NO_SENSOR)
    assert [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)] == [
        (AlertKind.SENSOR_OFF, True),
        (AlertKind.SENSOR_OFF, False),
    ]


# The simulated oximeter

WHEN = datetime(2024, 1, 31, 12, 34, 56)  # noqa: DTZ001


def test_the_simulated_line_is_like_the_real_one():
    assert line(datetime(2016, 2, 22, 22, 47, 45), Shown(98, 97, 3.6)) == RAD8 + END  # noqa: DTZ001


@given(
    spo2=st.none() | st.integers(40, 100),
    pulse=st.none() | st.integers(20, 300),
    perfusion=st.none() | st.integers(0, 2000).map(lambda n: n / 100),
    low_signal=st.booleans(),
)
def test_what_the_oximeter_shows_is_what_the_driver_tells(spo2, pulse, perfusion, low_signal):
    shown = Shown(spo2, pulse, perfusion, exceptions=0xC00 if low_signal else 0x800)
    events = run(DRIVER, [line(WHEN, shown)])
    validity = Validity.QUESTIONABLE if low_signal else Validity.VALID
    for ref, value in ((SPO2, spo2), (RATE, pulse)):
        assert readings(events, ref) == [NONE if value is None else Measured(float(value), validity)]
    assert readings(events, PI) == ([] if perfusion is None else [Measured(perfusion, validity)])
    assert faults(events) == []


TRAITS = Traits(pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)


def heard(t0_s, t1_s, *incidents, traits=TRAITS, same_arm=False, squeeze=0.0):
    room = Bedside(Patient(4, traits), incidents, same_arm=same_arm)
    room.cuff_mmhg = squeeze
    sim = Masimo(room)
    sim.advance(t0_s * S)
    return run(DRIVER, [sim.advance(t1_s * S)])


def test_the_serial_number_can_be_chosen():
    sim = Masimo(Bedside(Patient(4, TRAITS)), "0000012345")
    sim.advance(0)
    events = run(DRIVER, [sim.advance(5 * S)])
    assert [e.serial for e in events if isinstance(e, DeviceIdentified)] == ["0000012345"]


def test_a_minute_at_the_simulated_bedside():
    events = heard(60, 120)
    assert len(readings(events, SPO2)) == 60
    assert all(95 <= r.value <= 99 for r in readings(events, SPO2))
    assert all(62 <= r.value <= 82 for r in readings(events, RATE))
    assert {r.value for r in readings(events, PI)} == {4.0}
    times = [e.device_time for e in events if isinstance(e, Observation) and e.metric.ref == SPO2]
    assert datetime.fromisoformat(times[-1]) - datetime.fromisoformat(times[0]) == timedelta(seconds=59)
    assert not raised(events)
    assert faults(events) == []


def test_a_finger_that_slips_out_and_comes_back():
    events = heard(58, 85, Incident(IncidentKind.FINGER_OFF, 60, 10))
    edges = [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)]
    assert edges == [
        (AlertKind.SENSOR_OFF, True),
        (AlertKind.NO_PULSE, True),
        (AlertKind.SENSOR_OFF, False),
        (AlertKind.NO_PULSE, False),
    ]
    assert readings(events, SPO2).count(NONE) == 15


def test_a_sensor_that_is_unplugged():
    events = heard(58, 70, Incident(IncidentKind.SENSOR_OFF, 60, 30))
    assert raised(events) == {(AlertKind.SENSOR_OFF, "no sensor")}
    assert readings(events, RATE)[-1] == NONE


def test_a_cuff_on_the_same_arm_first_weakens_the_signal_then_takes_it():
    events = heard(60, 70, same_arm=True, squeeze=150.0)
    assert [r.validity for r in readings(events, SPO2)] == [Validity.QUESTIONABLE] * 4 + [
        Validity.NOT_AVAILABLE
    ] * 6


def test_the_devices_own_alarm_on_a_low_saturation():
    low = Traits(pulse=72, spo2=85, rises=(0, 0, 0), anxiety=0, dips=False)
    assert raised(heard(60, 70, traits=low)) == {(AlertKind.DEVICE_ALARM, "SpO2 low")}


@given(cuts=st.lists(st.integers(0, 6 * S), min_size=1, max_size=8))
def test_the_bytes_do_not_depend_on_how_often_it_is_asked(cuts):
    one, many = (
        Masimo(Bedside(Patient(4, TRAITS), (Incident(IncidentKind.FINGER_OFF, 61, 2),))) for _ in "12"
    )
    one.advance(60 * S)
    many.advance(60 * S)
    parts = b"".join(many.advance(60 * S + t) for t in sorted(cuts))
    assert one.advance(60 * S + max(cuts)) == parts
