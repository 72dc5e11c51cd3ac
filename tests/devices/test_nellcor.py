"""Nellcor data port: the manual's heading and row, rows made up, damaged ones, and the simulated N-395."""

from datetime import datetime

import pytest
from driver_events import faults, raised, readings
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.nellcor import DRIVER
from devices.sim.nellcor import HEADING, Nellcor, Shown, row
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
SPO2, RATE, PA = "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE", "KAP_PULS_OXIM_AMPLITUDE"
NONE = Absent(Validity.NOT_AVAILABLE)

PRINTED_HEADING = (
    b"N-395 VERSION 2.0.0.0   CRC: XXXX   SpO2 Limit: 70-100%   PR Limit: 60-160BPM\r\n"
    b"                 ADULT 0SAT-S  SPO2 RESP MODE: NORMAL\r\n"
    b"TIME               %SPO2   BPM   PA   Status\r\n"
)
PRINTED = b"12-NOV-97 14:00:05   100    120   50"
LOW = b"31-JAN-24 12:34:56   88*   118    20  SL"
OFF = b"31-JAN-24 12:34:58   ---   ---  ---  SO"


def events_of(*rows):
    return run(DRIVER, [b"".join(text + b"\r\n" for text in rows)])


def good(value):
    return Measured(float(value))


@pytest.mark.parametrize(
    ("text", "values", "alerts", "when"),
    [
        (PRINTED, (good(100), good(120), good(50)), set(), "1997-11-12T14:00:05"),
        (
            PRINTED + b"  PH",
            (good(100), good(120), good(50)),
            {(AlertKind.DEVICE_ALARM, "pulse high")},
            "1997-11-12T14:00:05",
        ),
        (
            LOW,
            (good(88), good(118), good(20)),
            {(AlertKind.DEVICE_ALARM, "SpO2 low")},
            "2024-01-31T12:34:56",
        ),
        (OFF, (NONE, NONE, NONE), {(AlertKind.SENSOR_OFF, "sensor off")}, "2024-01-31T12:34:58"),
    ],
)
def test_rows_in_print(text, values, alerts, when):
    events = events_of(text)
    assert tuple(readings(events, ref)[0] for ref in (SPO2, RATE, PA)) == values
    assert raised(events) == alerts
    assert {e.device_time for e in events if isinstance(e, Observation)} == {when}
    assert faults(events) == []


def test_the_constructed_row_begins_as_in_print():
    assert LOW.startswith(bytes.fromhex("33312D4A414E2D32342031323A33343A3536"))


def test_headings_are_accepted_at_any_time_and_name_the_device():
    other = b"NPB-595 VERSION 1.3 INFO CRC:51A7 SEC:0000\r\n"
    data = PRINTED + b"\r\n" + PRINTED_HEADING + LOW + b"\r\n" + PRINTED_HEADING + b"\r\n" + other + OFF
    events = run(DRIVER, [data + b"\r\n"])
    assert faults(events) == []
    assert len(readings(events, SPO2)) == 3
    told = [(e.manufacturer, e.model, e.firmware) for e in events if isinstance(e, DeviceIdentified)]
    assert told == [("Nellcor", "N-395", "2.0.0.0"), ("Nellcor", "NPB-595", "1.3")]


@pytest.mark.parametrize(
    ("code", "alerts", "spo2"),
    [
        (b"AO", {(AlertKind.ALARM_SILENCED, "off")}, good(100)),
        (b"AS", {(AlertKind.ALARM_SILENCED, "silenced")}, good(100)),
        (b"LB", {(AlertKind.LOW_BATTERY, "")}, good(100)),
        (
            b"LM",
            {(AlertKind.NO_PULSE, "lost with interference"), (AlertKind.ARTEFACT, "interference")},
            Measured(100.0, Validity.QUESTIONABLE),
        ),
        (b"LP", {(AlertKind.NO_PULSE, "lost")}, Measured(100.0, Validity.QUESTIONABLE)),
        (b"MO", {(AlertKind.ARTEFACT, "interference")}, good(100)),
        (b"PH", {(AlertKind.DEVICE_ALARM, "pulse high")}, good(100)),
        (b"PL", {(AlertKind.DEVICE_ALARM, "pulse low")}, good(100)),
        (b"PS", {(AlertKind.NO_PULSE, "searching")}, Measured(100.0, Validity.QUESTIONABLE)),
        (b"SH", {(AlertKind.DEVICE_ALARM, "SpO2 high")}, good(100)),
        (b"SL", {(AlertKind.DEVICE_ALARM, "SpO2 low")}, good(100)),
        (b"SD", {(AlertKind.SENSOR_OFF, "disconnected")}, Absent(Validity.INVALID, 100.0)),
        (b"SO", {(AlertKind.SENSOR_OFF, "sensor off")}, Absent(Validity.INVALID, 100.0)),
        (b"ZZ", {(AlertKind.DEVICE_MESSAGE, "ZZ")}, good(100)),
        (
            b"SL  PH  AS",
            {(AlertKind.DEVICE_ALARM, "SpO2 low, pulse high"), (AlertKind.ALARM_SILENCED, "silenced")},
            good(100),
        ),
    ],
)
def test_every_code(code, alerts, spo2):
    events = events_of(PRINTED, PRINTED + b"  " + code, PRINTED)
    assert raised(events) == alerts
    assert readings(events, SPO2) == [good(100), spo2, good(100)]
    assert {(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)} == {
        (kind, present) for kind, _ in alerts for present in (True, False)
    }


def test_a_star_without_a_code_is_an_alarm_too():
    assert raised(events_of(LOW[:-4])) == {(AlertKind.DEVICE_ALARM, "")}


def test_what_cannot_be_a_vital_sign_is_absent():
    events = events_of(b"31-JAN-24 12:34:56   0   400    20")
    assert readings(events, SPO2) == [Absent(Validity.INVALID, 0.0)]
    assert readings(events, RATE) == [Absent(Validity.INVALID, 400.0)]


def test_a_clock_that_shows_no_time_is_left_out():
    events = events_of(PRINTED.replace(b"12-NOV", b"31-NOV"))
    assert {e.device_time for e in events if isinstance(e, Observation)} == {None}
    assert readings(events, SPO2) == [good(100)]


@pytest.mark.parametrize(
    "spoiled",
    [
        PRINTED[4:],
        PRINTED[:-5],
        PRINTED.replace(b"NOV", b"NOX"),
        PRINTED.replace(b"NOV", b"nov"),
        PRINTED.replace(b"120", b"12O"),
        PRINTED.replace(b"120", b"--0"),
        PRINTED.replace(b"120", b"1200"),
        PRINTED.replace(b"   50", b""),
        PRINTED + b" 5",
        PRINTED + b"  P",
        PRINTED + b"  PHX",
        PRINTED + PRINTED,
        b"\x00" + PRINTED,
        b"SPO2=097 HR=072",
    ],
)
def test_a_row_that_was_cut_or_changed_is_a_fault_and_no_value(spoiled):
    events = events_of(spoiled)
    assert not [e for e in events if isinstance(e, Observation)]
    assert faults(events) == [(FaultKind.CONTENT, len(spoiled))]


def test_a_row_without_its_end_is_not_read():
    events = run(DRIVER, [PRINTED + b"\r\n" + OFF[:-4].replace(b"---", b"97")])
    assert readings(events, SPO2) == [good(100)]
    assert faults(events) == [(FaultKind.LENGTH, len(OFF) - 7)]


@pytest.mark.parametrize("word", [b"-", b"--", b"---", b"--*", b"---*"])
def test_dashes_are_no_number(word):
    events = events_of(PRINTED.replace(b"120", word))
    assert readings(events, RATE) == [NONE]
    assert readings(events, SPO2) == [good(100)]
    assert faults(events) == []


def test_a_line_that_ends_takes_its_alerts_back():
    events = events_of(OFF)
    assert [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)] == [
        (AlertKind.SENSOR_OFF, True),
        (AlertKind.SENSOR_OFF, False),
    ]


def test_an_oximeter_that_fell_silent_is_asked_to_go_on():
    driver = DRIVER.protocol({})
    driver.opened(0)
    driver.receive(PRINTED_HEADING, S)
    assert driver.deadline_ns is None, "nothing is sent to a device that was never heard to give a row"
    driver.receive(PRINTED + b"\r\n", 2 * S)
    driver.receive(LOW + b"\r\n", 4 * S)
    assert driver.deadline_ns == 9 * S
    assert driver.data_to_send() == b""
    for t_s in (9, 14):
        assert driver.on_deadline(t_s * S) == []
        assert driver.data_to_send() == b"\x11"
        assert driver.data_to_send() == b""
        assert driver.deadline_ns == (t_s + 5) * S
    driver.receive(b"31-JAN", 16 * S)
    assert driver.deadline_ns == 21 * S
    driver.closed(17 * S)
    assert driver.deadline_ns is None
    driver.opened(20 * S)
    assert driver.deadline_ns is None


def test_other_speeds():
    assert [line.baud for line in DRIVER.link.also] == [19200, 2400]
    assert DRIVER.link.silence_s == 3.0
    assert [command.name for command in DRIVER.commands] == ["go on"]


@pytest.mark.parametrize("size", [1, 5, 100])
def test_flow_control_characters_may_stand_anywhere(size):
    data = b"\x13\x11" + PRINTED[:20] + b"\x11" + PRINTED[20:] + b"\r\n" + LOW + b"\n\x13"
    events = run(DRIVER, [data[i : i + size] for i in range(0, len(data), size)])
    assert readings(events, SPO2) == [good(100), good(88)]
    assert faults(events) == []


# The simulated oximeter

WHEN = datetime(2024, 1, 31, 12, 34, 56)  # noqa: DTZ001


def test_the_simulated_row_has_the_parts_of_the_real_one():
    assert row(WHEN, Shown(88, 118, 20, ("SL",), spo2_outside=True)).split() == LOW.split()
    assert row(WHEN, Shown(None, None, None, ("SO",))).split()[2:] == OFF.split()[2:]


@given(
    spo2=st.none() | st.integers(40, 100),
    pulse=st.none() | st.integers(20, 300),
    amplitude=st.none() | st.integers(0, 254),
    codes=st.lists(st.sampled_from(["AO", "LB", "MO", "PH", "SL"]), max_size=3, unique=True),
    outside=st.booleans(),
    month=st.integers(1, 12),
)
def test_what_the_oximeter_shows_is_what_the_driver_tells(spo2, pulse, amplitude, codes, outside, month):
    when = WHEN.replace(month=month, day=3)
    shown = Shown(spo2, pulse, amplitude, tuple(codes), outside, outside)
    events = run(DRIVER, [row(when, shown)])
    for ref, value in ((SPO2, spo2), (RATE, pulse), (PA, amplitude)):
        assert readings(events, ref) == [NONE if value is None else good(value)]
    alarm = bool({"PH", "SL"} & set(codes)) or (outside and (spo2 is not None or pulse is not None))
    assert (AlertKind.DEVICE_ALARM in {kind for kind, _ in raised(events)}) == alarm
    assert {e.device_time for e in events if isinstance(e, Observation)} == {when.isoformat()}
    assert faults(events) == []


TRAITS = Traits(pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)


def heard(t0_s, t1_s, *incidents, traits=TRAITS):
    sim = Nellcor(Bedside(Patient(4, traits), incidents))
    sim.advance(t0_s * S)
    return run(DRIVER, [sim.advance(t1_s * S)])


def test_two_minutes_at_the_simulated_bedside():
    events = heard(60, 180)
    assert len(readings(events, SPO2)) == 60
    assert all(95 <= r.value <= 99 for r in readings(events, SPO2))
    assert all(62 <= r.value <= 82 for r in readings(events, RATE))
    assert [e.model for e in events if isinstance(e, DeviceIdentified)] == ["N-395"]
    assert raised(events) == set()
    assert faults(events) == []


def test_the_simulated_one_stops_and_goes_on():
    sim = Nellcor(Bedside(Patient(4, TRAITS)))
    sim.advance(0)
    sim.receive(b"\x03\x13", 0)
    assert sim.advance(10 * S) == b""
    sim.receive(b"\x11", 10 * S)
    assert sim.advance(14 * S).count(b"\r\n") == 2


def test_its_model_can_be_chosen():
    sim = Nellcor(Bedside(Patient(4, TRAITS)), "NPB-290")
    sim.advance(0)
    (told,) = [e for e in run(DRIVER, [sim.advance(4 * S)]) if isinstance(e, DeviceIdentified)]
    assert (told.model, told.firmware) == ("NPB-290", "2.0.0.0")


def test_headings_come_again_after_25_rows():
    sim = Nellcor(Bedside(Patient(4, TRAITS)))
    sim.advance(0)
    assert sim.advance(104 * S).count(HEADING) == 3


@pytest.mark.parametrize(
    ("incident", "detail"),
    [(IncidentKind.FINGER_OFF, "sensor off"), (IncidentKind.SENSOR_OFF, "disconnected")],
)
def test_a_sensor_that_is_off(incident, detail):
    events = heard(58, 90, Incident(incident, 60, 10))
    assert (AlertKind.SENSOR_OFF, detail) in raised(events)
    assert NONE in readings(events, SPO2)
    assert readings(events, SPO2)[-1] != NONE


def test_the_devices_own_alarm_on_a_low_saturation():
    low = Traits(pulse=72, spo2=80, rises=(0, 0, 0), anxiety=0, dips=False)
    assert raised(heard(60, 70, traits=low)) == {(AlertKind.DEVICE_ALARM, "SpO2 low")}


@given(cuts=st.lists(st.integers(0, 9 * S), min_size=1, max_size=8))
def test_the_bytes_do_not_depend_on_how_often_it_is_asked(cuts):
    one, many = (Nellcor(Bedside(Patient(4, TRAITS))) for _ in "12")
    one.advance(60 * S)
    many.advance(60 * S)
    parts = b"".join(many.advance(60 * S + t) for t in sorted(cuts))
    assert one.advance(60 * S + max(cuts)) == parts
