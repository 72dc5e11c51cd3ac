"""The heart rate driver against published payloads, any bytes, and the emulated strap's own encoder."""

import pytest
from driver_events import readings
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ble_heart_rate import DRIVER, HeartRateStrap
from devices.gatt import BATTERY_LEVEL, FIRMWARE, MANUFACTURER, SERIAL, uuid16
from devices.heart_rate_service import BODY_LOCATION, MEASUREMENT, decode
from devices.protocol import GattAction, GattProtocol
from devices.sim.ble import frames
from devices.sim.ble.beats import Beats
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Observation,
    Validity,
)

# payload, rate, contact, energy, RR in ms
PAYLOADS = [
    ("00ff", 255, None, None, ()),
    ("018080", 32896, None, None, ()),
    ("0600", 0, True, None, ()),
    ("0400", 0, False, None, ()),
    ("0200", 0, None, None, ()),
    ("090000ffff", 0, None, 65535, ()),
    ("08007f80", 0, None, 32895, ()),
    ("1000ffff", 0, None, None, (63999.0234375,)),
    ("110000ffff7f80", 0, None, None, (63999.0234375, 32124.0234375)),
    ("0048", 72, None, None, ()),
    ("012c01", 300, None, None, ()),
    ("163deb03f203", 61, True, None, (979.4921875, 986.328125)),
    ("1f4800960053035c03", 72, True, 150, (831.0546875, 839.84375)),
    ("103d0004e803", 61, None, None, (1000.0, 976.5625)),
    ("f648", 72, True, None, ()),
]


def strap():
    protocol = HeartRateStrap({})
    protocol.opened(0)
    return protocol


def said(protocol, payload, t_ns=1):
    return protocol.receive(MEASUREMENT, bytes.fromhex(payload), t_ns)


@pytest.mark.parametrize(("payload", "rate", "contact", "energy", "rr"), PAYLOADS)
def test_published_payloads(payload, rate, contact, energy, rr):
    heard = decode(bytes.fromhex(payload))
    assert (heard.rate, heard.contact, heard.energy_kj, heard.rr_ms) == (rate, contact, energy, rr)
    assert heard.left_over == 0


def test_a_rate_with_contact_is_measured_and_the_intervals_with_it():
    events = said(strap(), "163deb03f203", t_ns=5)
    assert readings(events, mdc.HEART_RATE) == [Measured(61.0)]
    assert readings(events, mdc.RR_INTERVAL) == [Measured(979.4921875), Measured(986.328125)]
    assert all(e.t_ns == 5 for e in events)
    assert len(events) == 3


@pytest.mark.parametrize(
    ("payload", "reading"),
    [
        ("0400", Absent(Validity.NOT_AVAILABLE, 0.0)),
        ("0448", Absent(Validity.NOT_AVAILABLE, 72.0)),
        ("0600", Absent(Validity.NOT_AVAILABLE, 0.0)),
        ("0000", Absent(Validity.NOT_AVAILABLE, 0.0)),
        ("00ff", Measured(255.0, Validity.QUESTIONABLE)),
        ("0613", Measured(19.0, Validity.QUESTIONABLE)),
        ("012c01", Measured(300.0, Validity.QUESTIONABLE)),
        ("0614", Measured(20.0)),
        ("06fa", Measured(250.0)),
    ],
)
def test_placeholders_never_become_a_rate(payload, reading):
    assert readings(said(strap(), payload), mdc.HEART_RATE) == [reading]


def test_no_contact_is_told_when_it_changes():
    protocol = strap()
    alerts = []
    for t_ns, payload in enumerate(["0648", "0400", "0400", "0449", "0648", "0000"]):
        alerts += [e for e in said(protocol, payload, t_ns) if isinstance(e, DeviceAlert)]
    assert alerts == [
        DeviceAlert(AlertKind.NO_CONTACT, True, 1),
        DeviceAlert(AlertKind.NO_CONTACT, False, 4),
        DeviceAlert(AlertKind.NO_CONTACT, True, 5),
    ]
    assert protocol.closed(9) == [DeviceAlert(AlertKind.NO_CONTACT, False, 9)]
    assert protocol.closed(10) == []


def test_a_strap_in_contact_that_still_searches_raises_nothing():
    assert [e for e in said(strap(), "0600") if isinstance(e, DeviceAlert)] == []


def test_intervals_without_contact_are_no_values():
    assert readings(said(strap(), "14000004"), mdc.RR_INTERVAL) == [Absent(Validity.NOT_AVAILABLE, 1000.0)]


def test_an_impossible_interval_is_kept_as_questionable():
    assert readings(said(strap(), "1648ffff"), mdc.RR_INTERVAL) == [
        Measured(63999.0234375, Validity.QUESTIONABLE)
    ]


def test_energy_and_its_end_of_scale():
    protocol = strap()
    assert readings(said(protocol, "0e489600"), mdc.ENERGY_EXPENDED) == [Measured(150.0)]
    full = readings(said(protocol, "0e48ffff"), mdc.ENERGY_EXPENDED)
    assert full == [Measured(65535.0, Validity.QUESTIONABLE)]


def test_an_odd_byte_is_dropped_and_the_rest_kept():
    events = said(strap(), "163deb0303", t_ns=7)
    assert readings(events, mdc.HEART_RATE) == [Measured(61.0)]
    assert readings(events, mdc.RR_INTERVAL) == [Measured(979.4921875)]
    assert events[-1] == Fault(FaultKind.LENGTH, 7, 1, "163deb0303")


@pytest.mark.parametrize("payload", ["", "06", "01", "0148", "0e48", "0e4896", "0f480096"])
def test_a_payload_too_short_for_its_flags_is_a_fault_alone(payload):
    data = bytes.fromhex(payload)
    assert said(strap(), payload) == [Fault(FaultKind.LENGTH, 1, len(data), payload)]


def test_more_than_an_attribute_can_hold_is_a_fault():
    assert [type(e) for e in strap().receive(MEASUREMENT, b"\x16\x48" * 400, 1)] == [Fault]


def test_the_measurement_is_subscribed_first_and_nothing_else_is_needed():
    steps = HeartRateStrap({}).opened(0)
    assert (steps[0].action, steps[0].uuid, steps[0].optional) == (GattAction.SUBSCRIBE, MEASUREMENT, False)
    assert all(step.optional for step in steps[1:])
    assert isinstance(HeartRateStrap({}), GattProtocol)


def test_the_identity_is_told_once_and_whole():
    protocol = strap()
    told = []
    for uuid, data in [
        (BODY_LOCATION, b"\x01"),
        (MANUFACTURER, b"Polar \0\0"),
        (SERIAL, b"A1B2"),
        (FIRMWARE, b"3.1.1\0"),
        (BATTERY_LEVEL, b"\x5a"),
    ]:
        told += [e for e in protocol.receive(uuid, data, 3) if isinstance(e, DeviceIdentified)]
    assert told == [
        DeviceIdentified(3, manufacturer="Polar", serial="A1B2", firmware="3.1.1", location="chest")
    ]


def test_an_identity_without_firmware_is_told_with_the_next_value():
    protocol = strap()
    assert protocol.receive(MANUFACTURER, b"Polar", 2) == []
    events = said(protocol, "0648", t_ns=3)
    assert events[0] == DeviceIdentified(2, manufacturer="Polar")
    assert readings(events, mdc.HEART_RATE) == [Measured(72.0)]


@pytest.mark.parametrize("data", [b"", b"\x07", b"\x01\x01", b"\xff"])
def test_a_location_nobody_knows_is_a_fault(data):
    assert [type(e) for e in strap().receive(BODY_LOCATION, data, 1)] == [Fault]


def test_battery():
    protocol = strap()
    events = [
        e for level in (90, 10, 9, 11, 101) for e in protocol.receive(BATTERY_LEVEL, bytes([level]), level)
    ]
    assert readings(events, mdc.BATTERY) == [
        Measured(90.0),
        Measured(10.0),
        Measured(9.0),
        Measured(11.0),
        Absent(Validity.INVALID, 101.0),
    ]
    assert [e for e in events if isinstance(e, DeviceAlert)] == [
        DeviceAlert(AlertKind.LOW_BATTERY, True, 10),
        DeviceAlert(AlertKind.LOW_BATTERY, False, 11),
    ]
    assert [type(e) for e in protocol.receive(BATTERY_LEVEL, b"", 1)] == [Fault]


uuids = st.sampled_from(
    [MEASUREMENT, BODY_LOCATION, BATTERY_LEVEL, MANUFACTURER, SERIAL, FIRMWARE, uuid16(0x2A35), "", "rubbish"]
)


@given(st.lists(st.tuples(uuids, st.binary(max_size=64)), max_size=30))
def test_any_bytes_under_any_name_make_events_and_no_impossible_rate(messages):
    protocol = strap()
    events = [e for t_ns, (uuid, data) in enumerate(messages) for e in protocol.receive(uuid, data, t_ns)]
    events += protocol.closed(99)
    declared = {metric.ref for metric in DRIVER.metrics}
    for event in events:
        if isinstance(event, Observation):
            assert event.metric.ref in declared
    for reading in readings(events, mdc.HEART_RATE):
        ordinary = isinstance(reading, Absent) or 20 <= reading.value <= 250
        assert ordinary or reading.validity is Validity.QUESTIONABLE


@given(
    st.integers(20, 250),
    st.sampled_from([None, True]),
    st.none() | st.integers(0, 65534),
    st.lists(st.integers(250, 3000), max_size=9),
)
def test_what_the_emulated_strap_sends_is_what_the_driver_hears(rate, contact, energy, rr):
    events = strap().receive(
        MEASUREMENT, frames.heart_rate(rate, contact=contact, energy_kj=energy, rr=rr), 1
    )
    assert readings(events, mdc.HEART_RATE) == [Measured(float(rate))]
    assert [r.value for r in readings(events, mdc.RR_INTERVAL)] == [word * 1000 / 1024 for word in rr]
    assert [r.value for r in readings(events, mdc.ENERGY_EXPENDED)] == ([] if energy is None else [energy])


@pytest.mark.parametrize("rate", [45.0, 72.0, 140.0])
def test_emulated_beats_keep_the_rate(rate):
    beats = Beats(lambda _t_ns: rate, 0)
    intervals = [rr for second in range(1, 121) for rr in beats.until(second * 1_000_000_000)]
    mean_ms = sum(intervals) / len(intervals) * 1000 / 1024
    assert 60_000 / mean_ms == pytest.approx(rate, rel=0.01)
    assert sum(intervals) / 1024 == pytest.approx(120, abs=60 / rate + 0.1)


def test_emulated_beats_pause_without_contact():
    beats = Beats(lambda t_ns: 60.0 if t_ns < 5e9 or t_ns >= 10e9 else None, 0)
    assert len(beats.until(5_000_000_000)) in (4, 5)
    beats.until(6_000_000_000)
    assert beats.until(9_000_000_000) == ()
    beats.until(10_000_000_000)
    assert len(beats.until(12_500_000_000)) in (2, 3)
